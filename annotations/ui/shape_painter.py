"""Paints shapes over a picture: the one painter for tiles on screen, stills and exports.

The pixels that a magnifier shows are not painted here: on screen the canvas draws them, as it draws those of the lens;
in an image `annotations.ui.shape_still` does. First come spotlights, so that they dim the picture and no other shape,
then the others in the order in which they were drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QRegion

from annotations.shapes.geometry import Kind
from annotations.shapes.on_frame import Placed
from annotations.ui.shape_plane import Plane, arrow_head, inset_rect, outline

_CASING = 0.5
_CASING_SHARE = 0.3
_LEAST_CASING = 1.0
_CAPTION_GAP = 3.0
_OWN_FACE = QFont.Tag("SLTX")
"""No font has this axis. A font that asks for it looks the same, and its letters are loaded from a face of their own.

Qt has FreeType load outlines from the face that all sizes of a font share, and the part of a pixel by which the last
letter drawn with any of them was moved still stands in it (`FT_Set_Transform`, set by `QFontEngineFT::loadGlyph`). So
what was written before moved outlines by a 64th of a pixel: twelve levels at the edges of letters.
"""


class ShapePainter:
    """Shapes in one font. Used by one thread at a time."""

    def __init__(self, font: QFont) -> None:
        self._font = QFont(font)
        self._font.setBold(True)
        if sys.platform.startswith("linux"):
            self._font.setVariableAxis(_OWN_FACE, 0)

    def region(self, placed: Sequence[Placed], plane: Plane) -> QRegion:
        """Return all that `paint` would touch; the less, the cheaper."""
        region = QRegion()
        for one in placed:
            area = plane.seen if one.shape.drawn.kind is Kind.SPOTLIGHT else self.touched(one, plane)
            region = region.united(area.intersected(plane.seen).toAlignedRect())
        return region.intersected(plane.seen.toAlignedRect())

    def paint(self, painter: QPainter, placed: Sequence[Placed], plane: Plane) -> None:
        """Paint shapes; nothing outside of `plane.seen`."""
        if not placed:
            return
        painter.save()
        painter.setClipRect(plane.seen, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._dim(painter, placed, plane)
        for one in placed:
            painter.setOpacity(one.shape.drawn.look.opacity / 100)
            if one.shape.drawn.kind is not Kind.SPOTLIGHT:
                self._draw(painter, one, plane)
            if one.shape.drawn.text:
                self._write(painter, one, plane)
        painter.restore()

    def touched(self, one: Placed, plane: Plane) -> QRectF:
        """Return the rectangle that holds all of a shape's lines and text, the dark of a spotlight left out."""
        drawn = one.shape.drawn
        area = outline(drawn, one.geometry, plane).boundingRect()
        if drawn.kind is Kind.ARROW:
            area = area.united(arrow_head(drawn, one.geometry, plane).boundingRect())
        margin = plane.line_width(drawn.look.line_width) * (0.5 + _CASING_SHARE) + 2 + _LEAST_CASING
        area = QRectF() if drawn.kind is Kind.TEXT else area.marginsAdded(QMarginsF(margin, margin, margin, margin))
        if drawn.text:
            _path, written = self._lettering(one, plane)
            area = area.united(written)
        return area

    def _dim(self, painter: QPainter, placed: Sequence[Placed], plane: Plane) -> None:
        """Darken all but what lies in a spotlight or is shown by a magnifier; by the darkest of the spotlights."""
        lights = [one for one in placed if one.shape.drawn.kind is Kind.SPOTLIGHT]
        if not lights:
            return
        lit = QPainterPath()
        for one in placed:
            if one.shape.drawn.kind is Kind.SPOTLIGHT:
                lit = lit.united(outline(one.shape.drawn, one.geometry, plane))
            elif one.shape.drawn.kind is Kind.MAGNIFIER:
                inset = QPainterPath()
                inset.addRect(inset_rect(one.shape.drawn, one.geometry, plane))
                lit = lit.united(inset)
        rest = QPainterPath()
        rest.addRect(plane.seen)
        painter.setOpacity(max(one.shape.drawn.look.opacity for one in lights) / 100)
        painter.fillPath(rest.subtracted(lit), QBrush(QColor(0, 0, 0)))

    def _draw(self, painter: QPainter, one: Placed, plane: Plane) -> None:
        drawn = one.shape.drawn
        if drawn.kind is Kind.TEXT:
            return
        colour = QColor(drawn.look.colour)
        path = outline(drawn, one.geometry, plane)
        width = plane.line_width(drawn.look.line_width)
        head = arrow_head(drawn, one.geometry, plane) if drawn.kind is Kind.ARROW else None
        if drawn.look.is_filled:
            painter.fillPath(path, QBrush(colour))
        casing = 2 * max(_LEAST_CASING, width * _CASING_SHARE)
        dark = QColor.fromRgbF(0, 0, 0, _CASING)
        for pen_width, pen_colour in ((width + casing, dark), (width, colour)):
            painter.strokePath(path, _pen(pen_colour, pen_width))
            if head is not None:
                painter.strokePath(head, _pen(pen_colour, pen_width - width + 1))
                painter.fillPath(head, QBrush(pen_colour))

    def _write(self, painter: QPainter, one: Placed, plane: Plane) -> None:
        path, _area = self._lettering(one, plane)
        height = plane.text_height(one.shape.drawn.look.text_size)
        painter.strokePath(path, _pen(QColor(0, 0, 0, 210), max(2.0, height / 7)))
        painter.fillPath(path, QBrush(QColor(one.shape.drawn.look.colour)))

    def _lettering(self, one: Placed, plane: Plane) -> tuple[QPainterPath, QRectF]:
        """Return the letters of a shape's text and the rectangle that they and their dark edge touch."""
        drawn = one.shape.drawn
        font = QFont(self._font)
        font.setPixelSize(max(1, round(plane.text_height(drawn.look.text_size))))
        metrics = QFontMetricsF(font)
        lines = drawn.text.splitlines()
        widths = [metrics.horizontalAdvance(line) for line in lines]
        wide, high = max(widths, default=0.0), metrics.lineSpacing() * len(lines)
        corner, is_centred = self._corner(one, plane, wide, high)
        path = QPainterPath()
        for number, line in enumerate(lines):
            x = corner.x() + ((wide - widths[number]) / 2 if is_centred else 0)
            path.addText(QPointF(x, corner.y() + metrics.ascent() + number * metrics.lineSpacing()), font, line)
        edge = max(2.0, metrics.height() / 7) / 2 + 2
        return path, path.boundingRect().marginsAdded(QMarginsF(edge, edge, edge, edge))

    def _corner(self, one: Placed, plane: Plane, wide: float, high: float) -> tuple[QPointF, bool]:
        """Return the left top corner of a text, and whether its lines are centred: beside other shapes they are not."""
        drawn = one.shape.drawn
        if drawn.kind is Kind.TEXT:
            middle = plane.point(one.geometry[0])
            return QPointF(middle.x() - wide / 2, middle.y() - high / 2), True
        area = outline(drawn, one.geometry, plane).boundingRect()
        gap = _CAPTION_GAP + plane.line_width(drawn.look.line_width)
        top = area.top() - high - gap
        if top < plane.seen.top() and area.bottom() + gap + high <= plane.seen.bottom():
            top = area.bottom() + gap
        left = min(max(area.left(), plane.seen.left() + 2), max(plane.seen.left() + 2, plane.seen.right() - wide - 2))
        return QPointF(left, top), False


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour)
    pen.setWidthF(width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
