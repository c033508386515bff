"""What the graphics card draws over pictures: painted into an image, of which only what changes is handed on."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QPainter,
    QRegion,
    QRhiResourceUpdateBatch,
    QRhiShaderResourceBindings,
    QRhiTexture,
    QRhiTextureSubresourceUploadDescription,
    QRhiTextureUploadDescription,
    QRhiTextureUploadEntry,
)

from player.ui.canvas.drawing import SceneSource, TileDrawing
from player.ui.canvas.program import OVER_BYTES, Program


class RhiOver:
    """An image of the surface's size with labels and other overlays, clear where there are none."""

    def __init__(self, program: Program, size: QSize, ratio: float) -> None:
        self.size = size
        self.ratio = ratio
        self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.setDevicePixelRatio(ratio)
        self._image.fill(Qt.GlobalColor.transparent)
        self._texture = program.texture(QRhiTexture.Format.RGBA8, size)
        self._buffer = program.uniforms(OVER_BYTES)
        self.bindings: QRhiShaderResourceBindings = program.bindings(self._buffer, [self._texture])
        self._touched: dict[str, QRegion] = {}
        self._is_new = True
        self._kept: list[object] = []

    def paint(
        self,
        source: SceneSource,
        drawings: Sequence[TileDrawing],
        dirty: QRegion,
        clip: tuple[float, ...],
        batch: QRhiResourceUpdateBatch,
    ) -> None:
        """Draw the overlays of the tiles in the dirty part anew, and hand over what that changed."""
        self._kept.clear()
        changed = self._forget_gone(drawings)
        painter = QPainter(self._image)
        for drawing in drawings:
            if self._is_new or dirty.intersects(drawing.scene.area):
                changed = changed.united(self._paint_tile(painter, source, drawing))
        painter.end()
        if self._is_new:
            self._is_new = False
            packed = struct.pack("20f", *clip, self.size.width(), self.size.height(), 0.0, 0.0)
            self._kept.append(packed)
            batch.updateDynamicBuffer(self._buffer, 0, packed)
            self._kept.append(self._image)
            batch.uploadTexture(self._texture, self._image)
            return
        self._upload(changed, batch)

    def _paint_tile(self, painter: QPainter, source: SceneSource, drawing: TileDrawing) -> QRegion:
        scene = drawing.scene
        camera = scene.label.camera_id
        region = source.overlay_region(scene)
        both = region.united(self._touched.get(camera, QRegion()))
        self._touched[camera] = region
        painter.save()
        _clear(painter, both)
        painter.setClipRegion(region)
        source.paint_over(painter, scene)
        painter.restore()
        return both

    def _forget_gone(self, drawings: Sequence[TileDrawing]) -> QRegion:
        there = {drawing.scene.label.camera_id for drawing in drawings}
        gone = QRegion()
        for camera in [camera for camera in self._touched if camera not in there]:
            gone = gone.united(self._touched.pop(camera))
        if not gone.isEmpty():
            painter = QPainter(self._image)
            _clear(painter, gone)
            painter.end()
        return gone

    def _upload(self, region: QRegion, batch: QRhiResourceUpdateBatch) -> None:
        whole = QRect(QPoint(0, 0), self.size)
        entries = []
        for rect in list(region):  # type: ignore[call-overload]
            part = _device_rect(rect, self.ratio).intersected(whole)
            if part.isEmpty():
                continue
            image = self._image.copy(part)
            description = QRhiTextureSubresourceUploadDescription(image)
            description.setDestinationTopLeft(part.topLeft())
            entry = QRhiTextureUploadEntry(0, 0, description)
            entries.append(entry)
            self._kept += [image, description, entry]
        if entries:
            upload = QRhiTextureUploadDescription()
            upload.setEntries(entries)
            self._kept.append(upload)
            batch.uploadTexture(self._texture, upload)


def _clear(painter: QPainter, region: QRegion) -> None:
    painter.setClipRegion(region)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.fillRect(region.boundingRect(), Qt.GlobalColor.transparent)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _device_rect(rect: QRect, ratio: float) -> QRect:
    """Return the device pixels that a logical rectangle touches, and those at its rim that it may."""
    left, top = int(rect.x() * ratio) - 1, int(rect.y() * ratio) - 1
    right, bottom = int((rect.x() + rect.width()) * ratio) + 2, int((rect.y() + rect.height()) * ratio) + 2
    return QRect(left, top, right - left, bottom - top)
