"""One camera's picture on the graphics card: its planes as textures, and what the shader is told about them."""

from __future__ import annotations

import struct

from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QImage,
    QRhiBuffer,
    QRhiResourceUpdateBatch,
    QRhiShaderResourceBindings,
    QRhiTexture,
)

from player.pictures import Picture
from player.pixels import PictureForm, PixelLayout
from player.ui.canvas.drawing import PictureDrawing
from player.ui.canvas.program import TILE_BYTES, Program
from player.ui.picture_aids import AS_RECORDED, PictureAids
from player.ui.tile_view import Area, Size

_FORMAT = QRhiTexture.Format
_LEVELS = 256


class RhiTile:
    """Textures of one camera, and a block of the shader for each place in which they are drawn."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._planes: list[QRhiTexture] = []
        self._kinds: list[tuple[QRhiTexture.Format, Size]] = []
        self._levels = program.texture(_FORMAT.R8, QSize(_LEVELS, 1))
        self._aids: PictureAids | None = None
        self._key: tuple[object, ...] | None = None
        self._places: list[tuple[QRhiBuffer, QRhiShaderResourceBindings]] = []
        self._kept: list[object] = []

    def take(self, drawing: PictureDrawing, batch: QRhiResourceUpdateBatch) -> None:
        """Hand a picture to the graphics card, unless it has it. What was given to the paint before is let go of."""
        self._kept.clear()
        if drawing.aids != self._aids:
            self._aids = drawing.aids
            levels = drawing.aids.levels().tobytes()
            self._upload(batch, self._levels, QImage(levels, _LEVELS, 1, _LEVELS, QImage.Format.Format_Grayscale8))
        if drawing.key == self._key:
            return
        images = _images(drawing.picture)
        self._make_room([(_kind(image), Size(image.width(), image.height())) for image in images])
        for texture, image in zip(self._planes, images, strict=True):
            self._upload(batch, texture, image)
        self._key = drawing.key

    def bind(
        self, number: int, drawing: PictureDrawing | None, block: TileBlock, batch: QRhiResourceUpdateBatch
    ) -> QRhiShaderResourceBindings:
        """Tell the shader of the tile's place number `number`; return what the draw call reads."""
        if number >= len(self._places):
            buffer = self._program.uniforms(TILE_BYTES)
            self._places.append((buffer, self._bindings(buffer)))
        buffer, bindings = self._places[number]
        packed = block.packed(drawing)
        self._kept.append(packed)
        batch.updateDynamicBuffer(buffer, 0, packed)
        return bindings

    def _upload(self, batch: QRhiResourceUpdateBatch, texture: QRhiTexture, image: QImage) -> None:
        self._kept.append(image)
        batch.uploadTexture(texture, image)

    def _make_room(self, kinds: list[tuple[QRhiTexture.Format, Size]]) -> None:
        if kinds == self._kinds:
            return
        self._kinds = kinds
        for texture in self._planes:
            texture.deleteLater()
        self._planes = [self._program.texture(form, QSize(size.width, size.height)) for form, size in kinds]
        self._places = [(buffer, self._bindings(buffer)) for buffer, _old in self._places]

    def _bindings(self, buffer: QRhiBuffer) -> QRhiShaderResourceBindings:
        nothing = self._program.nothing
        planes = [*self._planes, *([nothing] * (3 - len(self._planes)))]
        return self._program.bindings(buffer, [*planes, self._levels])


