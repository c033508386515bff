"""Makes the picture of an item: the exact frames that the court sees first, small. Runs beside the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from courtroom.documents import document_path
from courtroom.run_sheet import Card, DocumentPage, Image, Item, Moving, SheetFile, Still, View
from courtroom.ui.page_reader import PageReader
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled
from evidence.times import IncidentTime
from player.protocol import Source
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder
from player.tracks import FindIndex, FrameSpot, Track
from player.ui.layout import LayoutKind, lay_out
from sync.timeline import Timeline

_GROUND = QColor(0, 0, 0)
_TEXT = QColor(230, 232, 234)
_DIM = QColor(154, 163, 171)


@dataclass(frozen=True, slots=True)
class PictureScene:
    """What pictures are made of.

    Attributes:
        timeline: the case on one clock.
        find_index: gives frame tables, from any thread.
        case_folder: where documents lie.
    """

    timeline: Timeline
    find_index: FindIndex
    case_folder: Path


class ItemPainter:
    """Draws items; use it as a context manager, in one thread. Its child processes start when they are needed."""

    def __init__(self, scene: PictureScene, cancelled: IsCancelled) -> None:
        self._scene = scene
        self._cancelled = cancelled
        self._stills = StillMaker()
        self._pages = PageReader()
        self._tracks: dict[str, Track] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stills.close()
        self._pages.close()

    def draw(self, item: Item, width: int, height: int) -> QImage:
        """Return the item's picture; what cannot be shown says so in the picture.

        Raises:
            Cancelled: the user wished it.
        """
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(_GROUND)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        try:
            self._draw(painter, item, QRect(0, 0, width, height))
        finally:
            painter.end()
        return image

    def _draw(self, painter: QPainter, item: Item, whole: QRect) -> None:
        match item.content:
            case Moving(span, view):
                self._draw_view(painter, view, span.start, whole)
            case Still(instant, view):
                self._draw_view(painter, view, instant, whole)
            case Card(lines):
                _draw_card(painter, lines, whole)
            case DocumentPage(file, page):
                self._try(painter, whole, lambda: self._page(file, page, whole))
            case Image(file):
                self._try(painter, whole, lambda: self._page(file, 1, whole))
            case _:
                pass

    def _draw_view(self, painter: QPainter, view: View, instant: IncidentTime, whole: QRect) -> None:
        kind = LayoutKind(view.layout.value)
        for tile in lay_out(kind, view.camera_ids, view.focus, whole.width(), whole.height()):
            place = QRect(tile.x, tile.y, tile.width, tile.height)
            self._try(painter, place, partial(self._frame, tile.camera_id, instant))

    def _try(self, painter: QPainter, place: QRect, make: Callable[[], QImage | str]) -> None:
        try:
            made = make()
        except SightlineError as error:
            if self._cancelled():
                raise
            made = error.happened
        if isinstance(made, str):
            painter.setPen(_DIM)
            painter.setFont(_font(max(6, min(place.height() // 12, 11))))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, made)
        else:
            size = made.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(place.center())
            painter.drawImage(target, made)

    def _frame(self, camera_id: str, instant: IncidentTime) -> QImage | str:
        row = self._scene.timeline.find_camera(camera_id)
        if row is None:
            return "This camera is gone"
        track = self._tracks.setdefault(camera_id, Track(row, self._scene.find_index))
        spot = track.at(instant)
        if not isinstance(spot, FrameSpot):
            return f"{row.camera.name}: {'sound only' if spot.is_sound_only else 'not recording'}"
        recording, index = spot.place.recording, track.index_of(spot.place)
        stream = recording.video
        if recording.is_approximate or stream is None or index is None:
            return f"{row.camera.name}: played by VLC"
        source = Source(
            key=0,
            path_bytes=recording.path_bytes,
            display_name=recording.display_name,
            stream_index=stream.index,
            rotation=stream.rotation,
            pixel_aspect=stream.pixel_aspect,
            color_space=stream.color_space,
            color_range=stream.color_range,
        )
        made = self._stills.make(StillOrder(source, index, spot.frame, is_upright=True), self._cancelled)
        pixels = made.pixels if made.depth == 8 else made.pixels[::2]
        return QImage(pixels, made.width, made.height, made.width * 3, QImage.Format.Format_RGB888).copy()

    def _page(self, file: SheetFile, page: int, whole: QRect) -> QImage:
        path, room = document_path(self._scene.case_folder, file), (whole.width() * 2, whole.height() * 2)
        drawn = self._pages.draw(path, file.kind, page, room, self._cancelled)
        return QImage(drawn.pixels, drawn.width, drawn.height, drawn.width * 3, QImage.Format.Format_RGB888).copy()


def _draw_card(painter: QPainter, lines: tuple[str, ...], whole: QRect) -> None:
    painter.setPen(_TEXT)
    first = max(7, whole.height() // 9)
    heights = [first * 3 // 2, *(first for _line in lines[1:])]
    top = whole.top() + max(4, (whole.height() - sum(heights)) // 2)
    for number, (line, height) in enumerate(zip(lines, heights, strict=True)):
        painter.setFont(_font(first if number == 0 else max(6, first * 2 // 3)))
        place = QRect(whole.left() + 6, top, whole.width() - 12, height)
        words = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        top += height


def _font(pixels: int) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    return font
