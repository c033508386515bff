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


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane on screen.

    Attributes:
        left: first pixel.
        right: pixel after the last; at least one more than `left`.
        first: number in the lane of the first recording in it.
        last: number in the lane of the last recording in it.
    """

    left: int
    right: int
    first: int
    last: int


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

    def bars(self, view: TimeView) -> list[Bar]:
        """Return what of the lane is on screen, from left to right; bars that touch on the same pixel are one."""
        first = int(np.searchsorted(self.reach, view.start_ns, side="right"))
        last = int(np.searchsorted(self.starts, view.end_ns, side="left"))
        if first >= last:
            return []
        lefts = _pixels(self.starts[first:last], view)
        rights = np.maximum(_pixels(np.maximum.accumulate(self.ends[first:last]), view), lefts + 1)
        opens = np.flatnonzero(lefts[1:] >= rights[:-1]) + 1
        heads = np.concatenate([[0], opens]).astype(np.int64)
        tails = np.concatenate([opens - 1, [last - first - 1]]).astype(np.int64)
        return [
            Bar(int(lefts[head]), int(rights[tail]), first + int(head), first + int(tail))
            for head, tail in zip(heads, tails, strict=True)
        ]

    def wide_bars(self, view: TimeView, least: int) -> list[Bar]:
        """Return each recording that takes at least `least` pixels of the screen, by itself, in order of start."""
        first = int(np.searchsorted(self.reach, view.start_ns, side="right"))
        last = int(np.searchsorted(self.starts, view.end_ns, side="left"))
        if first >= last:
            return []
        lefts, rights = _pixels(self.starts[first:last], view), _pixels(self.ends[first:last], view)
        shown = np.minimum(rights, view.width) - np.maximum(lefts, 0)
        wide = np.flatnonzero(shown >= least)
        return [Bar(int(lefts[one]), int(rights[one]), first + int(one), first + int(one)) for one in wide]

    def gap_bars(self, view: TimeView) -> list[tuple[int, int]]:
        """Return the first pixel, and the pixel after the last, of each gap on screen that is wider than 2 pixels."""
        gaps = self.gaps
        first = int(np.searchsorted(gaps[:, 1], view.start_ns, side="right"))
        last = int(np.searchsorted(gaps[:, 0], view.end_ns, side="left"))
        if first >= last:
            return []
        lefts, rights = _pixels(gaps[first:last, 0], view), _pixels(gaps[first:last, 1], view)
        wide = np.flatnonzero(rights - lefts > 2)
        return [(int(lefts[one]), int(rights[one])) for one in wide]

    def find_at(self, instant: int) -> PlacedRecording | None:
        """Return the recording that covers `instant`; of several, the one that started last."""
        last = int(np.searchsorted(self.starts, instant, side="right")) - 1
        while last >= 0 and self.reach[last] > instant:
            if self.ends[last] > instant:
                return self.placed[last]
            last -= 1
        return None

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
        edges = np.array([view.start_ns + x * view.length_ns // view.width for x in range(view.width + 1)], np.int64)
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


def _pixels(instants: NDArray[np.int64], view: TimeView) -> NDArray[np.int64]:
    """Return `view.x_of` of each instant, kept within a pixel of the screen.

    Views of weeks are counted in coarser units than a nanosecond, so that no product leaves 64 bits; the error is far
    below a pixel.
    """
    inside = np.clip(instants, view.start_ns - view.ns_per_pixel, view.end_ns + view.ns_per_pixel) - view.start_ns
    unit = 1 + 2 * view.length_ns * (view.width + 2) // 2**62
    return inside // unit * view.width // max(1, view.length_ns // unit)
