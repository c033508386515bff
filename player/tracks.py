"""Which recording and which frame of a camera shows at an instant: look-ups, never arithmetic with a rate.

A track is one camera's recordings laid out on the incident clock. Where two of them overlap, the one that started
later shows, and the earlier one again when that has ended. Frame tables are loaded when they are first needed. Every
question is answered from `PlacedRecording.frame_starts`, in O(log n).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex
from evidence.records import StreamInfo
from evidence.times import DeviceTime, IncidentRange, IncidentTime, ticks_to_ns
from sync.timeline import CameraTimeline, PlacedRecording

FindIndex = Callable[[str], FrameIndex | None]
"""Gives the frame table of a recording by its id, or None where it has no picture."""


@dataclass(frozen=True, slots=True)
class FrameSpot:
    """One frame of one recording, and when it shows: `[start, end)` on the incident clock.

    Attributes:
        place: the recording on the incident clock.
        frame: its number in presentation order, from 0.
        pts: its stamp.
        start: when it starts to show here (later than its own start where another recording covers that).
        end: when it stops to show here, exclusive.
        frame_start: the frame's own start.
    """

    place: PlacedRecording
    frame: int
    pts: int
    start: IncidentTime
    end: IncidentTime
    frame_start: IncidentTime


@dataclass(frozen=True, slots=True)
class Gap:
    """The camera has no picture at the instant.

    Attributes:
        start: since when, or None where nothing lies before.
        end: until when, exclusive, or None where nothing follows.
        is_sound_only: it was recording, but sound alone.
    """

    start: IncidentTime | None
    end: IncidentTime | None
    is_sound_only: bool = False


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    end: int
    place: PlacedRecording


@dataclass(frozen=True)
class _Table:
    """One recording's frames on the incident clock: `bounds` has one entry more than there are frames."""

    index: FrameIndex
    bounds: NDArray[np.int64]


