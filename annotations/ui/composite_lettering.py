"""Writes labels of a video and draws shapes and words over its pictures. A QGuiApplication must be there."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from annotations.composite.feeds import Planes
from annotations.composite.messages import TileSource
from annotations.composite.scene import line_height
from annotations.shapes.on_frame import Placed
from annotations.ui.paper_setting import FAMILIES
from annotations.ui.shape_still import burn_in_turned
from evidence.text import clean_text
from player.decoder.planes import rows_of

_LEVELS = (16 + np.arange(256) * 219 // 255).astype(np.uint8)
_STRIP, _TITLE_STRIP, _EMPTY = QColor(28, 28, 28), QColor(52, 52, 52), QColor(40, 40, 40)
_INK, _DIM = QColor(245, 245, 245), QColor(190, 190, 190)
_SHADE = QColor(0, 0, 0, 190)
_PAD = 6
_MOST_LOW = 3


class QtLettering:
    """A `annotations.composite.scene.Lettering` for a video of one height. Used by one thread."""

    def __init__(self, height: int) -> None:
        self._line = line_height(height)
        self._font = _font(self._line * 5 // 7)
        self._bold = _font(self._line * 5 // 7, is_bold=True)
        self._into, self._back = VideoReformatter(), VideoReformatter()

    def label(self, width: int, height: int, left: str, right: str, *, is_title: bool = False) -> NDArray[np.uint8]:
        """Return luma of a strip with text at its left and at its right; in two lines where it is that high."""
        image = _grey(width, height, _TITLE_STRIP if is_title else _STRIP)
        painter = QPainter(image)
        room = QRect(_PAD, 0, width - 2 * _PAD, min(height, self._line if not is_title else height))
        metrics = QFontMetrics(self._font)
        is_double = height > self._line and not is_title
        below = room.translated(0, height - self._line) if is_double else room
        shown = metrics.elidedText(clean_text(right), Qt.TextElideMode.ElideRight, room.width())
        flag = Qt.AlignmentFlag.AlignLeft if is_double else Qt.AlignmentFlag.AlignRight
        painter.setFont(self._font)
        painter.setPen(_INK)
        painter.drawText(below, flag | Qt.AlignmentFlag.AlignVCenter, shown)
        spare = room.width() if is_double else room.width() - metrics.horizontalAdvance(shown) - 2 * _PAD
        painter.setFont(self._bold)
        name = QFontMetrics(self._bold).elidedText(clean_text(left), Qt.TextElideMode.ElideRight, max(0, spare))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()
        return _luma(image)

    def message(self, width: int, height: int, headline: str, line: str) -> NDArray[np.uint8]:
        """Return luma of an empty tile with words in its middle."""
        image = _grey(width, height, _EMPTY)
        painter = QPainter(image)
        wrapped = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter
        painter.setFont(self._bold)
        painter.setPen(_INK)
        upper = QRectF(_PAD, 0, width - 2 * _PAD, height / 2)
        painter.drawText(upper, int(wrapped | Qt.AlignmentFlag.AlignBottom), clean_text(headline))
        painter.setFont(self._font)
        painter.setPen(_DIM)
        lower = QRectF(_PAD, height / 2 + 2, width - 2 * _PAD, height / 2)
        painter.drawText(lower, int(wrapped | Qt.AlignmentFlag.AlignTop), clean_text(line))
        painter.end()
        return _luma(image)

    def drawn_over(self, planes: Planes, shapes: Sequence[Placed], source: TileSource, words: str) -> Planes:
        """Return a copy of a picture with shapes and words over it."""
        height, width = planes[0].shape
        image = self._image(planes)
        burn_in_turned(image, shapes, source.coded, source.source.rotation, self._bold)
        if words:
            self._write(image, words)
        return self._planes(image, width, height)

    def _write(self, image: QImage, words: str) -> None:
        """Write words at the foot of a picture; what has no room in its lower third is cut off."""
        painter = QPainter(image)
        painter.setFont(self._bold)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)
        room = QRect(0, 0, image.width() - 4 * _PAD, image.height())
        text = "\n".join(clean_text(line) for line in words.split("\n"))
        box = painter.boundingRect(room, flags, text)
        box.setHeight(min(box.height(), image.height() // _MOST_LOW))
        box.moveLeft((image.width() - box.width()) // 2)
        box.moveBottom(image.height() - 2 * _PAD)
        painter.fillRect(box.adjusted(-_PAD, -_PAD // 2, _PAD, _PAD // 2), _SHADE)
        painter.setPen(_INK)
        painter.setClipRect(box)
        painter.drawText(box, flags, text)
        painter.end()

    def _image(self, planes: Planes) -> QImage:
        height, width = planes[0].shape
        frame = av.VideoFrame(width, height, "yuv420p")
        for number, plane in enumerate(planes):
            rows_of(frame, number)[: plane.shape[0], : plane.shape[1]] = plane
        seen = self._into.reformat(frame, format="bgra", **_COLOURS, **_TO_SCREEN)
        rows = np.ascontiguousarray(rows_of(seen, 0)[:height, : width * 4])
        return QImage(rows.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()

    def _planes(self, image: QImage, width: int, height: int) -> Planes:
        frame = av.VideoFrame(width, height, "bgra")
        rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, image.bytesPerLine())
        rows_of(frame, 0)[:height, : width * 4] = rows[:, : width * 4]
        coded = self._back.reformat(frame, format="yuv420p", **_COLOURS, **_FROM_SCREEN)
        luma, first, second = (rows_of(coded, number) for number in range(3))
        half = (height // 2, width // 2)
        return luma[:height, :width], first[: half[0], : half[1]], second[: half[0], : half[1]]


_COLOURS = {"src_colorspace": Colorspace.ITU709, "dst_colorspace": Colorspace.ITU709}
_TO_SCREEN = {"src_color_range": ColorRange.MPEG, "dst_color_range": ColorRange.JPEG}
_FROM_SCREEN = {"src_color_range": ColorRange.JPEG, "dst_color_range": ColorRange.MPEG}


def _grey(width: int, height: int, colour: QColor) -> QImage:
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(colour)
    return image


def _luma(image: QImage) -> NDArray[np.uint8]:
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    shown: NDArray[np.uint8] = _LEVELS[rows[:, : image.width()]]
    return shown


def _font(px: int, *, is_bold: bool = False) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(max(9, px))
    font.setBold(is_bold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
