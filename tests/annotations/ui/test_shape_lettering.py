"""The letters of shapes are the same pixels whatever else was written before."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.on_frame import Placed
from annotations.shapes.shape import Drawn, Keyframe, Look, Shape
from annotations.ui.shape_painter import ShapePainter
from annotations.ui.shape_plane import Plane
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import Area

_SIZE = (320, 180)
_PLANE = Plane(TileTransform(*_SIZE, 0, Area(0, 0, *_SIZE)), QRectF(0, 0, *_SIZE))
_HEIGHTS = (9, 14, 21, 28, 40)


def _letters(height: int) -> QImage:
    middle = (160 * UNIT, 90 * UNIT)
    look = Look(colour="#ff00ff", text_size=height * UNIT)
    drawn = Drawn(
        "recording", _SIZE, Kind.TEXT, Fraction(1, 30), 0, 9, (Keyframe(0, (middle,)),), look, "Two lines\nwhere"
    )
    image = QImage(*_SIZE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    painter = QPainter(image)
    ShapePainter(QFont()).paint(painter, [Placed(Shape("s", drawn, created_ns=0), (middle,))], _PLANE)
    painter.end()
    return image


def _write(words: str, x: float) -> None:
    font = QFont()
    font.setBold(True)
    image = QImage(*_SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(QPointF(x, 40), words)
    painter.end()


def test_letters_of_shapes_are_the_same_pixels_whatever_was_written_before(qapp: QApplication) -> None:
    """A still, an export and the screen show one text alike: a label that is written between them moves nothing."""
    before = [_letters(height) for height in _HEIGHTS]
    for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz"):
        _write(letter, 10 + number / 8)
        assert [_letters(height) for height in _HEIGHTS] == before, letter
