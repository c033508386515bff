"""Collects cues and problems while a file is read, cleans them, and puts them in order.

Every reader hands over untrusted text here and nowhere else, so cleaning cannot be forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from annotations.transcripts.read_records import (
    GUESSED_LENGTH_NS,
    LATEST_NS,
    LONGEST_CUE,
    LONGEST_SPEAKER,
    MOST_CUES,
    MOST_PROBLEMS,
    LineProblem,
    ReadCue,
)
from evidence.text import clean_line, clean_text

_LONGEST_QUOTE = 200
_WORD = r"[^\W\d_][\w.'’/()#&-]{0,60}"
_SPEAKER_PREFIX = re.compile(rf"[-–—]?\s*({_WORD}(?:\s{_WORD}){{0,4}}(?:\s?\d{{1,3}})?)\s*:\s+(?=\S)")
"""Words are parted by one blank: could they follow at once, a long word would be parted in every way there is."""
_COUNTED_SPEAKER = re.compile(r"(?i:speaker|officer|person|unknown|caller|interviewer|interviewee)\b.{0,20}")


class TooManyCuesError(ValueError):
    """The file holds more cues than any transcript has."""


@dataclass(slots=True)
class _Draft:
    start_ns: int
    end_ns: int | None
    speaker: str
    text: str
    line: int


@dataclass(slots=True)
class Collector:
    """What was read so far.

    Attributes:
        problems: lines that were not read, or not as they stand.
        uncounted: problems beyond those that are listed.
        notes: remarks about the file as a whole.
        splits_speakers: whether "NAME: words" is taken for a speaker and what they say.
    """

    splits_speakers: bool = True
    problems: list[LineProblem] = field(default_factory=list)
    uncounted: int = 0
    notes: list[str] = field(default_factory=list)
    _drafts: list[_Draft] = field(default_factory=list)
    _has_split: bool = False

    def __len__(self) -> int:
        return len(self._drafts)

    def add(self, start_ns: int, end_ns: int | None, untrusted_speaker: str, untrusted_text: str, line: int) -> None:
        """Take a cue. A time that no recording has, or a cue without words, is told as a problem.

        Raises:
            TooManyCuesError: there are more than any transcript has.
        """
        speaker = clean_line(untrusted_speaker, limit=LONGEST_SPEAKER)
        text = clean_lines(untrusted_text)
        if not speaker and self.splits_speakers:
            speaker, text = self._split(text)
        if not text:
            self.tell(line, "There are no words in this cue.", untrusted_speaker, is_lost=False)
            return
        if end_ns is not None and end_ns <= start_ns:
            reason = "The cue ends where it starts, or before; its end was guessed."
            self.tell(line, reason, text, is_lost=False)
            end_ns = None
        if len(text) >= LONGEST_CUE and text.endswith("…"):
            self.tell(line, f"The cue is longer than {LONGEST_CUE:,} characters; the rest was cut off.", text)
        if len(self._drafts) >= MOST_CUES:
            raise TooManyCuesError
        self._drafts.append(_Draft(start_ns, end_ns, speaker, text, line))

    def add_words(self, untrusted_text: str) -> bool:
        """Put more words to the last cue; tell whether there was one."""
        if not self._drafts:
            return False
        last = self._drafts[-1]
        last.text = clean_lines(f"{last.text}\n{untrusted_text}")
        return True

    def tell(self, line: int, reason: str, untrusted_text: str, *, is_lost: bool = True) -> None:
        """Note that a line was not read, or not as it stands."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.uncounted += 1
            return
        self.problems.append(LineProblem(line, reason, clean_line(untrusted_text, limit=_LONGEST_QUOTE), is_lost))

    def finish(self, latest_ns: int = LATEST_NS) -> tuple[ReadCue, ...]:
        """Return the cues by start, each with an end.

        Args:
            latest_ns: what starts later than this is told as a problem and left out.
        """
        kept: list[_Draft] = []
        for draft in self._drafts:
            if 0 <= draft.start_ns <= latest_ns and (draft.end_ns is None or draft.end_ns <= 2 * latest_ns):
                kept.append(draft)
            else:
                self.tell(draft.line, "No recording has such a time.", draft.text)
        starts = [draft.start_ns for draft in kept]
        if starts != sorted(starts):
            self.notes.append("The cues did not stand in order of time; they were sorted.")
            kept.sort(key=lambda draft: (draft.start_ns, draft.line))
        if self._has_split:
            self.notes.append("Names before a colon were taken for the speakers.")
        cues = _with_ends(kept)
        guessed = sum(cue.is_end_guessed for cue in cues)
        if guessed:
            words = "1 cue gives no end that can be used" if guessed == 1 else f"{guessed:,} cues give no end"
            self.notes.append(f"{words}: it was taken from the next cue, or {GUESSED_LENGTH_NS // 10**9} s after.")
        self.problems.sort(key=lambda problem: problem.line)
        return cues

    def _split(self, text: str) -> tuple[str, str]:
        found = _SPEAKER_PREFIX.match(text)
        if found is None:
            return "", text
        name = found.group(1).strip()
        letters = [character for character in name if character.isalpha()]
        if len(letters) < 2 or not (name.isupper() or _COUNTED_SPEAKER.fullmatch(name)):
            return "", text
        self._has_split = True
        return name[:LONGEST_SPEAKER], text[found.end() :]


def clean_lines(untrusted_text: str, *, limit: int = LONGEST_CUE) -> str:
    """Return text of several lines, each cleaned; empty lines are left out."""
    head = untrusted_text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    lines = (clean_text(" ".join(line.split()), limit=2 * limit) for line in head.split("\n"))
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _with_ends(drafts: list[_Draft]) -> tuple[ReadCue, ...]:
    cues: list[ReadCue] = []
    following: int | None = None
    seen: int | None = None
    for draft in reversed(drafts):
        if seen is not None and seen > draft.start_ns:
            following = seen
        end = draft.end_ns
        if end is None:
            end = draft.start_ns + GUESSED_LENGTH_NS
            if following is not None:
                end = min(max(following, draft.start_ns + 1), draft.start_ns + 2 * GUESSED_LENGTH_NS)
        cues.append(ReadCue(draft.start_ns, end, draft.speaker, draft.text, draft.line, draft.end_ns is None))
        seen = draft.start_ns
    return tuple(reversed(cues))
