"""Shows over a tile which shape is chosen and by what it can be taken: grips, which are no part of the shape."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from annotations.shapes.geometry import Kind
from annotations.shapes.grips import grips_of
from annotations.shapes.on_frame import Placed
from annotations.ui.shape_editor import ShapeEditor
from annotations.ui.shape_hit import GRIP
from annotations.ui.shape_overlay import ShapeOverlay, planes
from annotations.ui.shape_plane import Plane, outline
from player.ui.overlay import TileScene

_MOST_GRIPS = 64


class ChosenOverlay:
    """Implements `player.ui.overlay.Overlay`; drawn after the shapes. Lives on the UI thread.

    Args:
        editor: says which shape is chosen.
        shapes: says where it is on a tile.
        colour: of the grips, `#rrggbb`.
    """

    def __init__(self, editor: ShapeEditor, shapes: ShapeOverlay, colour: str) -> None:
        self._editor = editor
        self._shapes = shapes
        self.colour = colour

    def find(self, scene: TileScene) -> tuple[Placed, Plane] | None:
        """Return the chosen shape where a tile shows it, and the tile's plane."""
        chosen = self._editor.chosen if self._editor.is_on else None
        found = planes(scene) if chosen is not None else []
        if chosen is None or not found:
            return None
        placed = next((one for one in self._shapes.on_tile(scene.tile) if one.shape.id == chosen.id), None)
        return None if placed is None else (placed, found[0])

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch."""
        found = self.find(scene)
        if found is None:
            return QRegion()
        area = self._frame(*found).adjusted(-2, -2, 2, 2).toAlignedRect()
        region = QRegion(area).subtracted(area.adjusted(4, 4, -4, -4))
        for grip in _grips(*found):
            region = region.united(grip.adjusted(-1, -1, 1, 1))
        return region

    def paint(self, painter: QPainter, scene: TileScene) -> None:
        """Draw a broken frame around the chosen shape, and its grips."""
        found = self.find(scene)
        if found is None:
            return
        painter.save()
        painter.setClipRect(scene.area, Qt.ClipOperation.IntersectClip)
        pen = QPen(QColor(self.colour))
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRect(self._frame(*found))
        painter.setPen(QColor(0, 0, 0))
        for grip in _grips(*found):
            painter.fillRect(grip, QColor("#ffffff"))
            painter.drawRect(grip.adjusted(0, 0, -1, -1))
            painter.fillRect(grip.adjusted(2, 2, -2, -2), QColor(self.colour))
        painter.restore()

    def _frame(self, placed: Placed, plane: Plane) -> QRectF:
        if placed.shape.drawn.kind is Kind.TEXT:
            return self._shapes.painter.touched(placed, plane)
        frame = outline(placed.shape.drawn, placed.geometry, plane).boundingRect()
        return frame.adjusted(-4, -4, 4, 4).intersected(plane.seen.adjusted(-6, -6, 6, 6))


def _grips(placed: Placed, plane: Plane) -> list[QRect]:
    drawn = placed.shape.drawn
    grips = grips_of(drawn.kind, placed.geometry, drawn.look.power)
    step = max(1, len(grips) // _MOST_GRIPS)
    rects = []
    for grip in grips[::step]:
        where = plane.point(grip).toPoint()
        rects.append(QRect(where.x() - GRIP // 2, where.y() - GRIP // 2, GRIP, GRIP))
    return rects
