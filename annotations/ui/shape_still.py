"""Shapes burnt into an image of a frame: stills, exports, composites. The same painter as on screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from annotations.shapes.geometry import Kind
from annotations.shapes.on_frame import Placed
from annotations.ui.shape_painter import ShapePainter
from annotations.ui.shape_plane import Plane, inset_rect
from evidence.records import StreamInfo
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import Area


def burn_in(image: QImage, placed: Sequence[Placed], stream: StreamInfo, font: QFont, area: Area | None = None) -> None:
    """Paint a frame's shapes into an image of that frame, as it is shown: turned, and with square pixels.

    Args:
        image: changed in place; of a form that can be painted on (32 bits a pixel).
        placed: the shapes of exactly this frame (`annotations.shapes.on_frame`).
        stream: the stream that the frame is of.
        font: of texts.
        area: where in the image the whole frame lies, in pixels; all of it if None.
    """
    burn_in_turned(image, placed, (stream.width, stream.height), stream.rotation, font, area=area)


def burn_in_turned(
    image: QImage,
    placed: Sequence[Placed],
    coded: tuple[int, int],
    rotation: int,
    font: QFont,
    *,
    area: Area | None = None,
) -> None:
    """Do the same for a frame of this coded width and height that is turned by so many degrees clockwise."""
    if not placed:
        return
    area = area or Area(0, 0, image.width(), image.height())
    transform = TileTransform(*coded, rotation, area)
    plane = Plane(transform, QRectF(area.left, area.top, area.width, area.height))
    frame = image.copy()
    painter = QPainter(image)
    painter.setClipRect(plane.seen)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for one in placed:
        drawn = one.shape.drawn
        if drawn.kind is Kind.MAGNIFIER:
            inset = inset_rect(drawn, one.geometry, plane)
            part = plane.rect(one.geometry[0], one.geometry[1])
            painter.fillRect(inset, Qt.GlobalColor.black)
            painter.drawImage(inset, frame, part)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    ShapePainter(font).paint(painter, placed, plane)
    painter.end()
