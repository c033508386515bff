"""Finds the shapes of a frame: asked at every paint of every tile, so it is made once for each state of the case."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor

from annotations.shapes.between import geometry_at
from annotations.shapes.geometry import Geometry
from annotations.shapes.shape import Shape
from evidence.times import NS_PER_S


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape, and where it is at one frame."""

    shape: Shape
    geometry: Geometry


class ShapesByFrame:
    """The shapes of a case by recording. Frozen; from any thread."""

    def __init__(self, shapes: Iterable[Shape] = ()) -> None:
        self._shapes: dict[str, list[Shape]] = {}
        for shape in shapes:
            self._shapes.setdefault(shape.drawn.recording_id, []).append(shape)
        self._starts: dict[str, list[int]] = {}
        self._latest_ends: dict[str, list[int]] = {}
        for recording_id, own in self._shapes.items():
            own.sort(key=lambda one: (one.drawn.start_pts, one.created_ns, one.id))
            self._starts[recording_id] = [one.drawn.start_pts for one in own]
            self._latest_ends[recording_id] = list(accumulate((one.drawn.end_pts for one in own), max))

    def __bool__(self) -> bool:
        return bool(self._shapes)

    def of_recording(self, recording_id: str) -> tuple[Shape, ...]:
        """Return a recording's shapes by their start."""
        return tuple(self._shapes.get(recording_id, ()))

    def at(self, recording_id: str, pts: int) -> tuple[Placed, ...]:
        """Return what the frame of this stamp shows, in the order in which it was drawn."""
        own = self._shapes.get(recording_id)
        if own is None:
            return ()
        ends = self._latest_ends[recording_id]
        found = []
        number = bisect_right(self._starts[recording_id], pts) - 1
        while number >= 0 and ends[number] > pts:
            shape = own[number]
            if shape.drawn.end_pts > pts:
                found.append(Placed(shape, geometry_at(shape.drawn.keyframes, pts)))
            number -= 1
        found.sort(key=lambda one: (one.shape.created_ns, one.shape.id))
        return tuple(found)

    def throughout(self, recording_id: str, first_ns: int, last_ns: int) -> tuple[tuple[Placed, ...], int]:
        """Return what every frame shows whose stamp lies between two media times, inclusive, and in the same place.

        Beside them how many other shapes one of these frames shows: which of them are right nobody can tell of a
        picture that may be any of these frames.
        """
        sure, unsure = [], 0
        for shape in self._shapes.get(recording_id, ()):
            drawn = shape.drawn
            unit_ns = drawn.time_base * NS_PER_S
            first, last = floor(first_ns / unit_ns), ceil(last_ns / unit_ns)
            if drawn.end_pts <= first or drawn.start_pts > last:
                continue
            between = (each.pts for each in drawn.keyframes if first < each.pts < last)
            places = {geometry_at(drawn.keyframes, pts) for pts in (first, *between, last)}
            if len(places) == 1 and drawn.covers(first) and drawn.covers(last):
                sure.append(Placed(shape, places.pop()))
            else:
                unsure += 1
        sure.sort(key=lambda one: (one.shape.created_ns, one.shape.id))
        return tuple(sure), unsure