class Track:
    """One camera, with its frame tables. Used by one thread; frame tables stay loaded."""

    def __init__(self, camera: CameraTimeline, find_index: FindIndex) -> None:
        self.camera = camera
        self._find_index = find_index
        self._tables: dict[str, _Table | None] = {}
        self._segments = _lay_out(camera.placed)
        self._starts = [segment.start for segment in self._segments]
        self._shortest_ns: int | None = None

    @property
    def camera_id(self) -> str:
        """Permanent id of the camera."""
        return self.camera.camera.id

    @property
    def streams(self) -> tuple[StreamInfo, ...]:
        """The video streams of its recordings."""
        return tuple(one.recording.video for one in self.camera.placed if one.recording.video is not None)

    def index_of(self, place: PlacedRecording) -> FrameIndex | None:
        """Return the frame table of a recording, or None where it has no picture."""
        table = self._table(place)
        return None if table is None else table.index

    def at(self, instant: IncidentTime) -> FrameSpot | Gap:
        """Return the frame that covers `instant`, or the gap that it lies in."""
        number = self._segment_number(instant)
        if number is None:
            return self._gap(instant, number)
        segment = self._segments[number]
        table = self._table(segment.place)
        if table is None:
            return Gap(IncidentTime(segment.start), IncidentTime(segment.end), is_sound_only=True)
        frame = int(table.bounds.searchsorted(instant, side="right")) - 1
        if not 0 <= frame < len(table.index):
            return self._gap(instant, number)
        return self._spot(segment, table, frame)

    def next_spot(self, instant: IncidentTime) -> FrameSpot | None:
        """Return the first frame that starts to show after `instant`, or None."""
        return next(self.walk(instant, backwards=False, include_current=False), None)

    def previous_spot(self, instant: IncidentTime) -> FrameSpot | None:
        """Return the frame that shows before the one at `instant` (in a gap: the last one before it), or None."""
        return next(self.walk(instant, backwards=True, include_current=False), None)

    def walk(self, instant: IncidentTime, *, backwards: bool, include_current: bool = True) -> Iterator[FrameSpot]:
        """Yield the frames in the order of play from `instant` on, over gaps and into the next recordings.

        Args:
            instant: where to begin.
            backwards: towards the past.
            include_current: whether the frame that covers `instant` comes first.
        """
        spot = self.at(instant)
        if include_current and isinstance(spot, FrameSpot):
            yield spot
        limit = instant if isinstance(spot, Gap) else (spot.start if backwards else IncidentTime(spot.end - 1))
        numbers: Iterable[int]
        if backwards:
            last = bisect_left(self._starts, limit) - 1
            numbers = range(last, -1, -1)
        else:
            first = max(0, bisect_right(self._starts, limit) - 1)
            numbers = range(first, len(self._segments))
        for number in numbers:
            segment = self._segments[number]
            table = self._table(segment.place)
            if table is not None:
                yield from self._walk_segment(segment, table, limit, backwards=backwards)

    def stretches(self, start: IncidentTime, end: IncidentTime) -> Iterator[tuple[IncidentRange, PlacedRecording]]:
        """Yield what was recording between two instants: each stretch and its recording, in order of time."""
        number = max(0, bisect_right(self._starts, start) - 1)
        for segment in self._segments[number:]:
            first, last = max(start, segment.start), min(end, segment.end)
            if segment.start >= end:
                return
            if first < last:
                yield IncidentRange(IncidentTime(first), IncidentTime(last)), segment.place

    def _walk_segment(self, segment: _Segment, table: _Table, limit: int, *, backwards: bool) -> Iterator[FrameSpot]:
        """Yield a segment's frames that show wholly beyond `limit`."""
        first = max(0, int(table.bounds.searchsorted(segment.start, side="right")) - 1)
        last = min(len(table.index), int(table.bounds.searchsorted(segment.end, side="left"))) - 1
        if backwards:
            last = min(last, int(table.bounds.searchsorted(limit, side="left")) - 1)
            for frame in range(last, first - 1, -1):
                spot = self._spot(segment, table, frame)
                if spot.start < limit:
                    yield spot
            return
        first = max(first, int(table.bounds.searchsorted(limit, side="right")) - 1)
        for frame in range(first, last + 1):
            spot = self._spot(segment, table, frame)
            if spot.start > limit:
                yield spot

    def _spot(self, segment: _Segment, table: _Table, frame: int) -> FrameSpot:
        own_start, own_end = int(table.bounds[frame]), int(table.bounds[frame + 1])
        return FrameSpot(
            place=segment.place,
            frame=frame,
            pts=int(table.index.pts[frame]),
            start=IncidentTime(max(own_start, segment.start)),
            end=IncidentTime(min(own_end, segment.end)),
            frame_start=IncidentTime(own_start),
        )

    def _segment_number(self, instant: int) -> int | None:
        number = bisect_right(self._starts, instant) - 1
        if number < 0 or instant >= self._segments[number].end:
            return None
        return number

    def _gap(self, instant: IncidentTime, number: int | None) -> Gap:
        """Return the gap around an instant; a recording that has run out of frames counts as ended."""
        before = self._last_end(instant)
        first = bisect_right(self._starts, instant)
        after = self._starts[first] if first < len(self._starts) else None
        if number is not None:
            table = self._table(self._segments[number].place)
            if table is not None and len(table.index) and instant < int(table.bounds[0]):
                after = int(table.bounds[0])
        return Gap(
            None if before is None else IncidentTime(before),
            None if after is None else IncidentTime(after),
        )

    def _last_end(self, instant: int) -> int | None:
        number = bisect_right(self._starts, instant) - 1
        while number >= 0:
            segment = self._segments[number]
            table = self._table(segment.place)
            end = segment.end if table is None or not len(table.index) else min(segment.end, int(table.bounds[-1]))
            if end <= instant:
                return end
            number -= 1
        return None

    def _table(self, place: PlacedRecording) -> _Table | None:
        key = place.recording.id
        if key not in self._tables:
            self._tables[key] = self._load(place)
        return self._tables[key]

    def _load(self, place: PlacedRecording) -> _Table | None:
        index = None if place.recording.video_stream is None else self._find_index(place.recording.id)
        if index is None or not len(index):
            return None
        end_ns = ticks_to_ns(index.end_pts, index.time_base) + place.device_start - place.origin_ns
        end = place.clock.to_incident(DeviceTime(end_ns))
        bounds = np.append(place.frame_starts(index), np.int64(end))
        # Where a clock was set back two frames may claim an instant: the one after the change has it (`ClockMap`).
        return _Table(index, np.minimum.accumulate(bounds[::-1])[::-1])


def _lay_out(placed: tuple[PlacedRecording, ...]) -> list[_Segment]:
    """Cut the recordings into pieces that do not overlap; of two that do, the later start shows."""
    spans: list[tuple[IncidentRange, PlacedRecording]] = [
        (place.span, place) for place in placed if place.span.duration_ns > 0
    ]
    cuts = sorted({edge for span, _ in spans for edge in (span.start, span.end)})
    segments: list[_Segment] = []
    open_places: list[tuple[IncidentRange, PlacedRecording]] = []
    waiting = iter(sorted(spans, key=lambda pair: (pair[0].start, pair[0].end, pair[1].recording.id)))
    upcoming = next(waiting, None)
    for start, end in pairwise(cuts):
        while upcoming is not None and upcoming[0].start <= start:
            open_places.append(upcoming)
            upcoming = next(waiting, None)
        open_places = [pair for pair in open_places if pair[0].end > start]
        if not open_places:
            continue
        place = open_places[-1][1]
        if segments and segments[-1].place is place and segments[-1].end == start:
            segments[-1] = _Segment(segments[-1].start, end, place)
        else:
            segments.append(_Segment(start, end, place))
    return segments
