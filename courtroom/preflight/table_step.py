"""Check 6: the frame table of every recording is that of the file which lies there, read anew in a child process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

import numpy as np

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material
from evidence.errors import SightlineError
from evidence.examination import Examination
from evidence.frame_index import FrameIndex
from evidence.jobs import IsCancelled
from sync.timeline import PlacedRecording

_REMEDY = "Verify the case, then make the pack anew from it. If it comes back, add the recording to the case again."


class Examines(Protocol):
    """What reads a file's frames; `evidence.examiner.Examiner` does."""

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        """Return what a file is. Raises SightlineError."""
        ...


MakeExaminer = Callable[[], AbstractContextManager[Examines]]


def table_results(
    material: Material, make_examiner: MakeExaminer, on_bytes: Callable[[int], None], cancelled: IsCancelled
) -> list[Result]:
    """Read each recording's packets again and compare them with its table; what only libVLC plays has none.

    Args:
        material: what to look at.
        make_examiner: makes what reads files, as a context manager.
        on_bytes: told, as each file is read, how much of all that has been.
        cancelled: asked all the while.
    """
    recordings = _recordings(material)
    results: list[Result] = []
    before = 0
    with make_examiner() as examiner:
        for placed in recordings:
            reason = _compare(material, placed, examiner, partial(_tell, on_bytes, before), cancelled)
            before += placed.recording.size_bytes
            if reason:
                results += _about(material, placed, reason)
    if not results:
        text = f"The frame tables of all {len(recordings):,} recordings are those of their files."
        results.append(Result(Check.TABLES, Outcome.PASS, text if recordings else "No item shows a recording."))
    return results


def table_bytes(material: Material) -> int:
    """Return how many bytes are read for it."""
    return sum(placed.recording.size_bytes for placed in _recordings(material))


def _tell(on_bytes: Callable[[int], None], before: int, done: int) -> None:
    on_bytes(before + done)


def _recordings(material: Material) -> list[PlacedRecording]:
    found = {
        placed.recording.id: placed
        for item in material.items
        for placed in material.placed(item)
        if placed.recording.video_stream is not None and not placed.recording.is_approximate
    }
    return list(found.values())


def _compare(
    material: Material,
    placed: PlacedRecording,
    examiner: Examines,
    on_bytes: Callable[[int], None],
    cancelled: IsCancelled,
) -> str:
    known = material.source.find_index(placed.recording.id)
    if known is None:
        return "The extract has no frame table of this recording, so no frame of it can be shown."
    try:
        examined = examiner.examine(placed.recording.path_bytes, on_bytes, cancelled)
        if examined.refused is not None:
            return f"It cannot be read as a recording: {examined.refused}"
        if examined.frame_index is None:
            return "No frames can be found in it."
        found = FrameIndex.from_bytes(examined.frame_index)
    except (SightlineError, OSError, ValueError) as error:
        return f"Its frames cannot be read: {error}"
    return _difference(known, found)


def _difference(known: FrameIndex, found: FrameIndex) -> str:
    if len(known) != len(found):
        return f"The extract's table has {len(known):,} frames; the file has {len(found):,}."
    same = known.time_base == found.time_base and np.array_equal(known.pts, found.pts)
    if not same or not np.array_equal(known.order, found.order):
        return "The extract's table has other times than the file: other pictures would be shown than it says."
    return ""


def _about(material: Material, placed: PlacedRecording, reason: str) -> list[Result]:
    file, camera = material.file_of(placed), material.source.camera_name(placed.recording.camera_id)
    return [
        material.result(Check.TABLES, Outcome.FAIL, item, reason, _REMEDY, file=file, camera=camera)
        for item in material.items
        if placed in material.placed(item)
    ]
