"""Where cues are on the incident clock, and which of them are said at a moment. Pure; made anew with each timeline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotations.transcripts.records import Cue, Transcript, TranscriptBook
from evidence.times import IncidentTime
from sync.timeline import PlacedRecording, Timeline


@dataclass(frozen=True, eq=False)
class CueTimes:
    """Cues in the order of the incident.

    Attributes:
        book: the transcripts.
        cues: those whose recording has a place come first, by time; the others after them.
        starts: int64: when each of the placed ones starts, ns.
        ends: int64: when each of them ends, ns.
        camera_ids: the camera of each cue; "" where its recording is not in the case.
    """

    book: TranscriptBook
    cues: tuple[Cue, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    camera_ids: tuple[str, ...]

    @cached_property
    def transcript_by_id(self) -> dict[str, Transcript]:
        """Transcripts by id."""
        return {one.id: one for one in self.book.transcripts}

    @cached_property
    def row_by_id(self) -> dict[str, int]:
        """Where each cue stands, by its id."""
        return {cue.id: row for row, cue in enumerate(self.cues)}

    @cached_property
    def _latest_ends(self) -> NDArray[np.int64]:
        return np.maximum.accumulate(self.ends) if len(self.ends) else self.ends

    def start_of(self, row: int) -> IncidentTime | None:
        """Return when a cue starts, or None where its recording has no place in time."""
        return IncidentTime(int(self.starts[row])) if row < len(self.starts) else None

    def rows_at(self, instant: IncidentTime) -> tuple[int, ...]:
        """Return the cues that are said at an instant, in order."""
        last = int(np.searchsorted(self.starts, instant, side="right"))
        first = int(np.searchsorted(self._latest_ends, instant, side="right"))
        inside = np.flatnonzero(self.ends[first:last] > instant) + first
        return tuple(int(row) for row in inside)

    def row_before(self, instant: IncidentTime) -> int | None:
        """Return the last cue that has started by an instant, or None before the first."""
        row = int(np.searchsorted(self.starts, instant, side="right")) - 1
        return row if row >= 0 else None


def cue_times(book: TranscriptBook, timeline: Timeline) -> CueTimes:
    """Put all cues on the incident clock."""
    places = {place.recording.id: place for camera in timeline.cameras for place in camera.placed}
    cameras = {one.id: one.camera_id for one in timeline.unplaced}
    cameras |= {key: place.recording.camera_id for key, place in places.items()}
    starts = np.full(len(book.cues), np.iinfo(np.int64).max, dtype=np.int64)
    ends = starts.copy()
    for first, last in _runs(book):
        place = places.get(book.cues[first].recording_id)
        if place is not None:
            starts[first:last] = incident_times(place, [cue.start_ns for cue in book.cues[first:last]])
            ends[first:last] = incident_times(place, [cue.end_ns for cue in book.cues[first:last]])
    order = np.argsort(starts, kind="stable")
    placed = int((starts < np.iinfo(np.int64).max).sum())
    cues = tuple(book.cues[number] for number in order)
    camera_ids = tuple(cameras.get(cue.recording_id, "") for cue in cues)
    return CueTimes(book, cues, starts[order][:placed], ends[order][:placed], camera_ids)


def incident_times(place: PlacedRecording, media_ns: list[int]) -> NDArray[np.int64]:
    """Return when moments of a recording were, on the incident clock; like `incident_at_media_ns` for many."""
    device = np.array(media_ns, dtype=np.int64) + (place.device_start - place.origin_ns)
    return place.clock.to_incident_array(device)


def _runs(book: TranscriptBook) -> list[tuple[int, int]]:
    """Return the ranges of cues of one recording."""
    ids = [cue.recording_id for cue in book.cues]
    changes = [number for number in range(1, len(ids)) if ids[number] != ids[number - 1]]
    edges = [0, *changes, len(ids)]
    return list(pairwise(edges)) if ids else []