class TileBlock:
    """The shader's block `Tile` for a rectangle of the surface.

    Args:
        clip: what turns OpenGL's clip space into that of the interface, 16 numbers by columns.
        surface: the surface's size in device pixels.
        window: the rectangle that is painted.
        ground: the colour where there is no picture, red, green, blue of 0 to 1.
    """

    def __init__(
        self, clip: tuple[float, ...], surface: Size, window: Area, ground: tuple[float, float, float]
    ) -> None:
        self._clip = clip
        self._window = window
        self._ground = ground
        right, bottom = window.left + window.width, window.top + window.height
        self._edges = (
            window.left * 2 / surface.width - 1,
            1 - window.top * 2 / surface.height,
            right * 2 / surface.width - 1,
            1 - bottom * 2 / surface.height,
        )

    def packed(self, drawing: PictureDrawing | None) -> bytes:
        """Return the block's bytes (layout std140)."""
        window, ground = self._window, (*self._ground, 1.0)
        if drawing is None:
            rest = (0.0, 0.0, window.width, window.height, *(0.0,) * 20)
            return struct.pack("64f", *self._clip, *(0.0,) * 16, *self._edges, *rest, *ground)
        shown, made, form = drawing.shown, drawing.made, drawing.picture.form
        turned = made if form.rotation in (0, 180) else Size(made.height, made.width)
        luma = _plane(form, 0, turned)
        chroma = _plane(form, 1, turned) if len(form.planes) > 1 else (1.0, 1.0, 1.0, 1.0)
        kind = 1.0 if form.layout is PixelLayout.BGRA else 2.0 if len(form.planes) == 1 else 3.0
        return struct.pack(
            "64f",
            *self._clip,
            *_to_rgb(form),
            *self._edges,
            *(window.left - shown.left, window.top - shown.top, window.width, window.height),
            *(shown.width, shown.height, made.width, made.height),
            *luma,
            *chroma,
            *(*form.siting, 1 / (1 << (form.depth - 8)), 0.0),
            *(kind, form.rotation // 90, 1.0 if form.depth == 8 else 2.0, float(drawing.aids != AS_RECORDED)),
            *ground,
        )


def _plane(form: PictureForm, number: int, made: Size) -> tuple[float, float, float, float]:
    if not form.planes:
        return (made.width, made.height, 1.0, 1.0)
    plane = form.planes[number]
    return (plane.width, plane.height, _step(plane.width, made.width), _step(plane.height, made.height))


def _step(samples: int, pixels: int) -> float:
    """Return how many samples one pixel covers, rounded as FFmpeg's scaler does (libswscale/utils.c, `lumXInc`)."""
    return (((samples << 16) + (pixels >> 1)) // pixels) / 65_536


def _to_rgb(form: PictureForm) -> tuple[float, ...]:
    """Return the matrix from coded values on the scale of 8 bits to red, green, blue of 0 to 1, by columns."""
    red, blue = form.matrix.weights
    green = 1 - red - blue
    black, light, span = (0.0, 255.0, 255.0) if form.is_full_range else (16.0, 219.0, 224.0)
    of_blue = (0.0, -2 * blue * (1 - blue) / green / span, 2 * (1 - blue) / span)
    of_red = (2 * (1 - red) / span, -2 * red * (1 - red) / green / span, 0.0)
    rest = tuple(-black / light - 128 * (one + other) for one, other in zip(of_blue, of_red, strict=True))
    return (*(1 / light,) * 3, 0.0, *of_blue, 0.0, *of_red, 0.0, *rest, 1.0)


def _images(picture: Picture) -> list[QImage]:
    """Return copies of the picture's planes: Qt keeps them beyond the paint, longer than a ring may live."""
    form = picture.form
    if form.layout is PixelLayout.BGRA:
        size = (picture.width, picture.height)
        return [QImage(picture.pixels, *size, picture.width * 4, QImage.Format.Format_RGB32).copy()]
    slot = picture.ring.slot(picture.slot)
    kind = QImage.Format.Format_Grayscale8 if form.depth == 8 else QImage.Format.Format_Grayscale16
    return [
        QImage(slot[one.offset : one.offset + one.stride * one.height], one.width, one.height, one.stride, kind).copy()
        for one in form.planes
    ]


def _kind(image: QImage) -> QRhiTexture.Format:
    """Return the texture that takes an image's bytes as they are; two bytes of a sample are two components."""
    if image.format() is QImage.Format.Format_RGB32:
        return _FORMAT.RGBA8
    return _FORMAT.R8 if image.format() is QImage.Format.Format_Grayscale8 else _FORMAT.RG8
