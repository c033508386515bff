"""One finished picture of the court screen, and how it is put together from exact frames.

A picture is made whole or not at all: where any camera's frame of the instant is not there, there is none, and the one
before stays. It is a copy, so nothing that happens to decoders or their memory can change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from courtroom.show.cue import Cue
from evidence.times import IncidentTime
from player.pictures import TilePicture, TileState
from player.ui.canvas.drawing import PictureDrawing, TileDrawing
from player.ui.overlay import Overlay
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import Area, TileView
from player.ui.tile_words import uncertainty_words

_WITHOUT_PICTURE = frozenset({TileState.NOT_RECORDING, TileState.SOUND_ONLY})
_FORMAT = QImage.Format.Format_RGB32
_TEXT = "#e6e8ea"
_CARD_MARGIN = 12
_HEADING = 14
_LINE = 24
"""A card's letters and margin are parts of the screen's height: a fourteenth, a twenty-fourth, a twelfth."""


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """One camera's part of a picture.

    Attributes:
        recording_id: whose frame it is, or "" where the camera was not recording.
        recording_name: the file, for people.
        frame: its number in presentation order from 0, or -1.
        pts: its stamp in the stream.
        view: which part of it is seen.
        window: the tile, in device pixels of the court screen.
        transform: from the video's points to the picture's, or None where there is no frame.
        pixels: width and height of what was decoded.
        uncertainty: by how much its time may be off, in words, where that is more than a frame; else "".
        is_damaged: the decoder met errors in it.
        is_proxy: it is a small copy.
        is_approximate: it was played by libVLC, which does not name frames.
    """

    camera_id: str
    recording_id: str
    recording_name: str
    frame: int
    pts: int
    view: TileView
    window: Area
    transform: TileTransform | None
    pixels: tuple[int, int] = (0, 0)
    uncertainty: str = ""
    is_damaged: bool = False
    is_proxy: bool = False
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of a document, or an image.

    Attributes:
        view: which part of it is seen.
        window: all that it may fill, in device pixels of the court screen.
        shown: where all of it lies; it may reach beyond the window.
        is_sharp: it was drawn at this size, not enlarged.
    """

    view: TileView
    window: Area
    shown: Area
    is_sharp: bool


@dataclass(frozen=True, slots=True)
class Pane:
    """A part of the court screen that can be zoomed into.

    Attributes:
        camera_id: whose tile it is, or `PAGE`.
        view: which part of its picture is seen.
        window: the part of the court screen, device pixels.
        shown: where all of its picture lies, or None where there is none.
    """

    camera_id: str
    view: TileView
    window: Area
    shown: Area | None


PAGE = ""
"""Stands for a camera's id where a page is meant."""


@dataclass(frozen=True, slots=True, eq=False)
class CourtPicture:
    """What the court screen can show.

    Attributes:
        image: in device pixels; never changed after it was made.
        cue: the item.
        place: its number.
        at: the instant, or None where it has none.
        frames: what is seen of which camera.
        focus: the camera that is shown alone, or None.
        page: what is seen of a page, or None where there is none.
    """

    image: QImage
    cue: Cue
    place: int
    at: IncidentTime | None = None
    frames: tuple[ShownFrame, ...] = ()
    focus: str | None = None
    page: ShownPage | None = None

    @property
    def panes(self) -> tuple[Pane, ...]:
        """What can be zoomed into."""
        if self.page is not None:
            return (Pane(PAGE, self.page.view, self.page.window, self.page.shown),)
        return tuple(
            Pane(one.camera_id, one.view, one.window, None if one.transform is None else one.transform.shown)
            for one in self.frames
        )

    @property
    def uncertainty(self) -> str:
        """By how much its time may be off, in words: the first camera's where that is known; "" where it is exact."""
        return next((one.uncertainty for one in self.frames if one.uncertainty), "")

    @property
    def key(self) -> tuple[object, ...]:
        """What identifies what is seen: another frame, part or item has another."""
        seen = tuple((one.camera_id, one.recording_id, one.frame, one.view, one.pixels) for one in self.frames)
        return (self.place, self.cue.id, self.focus, seen, self.page, self.image.size().toTuple())


