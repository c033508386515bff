"""Draws marks on the timeline: moments as lines and diamonds, ranges as bars below the ruler, each in its colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QPolygon

from player.ui.timeline.look import Look
from player.ui.timeline.marks import NO_COLOUR
from player.ui.timeline.painter import fill
from player.ui.timeline.scene import Scene

_REACH = 6
_APART = 5
"""Pixels between two diamonds that are drawn; between them is a line alone."""

_BAR = 5
_LINE_ALPHA = 150


def paint_marks(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Draw the marks as far as they touch `part`."""
    marks, view = scene.marks, scene.view
    if not len(marks.starts):
        return
    left, right = part.left() - scene.left - _REACH, part.right() - scene.left + _REACH
    left -= left % _APART
    for colour, stretches in marks.bars(view, left, right):
        areas = [QRect(scene.left + x, scene.ruler, end - x, _BAR) for x, end in stretches]
        fill(painter, areas, _colour(look, colour, 210))
    xs, colours = marks.columns(view, left, right)
    if len(xs):
        lines = QRect(scene.left + int(xs[0]), scene.ruler, int(xs[-1] - xs[0]) + 1, scene.lanes_rect.height())
        painter.drawImage(lines, _lines(xs, colours, look))
    top = scene.ruler - painter.fontMetrics().ascent() // 2 - _REACH
    diamonds: dict[int, QPixmap] = {}
    for x, colour in _apart(xs, colours):
        if colour not in diamonds:
            diamonds[colour] = _diamond(_colour(look, colour, 255), painter.device().devicePixelRatio())
        painter.drawPixmap(scene.left + x - _REACH, top, diamonds[colour])


def _lines(xs: NDArray[np.int64], colours: NDArray[np.int32], look: Look) -> QImage:
    """Return one row of pixels to be drawn over the whole height: much quicker than a thousand thin rectangles."""
    row = np.zeros((int(xs[-1] - xs[0]) + 1, 4), np.uint8)  # blue, green, red, alpha: ARGB of a little-endian machine
    plain = look.colour("caution")
    known = np.where(colours == NO_COLOUR, np.int32(plain.rgb() & 0xFFFFFF), colours)
    places = xs - xs[0]
    for channel in range(3):
        row[places, channel] = (known >> (8 * channel) & 0xFF) * _LINE_ALPHA // 255
    row[places, 3] = _LINE_ALPHA
    image = QImage(row.tobytes(), len(row), 1, 4 * len(row), QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # with pixels of its own


def _apart(xs: NDArray[np.int64], colours: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Yield columns and colours of diamonds: of those in one cell of the view's grid the first, whatever is painted."""
    cells = xs // _APART
    is_first = np.ones(len(xs), np.bool_)
    is_first[1:] = cells[1:] != cells[:-1]
    yield from zip(xs[is_first].tolist(), colours[is_first].tolist(), strict=True)


def _colour(look: Look, number: int, alpha: int) -> QColor:
    if number == NO_COLOUR:
        return look.colour("caution", alpha)
    colour = QColor.fromRgb(number)
    colour.setAlpha(alpha)
    return colour


def _diamond(colour: QColor, ratio: float) -> QPixmap:
    picture = QPixmap(round(2 * _REACH * ratio), round(2 * _REACH * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    middle = _REACH
    corners = [(middle, middle - 5), (middle + 5, middle), (middle, middle + 5), (middle - 5, middle)]
    painter.drawPolygon(QPolygon([QPoint(x, y) for x, y in corners]))
    painter.end()
    return picture
