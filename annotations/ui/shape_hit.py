"""Which shape, or which grip of the chosen one, lies under the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from annotations.shapes.geometry import Kind
from annotations.shapes.grips import grips_of
from annotations.shapes.on_frame import Placed
from annotations.ui.shape_painter import ShapePainter
from annotations.ui.shape_plane import Plane, outline

_NEAR = 5.0
GRIP = 9


def grip_at(placed: Placed, plane: Plane, at: QPointF) -> int | None:
    """Return the number of the grip under a point, or None; of several the last, which is drawn on top."""
    drawn = placed.shape.drawn
    grips = grips_of(drawn.kind, placed.geometry, drawn.look.power)
    for number in range(len(grips) - 1, -1, -1):
        where = plane.point(grips[number])
        if max(abs(where.x() - at.x()), abs(where.y() - at.y())) <= GRIP / 2 + 2:
            return number
    return None


def shape_at(placed: Sequence[Placed], plane: Plane, painter: ShapePainter, at: QPointF) -> Placed | None:
    """Return the shape under a point: one whose lines are there, the topmost; else the smallest that surrounds it."""
    for one in reversed(placed):
        if _has_line_at(one, plane, at):
            return one
    around = [(one, _room(one, plane, painter)) for one in placed]
    inside = [(room.width() * room.height(), one) for one, room in reversed(around) if room.contains(at)]
    return min(inside, key=lambda found: found[0])[1] if inside else None


def _has_line_at(one: Placed, plane: Plane, at: QPointF) -> bool:
    drawn = one.shape.drawn
    if drawn.kind is Kind.TEXT:
        return False
    stroker = QPainterPathStroker()
    stroker.setWidth(plane.line_width(drawn.look.line_width) + 2 * _NEAR)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    return stroker.createStroke(outline(drawn, one.geometry, plane)).contains(at)


def _room(one: Placed, plane: Plane, painter: ShapePainter) -> QRectF:
    """Return what counts as the inside of a shape; of a line there is none."""
    drawn = one.shape.drawn
    if drawn.kind is Kind.TEXT:
        return painter.touched(one, plane)
    if drawn.kind in {Kind.LINE, Kind.ARROW, Kind.FREEHAND}:
        return QRectF()
    path: QPainterPath = outline(drawn, one.geometry, plane)
    return path.boundingRect()
