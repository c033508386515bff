"""What the presenter lays over the picture: pointer, spotlight, magnifier, strokes, and the line at the bottom left.

One function draws it, on the court screen, on the console's mirror and into a captured exhibit alike. Points are shares
of the court screen, 0 to 1 from the left top corner.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPen

from courtroom.court_drawings import COLOUR

_RED = "#ff3b30"
_SHADE = 190
_TEXT_SHARE = 0.025
"""Exhibit reference and local time are 2.5 % of the screen's height."""

_POINTER_SHARE = 0.012
_SPOT_SHARE = 0.17
_LENS_SHARE = 0.17
LENS_POWER = 3
_STROKE_SHARE = 0.005

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TopLayer:
    """What lies over the picture.

    Attributes:
        pointer: where the laser pointer is, or None.
        spotlight: what is lit while all else is dark, or None.
        lens: what is magnified, or None.
        strokes: lines that were drawn, each as its points.
        reference: the line at the bottom left, or "".
    """

    pointer: Point | None = None
    spotlight: Point | None = None
    lens: Point | None = None
    strokes: tuple[tuple[Point, ...], ...] = ()
    reference: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self == TopLayer()


def paint_top(painter: QPainter, target: QRectF, picture: QImage, layer: TopLayer, font: QFont) -> None:
    """Draw the layer over a picture that was drawn into `target`.

    Args:
        painter: draws in any coordinates.
        target: where the whole court screen lies in them.
        picture: what is magnified.
        layer: what to draw.
        font: of the reference line.
    """
    height = target.height()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(target)
    if layer.spotlight is not None:
        _paint_spotlight(painter, target, _at(target, layer.spotlight), height * _SPOT_SHARE)
    if layer.lens is not None:
        _paint_lens(painter, target, picture, layer.lens)
    pen = QPen(QColor(COLOUR), stroke_width(height))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in layer.strokes:
        painter.drawPolyline([_at(target, point) for point in stroke])
    if layer.reference:
        _paint_reference(painter, target, layer.reference, font)
    if layer.pointer is not None:
        painter.setPen(QPen(QColor("#ffffff"), max(1.0, height * 0.002)))
        painter.setBrush(QColor(_RED))
        painter.drawEllipse(_at(target, layer.pointer), height * _POINTER_SHARE, height * _POINTER_SHARE)
    painter.restore()


def stroke_width(height: float) -> float:
    """Return how wide a drawn line is on a court screen of this height, in the same unit."""
    return max(2.0, height * _STROKE_SHARE)


def with_layer(picture: QImage, layer: TopLayer, font: QFont) -> QImage:
    """Return a picture with the layer drawn into it."""
    image = picture.copy()
    painter = QPainter(image)
    try:
        paint_top(painter, QRectF(image.rect()), picture, layer, font)
    finally:
        painter.end()
    return image


def size_of_text(size: QSize) -> int:
    """Return the height of the reference line's letters on a court screen of this size, pixels."""
    return max(1, round(size.height() * _TEXT_SHARE))


def _paint_spotlight(painter: QPainter, target: QRectF, at: QPointF, radius: float) -> None:
    shade = QPainterPath()
    shade.addRect(target)
    lit = QPainterPath()
    lit.addEllipse(at, radius, radius)
    painter.fillPath(shade.subtracted(lit), QColor(0, 0, 0, _SHADE))


def _paint_lens(painter: QPainter, target: QRectF, picture: QImage, lens: Point) -> None:
    radius, at = target.height() * _LENS_SHARE, _at(target, lens)
    circle = QPainterPath()
    circle.addEllipse(at, radius, radius)
    scale = picture.height() / target.height()
    source = QRectF(QPointF(), QSizeF(2 * radius * scale / LENS_POWER, 2 * radius * scale / LENS_POWER))
    source.moveCenter(QPointF(lens[0] * picture.width(), lens[1] * picture.height()))
    painter.save()
    painter.setClipPath(circle, Qt.ClipOperation.IntersectClip)
    painter.fillPath(circle, QColor(0, 0, 0))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius), picture, source)
    painter.restore()
    painter.setPen(QPen(QColor("#e6e8ea"), max(1.0, target.height() * 0.002)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, radius, radius)


def _paint_reference(painter: QPainter, target: QRectF, text: str, font: QFont) -> None:
    letters = QFont(font)
    letters.setPixelSize(max(1, round(target.height() * _TEXT_SHARE)))
    letters.setFeature(QFont.Tag("tnum"), 1)
    painter.setFont(letters)
    margin = target.height() * _TEXT_SHARE
    width = painter.fontMetrics().horizontalAdvance(text)
    room = QRectF(target.left() + margin, target.bottom() - 2.6 * margin, width + margin, 1.6 * margin)
    painter.fillRect(room, QColor(0, 0, 0, 140))
    painter.setPen(QColor("#e6e8ea"))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)


def _at(target: QRectF, point: Point) -> QPointF:
    return QPointF(target.left() + point[0] * target.width(), target.top() + point[1] * target.height())
