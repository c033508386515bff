"""Points of shapes: integers in 1/256 of a coded pixel, (0, 0) in the left top corner of the picture as coded.

What the points of each kind mean:

- box, ellipse, spotlight: two opposite corners, in any order;
- magnifier: two opposite corners of what is magnified, and the middle of where it is shown;
- arrow, line: the two ends; an arrow points at the second;
- freehand: the way of the hand; polygon: its corners;
- text: its middle. Text is always upright for whoever looks, however the picture is turned.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

UNIT = 256
"""Parts of one coded pixel."""

FARTHEST = 65_536 * UNIT
"""No coordinate is farther from the corner: larger pictures than this there are none."""

Point = tuple[int, int]
Geometry = tuple[Point, ...]
Bounds = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class Kind(StrEnum):
    """What a shape is."""

    BOX = "box"
    ELLIPSE = "ellipse"
    ARROW = "arrow"
    LINE = "line"
    FREEHAND = "freehand"
    POLYGON = "polygon"
    TEXT = "text"
    SPOTLIGHT = "spotlight"
    MAGNIFIER = "magnifier"


FEWEST_MOST_POINTS: dict[Kind, tuple[int, int]] = {
    Kind.BOX: (2, 2),
    Kind.ELLIPSE: (2, 2),
    Kind.ARROW: (2, 2),
    Kind.LINE: (2, 2),
    Kind.FREEHAND: (2, 4_096),
    Kind.POLYGON: (3, 512),
    Kind.TEXT: (1, 1),
    Kind.SPOTLIGHT: (2, 2),
    Kind.MAGNIFIER: (3, 3),
}
"""How many points a kind has, at least and at most."""

CORNERED = frozenset({Kind.BOX, Kind.ELLIPSE, Kind.SPOTLIGHT, Kind.MAGNIFIER})
"""Kinds that begin with two opposite corners."""

FILLABLE = frozenset({Kind.BOX, Kind.ELLIPSE, Kind.POLYGON})
"""Kinds whose inside can be coloured."""


def bounds_of(points: Sequence[Point]) -> Bounds:
    """Return the least upright rectangle that holds all points."""
    across, down = [x for x, _y in points], [y for _x, y in points]
    return min(across), min(down), max(across), max(down)


def moved(geometry: Geometry, by: Point, within: tuple[int, int]) -> Geometry:
    """Return a geometry moved, as far as some of it stays in a picture of this size (in units)."""
    left, top, right, bottom = bounds_of(geometry)
    across = min(max(by[0], -right), within[0] - left)
    down = min(max(by[1], -bottom), within[1] - top)
    return tuple(kept_near((x + across, y + down)) for x, y in geometry)


def kept_near(point: Point) -> Point:
    """Return a point that can be kept."""
    return min(max(point[0], -FARTHEST), FARTHEST), min(max(point[1], -FARTHEST), FARTHEST)


def inset_bounds(geometry: Geometry, power_percent: int) -> Bounds:
    """Return where a magnifier shows what it magnifies: as large as that, times its power."""
    left, top, right, bottom = bounds_of(geometry[:2])
    x, y = geometry[2]
    wide, high = (right - left) * power_percent // 200, (bottom - top) * power_percent // 200
    return x - wide, y - high, x + wide, y + high