def is_whole(tiles: Sequence[TilePicture]) -> bool:
    """Tell whether every camera shows exactly the common instant, or was not recording."""
    return bool(tiles) and all(
        tile.state in _WITHOUT_PICTURE or (tile.state is TileState.SHOWN and tile.picture is not None) for tile in tiles
    )


def draw_frames(drawings: Sequence[TileDrawing], size: QSize, overlays: Sequence[Overlay]) -> QImage:
    """Return all tiles on black; one that was not recording stays black.

    Args:
        drawings: where each picture lies, in device pixels; the pictures must be finished ones (BGRA).
        size: of the court screen, device pixels.
        overlays: what is drawn over the frames.
    """
    image = black(size)
    painter = QPainter(image)
    try:
        for drawing in drawings:
            for picture in drawing.pictures:
                _draw(painter, picture)
            if drawing.scene.transform is not None:
                painter.setClipRect(_rect(drawing.window))
                for overlay in overlays:
                    overlay.paint(painter, drawing.scene)
    finally:
        painter.end()
    return image


def shown_frame(tile: TilePicture, drawing: TileDrawing, view: TileView) -> ShownFrame:
    """Return what is told of a tile."""
    picture = tile.picture if tile.state is TileState.SHOWN else None
    if picture is None:
        return ShownFrame(tile.camera_id, "", "", -1, 0, view, drawing.window, None)
    spot, recording = picture.spot, picture.spot.place.recording
    return ShownFrame(
        camera_id=tile.camera_id,
        recording_id=recording.id,
        recording_name=recording.display_name,
        frame=spot.frame,
        pts=spot.pts,
        view=view,
        window=drawing.window,
        transform=drawing.scene.transform,
        pixels=(picture.width, picture.height),
        uncertainty=uncertainty_words(tile),
        is_damaged=picture.is_damaged,
        is_proxy=picture.is_proxy,
        is_approximate=picture.estimate is not None,
    )


def black(size: QSize) -> QImage:
    """Return black of this size."""
    image = QImage(size, _FORMAT)
    image.fill(QColor(0, 0, 0))
    return image


def draw_card(lines: Sequence[str], size: QSize, font: QFont) -> QImage:
    """Return lines of text on black, the first one large."""
    image = black(size)
    margin = size.height() // _CARD_MARGIN
    room = QRect(margin, margin, size.width() - 2 * margin, size.height() - 2 * margin)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    painter = QPainter(image)
    try:
        painter.setPen(QColor(_TEXT))
        blocks = [
            (line, _sized(font, size.height() // (_LINE if number else _HEADING))) for number, line in enumerate(lines)
        ]
        rooms = []
        for line, own in blocks:
            painter.setFont(own)
            rooms.append(painter.boundingRect(room, flags, line or " "))
        top = max(room.top(), room.top() + (room.height() - sum(one.height() for one in rooms)) // 2)
        for (line, own), needed in zip(blocks, rooms, strict=True):
            painter.setFont(own)
            painter.drawText(QRect(room.left(), top, room.width(), needed.height()), flags, line)
            top += needed.height()
    finally:
        painter.end()
    return image


def _draw(painter: QPainter, drawing: PictureDrawing) -> None:
    picture = drawing.picture
    pixels = QImage(picture.pixels, picture.width, picture.height, picture.width * 4, _FORMAT)
    if drawing.made.width > drawing.shown.width:
        made = QSize(drawing.shown.width, drawing.shown.height)
        pixels = pixels.scaled(made, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter.setClipRect(_rect(drawing.window))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels.size() != _rect(drawing.shown).size())
    painter.drawImage(_rect(drawing.shown), pixels)


def _rect(area: Area) -> QRect:
    return QRect(area.left, area.top, area.width, area.height)


def _sized(font: QFont, pixels: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(max(1, pixels))
    return sized
