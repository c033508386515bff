"""The pictures of a chronology: each camera's exact frame at each mark, made small, in files that the paper reads.

Each original is read whole and compared with its hash before the first picture is taken from it. One that is missing,
changed or broken at that place is said in words where its picture would be.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotations.paper import Picture
from annotations.reports.chronology import Angle, frame_words
from annotations.reports.facts import CaseFacts, MarkedTime, Sight
from annotations.reports.small_picture import jpeg_of
from evidence.case import Case
from evidence.errors import Cancelled, SightlineError
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Recording
from player.protocol import Source
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder
from player.tracks import FrameSpot

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
    making = _Making(case, facts, folder, progress, cancelled)
    of_mark: dict[str, tuple[Angle, ...]] = {}
    with StillMaker() as maker:
        for number, one in enumerate(facts.marked_times):
            progress(ProgressReport(number, len(facts.marked_times), "marks", one.mark.text))
            of_mark[one.mark.id] = making.angles_of(one, maker)
    return Angles(of_mark, making.pictures, making.failed)


class _Making:
    """One run over the marks.

    Attributes:
        pictures: by name, so far.
        failed: how many could not be made, so far.
    """

    def __init__(self, case: Case, facts: CaseFacts, folder: Path, progress: Progress, cancelled: IsCancelled) -> None:
        self._case = case
        self._facts = facts
        self._folder = folder
        self._progress = progress
        self._cancelled = cancelled
        self._refused: dict[str, str] = {}
        self.pictures: dict[str, Picture] = {}
        self.failed = 0

    def angles_of(self, one: MarkedTime, maker: StillMaker) -> tuple[Angle, ...]:
        return tuple(self._angle(sight, maker) for sight in self._facts.sights(one.start) if sight.place is not None)

    def _angle(self, sight: Sight, maker: StillMaker) -> Angle:
        words = frame_words(sight)
        if sight.spot is None or sight.spot.place.recording.is_approximate:
            return Angle("", words)
        name = f"{sight.spot.place.recording.id}-{sight.spot.frame}"
        if name not in self.pictures:
            reason = self._made(name, sight.spot, maker, words)
            if reason:
                self.failed += 1
                return Angle("", f"{words}: no picture. {reason}")
        return Angle(name, words)

    def _made(self, name: str, spot: FrameSpot, maker: StillMaker, words: str) -> str:
        """Make one picture; return why it could not be made, or ""."""
        recording = spot.place.recording
        stream, index = recording.video, self._facts.index_of(recording.id)
        path = self._case.find_original(recording)
        if path is None or stream is None or index is None:
            return "The original is not there."
        reason = self._reason_against(recording, os.fsencode(path))
        if reason:
            return reason
        source = Source(
            key=0,
            path_bytes=os.fsencode(path),
            display_name=recording.display_name,
            stream_index=stream.index,
            rotation=stream.rotation,
            pixel_aspect=stream.pixel_aspect,
            color_space=stream.color_space,
            color_range=stream.color_range,
        )
        try:
            picture = maker.make(StillOrder(source, index, spot.frame, is_upright=True), self._cancelled)
        except Cancelled:
            raise
        except SightlineError as error:
            return str(error)
        small = jpeg_of(picture, SMALL_SIZE)
        file = self._folder / f"{name}.jpg"
        file.write_bytes(small.content)
        self.pictures[name] = Picture("image/jpeg", small.width, small.height, file, words)
        return ""

    def _reason_against(self, recording: Recording, path: bytes) -> str:
        """Compare an original with its hash, once; return why nothing of it may be shown, or ""."""
        if recording.id not in self._refused:
            self._refused[recording.id] = self._checked(recording, path)
        return self._refused[recording.id]

    def _checked(self, recording: Recording, path: bytes) -> str:
        def tell(done: int) -> None:
            self._progress(ProgressReport(done, recording.size_bytes, "bytes", f"checking {recording.display_name}"))

        try:
            with open_original(path) as original:
                digest = hash_original(original, tell, self._cancelled)
        except SightlineError as error:
            return str(error)
        if digest is None:
            raise Cancelled("Making the report was cancelled.", meaning="Nothing was written.")
        return (
            "" if digest.hex == recording.sha256 else "The original is not the file that was added: its hash differs."
        )
