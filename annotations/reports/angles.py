"""The pictures of a chronology: each camera's exact frame at each mark, made small, in files that the paper reads.

Each original is read whole and compared with its hash before the first picture is taken from it. One that is missing,
changed or broken at that place is said in words where its picture would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotations.paper import Picture
from annotations.reports.chronology import Angle, frame_words
from annotations.reports.facts import CaseFacts, Sight
from annotations.reports.small_picture import jpeg_of
from annotations.sheets.frame_taker import FrameTaker
from evidence.case import Case
from evidence.jobs import IsCancelled, Progress, ProgressReport

SMALL_SIZE = (480, 360)
"""The most pixels that a picture in a chronology has; it is printed at less than half of that."""


@dataclass(frozen=True, eq=False)
class Angles:
    """What was made.

    Attributes:
        of_mark: by id of the mark, what is shown of each camera.
        pictures: by the names that the angles give them.
        failed: how many pictures could not be made.
    """

    of_mark: Mapping[str, tuple[Angle, ...]]
    pictures: Mapping[str, Picture]
    failed: int


def make_angles(case: Case, facts: CaseFacts, folder: Path, progress: Progress, cancelled: IsCancelled) -> Angles:
    """Make the pictures of all marks of the scope.

    Args:
        case: the open case.
        facts: read from it.
        folder: takes the pictures; they must stay until the paper is written.
        progress: told marks done and in all.
        cancelled: asked between pictures and while originals are read.

    Raises:
        Cancelled: the user wished it.
        OSError: the folder does not take them.
    """
    of_mark: dict[str, tuple[Angle, ...]] = {}
    with FrameTaker(case, facts, progress, cancelled) as taker:
        making = _Making(taker, folder)
        for number, one in enumerate(facts.marked_times):
            progress(ProgressReport(number, len(facts.marked_times), "marks", one.mark.text))
            sights = [sight for sight in facts.sights(one.start) if sight.place is not None]
            of_mark[one.mark.id] = tuple(making.angle(sight) for sight in sights)
    return Angles(of_mark, making.pictures, making.failed)


class _Making:
    """One run over the marks.

    Attributes:
        pictures: by name, so far.
        failed: how many could not be made, so far.
    """

    def __init__(self, taker: FrameTaker, folder: Path) -> None:
        self._taker = taker
        self._folder = folder
        self.pictures: dict[str, Picture] = {}
        self.failed = 0

    def angle(self, sight: Sight) -> Angle:
        words, spot = frame_words(sight), sight.spot
        if spot is None or spot.place.recording.is_approximate:
            return Angle("", words)
        name = f"{spot.place.recording.id}-{spot.frame}"
        if name not in self.pictures:
            picture = self._taker.take(spot)
            if isinstance(picture, str):
                self.failed += 1
                return Angle("", f"{words}: no picture. {picture}")
            small = jpeg_of(picture, SMALL_SIZE)
            file = self._folder / f"{name}.jpg"
            file.write_bytes(small.content)
            self.pictures[name] = Picture("image/jpeg", small.width, small.height, file, words)
        return Angle(name, words)
