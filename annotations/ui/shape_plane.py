"""Where points of a picture are on what is painted, and the outlines of shapes there. Nothing is painted here."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin, sqrt

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from annotations.shapes.geometry import UNIT, Geometry, Kind, Point, inset_bounds
from annotations.shapes.shape import Drawn
from player.ui.tile_transform import TileTransform

_THINNEST = 1.5
_SMALLEST_TEXT = 9.0
_HEAD_WIDTHS = 4.0
_SMALLEST_HEAD = 9.0
_HEAD_SPREAD = pi / 7
_MOST_OF_LENGTH = 0.6


@dataclass(frozen=True, slots=True)
class Plane:
    """One picture on what is painted: a tile of the screen, the magnifier over it, or an image.

    Attributes:
        transform: from the picture's coordinates to those that are painted in.
        seen: the part of the picture that may be painted on, in those.
    """

    transform: TileTransform
    seen: QRectF

    @property
    def scale(self) -> float:
        """How large one pixel of the picture is, on the middle of both directions."""
        transform = self.transform
        coded, shown = transform.width * transform.height, transform.shown.width * transform.shown.height
        return sqrt(shown / coded) / transform.ratio

    def point(self, point: Point) -> QPointF:
        """Return where a point of a shape is."""
        return QPointF(*self.transform.to_widget(point[0] / UNIT, point[1] / UNIT))

    def rect(self, one: Point, other: Point) -> QRectF:
        """Return the rectangle with these opposite corners."""
        return QRectF(self.point(one), self.point(other)).normalized()

    def source(self, at: QPointF) -> Point:
        """Return the point of a shape that is seen at a point."""
        x, y = self.transform.to_source(at.x(), at.y())
        return round(x * UNIT), round(y * UNIT)

    def line_width(self, units: int) -> float:
        """Return how wide a line is painted: never so thin that it is lost."""
        return max(_THINNEST, units / UNIT * self.scale)

    def text_height(self, units: int) -> float:
        """Return how high a line of text is painted: never so small that it cannot be read."""
        return max(_SMALLEST_TEXT, units / UNIT * self.scale)


def outline(drawn: Drawn, geometry: Geometry, plane: Plane) -> QPainterPath:
    """Return the lines of a shape; of a text, none; of a magnifier, those around its part and where it is shown."""
    path = QPainterPath()
    kind = drawn.kind
    if kind is Kind.BOX:
        path.addRect(plane.rect(geometry[0], geometry[1]))
    elif kind in {Kind.ELLIPSE, Kind.SPOTLIGHT}:
        path.addEllipse(plane.rect(geometry[0], geometry[1]))
    elif kind is Kind.MAGNIFIER:
        part, inset = plane.rect(geometry[0], geometry[1]), inset_rect(drawn, geometry, plane)
        path.addRect(part)
        path.addRect(inset)
        _add_ties(path, part, inset)
    elif kind is not Kind.TEXT:
        path.moveTo(plane.point(geometry[0]))
        for point in geometry[1:]:
            path.lineTo(plane.point(point))
        if kind is Kind.POLYGON:
            path.closeSubpath()
    return path


def arrow_head(drawn: Drawn, geometry: Geometry, plane: Plane) -> QPainterPath:
    """Return the filled head of an arrow; its point is the arrow's second end."""
    start, end = plane.point(geometry[0]), plane.point(geometry[1])
    length = hypot(end.x() - start.x(), end.y() - start.y())
    wanted = max(_SMALLEST_HEAD, _HEAD_WIDTHS * plane.line_width(drawn.look.line_width))
    size = min(wanted, length * _MOST_OF_LENGTH)
    angle = atan2(end.y() - start.y(), end.x() - start.x())
    path = QPainterPath(end)
    for side in (angle + pi - _HEAD_SPREAD, angle + pi + _HEAD_SPREAD):
        path.lineTo(end.x() + size * cos(side), end.y() + size * sin(side))
    path.closeSubpath()
    return path


def inset_rect(drawn: Drawn, geometry: Geometry, plane: Plane) -> QRectF:
    """Return where a magnifier shows its part."""
    left, top, right, bottom = inset_bounds(geometry, drawn.look.power)
    return plane.rect((left, top), (right, bottom))


def _add_ties(path: QPainterPath, part: QRectF, inset: QRectF) -> None:
    """Tie what is magnified to where it is shown, by the corners whose ties cross neither."""
    if part.intersects(inset):
        return
    if (part.center().x() < inset.center().x()) == (part.center().y() < inset.center().y()):
        corners = ((part.topRight(), inset.topRight()), (part.bottomLeft(), inset.bottomLeft()))
    else:
        corners = ((part.topLeft(), inset.topLeft()), (part.bottomRight(), inset.bottomRight()))
    for start, end in corners:
        path.moveTo(start)
        path.lineTo(end)
