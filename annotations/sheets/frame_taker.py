"""Takes exact frames for papers: each original is compared with its hash once, each frame is decoded in a child."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from annotations.reports.facts import CaseFacts
from evidence.case import Case
from evidence.errors import Cancelled, SightlineError
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.records import Recording, StreamInfo
from player.protocol import Source
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder, StillPicture
from player.tracks import FrameSpot

CHANGED = "The original is not the file that was added: its hash differs."


class FrameTaker:
    """Takes frames of one case; use it as a context manager, in one thread, while the case is open."""

    def __init__(
        self, case: Case, facts: CaseFacts, progress: Progress, cancelled: IsCancelled, *, verifies: bool = True
    ) -> None:
        """Make a taker.

        Args:
            case: the open case.
            facts: read from it.
            progress: told how far an original was read.
            cancelled: asked while originals are read and frames decoded.
            verifies: whether originals are compared with their hash first.
        """
        self._case = case
        self._facts = facts
        self._progress = progress
        self._cancelled = cancelled
        self._verifies = verifies
        self._refused: dict[str, str] = {}
        self._maker = StillMaker()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._maker.close()

    def take(self, spot: FrameSpot) -> StillPicture | str:
        """Return the picture of a frame, upright with square pixels; or why there is none, in words.

        Raises:
            Cancelled: the user wished it.
        """
        recording = spot.place.recording
        stream, index = recording.video, self._facts.index_of(recording.id)
        if recording.is_approximate:
            return "It is played by VLC, whose times are approximate: it has no exact frame."
        path = self._case.find_original(recording)
        if path is None or stream is None or index is None:
            return "The original is not there."
        path_bytes = os.fsencode(path)
        reason = self._reason_against(recording, path_bytes)
        if reason:
            return reason
        order = StillOrder(_source(recording, stream, path_bytes), index, spot.frame, is_upright=True)
        try:
            return self._maker.make(order, self._cancelled)
        except Cancelled:
            raise
        except SightlineError as error:
            return str(error)

    def _reason_against(self, recording: Recording, path: bytes) -> str:
        """Compare an original with its hash, once; return why nothing of it may be shown, or ""."""
        if not self._verifies:
            return ""
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
            raise Cancelled("Taking pictures was cancelled.", meaning="Nothing was written.")
        return "" if digest.hex == recording.sha256 else CHANGED


def _source(recording: Recording, stream: StreamInfo, path: bytes) -> Source:
    return Source(
        key=0,
        path_bytes=path,
        display_name=recording.display_name,
        stream_index=stream.index,
        rotation=stream.rotation,
        pixel_aspect=stream.pixel_aspect,
        color_space=stream.color_space,
        color_range=stream.color_range,
    )
