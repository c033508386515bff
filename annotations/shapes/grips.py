"""The places by which a shape is taken to change its form, and what dragging one does. Plain geometry.

Shapes with corners have four grips, a magnifier two more (the middle and a corner of where it is shown), lines and
polygons one at each point, a freehand line four around it, by which it is stretched. A text has none: it is moved.
"""

from __future__ import annotations

from annotations.shapes.geometry import CORNERED, Geometry, Kind, Point, bounds_of, inset_bounds, kept_near
from annotations.shapes.shape import GREATEST_POWER, LEAST_POWER

INSET_MIDDLE, INSET_CORNER = 4, 5
_SMALLEST = 256


def grips_of(kind: Kind, geometry: Geometry, power: int) -> tuple[Point, ...]:
    """Return where the grips of a shape are; each one's number is its place here."""
    if kind is Kind.TEXT:
        return ()
    if kind in CORNERED:
        (left, top), (right, bottom) = geometry[:2]
        corners = ((left, top), (right, top), (left, bottom), (right, bottom))
        if kind is not Kind.MAGNIFIER:
            return corners
        inset = inset_bounds(geometry, power)
        return (*corners, geometry[2], (inset[2], inset[3]))
    if kind is Kind.FREEHAND:
        left, top, right, bottom = bounds_of(geometry)
        return (left, top), (right, top), (left, bottom), (right, bottom)
    return geometry


def dragged(kind: Kind, geometry: Geometry, power: int, grip: int, to: Point) -> tuple[Geometry, int]:
    """Return a shape's geometry, and a magnifier's power, once a grip was dragged to a point."""
    to = kept_near(to)
    if kind is Kind.MAGNIFIER and grip == INSET_MIDDLE:
        return (*geometry[:2], to), power
    if kind is Kind.MAGNIFIER and grip == INSET_CORNER:
        left, _top, right, _bottom = bounds_of(geometry[:2])
        wanted = 200 * abs(to[0] - geometry[2][0]) // max(1, right - left)
        return geometry, min(max(wanted, LEAST_POWER), GREATEST_POWER)
    if kind in CORNERED:
        (left, top), (right, bottom) = geometry[:2]
        left, right = (to[0], right) if grip % 2 == 0 else (left, to[0])
        top, bottom = (to[1], bottom) if grip < 2 else (top, to[1])
        return ((left, top), (right, bottom), *geometry[2:]), power
    if kind is Kind.FREEHAND:
        return _stretched(geometry, grip, to), power
    return (*geometry[:grip], to, *geometry[grip + 1 :]), power


def _stretched(geometry: Geometry, grip: int, to: Point) -> Geometry:
    """Return points stretched so that one corner of their bounds comes to a point and the opposite one stays."""
    left, top, right, bottom = bounds_of(geometry)
    fixed_x, was_x = (right, left) if grip % 2 == 0 else (left, right)
    fixed_y, was_y = (bottom, top) if grip < 2 else (top, bottom)
    return tuple((_along(x, fixed_x, was_x, to[0]), _along(y, fixed_y, was_y, to[1])) for x, y in geometry)


def _along(value: int, fixed: int, was: int, now: int) -> int:
    if abs(was - fixed) < _SMALLEST:
        return value
    now = now if abs(now - fixed) >= _SMALLEST else fixed + (_SMALLEST if was > fixed else -_SMALLEST)
    return fixed + (value - fixed) * (now - fixed) // (was - fixed)
