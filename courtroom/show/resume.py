"""Reads where a show that was interrupted stood, so that it goes on at the same item and frame."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from courtroom.show.cue import Cue
from courtroom.show.recorder import read_place
from courtroom.show.source import SourceKind
from courtroom.show.state import Screen
from evidence.times import IncidentTime

_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A show that did not end well.

    Attributes:
        folder: of the case or the pack.
        sheet: id of the run sheet.
        by: who presented.
        display: name of the court's display, or "".
        item: id of the item that was on.
        place: its number, from 0.
        at: the instant that was shown.
        focus: the camera that was shown alone, or None.
        is_black: whether the court saw black.
    """

    kind: SourceKind
    folder: Path
    sheet: str
    by: str
    display: str
    item: str
    place: int
    at: IncidentTime
    focus: str | None
    is_black: bool

    def place_in(self, cues: tuple[Cue, ...]) -> int:
        """Return where the item is in a run sheet now; the first one where it is gone."""
        found = [place for place, cue in enumerate(cues) if cue.id == self.item]
        return found[0] if found else 0


def find_interrupted(journal: Path) -> Interrupted | None:
    """Return the show that was interrupted, or None where there is none or the journal is not whole."""
    try:
        with journal.open("rb") as file:
            untrusted = json.loads(file.read(_LONGEST))
        kept = Interrupted(
            kind=SourceKind(untrusted["source"]),
            folder=Path(untrusted["folder"]),
            sheet=str(untrusted["sheet"]),
            by=str(untrusted["by"]),
            display=str(untrusted["display"]),
            item=str(untrusted["item"]),
            place=int(untrusted["place"]),
            at=IncidentTime(int(untrusted["at_ns"])),
            focus=None if untrusted["focus"] is None else str(untrusted["focus"]),
            is_black=untrusted["screen"] == Screen.BLACK.value,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    frame = read_place(journal)
    if frame is None or frame[0] != kept.place or kept.is_black:
        return kept
    return replace(kept, at=IncidentTime(frame[1]))
