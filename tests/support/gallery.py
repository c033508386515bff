"""Single frames on a surface, made and placed as the player does it, for whichever canvas draws them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QFont, QImage, QPainter, QRegion

from evidence.records import StreamInfo, StreamKind
from evidence.times import IncidentTime
from player.decoder.convert import Converter
from player.decoder.planes import rows_of
from player.pictures import Picture, TilePicture, TileState
from player.pixels import PixelLayout
from player.protocol import Source
from player.ring import Ring
from player.slot_room import slot_bytes_for
from player.tracks import FrameSpot
from player.ui.layout import TilePlace
from player.ui.overlay import CameraLabel, TileScene
from player.ui.picture_aids import AS_RECORDED, PictureAids
from player.ui.scene import Scene
from player.ui.tile_painter import SurfaceColours
from player.ui.tile_view import WHOLE, TileView
from tests.support.timelines import START_NS, make_timeline


@dataclass(frozen=True)
class Hung:
    """A frame, and how it is to be looked at; `zoom` 0 stands for one pixel of the original as one of the screen."""

    frame: av.VideoFrame
    rotation: int = 0
    pixel_aspect: Fraction = Fraction(1)
    zoom: float = 1.0
    at: tuple[float, float] = (0.5, 0.5)
    aids: PictureAids = AS_RECORDED
    says: str = ""


class Gallery(Scene):
    """A scene of frames; every one gets a cell of a grid. Close it."""

    def __init__(self, hung: list[Hung], layout: PixelLayout, cell: tuple[int, int], columns: int) -> None:
        now = IncidentTime(START_NS)
        super().__init__(lambda: now, lambda: 1.0, SurfaceColours(), str, QFont())
        self.staging.layout = layout
        self.rings: list[Ring] = []
        rows = -(-len(hung) // columns)
        self.size = (columns * (cell[0] + 2), rows * (cell[1] + 2))
        places = []
        for number in range(len(hung)):
            camera = f"camera-{number}"
            x, y = number % columns * (cell[0] + 2), number // columns * (cell[1] + 2)
            places.append(TilePlace(camera, x, y, *cell))
            self.cameras = (*self.cameras, CameraLabel(camera, camera, "#ffffff"))
        self.set_places(tuple(places))
        for number, (place, one) in enumerate(zip(places, hung, strict=True)):
            self._hang(number, place, one)

    def _hang(self, number: int, place: TilePlace, one: Hung) -> None:
        stream = StreamInfo(
            0, StreamKind.VIDEO, "x", Fraction(1, 1000), 0, 1, 1, width=one.frame.width, height=one.frame.height,
            rotation=one.rotation, pixel_aspect=one.pixel_aspect, pixel_format=one.frame.format.name,
        )  # fmt: skip
        placed = make_timeline([[(0, 10**9)]]).cameras[0].placed[0]
        placed = replace(placed, recording=replace(placed.recording, streams=(stream,), video_stream=0))
        now = IncidentTime(START_NS)
        spot = FrameSpot(place=placed, frame=number, pts=0, start=now, end=IncidentTime(now + 1), frame_start=now)
        waiting = TilePicture(place.camera_id, TileState.LOADING, spot, None, None)
        self.staging.set_aids(place.camera_id, one.aids)
        zoom = one.zoom or self.staging.own_size_zoom(place, waiting) or 1.0
        view = WHOLE if zoom == 1.0 else TileView(zoom, *one.at)
        self.staging.set_view(place.camera_id, view)
        wish = self.staging.request(place, waiting)
        room = slot_bytes_for((wish.width, wish.height), wish.manner, [stream])
        ring = Ring.create(number + 1, 1, room)
        self.rings.append(ring)
        source = Source(0, b"", "x", 0, one.rotation, one.pixel_aspect)
        converter = Converter(source, wish.width, wish.height, wish.manner, room)
        finished = converter.finish(one.frame)
        form = converter.write(finished, ring.samples(0))
        assert form.layout is wish.manner.layout, one.says
        picture = Picture(spot, ring, 0, finished.width, finished.height, is_damaged=False, form=form)
        self.tiles[place.camera_id] = TilePicture(place.camera_id, TileState.SHOWN, spot, picture, None)

    def overlay_region(self, _scene: TileScene) -> QRegion:
        return QRegion()

    def paint_over(self, painter: QPainter, scene: TileScene) -> None:
        pass

    def close(self) -> None:
        self.tiles.clear()
        for ring in self.rings:
            ring.close()


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Return an image's blue, green and red, uint8[height, width, 3]."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def hard_frame(kind: str, size: tuple[int, int], matrix: int, *, is_full: bool, seed: int = 1) -> av.VideoFrame:
    """Return a frame of what is hard to draw alike: saturated edges, single lines, ramps, noise."""
    frame = av.VideoFrame(*size, kind)
    frame.colorspace = matrix
    frame.color_range = 2 if is_full else 1
    depth = frame.format.components[0].bits
    rng = np.random.default_rng(seed)
    for number, plane in enumerate(frame.planes):
        low, high = (0, 255) if is_full else (16, 235 if number == 0 else 240)
        samples = _pattern(plane.width, plane.height, low, high, rng) * (1 << (depth - 8))
        rows = rows_of(frame, number)
        rows[:] = 0
        target = rows if depth == 8 else rows.view(np.uint16)
        target[:, : plane.width] = np.round(samples)
    return frame


def _pattern(width: int, height: int, low: int, high: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Quarters: blocks of extremes, single lines, a ramp, noise around the middle."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    blocks = rng.choice([low, high], size=(height // 7 + 1, width // 7 + 1)).repeat(7, 0).repeat(7, 1)
    lines = np.where((across % 9 == 4) | (down % 11 == 5), high, low)
    ramp = low + (high - low) * (across + down) / max(1, width + height - 2)
    noise = (low + high) / 2 + rng.integers(-40, 41, size=(height, width))
    left, top = across < width // 2, down < height // 2
    return np.where(top, np.where(left, blocks[:height, :width], lines), np.where(left, ramp, noise)).astype(np.float64)
