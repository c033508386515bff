"""Draws finished pictures with the processor, straight from the rings' memory."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from player.pixels import PixelLayout
from player.ui.canvas.drawing import PictureDrawing, SceneSource, TileDrawing
from player.ui.picture_aids import PictureAids
from player.ui.tile_view import Area


class CpuCanvas(QWidget):
    """The tiles, drawn by the processor. Nothing is converted here, but where a tile has aids on."""

    def __init__(self, source: SceneSource, parent: QWidget) -> None:
        super().__init__(parent)
        self.layout_wanted = PixelLayout.BGRA
        self.is_accelerated = False
        self._source = source
        self._adjusted: dict[str, tuple[object, QImage]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def widget(self) -> QWidget:
        """The widget that is drawn into."""
        return self

    def refresh(self, region: QRegion | None) -> None:
        """Draw this part anew soon, in logical pixels; None for all."""
        if region is None:
            self.update()
        else:
            self.update(region)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every tile that needs it, in one go."""
        painter = QPainter(self)
        dirty = event.region()
        drawn = self._source.drawings(dirty)
        between = dirty
        for drawing in drawn:
            between = between.subtracted(drawing.scene.area)
        if not between.isEmpty():
            painter.setClipRegion(between)
            painter.fillRect(event.rect(), QColor(self._source.gap_colour))
        for drawing in drawn:
            self._draw_tile(painter, drawing)
        painter.end()
        self._source.note_painted(drawn)

    def _draw_tile(self, painter: QPainter, drawing: TileDrawing) -> None:
        painter.setClipRect(drawing.scene.area)
        whole = drawing.pictures[0] if drawing.pictures else None
        ratio = self.devicePixelRatioF()
        if whole is None or ratio != 1 or whole.shown.crossed(drawing.window) != drawing.window:
            painter.fillRect(drawing.scene.area, QColor(self._source.ground_colour))
        for picture in drawing.pictures:
            image = self._image(drawing.scene.label.camera_id, picture)
            if ratio == 1 and picture.window == drawing.window and picture.made == picture.shown.size:
                painter.drawImage(picture.shown.left, picture.shown.top, image)
            else:
                self._draw_scaled(painter, picture, image, ratio)
        painter.setClipRect(drawing.scene.area)
        self._source.paint_over(painter, drawing.scene)

    def _draw_scaled(self, painter: QPainter, picture: PictureDrawing, image: QImage, ratio: float) -> None:
        if picture.made.width > picture.shown.width:
            size = QSize(picture.shown.width, picture.shown.height)
            image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.setClipRect(_rect(picture.window), Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.size() != _rect(picture.shown).size())
        painter.drawImage(_rect(picture.shown), image)
        painter.restore()

    def _image(self, camera_id: str, drawing: PictureDrawing) -> QImage:
        """Return the picture as it lies in its slot; a copy where its levels are shown as others."""
        picture = drawing.picture
        if not drawing.aids.changes_tone:
            self._adjusted.pop(camera_id, None)
            return _view(picture.pixels, picture.width, picture.height)
        key = (drawing.key, drawing.aids)
        kept = self._adjusted.get(camera_id)
        if kept is None or kept[0] != key:
            shown = _pairs(drawing.aids)[np.frombuffer(picture.pixels, dtype=np.uint16)]
            image = _view(memoryview(shown.tobytes()), picture.width, picture.height)
            kept = self._adjusted[camera_id] = (key, image)
        return kept[1]


@lru_cache(maxsize=16)
def _pairs(aids: PictureAids) -> NDArray[np.uint16]:
    """Return the levels shown for two neighbouring samples at once, uint16[65536]: half the look-ups."""
    levels = aids.levels().astype(np.uint16)
    both = np.arange(65_536)
    pairs: NDArray[np.uint16] = levels[both & 255] | (levels[both >> 8] << 8)
    return pairs


def _view(pixels: memoryview, width: int, height: int) -> QImage:
    return QImage(pixels, width, height, width * 4, QImage.Format.Format_RGB32)


def _rect(area: Area) -> QRect:
    return QRect(area.left, area.top, area.width, area.height)
