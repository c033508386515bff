"""The label over a tile's picture, and what stands in a tile without one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QRegion

from player.pictures import TilePicture, TileState
from player.ui.overlay import CameraLabel, TileScene
from player.ui.tile_words import TimeText, message_words, state_words, uncertainty_words

_LABEL_HEIGHT = 22
_MARGIN = 6
_NAME_LETTERS = 6
_FOCUS_EDGE = 2
_CHIP = 8
_STRIPE = 3
_SHADE = 150
_WITH_PICTURE = frozenset({TileState.SHOWN, TileState.LATE})


@dataclass(frozen=True, slots=True)
class _Fact:
    """Texts of a label, from the right, with their colours; they are drawn together or not at all.

    Attributes:
        stays: whether they are seen also while the label is not.
    """

    texts: tuple[tuple[str, str], ...]
    stays: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """A text of a label and where it stands."""

    room: QRect
    text: str
    colour: str
    stays: bool


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
    """An overlay: labels in one set of colours and fonts. Used on the window's thread.

    Attributes:
        shown: how much is seen of the labels over pictures, 0 to 1. At 0, what warns of a picture and what says how it
            is looked at is still written, and a stripe has the camera's colour.
    """

    def __init__(self, colours: SurfaceColours, time_text: TimeText, moment_text: TimeText, font: QFont) -> None:
        self.shown = 1.0
        self.colours = colours
        self.time_text = time_text
        self.moment_text = moment_text
        self._font = QFont(font)
        self._font.setFeature(QFont.Tag("tnum"), 1)
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(self._font)
        self._bold_metrics = QFontMetrics(self._bold)
        self._height = max(_LABEL_HEIGHT, self._bold_metrics.height() + 2)

    def strip(self, area: QRect) -> QRect:
        """Return where the label lies in a tile; it is higher for large text."""
        return QRect(area.x(), area.y(), area.width(), min(self._height, area.height()))

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch."""
        if scene.transform is None:
            return QRegion(scene.area)
        strip = self.strip(scene.area)
        region = QRegion(strip)
        if self.shown == 0:
            region = QRegion(_stripe(strip))
            for placed in self._placed(scene, strip):
                if placed.stays:
                    region = region.united(placed.room)
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
        """Draw name, local time, uncertainty, state and frame number, or what is left of them while the mouse rests."""
        strip, shown = self.strip(scene.area), self.shown if scene.transform is not None else 1.0
        placed = self._placed(scene, strip)
        if not shown:
            self._paint_rest(painter, scene, strip, placed)
            return
        painter.save()
        painter.setOpacity(1 - shown)
        painter.fillRect(_stripe(strip), QColor(scene.label.colour))
        for one in placed:
            if one.stays:
                painter.fillRect(one.room, QColor(0, 0, 0, _SHADE))
        painter.setOpacity(shown)
        painter.fillRect(strip, QColor(0, 0, 0, _SHADE))
        painter.setFont(self._font)
        for one in placed:
            painter.setOpacity(1.0 if one.stays else shown)
            painter.setPen(QColor(one.colour))
            painter.drawText(one.room, Qt.AlignmentFlag.AlignCenter, one.text)
        painter.setOpacity(shown)
        right = placed[-1].room.left() if placed else strip.right() - _MARGIN
        self._paint_name(painter, strip, right, scene.label)
        painter.restore()

    def _paint_rest(self, painter: QPainter, scene: TileScene, strip: QRect, placed: list[_Placed]) -> None:
        """Draw what is left of a label while the mouse rests."""
        painter.fillRect(_stripe(strip), QColor(scene.label.colour))
        if placed:
            painter.setFont(self._font)
        for one in placed:
            painter.fillRect(one.room, QColor(0, 0, 0, _SHADE))
            painter.setPen(QColor(one.colour))
            painter.drawText(one.room, Qt.AlignmentFlag.AlignCenter, one.text)

    def _placed(self, scene: TileScene, strip: QRect) -> list[_Placed]:
        """Return the texts from the right; what matters least goes first in a small tile."""
        right = strip.right() - _MARGIN // 2
        placed: list[_Placed] = []
        facts = self._facts(scene)
        if not facts:
            return placed
        left = strip.left() + self._name_width(scene.label)
        for fact in facts:
            widths = [self._metrics.horizontalAdvance(text) + _MARGIN + 2 for text, _ in fact.texts]
            if right - sum(widths) < left:
                break
            for (text, colour), width in zip(fact.texts, widths, strict=True):
                right -= width
                placed.append(_Placed(QRect(right, strip.y(), width, strip.height()), text, colour, fact.stays))
        return placed

    def _name_width(self, label: CameraLabel) -> int:
        """Return the room that the camera's colour and a few letters of its name keep in any tile."""
        most = self._bold_metrics.averageCharWidth() * _NAME_LETTERS
        return 2 * _MARGIN + _CHIP + min(self._bold_metrics.horizontalAdvance(label.name), most)

    def _facts(self, scene: TileScene) -> list[_Fact]:
        """Return what the label says from the right, all of the picture shown; no time without its uncertainty."""
        colours, tile = self.colours, scene.tile
        words = state_words(tile)
        if tile.picture is not None and tile.state in _WITH_PICTURE:
            state = [_Fact(((words, colours.caution),), stays=True)] if words else []
            view = [_Fact(((word, colours.accent),), stays=True) for word in scene.view_words]
            if not self.shown and scene.transform is not None:
                return [*state, *view]
            spot = tile.picture.spot
            when = [(self.time_text(spot.frame_start), colours.text)]
            if uncertainty := uncertainty_words(tile):
                when.append((uncertainty, colours.caution))
            frame = [_Fact(((f"f {spot.frame}", colours.dim),))] if tile.picture.estimate is None else []
            return [*state, *view, *frame, _Fact(tuple(when))]
        frame = [_Fact(((f"f {tile.spot.frame}", colours.dim),))] if tile.spot is not None and tile.is_exact else []
        return [_Fact(((words, colours.bad),), stays=True), *frame] if words else frame

    def _paint_name(self, painter: QPainter, strip: QRect, right: int, label: CameraLabel) -> None:
        left = strip.left() + _MARGIN
        if right - left < 3 * _CHIP:
            return
        chip = QRect(left, strip.center().y() - _CHIP // 2 + 1, _CHIP, _CHIP)
        painter.fillRect(chip, QColor(label.colour))
        left += _CHIP + _MARGIN
        room = QRect(left, strip.y(), max(0, right - left), strip.height())
        name = self._bold_metrics.elidedText(label.name, Qt.TextElideMode.ElideMiddle, room.width())
        painter.setFont(self._bold)
        painter.setPen(QColor(self.colours.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_message(self, painter: QPainter, area: QRect, tile: TilePicture) -> None:
        headline, line = message_words(tile, self.moment_text)
        room = area.adjusted(2 * _MARGIN, self._height + _MARGIN, -2 * _MARGIN, -_MARGIN)
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


def _stripe(strip: QRect) -> QRect:
    return QRect(strip.x(), strip.y(), min(_STRIPE, strip.width()), strip.height())


def _edges(area: QRect) -> tuple[QRect, ...]:
    edge = _FOCUS_EDGE
    return (
        QRect(area.x(), area.y(), area.width(), edge),
        QRect(area.x(), area.bottom() - edge + 1, area.width(), edge),
        QRect(area.x(), area.y(), edge, area.height()),
        QRect(area.right() - edge + 1, area.y(), edge, area.height()),
    )
