"""Widens the box of a clock whose line was found only in part, so that nothing of its date is cut off.

A detector of text draws its boxes tight, and lets a letter go that hardly stands out. What is lost at an end may leave
no date, or another one: of `13-06-2026` the first digit, and it reads the 3rd of June.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.overlay_clock.clock_face import ClockFace, parse_face
from sync.overlay_clock.recogniser import Box, Picture

_CLOSE = (1.5, 1.5)
_FAR = (*((more, 1.5) for more in (5.0, 10.0, 15.0)), *((1.5, more) for more in (5.0, 10.0, 15.0)))
"""By how many heights of the line, to the left and to the right: a long date is of 15 letters, half as wide as high."""

_MOST_CLOSE = 3


class ReadsLine(Protocol):
    """Reads one line of a picture."""

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        """Return what it says and how sure that is."""


def find_whole_line(box: Box, pictures: Sequence[Picture], reads: ReadsLine) -> Box:
    """Return the box, or a wider one at which more pictures show a date, or most show another one.

    Args:
        box: around the clock as it was found.
        pictures: some frames, upright; the first, the middle and the last are looked at.
        reads: the recogniser.
    """
    last = len(pictures) - 1
    chosen = [pictures[number] for number in sorted({0, last // 2, last}) if number >= 0]
    best = _settled(_Trial.of(box, chosen, reads), chosen, reads)
    for wider in _FAR:
        if best.dated == len(chosen):
            break
        trial = _Trial.of(_grown(box, *wider), chosen, reads)
        if trial.unread <= best.unread and trial.dated > best.dated:
            best = _settled(trial, chosen, reads)
    return best.box


@dataclass(frozen=True)
class _Trial:
    """What a box shows in each picture; no face where no time was read."""

    box: Box
    faces: tuple[ClockFace | None, ...]

    @staticmethod
    def of(box: Box, pictures: Sequence[Picture], reads: ReadsLine) -> _Trial:
        return _Trial(box, tuple(_face(reads, picture, box) for picture in pictures))

    @property
    def unread(self) -> int:
        return self.faces.count(None)

    @property
    def dated(self) -> int:
        return sum(face is not None and bool(face.dates) for face in self.faces)


def _settled(trial: _Trial, pictures: Sequence[Picture], reads: ReadsLine) -> _Trial:
    """Return a trial whose dates stay what they are where its box is a little wider: their ends are not cut off."""
    for _time in range(_MOST_CLOSE):
        wider = _Trial.of(_grown(trial.box, *_CLOSE), pictures, reads)
        changed = sum(
            one is not None and two is not None and bool(one.dates) and one.dates != two.dates
            for one, two in zip(wider.faces, trial.faces, strict=True)
        )
        if wider.unread > trial.unread or wider.dated < trial.dated or changed * 2 <= len(pictures):
            break
        trial = wider
    return trial


def _grown(box: Box, left: float, right: float) -> Box:
    return Box(box.left - round(left * box.height), box.top, box.right + round(right * box.height), box.bottom)


def _face(reads: ReadsLine, picture: Picture, box: Box) -> ClockFace | None:
    face = parse_face(reads.read(picture, box)[0], mend=True)
    return None if face is None or face.time_ns is None else face
