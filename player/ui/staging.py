"""What each tile shows and how: views, aids and the magnifier of every camera, put together for a canvas.

It knows geometry and no events; `tile_mouse` changes it, the surface asks it. Lives on the UI thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect

from evidence.records import StreamInfo
from player.engine import TileRequest
from player.pictures import Picture, TilePicture, TileState
from player.pixels import Manner, PixelLayout
from player.ui.canvas.drawing import PictureDrawing, TileDrawing
from player.ui.inset import FindInsets, inset_places
from player.ui.layout import TilePlace
from player.ui.overlay import CameraLabel, TileScene
from player.ui.picture_aids import AS_RECORDED, PictureAids
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import (
    WHOLE,
    Area,
    Size,
    TileView,
    box_for,
    is_near,
    kept_inside,
    made_size,
    original_size,
    own_size_zoom,
    place,
    wanted_size,
)

LENS_POWER = 3
_LENS = (240, 180)
_WITH_PICTURE = frozenset({TileState.SHOWN, TileState.LATE})


@dataclass(frozen=True, slots=True)
class Lens:
    """The magnifier: over which camera's tile, and around which point of the surface, in logical pixels."""

    camera_id: str
    at: QPoint


class Staging:
    """Views and aids by camera. A camera that is not in them is shown whole and as recorded.

    Attributes:
        layout: how pictures lie for the canvas in use.
        ratio: device pixels of one logical pixel.
        lens: the magnifier, or None.
        find_insets: gives the parts of a picture that are shown larger within it, or None where no picture has any.
        is_playing: while it plays, insets are made of the pictures as they come, and no larger ones are asked for.
    """

    def __init__(self) -> None:
        self.layout = PixelLayout.BGRA
        self.ratio = 1.0
        self.lens: Lens | None = None
        self.find_insets: FindInsets | None = None
        self.is_playing = False
        self._views: dict[str, TileView] = {}
        self._aids: dict[str, PictureAids] = {}

    @property
    def is_close_up(self) -> bool:
        """Whether any tile may need larger pictures than fit into it."""
        is_magnified = self.lens is not None or self.find_insets is not None
        return is_magnified or any(not view.is_whole for view in self._views.values())

    def view(self, camera_id: str) -> TileView:
        """Return what a camera's tile shows of its picture."""
        return self._views.get(camera_id, WHOLE)

    def set_view(self, camera_id: str, view: TileView) -> None:
        """Show another part of the picture."""
        self._views[camera_id] = view

    def aids(self, camera_id: str) -> PictureAids:
        """Return how a camera's picture is shown otherwise than recorded."""
        return self._aids.get(camera_id, AS_RECORDED)

    def set_aids(self, camera_id: str, aids: PictureAids) -> None:
        """Show a camera's picture otherwise than recorded."""
        self._aids[camera_id] = aids

    def window(self, tile: TilePlace) -> Area:
        """Return a tile in device pixels."""
        ratio = self.ratio
        return Area(round(tile.x * ratio), round(tile.y * ratio), int(tile.width * ratio), int(tile.height * ratio))

    def request(self, tile: TilePlace, now: TilePicture | None) -> TileRequest:
        """Return the pictures to ask the engine for, for a tile that shows `now`."""
        room = self.window(tile).size
        stream = None if now is None else _stream_of(now)
        zoom = self.view(tile.camera_id).zoom
        if self.lens is not None and self.lens.camera_id == tile.camera_id:
            zoom *= LENS_POWER
        elif self.find_insets is not None and now is not None and not self.is_playing:
            zoom *= max((inset.power for inset in self.find_insets(now)), default=1.0)
        box = room if stream is None else box_for(room, original_size(stream), zoom)
        manner = Manner(self.layout, self.aids(tile.camera_id).is_deinterlaced)
        return TileRequest(tile.camera_id, box.width, box.height, manner)

    def drawing(self, tile: TilePlace, now: TilePicture, label: CameraLabel, *, is_focus: bool) -> TileDrawing:
        """Return what is to be drawn into a tile."""
        window = self.window(tile)
        area = QRect(tile.x, tile.y, tile.width, tile.height)
        if now.picture is not None and not self._can_draw(now.picture):
            now = replace(now, state=TileState.LOADING, picture=None)
        picture = now.picture if now.state in _WITH_PICTURE else None
        stream = None if picture is None else picture.spot.place.recording.video
        if picture is None or stream is None or not picture.ring.is_open:
            return TileDrawing(TileScene(area, now, label, None, is_focus), window, ())
        whole = self.placed(tile, picture, stream)
        transform = TileTransform(stream.width, stream.height, stream.rotation, whole.shown, self.ratio)
        pictures = [whole, *self._insets(now, whole, transform, stream)]
        lens, lens_transform = None, None
        if self.lens is not None and self.lens.camera_id == tile.camera_id:
            lens = self._lens_rect(area)
            pictures.append(self._magnified(whole, lens, stream))
            lens_transform = replace(transform, shown=pictures[-1].shown)
        words = self._view_words(tile.camera_id, whole, original_size(stream))
        scene = TileScene(area, now, label, transform, is_focus, words, lens, lens_transform)
        return TileDrawing(scene, window, tuple(pictures))

    def _insets(
        self, now: TilePicture, whole: PictureDrawing, transform: TileTransform, stream: StreamInfo
    ) -> list[PictureDrawing]:
        """Return the parts of a picture that are shown larger within it, as far as they are seen."""
        seen = whole.shown.crossed(whole.window)
        if self.find_insets is None or seen is None:
            return []
        found = []
        for inset in self.find_insets(now):
            large, place = inset_places(inset, transform)
            window = place.crossed(seen)
            if window is not None:
                found.append(self._enlarged(whole, large, window, stream))
        return found

    def _can_draw(self, picture: Picture) -> bool:
        """Tell whether the canvas takes a picture; one made for the canvas before need not be so."""
        return picture.form.layout is PixelLayout.BGRA or self.layout is PixelLayout.PLANES

    def placed(self, tile: TilePlace, picture: Picture, stream: StreamInfo) -> PictureDrawing:
        """Return where a picture lies, and at which size it is made."""
        window, view = self.window(tile), self.view(tile.camera_id)
        came, original = Size(picture.width, picture.height), original_size(stream)
        size = wanted_size(came, window.size, original, view.zoom)
        if is_near(came, size, view.zoom):
            size = came
        made = came
        if picture.form.layout is PixelLayout.PLANES:
            made = made_size(came, window.size, original, size)
            made = came if is_near(came, made, view.zoom) else made
        shown = place(size, window, kept_inside(view, size, window))
        return PictureDrawing(picture, made, shown, window, self.aids(tile.camera_id))

    def _lens_rect(self, area: QRect) -> QRect:
        assert self.lens is not None
        width, height = min(_LENS[0], area.width() // 2), min(_LENS[1], area.height() // 2)
        rect = QRect(0, 0, max(1, width), max(1, height))
        rect.moveCenter(self.lens.at)
        rect.moveLeft(min(max(rect.left(), area.left()), area.right() + 1 - rect.width()))
        rect.moveTop(min(max(rect.top(), area.top()), area.bottom() + 1 - rect.height()))
        return rect

    def _magnified(self, whole: PictureDrawing, lens: QRect, stream: StreamInfo) -> PictureDrawing:
        """Return the picture as it lies behind the magnifier: the point under the cursor stays where it is."""
        assert self.lens is not None
        ratio, shown = self.ratio, whole.shown
        window = Area(
            round(lens.x() * ratio), round(lens.y() * ratio), int(lens.width() * ratio), int(lens.height() * ratio)
        )
        at = (self.lens.at.x() * ratio, self.lens.at.y() * ratio)
        left = round(at[0] - (at[0] - shown.left) * LENS_POWER)
        top = round(at[1] - (at[1] - shown.top) * LENS_POWER)
        large = Area(left, top, shown.width * LENS_POWER, shown.height * LENS_POWER)
        return self._enlarged(whole, large, window, stream)

    def _enlarged(self, whole: PictureDrawing, large: Area, window: Area, stream: StreamInfo) -> PictureDrawing:
        """Return a picture that is shown larger than its tile shows it."""
        made = whole.made
        if whole.picture.form.layout is PixelLayout.PLANES:
            made = made_size(whole.shown.size, whole.shown.size, original_size(stream), large.size)
        return replace(whole, made=made, shown=large, window=window)

    def _view_words(self, camera_id: str, drawing: PictureDrawing, original: Size) -> tuple[str, ...]:
        view, aids = self.view(camera_id), drawing.aids
        words = (aids.words,) if aids.words else ()
        if view.is_whole:
            return words
        return (*words, "100 %" if drawing.shown.size == original else f"{view.zoom:.1f}×")

    def own_size_zoom(self, tile: TilePlace, now: TilePicture) -> float | None:
        """Return the zoom at which one of the original's pixels is one of the screen's; None without a picture."""
        stream = _stream_of(now)
        if stream is None:
            return None
        original = original_size(stream)
        return own_size_zoom(original, self.window(tile).size, original)


def _stream_of(tile: TilePicture) -> StreamInfo | None:
    spot = tile.picture.spot if tile.picture is not None else tile.spot
    stream = None if spot is None else spot.place.recording.video
    return stream if stream is not None and min(stream.width, stream.height) > 0 else None
