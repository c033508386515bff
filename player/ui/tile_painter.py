"""Paints one tile: its picture as it lies in the ring, and the label over it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from player.pictures import Picture, TilePicture, TileState
from player.ui.tile_words import TimeText, message_words, state_words, uncertainty_words

LABEL_HEIGHT = 22
_MARGIN = 6
_NAME_LETTERS = 6
_FOCUS_EDGE = 2
_CHIP = 8
_WITH_PICTURE = frozenset({TileState.SHOWN, TileState.LATE})


@dataclass(frozen=True, slots=True)
class SurfaceColours:
    """The colours of the tiles, `#rrggbb`; video is judged against black and neutral grey in every theme."""

    gap: str = "#33383d"
    ground: str = "#000000"
    text: str = "#e6e8ea"
    dim: str = "#9aa3ab"
    accent: str = "#4da3ff"
    caution: str = "#f0b03f"
    bad: str = "#ff7066"


@dataclass(frozen=True, slots=True)
class CameraLabel:
    """What a tile says about its camera.

    Attributes:
        camera_id: permanent id of the camera.
        name: what people call it.
        colour: the camera's own colour everywhere, `#rrggbb`.
    """

    camera_id: str
    name: str
    colour: str


class TilePainter:
    """Draws tiles with one set of colours and fonts. Used on the window's thread."""

    def __init__(self, colours: SurfaceColours, time_text: TimeText, moment_text: TimeText, font: QFont) -> None:
        self.colours = colours
        self.time_text = time_text
        self.moment_text = moment_text
        self._font = QFont(font)
        self._font.setFeature(QFont.Tag("tnum"), 1)
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(self._font)
        self._bold_metrics = QFontMetrics(self._bold)

    def paint(
        self, painter: QPainter, area: QRect, tile: TilePicture, label: CameraLabel, *, is_focus: bool
    ) -> QRect | None:
        """Draw a tile into `area` and return where its picture is, in logical pixels, or None without one."""
        painter.fillRect(area, QColor(self.colours.ground))
        shown: QRect | None = None
        if tile.picture is not None and tile.picture.ring.is_open and tile.state in _WITH_PICTURE:
            shown = draw_picture(painter, area, tile.picture)
        else:
            self._paint_message(painter, area, tile)
        self._paint_label(painter, area, tile, label)
        if is_focus:
            self._paint_focus(painter, area)
        return shown

    def _paint_label(self, painter: QPainter, area: QRect, tile: TilePicture, label: CameraLabel) -> None:
        """Draw name, local time, uncertainty, state and frame number; what matters least goes first in a small tile."""
        strip = QRect(area.x(), area.y(), area.width(), min(LABEL_HEIGHT, area.height()))
        painter.fillRect(strip, QColor(0, 0, 0, 150))
        right = strip.right() - _MARGIN
        for group in self._facts(tile):
            widths = [self._metrics.horizontalAdvance(text) + _MARGIN + 2 for text, _ in group]
            if right - sum(widths) < strip.left() + self._name_width(label):
                break
            for (text, colour), width in zip(group, widths, strict=True):
                right -= width
                painter.setFont(self._font)
                painter.setPen(QColor(colour))
                room = QRect(right + _MARGIN + 2, strip.y(), width, strip.height())
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        self._paint_name(painter, strip, right, label)

    def _name_width(self, label: CameraLabel) -> int:
        """Return the room that the camera's colour and the first letters of its name keep in any tile."""
        most = self._bold_metrics.averageCharWidth() * _NAME_LETTERS
        return 2 * _MARGIN + _CHIP + min(self._bold_metrics.horizontalAdvance(label.name), most)

    def _facts(self, tile: TilePicture) -> list[list[tuple[str, str]]]:
        """Return the texts of the label from the right, with their colours; all are those of the picture shown.

        What stands in one group is drawn together or not at all: no time without its uncertainty.
        """
        colours = self.colours
        words = state_words(tile)
        if tile.picture is not None and tile.state in _WITH_PICTURE:
            spot = tile.picture.spot
            when = [(self.time_text(spot.frame_start), colours.text)]
            if uncertainty := uncertainty_words(tile):
                when.append((uncertainty, colours.caution))
            state = [[(words, colours.caution)]] if words else []
            frame = [[(f"f {spot.frame}", colours.dim)]] if tile.picture.estimate is None else []
            return [*state, *frame, when]
        frame = [[(f"f {tile.spot.frame}", colours.dim)]] if tile.spot is not None and tile.is_exact else []
        return [[(words, colours.bad)], *frame] if words else frame

    def _paint_name(self, painter: QPainter, strip: QRect, right: int, label: CameraLabel) -> None:
        left = strip.left() + _MARGIN
        if right - left < 3 * _CHIP:
            return
        chip = QRect(left, strip.center().y() - _CHIP // 2 + 1, _CHIP, _CHIP)
        painter.fillRect(chip, QColor(label.colour))
        left += _CHIP + _MARGIN
        room = QRect(left, strip.y(), max(0, right - left), strip.height())
        name = self._bold_metrics.elidedText(label.name, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(self._bold)
        painter.setPen(QColor(self.colours.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_message(self, painter: QPainter, area: QRect, tile: TilePicture) -> None:
        headline, line = message_words(tile, self.moment_text)
        room = area.adjusted(2 * _MARGIN, LABEL_HEIGHT + _MARGIN, -2 * _MARGIN, -_MARGIN)
        if not headline or room.width() <= 0 or room.height() <= 0:
            return
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        body = self._metrics.boundingRect(room, flags, line) if line else QRect()
        head = self._bold_metrics.height()
        top = room.y() + max(0, (room.height() - head - body.height() - _MARGIN) // 2)
        painter.setFont(self._bold)
        painter.setPen(QColor(self.colours.bad if tile.state is TileState.FAILED else self.colours.text))
        painter.drawText(QRect(room.x(), top, room.width(), head), Qt.AlignmentFlag.AlignCenter, headline)
        painter.setFont(self._font)
        painter.setPen(QColor(self.colours.dim))
        below = QRect(room.x(), top + head + _MARGIN, room.width(), max(0, room.bottom() - top - head - _MARGIN))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), line)

    def _paint_focus(self, painter: QPainter, area: QRect) -> None:
        colour = QColor(self.colours.accent)
        edge = _FOCUS_EDGE
        painter.fillRect(area.x(), area.y(), area.width(), edge, colour)
        painter.fillRect(area.x(), area.bottom() - edge + 1, area.width(), edge, colour)
        painter.fillRect(area.x(), area.y(), edge, area.height(), colour)
        painter.fillRect(area.right() - edge + 1, area.y(), edge, area.height(), colour)


def draw_picture(painter: QPainter, area: QRect, picture: Picture) -> QRect:
    """Draw a picture in the middle of `area`, pixel for pixel where it was made for it; return where it is."""
    ratio = painter.device().devicePixelRatio()
    pixels = picture.pixels
    image = QImage(pixels, picture.width, picture.height, picture.width * 4, QImage.Format.Format_RGB32)
    size = QSize(picture.width, picture.height)
    room = device_size(area.size(), ratio)
    is_fitting = size.width() <= room.width() and size.height() <= room.height()
    touches = size.width() == room.width() or size.height() == room.height()
    if not (is_fitting and touches):
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    left = round(area.x() * ratio) + (room.width() - size.width()) // 2
    top = round(area.y() * ratio) + (room.height() - size.height()) // 2
    target = QRect(QPoint(left, top), size)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.drawImage(target, image)
    painter.restore()
    return QRect(round(left / ratio), round(top / ratio), round(size.width() / ratio), round(size.height() / ratio))


def device_size(size: QSize, ratio: float) -> QSize:
    """Return a size in whole device pixels that lies within the logical one."""
    return QSize(int(size.width() * ratio), int(size.height() * ratio))
