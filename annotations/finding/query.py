"""Reads what is typed into the search box. Anything that can be typed means something; nothing is an error.

Words are looked for at the start of words, phrases in quotation marks as they stand. `camera:`, `person:`, `tag:`,
`kind:`, `from:` and `to:` narrow the answer; their values may be in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from evidence.times import IncidentTime

LONGEST_QUERY = 1_000
MOST_WORDS = 30
_PIECE = re.compile(r'(?:(camera|person|tag|kind|from|to):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)


class FindKind(StrEnum):
    """What can be found; the value is what people call one of them."""

    MARK = "mark"
    CUE = "words"
    CAMERA = "camera"
    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    CLIP = "clip"
    SHAPE = "shape"
    SHEET_ITEM = "item"


_KIND_WORDS = {
    "mark": FindKind.MARK,
    "marks": FindKind.MARK,
    "note": FindKind.MARK,
    "notes": FindKind.MARK,
    "words": FindKind.CUE,
    "word": FindKind.CUE,
    "cue": FindKind.CUE,
    "cues": FindKind.CUE,
    "speech": FindKind.CUE,
    "transcript": FindKind.CUE,
    "transcripts": FindKind.TRANSCRIPT,
    "camera": FindKind.CAMERA,
    "cameras": FindKind.CAMERA,
    "recording": FindKind.RECORDING,
    "recordings": FindKind.RECORDING,
    "file": FindKind.RECORDING,
    "files": FindKind.RECORDING,
    "exhibit": FindKind.RECORDING,
    "exhibits": FindKind.RECORDING,
    "clip": FindKind.CLIP,
    "clips": FindKind.CLIP,
    "shape": FindKind.SHAPE,
    "shapes": FindKind.SHAPE,
    "item": FindKind.SHEET_ITEM,
    "items": FindKind.SHEET_ITEM,
}


@dataclass(frozen=True, slots=True)
class Word:
    """Something to look for.

    Attributes:
        text: a word, or the words of a phrase.
        is_phrase: whether it stood in quotation marks: then it is not completed.
    """

    text: str
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class FindQuery:
    """What is looked for.

    Attributes:
        words: all of them must be there.
        cameras: parts of names; one of them must be the item's camera.
        people: each must be seen, heard or speak.
        tags: each must be on it.
        kinds: what is looked for; empty for everything.
        since: not before this instant, or None.
        until: before this instant, or None.
        typed_since: what stood after `from:`, to be read by whoever knows the zone; "" where nothing did.
        typed_until: what stood after `to:`.
        notes: what could not be used, in words for people.
    """

    words: tuple[Word, ...] = ()
    cameras: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: frozenset[FindKind] = field(default=frozenset())
    since: IncidentTime | None = None
    until: IncidentTime | None = None
    typed_since: str = ""
    typed_until: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return replace(self, notes=()) == FindQuery()

    @property
    def has_text(self) -> bool:
        """Whether words are looked for, be it as people or tags."""
        return bool(self.words or self.people or self.tags)


def read_query(typed: str) -> FindQuery:
    """Return what a typed text asks for. Never raises."""
    words: list[Word] = []
    values: dict[str, list[str]] = {}
    notes: list[str] = []
    plain = typed[:LONGEST_QUERY].encode("utf-8", "replace").decode().replace("\0", " ")
    for found in _PIECE.finditer(plain.replace("“", '"').replace("”", '"')):
        name, phrase, bare = found.groups()
        value = (phrase if phrase is not None else bare).strip()
        if name is None:
            if _can_be_found(value):
                words.append(Word(value, is_phrase=phrase is not None))
        elif value:
            values.setdefault(name.casefold(), []).append(value)
    kinds: set[FindKind] = set()
    for value in values.get("kind", []):
        kind = _KIND_WORDS.get(value.casefold())
        if kind is None:
            notes.append(f"There is no kind “{value[:40]}”: try mark, words, recording, camera or clip.")
        else:
            kinds.add(kind)
    return FindQuery(
        words=tuple(words[:MOST_WORDS]),
        cameras=tuple(values.get("camera", [])),
        people=tuple(filter(_can_be_found, values.get("person", []))),
        tags=tuple(filter(_can_be_found, values.get("tag", []))),
        kinds=frozenset(kinds),
        typed_since=next(iter(values.get("from", [])), ""),
        typed_until=next(iter(values.get("to", [])), ""),
        notes=tuple(notes),
    )


def match_expression(query: FindQuery, *, is_exact: bool) -> str:
    """Return what FTS5 is asked; "" where no words are looked for.

    Args:
        query: what is looked for.
        is_exact: whether words must stand as they are, or may be the beginnings of words.
    """
    parts = [_term(word.text, is_prefix=not is_exact and not word.is_phrase) for word in query.words]
    parts += [f"people : {_term(person, is_prefix=True)}" for person in query.people]
    parts += [f"tags : {_term(tag, is_prefix=True)}" for tag in query.tags]
    return " AND ".join(parts)


def _term(text: str, *, is_prefix: bool) -> str:
    quoted = '"' + text.replace('"', " ") + '"'
    return f"{quoted} *" if is_prefix else quoted


def _can_be_found(text: str) -> bool:
    """Tell whether a text has letters or digits; the index holds nothing else."""
    return any(character.isalnum() for character in text)
