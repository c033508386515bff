"""What the timeline shows: a lane for each camera as sorted arrays, and what of it falls on which pixels. Pure.

A lane of thousands of recordings is cut to what is on screen by binary search, and what is closer together than a
pixel is drawn as one bar, so that the work depends on the width of the screen and not on the size of the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evidence.times import DurationNs, IncidentRange, IncidentTime
from player.ui.timeline.time_view import TimeView
from sync.timeline import CameraTimeline, PlacedRecording, Timeline

_EDGE = 16
"""Pixels beyond the screen to which places are exact, so that a bar looks the same when it is half in sight."""

Pixels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bars:
    """Stretches of lanes on screen, by lane and from left to right; every array is int64[bars].

    Attributes:
        lane: number of the lane of each.
        left: first pixel; it may be outside of the screen.
        right: pixel after the last; at least one more than `left`.
        first: number, within the lane, of the first recording in it.
        last: number, within the lane, of the last recording in it.
    """

    lane: Pixels
    left: Pixels
    right: Pixels
    first: Pixels
    last: Pixels

    def __len__(self) -> int:
        return len(self.lane)

    def chosen(self, which: NDArray[np.bool_] | Pixels) -> Bars:
        """Return some of them."""
        return Bars(self.lane[which], self.left[which], self.right[which], self.first[which], self.last[which])


@dataclass(frozen=True, eq=False)
class Lane:
    """One camera.

    Attributes:
        camera_id: its permanent id.
        name: what people call it.
        colour: its place in the palette.
        placed: its recordings by start.
    """

    camera_id: str
    name: str
    colour: int
    placed: tuple[PlacedRecording, ...]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """When each recording starts, ns, increasing; int64[recordings]."""
        return np.array([place.span.start for place in self.placed], dtype=np.int64)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """When each recording ends, ns; int64[recordings]."""
        return np.array([place.span.end for place in self.placed], dtype=np.int64)

    @cached_property
    def reach(self) -> NDArray[np.int64]:
        """The latest end of each recording and all before it, ns, increasing; int64[recordings]."""
        return np.maximum.accumulate(self.ends) if len(self.ends) else self.ends

    @cached_property
    def gaps(self) -> NDArray[np.int64]:
        """When it was not recording between its first start and its last end; int64[gaps, 2]."""
        if len(self.starts) < 2:
            return np.empty((0, 2), dtype=np.int64)
        pairs = np.stack([self.reach[:-1], self.starts[1:]], axis=1)
        return pairs[pairs[:, 1] > pairs[:, 0]]

    def find_at(self, instant: int) -> PlacedRecording | None:
        """Return the recording that covers `instant`; of several, the one that started last."""
        last = int(np.searchsorted(self.starts, instant, side="right")) - 1
        while last >= 0 and self.reach[last] > instant:
            if self.ends[last] > instant:
                return self.placed[last]
            last -= 1
        return None

    def find_start(self, instant: int, *, is_forward: bool) -> PlacedRecording | None:
        """Return the recording that starts next after `instant`, or last before it."""
        place = int(np.searchsorted(self.starts, instant, side="right" if is_forward else "left"))
        place -= 0 if is_forward else 1
        return self.placed[place] if 0 <= place < len(self.placed) else None

    def find_gap_start(self, instant: int, *, is_forward: bool) -> IncidentTime | None:
        """Return when the next gap after `instant` starts, or the last one before it."""
        starts = self.gaps[:, 0]
        place = int(np.searchsorted(starts, instant, side="right" if is_forward else "left"))
        place -= 0 if is_forward else 1
        return IncidentTime(int(starts[place])) if 0 <= place < len(starts) else None

    def find_gap(self, instant: int) -> IncidentRange | None:
        """Return the gap between two recordings in which `instant` lies, or None."""
        place = int(np.searchsorted(self.gaps[:, 0], instant, side="right")) - 1
        if place < 0 or instant >= self.gaps[place, 1]:
            return None
        return IncidentRange(IncidentTime(int(self.gaps[place, 0])), IncidentTime(int(self.gaps[place, 1])))


@dataclass(frozen=True, eq=False)
class Lanes:
    """All cameras, and how many of them were recording at each moment.

    Attributes:
        lanes: in the order of the cameras.
        span: from the first start to the last end, or None where nothing is placed.
    """

    lanes: tuple[Lane, ...]
    span: IncidentRange | None

    def bars(self, view: TimeView, shown: range) -> Bars:
        """Return what of the lanes `shown` is on screen; bars of a lane that touch on the same pixel are one."""
        every = self._every
        part = slice(every.first[shown.start], every.first[shown.stop])
        seen = np.flatnonzero((every.reach[part] > view.start_ns) & (every.starts[part] < view.end_ns)) + part.start
        lane, number = every.lane[seen], every.number[seen]
        left = pixels_of(every.starts[seen], view)
        right = np.maximum(pixels_of(every.reach[seen], view), left + 1)
        is_head = np.ones(len(seen) + 1, dtype=np.bool_)
        is_head[1:-1] = (left[1:] >= right[:-1]) | (lane[1:] != lane[:-1])
        heads, tails = is_head[:-1], is_head[1:]
        return Bars(lane[heads], left[heads], right[tails], number[heads], number[tails])

    def wide_bars(self, view: TimeView, shown: range, least: int) -> Bars:
        """Return each recording that takes at least `least` pixels of the screen, by itself, in order of start."""
        every = self._every
        part = slice(every.first[shown.start], every.first[shown.stop])
        left, right = pixels_of(every.starts[part], view), pixels_of(every.ends[part], view)
        wide = np.flatnonzero(np.minimum(right, view.width) - np.maximum(left, 0) >= least)
        number = every.number[part][wide]
        return Bars(every.lane[part][wide], left[wide], right[wide], number, number)

    def gap_bars(self, view: TimeView, shown: range) -> Bars:
        """Return each gap on screen that is wider than 2 pixels; `first` and `last` number the lane's gaps."""
        every = self._every
        part = slice(every.first_gap[shown.start], every.first_gap[shown.stop])
        gaps = every.gaps[part]
        left, right = pixels_of(gaps[:, 0], view), pixels_of(gaps[:, 1], view)
        seen = np.flatnonzero((right - left > 2) & (gaps[:, 1] > view.start_ns) & (gaps[:, 0] < view.end_ns))
        lane = every.gap_lane[part][seen]
        number = seen + part.start - every.first_gap[lane]
        return Bars(lane, left[seen], right[seen], number, number)

    def find_place(self, recording_id: str) -> PlacedRecording | None:
        """Return where a recording lies, or None."""
        found = self._places.get(recording_id)
        return None if found is None else self.lanes[found[0]].placed[found[1]]

    def find_lane(self, camera_id: str | None) -> int | None:
        """Return the number of a camera's lane, or None."""
        return next((number for number, lane in enumerate(self.lanes) if lane.camera_id == camera_id), None)

    def counts_outside(self, start: int, end: int) -> tuple[int, int]:
        """Return how many recordings end by `start`, and how many start at `end` or later."""
        starts, ends = self._sorted_edges
        before = int(np.searchsorted(ends, start, side="right"))
        return before, len(starts) - int(np.searchsorted(starts, end, side="left"))

    @cached_property
    def _sorted_edges(self) -> tuple[Pixels, Pixels]:
        return np.sort(self._every.starts), np.sort(self._every.ends)

    def place_of(self, recording_id: str) -> tuple[int, int] | None:
        """Return the number of a recording's lane and its number within that, or None."""
        return self._places.get(recording_id)

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        return {
            place.recording.id: (lane_number, number)
            for lane_number, lane in enumerate(self.lanes)
            for number, place in enumerate(lane.placed)
        }

    @cached_property
    def _every(self) -> _Every:
        return _Every.of(self.lanes)

    @cached_property
    def coverage(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Moments at which the number of recording cameras changes, ns, and the number from each on; int64 both."""
        edges: list[NDArray[np.int64]] = []
        steps: list[NDArray[np.int64]] = []
        for lane in self.lanes:
            if not len(lane.starts):
                continue
            opens = np.concatenate([lane.starts[:1], lane.gaps[:, 1]])
            closes = np.concatenate([lane.gaps[:, 0], lane.reach[-1:]])
            edges += [opens, closes]
            steps += [np.ones_like(opens), -np.ones_like(closes)]
        if not edges:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        moments = np.concatenate(edges)
        order = np.argsort(moments, kind="stable")
        counts = np.cumsum(np.concatenate(steps)[order])
        moments = moments[order]
        last_of_each = np.flatnonzero(np.append(np.diff(moments) > 0, True))
        return moments[last_of_each], counts[last_of_each]

    def coverage_bars(self, view: TimeView) -> Iterator[tuple[int, int, int]]:
        """Yield left pixel, right pixel and the number of cameras: the most in each pixel, equal neighbours joined."""
        moments, counts = self.coverage
        if not len(moments):
            return
        edges = _edges(view)
        at_edge = np.searchsorted(moments, edges[:-1], side="right") - 1
        most = np.where(at_edge >= 0, counts[np.maximum(at_edge, 0)], 0)
        inside_first, inside_last = at_edge + 1, np.searchsorted(moments, edges[1:], side="left")
        changing = np.flatnonzero(inside_last > inside_first)
        if len(changing):
            parts = np.stack([inside_first[changing], inside_last[changing]], axis=1).ravel()
            highest = np.maximum.reduceat(np.append(counts, 0), parts)[::2]
            most[changing] = np.maximum(most[changing], highest)
        changes = np.concatenate([[0], np.flatnonzero(np.diff(most)) + 1, [view.width]])
        for left, right in pairwise(changes.tolist()):
            if most[left]:
                yield left, right, int(most[left])

    def find_event(self, instant: int, marks: NDArray[np.int64], *, is_forward: bool) -> IncidentTime | None:
        """Return the nearest start, stop or mark before or after `instant`, or None. `marks`: int64, increasing."""
        nearest: list[int] = []
        for moments in (self.event_moments, marks):
            if is_forward:
                place = int(np.searchsorted(moments, instant, side="right"))
                nearest += moments[place : place + 1].tolist()
            else:
                place = int(np.searchsorted(moments, instant, side="left"))
                nearest += moments[max(0, place - 1) : place].tolist()
        if not nearest:
            return None
        return IncidentTime(min(nearest) if is_forward else max(nearest))

    @cached_property
    def event_moments(self) -> NDArray[np.int64]:
        """Every start and stop of every recording, ns, increasing, each once."""
        moments = [array for lane in self.lanes for array in (lane.starts, lane.ends)]
        return np.unique(np.concatenate(moments)) if moments else np.empty(0, dtype=np.int64)

    @property
    def most_at_once(self) -> DurationNs:
        """The greatest number of cameras that were recording at the same time."""
        _moments, counts = self.coverage
        return int(counts.max(initial=0))


def make_lanes(timeline: Timeline) -> Lanes:
    """Return the lanes of a case."""
    return Lanes(tuple(_make_lane(one) for one in timeline.cameras), timeline.span)


def _make_lane(one: CameraTimeline) -> Lane:
    return Lane(one.camera.id, one.camera.name, one.camera.colour, one.placed)


@dataclass(frozen=True, eq=False)
class _Every:
    """All recordings, and all gaps, of all lanes after each other: one look-up for what is on screen.

    Attributes:
        starts: as `Lane.starts`.
        ends: as `Lane.ends`.
        reach: as `Lane.reach`.
        lane: number of the lane of each recording.
        number: of each recording within its lane.
        first: place of each lane's first recording, and the number of all; int64[lanes + 1].
        gaps: as `Lane.gaps`.
        gap_lane: number of the lane of each gap.
        first_gap: place of each lane's first gap, and the number of all; int64[lanes + 1].
    """

    starts: Pixels
    ends: Pixels
    reach: Pixels
    lane: Pixels
    number: Pixels
    first: Pixels
    gaps: Pixels
    gap_lane: Pixels
    first_gap: Pixels

    @classmethod
    def of(cls, lanes: tuple[Lane, ...]) -> _Every:
        """Put lanes after each other."""
        empty = np.empty(0, dtype=np.int64)
        counts = np.array([len(lane.starts) for lane in lanes], dtype=np.int64)
        gap_counts = np.array([len(lane.gaps) for lane in lanes], dtype=np.int64)
        which = np.arange(len(lanes), dtype=np.int64)
        return cls(
            starts=np.concatenate([empty, *(lane.starts for lane in lanes)]),
            ends=np.concatenate([empty, *(lane.ends for lane in lanes)]),
            reach=np.concatenate([empty, *(lane.reach for lane in lanes)]),
            lane=np.repeat(which, counts),
            number=np.concatenate([empty, *(np.arange(count, dtype=np.int64) for count in counts)]),
            first=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
            gaps=np.concatenate([empty.reshape(0, 2), *(lane.gaps for lane in lanes)]),
            gap_lane=np.repeat(which, gap_counts),
            first_gap=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(gap_counts)]),
        )


def _edges(view: TimeView) -> Pixels:
    """Return the first instant of each pixel and the end of the last, rounded down, ns; int64[width + 1]."""
    whole, rest = divmod(view.length_ns, view.width)
    xs = np.arange(view.width + 1, dtype=np.int64)
    return view.start_ns + xs * whole + xs * rest // view.width


def pixels_of(instants: NDArray[np.int64], view: TimeView) -> Pixels:
    """Return `view.x_of` of each instant, kept within `_EDGE` pixels of the screen.

    A long view whose pixels are not whole nanoseconds is counted in coarser units, so that no product leaves 64 bits;
    the error is far below a pixel.
    """
    edge = _EDGE * view.ns_per_pixel
    first, last = np.int64(view.start_ns - edge), np.int64(view.end_ns + edge)
    inside = np.minimum(np.maximum(instants, first), last) - view.start_ns
    each, rest = divmod(view.length_ns, view.width)
    if not rest:
        return inside // each
    unit = 1 + 2 * (view.length_ns + edge) * (view.width + 2 * _EDGE) // 2**62
    return inside // unit * view.width // max(1, view.length_ns // unit)
