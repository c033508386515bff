"""Where a shape is at a frame: given at keyframes, in a straight line between them, in whole units.

Every point goes from its place at one keyframe to its place at the next, evenly by the frames' own stamps; halves are
rounded up. Before the first keyframe and after the last the shape stands still. A freehand line or a polygon whose
number of points differs between two keyframes keeps its form until the later one: there is no telling which point
became which.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from annotations.shapes.geometry import Geometry
from annotations.shapes.shape import Keyframe


def geometry_at(keyframes: Sequence[Keyframe], pts: int) -> Geometry:
    """Return where a shape with these keyframes, by increasing pts, is at a stamp."""
    after = bisect_right(keyframes, pts, key=lambda one: one.pts)
    if after == 0:
        return keyframes[0].geometry
    before = keyframes[after - 1]
    if after == len(keyframes) or before.pts == pts:
        return before.geometry
    following = keyframes[after]
    if len(before.geometry) != len(following.geometry):
        return before.geometry
    part, whole = pts - before.pts, following.pts - before.pts
    return tuple(
        (_between(x, to_x, part, whole), _between(y, to_y, part, whole))
        for (x, y), (to_x, to_y) in zip(before.geometry, following.geometry, strict=True)
    )


def _between(start: int, end: int, part: int, whole: int) -> int:
    return start + (2 * (end - start) * part + whole) // (2 * whole)
