"""The label over a tile's picture, and what stands in a tile without one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QRegion

from player.pictures import TilePicture, TileState
from player.ui.overlay import CameraLabel, TileScene
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


class TilePainter:
    """An overlay: labels in one set of colours and fonts. Used on the window's thread."""

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

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch."""
        if scene.transform is None:
            return QRegion(scene.area)
        region = QRegion(_strip(scene.area))
        if scene.is_focus:
            for edge in _edges(scene.area):
                region = region.united(edge)
        return region if scene.lens is None else region.united(scene.lens)

    def paint(self, painter: QPainter, scene: TileScene) -> None:
        """Draw what stands in a tile without a picture, the edge of the magnifier, the label, and the focus."""
        if scene.transform is None:
            self._paint_message(painter, scene.area, scene.tile)
        if scene.lens is not None:
            painter.setPen(QColor(self.colours.text))
            painter.drawRect(scene.lens.adjusted(0, 0, -1, -1))
        self._paint_label(painter, scene)
        if scene.is_focus:
            for edge in _edges(scene.area):
                painter.fillRect(edge, QColor(self.colours.accent))

    def _paint_label(self, painter: QPainter, scene: TileScene) -> None:
        """Draw name, local time, uncertainty, state and frame number; what matters least goes first in a small tile."""
        strip, label = _strip(scene.area), scene.label
        painter.fillRect(strip, QColor(0, 0, 0, 150))
        right = strip.right() - _MARGIN
        for group in self._facts(scene):
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

    def _facts(self, scene: TileScene) -> list[list[tuple[str, str]]]:
        """Return the texts of the label from the right, with their colours; all are those of the picture shown.

        What stands in one group is drawn together or not at all: no time without its uncertainty.
        """
        colours, tile = self.colours, scene.tile
        words = state_words(tile)
        if tile.picture is not None and tile.state in _WITH_PICTURE:
            spot = tile.picture.spot
            when = [(self.time_text(spot.frame_start), colours.text)]
            if uncertainty := uncertainty_words(tile):
                when.append((uncertainty, colours.caution))
            state = [[(words, colours.caution)]] if words else []
            view = [[(word, colours.accent)] for word in scene.view_words]
            frame = [[(f"f {spot.frame}", colours.dim)]] if tile.picture.estimate is None else []
            return [*state, *view, *frame, when]
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


def _strip(area: QRect) -> QRect:
    return QRect(area.x(), area.y(), area.width(), min(LABEL_HEIGHT, area.height()))


def _edges(area: QRect) -> tuple[QRect, ...]:
    edge = _FOCUS_EDGE
    return (
        QRect(area.x(), area.y(), area.width(), edge),
        QRect(area.x(), area.bottom() - edge + 1, area.width(), edge),
        QRect(area.x(), area.y(), edge, area.height()),
        QRect(area.right() - edge + 1, area.y(), edge, area.height()),
    )
