"""What the mouse has drawn so far with a tool, in points of the picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotations.shapes.geometry import FEWEST_MOST_POINTS, UNIT, Geometry, Kind, Point, bounds_of

_LEAST_STEP = UNIT
_MARGIN_SHARE = 12


@dataclass(slots=True)
class Stroke:
    """One shape in the making.

    Attributes:
        kind: what it becomes.
        size: of the picture, in units.
        power: of a magnifier, percent.
        points: where the mouse was pressed (polygon), or went (freehand), or began and is (all others).
        hover: where the mouse is, for the side of a polygon that is still open.
    """

    kind: Kind
    size: tuple[int, int]
    power: int
    points: list[Point] = field(default_factory=list)
    hover: Point | None = None

    def inside(self, point: Point) -> Point:
        """Return the nearest point within the picture."""
        return min(max(point[0], 0), self.size[0]), min(max(point[1], 0), self.size[1])

    def press(self, point: Point) -> None:
        """The mouse was pressed."""
        point = self.inside(point)
        if self.kind is Kind.POLYGON:
            if len(self.points) < FEWEST_MOST_POINTS[self.kind][1]:
                self.points.append(point)
            self.hover = point
        else:
            self.points = [point]

    def move(self, point: Point, *, is_held: bool) -> None:
        """The mouse moved."""
        point = self.inside(point)
        if self.kind is Kind.POLYGON:
            self.hover = point
        elif is_held and self.kind is Kind.FREEHAND:
            last = self.points[-1]
            is_far = max(abs(point[0] - last[0]), abs(point[1] - last[1])) >= _LEAST_STEP
            if is_far and len(self.points) < FEWEST_MOST_POINTS[self.kind][1]:
                self.points.append(point)
        elif is_held:
            self.points = [self.points[0]] if self.kind is Kind.TEXT else [self.points[0], point]

    def geometry(self, *, is_open: bool = False) -> Geometry | None:
        """Return the shape's points, or None where there are too few, or it has no size.

        Args:
            is_open: it is still being drawn: the place of the mouse counts as a corner of a polygon.
        """
        points = list(self.points)
        if self.kind is Kind.POLYGON and is_open and self.hover is not None and self.hover != points[-1]:
            points.append(self.hover)
        if self.kind is Kind.POLYGON and is_open and len(points) == 2:
            points.append(points[0])
        if self.kind is Kind.MAGNIFIER and len(points) == 2:
            points.append(self._inset_middle())
        if len(points) < FEWEST_MOST_POINTS[self.kind][0]:
            return None
        left, top, right, bottom = bounds_of(points)
        if self.kind is not Kind.TEXT and max(right - left, bottom - top) < UNIT:
            return None
        return tuple(points)

    def _inset_middle(self) -> Point:
        """Return where a magnifier shows its part: beside it, where there is more room, within the picture."""
        left, top, right, bottom = bounds_of(self.points)
        wide, high = (right - left) * self.power // 100, (bottom - top) * self.power // 100
        gap = self.size[0] // _MARGIN_SHARE
        is_right = self.size[0] - right >= left
        x = right + gap + wide // 2 if is_right else left - gap - wide // 2
        return _held(x, wide, self.size[0]), _held((top + bottom) // 2, high, self.size[1])


def _held(middle: int, length: int, room: int) -> int:
    if length >= room:
        return room // 2
    return min(max(middle, length // 2), room - length // 2)
