"""Plays one item: an engine that stays within the item, and a finished picture whenever all frames are there.

Two of these take turns: one is on, the other has the next item open with its first frames decoded. All engine work is
here; nothing waits. Lives on the UI thread.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont

from annotations.shapes.on_frame import ShapesByFrame
from annotations.transcripts.cue_times import CueTimes
from annotations.ui.captions import CaptionOverlay
from annotations.ui.shape_overlay import ShapeOverlay
from courtroom.show.cue import Cue, CueKind
from courtroom.ui.court_picture import PAGE, CourtPicture, black, draw_card, draw_frames, is_whole, shown_frame
from courtroom.ui.page_stage import PageStage
from courtroom.ui.pages import PageShelf
from evidence.times import IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TilePicture, TileState
from player.ui.canvas.drawing import TileDrawing
from player.ui.layout import LayoutKind, TilePlace, lay_out
from player.ui.overlay import CameraLabel, Overlay
from player.ui.staging import Staging
from player.ui.tile_view import TileView

_SPEAKER = "#e6e8ea"


class CuePlayer:
    """One item at a time.

    Attributes:
        engine: plays the item; it has no tiles while the item shows no camera.
        cue: the item, or None before the first.
        place: its number in the run sheet.
        focus: the camera that is shown alone, or None.
        has_overlays: whether shapes and captions are drawn where the item wants them.
    """

    def __init__(
        self,
        engine: Engine,
        pages: PageShelf,
        size: QSize,
        font: QFont,
        *,
        shapes: ShapesByFrame | None = None,
        captions: CueTimes | None = None,
    ) -> None:
        self.engine = engine
        self.cue: Cue | None = None
        self.place = -1
        self.focus: str | None = None
        self.has_overlays = True
        self._page = PageStage(pages, size)
        self._size = size
        self._font = font
        self._shapes = ShapeOverlay(font)
        self._shapes.shapes = shapes or ShapesByFrame()
        self._captions = CaptionOverlay(font, lambda: engine.position, lambda _speaker: _SPEAKER)
        self._captions.is_on = True
        self._captions.set_times(captions)
        self._overlays: tuple[Overlay, ...] = ()
        self._staging = Staging()
        self._places: tuple[TilePlace, ...] = ()
        self._asked: list[TileRequest] = []
        self._fixed: CourtPicture | None = None

    # What is on

    def load(self, cue: Cue, place: int, at: IncidentTime, focus: str | None = None) -> None:
        """Bring an item on, standing at an instant of it; its picture comes with one of the next pumps."""
        engine = self.engine
        engine.pause()
        self.cue, self.place, self.focus = cue, place, focus
        self._fixed = None
        self._staging = Staging()
        shown = ((self._shapes, cue.shows_shapes), (self._captions, cue.shows_captions))
        self._overlays = tuple(overlay for overlay, is_shown in shown if is_shown and self.has_overlays)
        self._staging.find_insets = self._shapes.insets if cue.shows_shapes and self.has_overlays else None
        if cue.has_pictures and cue.span is not None:
            engine.set_bounds(cue.span)
            engine.set_loop(cue.span if cue.is_looped else None)
            engine.set_rate(cue.rate)
            self._lay_out()
            engine.seek(at)
        else:
            self._asked = []
            engine.set_tiles([])
            if cue.kind is CueKind.PAGE:
                self._page.load(cue.path, cue.page)

    def set_focus(self, focus: str | None) -> None:
        """Show one camera alone, or all as laid out."""
        self.focus = focus
        if self.cue is not None and self.cue.has_pictures:
            self._lay_out()

    def set_size(self, size: QSize) -> None:
        """Make pictures of this size from now on, device pixels."""
        if size != self._size:
            self._size, self._fixed = size, None
            self._page.set_size(size, is_on=self._is_page)
            if self.cue is not None and self.cue.has_pictures:
                self._lay_out()

    def set_view(self, camera_id: str, view: TileView) -> None:
        """Show another part of a camera's picture, or of the page."""
        if camera_id == PAGE:
            self._page.set_view(view)
            return
        self._staging.set_view(camera_id, view)
        self._ask()

    def view(self, camera_id: str) -> TileView:
        """Return which part of a camera's picture is shown, or of the page."""
        return self._page.view if camera_id == PAGE else self._staging.view(camera_id)

    def place_of(self, camera_id: str) -> TilePlace | None:
        """Return a camera's tile in device pixels of the court screen, or None."""
        return next((one for one in self._places if one.camera_id == camera_id), None)

    def camera_at(self, x: int, y: int) -> str | None:
        """Return the camera under a point of the court screen, device pixels, or None."""
        return next((one.camera_id for one in self._places if one.contains(x, y)), None)

    # At every refresh

    def pump(self) -> bool:
        """Take in what the decoders sent; return whether the picture may be another."""
        if self.cue is None:
            return False
        if not self.cue.has_pictures:
            return self._page.pump()
        is_changed = self.engine.pump()
        if is_changed and self._is_close_up:
            self._ask()
        return is_changed

    @property
    def position(self) -> IncidentTime:
        """The instant that it stands on or plays through; 0 of what has no time."""
        return self.engine.position if self.cue is not None and self.cue.has_pictures else IncidentTime(0)

    def picture(self) -> CourtPicture | None:
        """Return the finished picture, or None while any part of it is not there."""
        cue = self.cue
        if cue is None:
            return None
        if cue.has_pictures:
            return self._of_frames(cue)
        if cue.kind is CueKind.PAGE:
            return self._of_page(cue)
        self._fixed = self._fixed or self._of_text(cue)
        return self._fixed

    @property
    def is_ready(self) -> bool:
        """Whether its picture is there, exact, at the instant that was asked for."""
        if self.cue is None:
            return False
        if not self.cue.has_pictures:
            return self.picture() is not None
        engine = self.engine
        return engine.position == engine.target and is_whole(engine.pictures()) and not self._is_proxy_shown()

    @property
    def trouble(self) -> str:
        """Why its picture will not come, in words for people, or ""."""
        if self._is_page:
            return self._page.trouble
        return next((tile.reason for tile in self.engine.pictures() if tile.state is TileState.FAILED), "")

    @property
    def late_cameras(self) -> tuple[str, ...]:
        """The cameras whose frame of the instant is not there yet."""
        waiting = {TileState.LATE, TileState.LOADING}
        return tuple(tile.camera_id for tile in self.engine.pictures() if tile.state in waiting)

    def set_rate(self, rate: Fraction) -> None:
        """Play at this speed."""
        self.engine.set_rate(rate)

    def close(self) -> None:
        """End all decoders."""
        self.engine.close()
        self._page.close()

    # Inside

    def _of_frames(self, cue: Cue) -> CourtPicture | None:
        tiles = self.engine.pictures()
        if self.engine.position != self.engine.target or not is_whole(tiles):
            return None
        drawings = [self._drawing(tile) for tile in tiles]
        image = draw_frames(drawings, self._size, self._overlays)
        frames = tuple(
            shown_frame(tile, drawing, self._staging.view(tile.camera_id))
            for tile, drawing in zip(tiles, drawings, strict=True)
        )
        return CourtPicture(image, cue, self.place, self.engine.position, frames, self.focus)

    def _of_text(self, cue: Cue) -> CourtPicture:
        if cue.kind is CueKind.PAUSE:
            return CourtPicture(black(self._size), cue, self.place)
        return CourtPicture(draw_card(cue.lines, self._size, self._font), cue, self.place)

    def _of_page(self, cue: Cue) -> CourtPicture | None:
        staged = self._page.picture()
        return None if staged is None else CourtPicture(staged.image, cue, self.place, page=staged.shown)

    @property
    def _is_page(self) -> bool:
        return self.cue is not None and self.cue.kind is CueKind.PAGE

    def _drawing(self, tile: TilePicture) -> TileDrawing:
        place = self.place_of(tile.camera_id)
        assert place is not None, "the engine shows the tiles that were asked for"
        drawing = self._staging.drawing(place, tile, CameraLabel(tile.camera_id, "", "#000000"), is_focus=False)
        area = QRect(place.x, place.y, place.width, place.height)
        return replace(drawing, scene=replace(drawing.scene, area=area, view_words=()))

    def _lay_out(self) -> None:
        assert self.cue is not None
        kind = LayoutKind.ONE if self.focus is not None else LayoutKind(self.cue.layout.value)
        chosen = self.focus or self.cue.focus
        self._places = lay_out(kind, self.cue.cameras, chosen, self._size.width(), self._size.height())
        self.engine.set_focus(chosen)
        self._ask()

    def _ask(self) -> None:
        now = {tile.camera_id: tile for tile in self.engine.pictures()}
        wanted = [self._staging.request(place, now.get(place.camera_id)) for place in self._places]
        if wanted != self._asked:
            self._asked = wanted
            self.engine.set_tiles(wanted)

    @property
    def _is_close_up(self) -> bool:
        return self._staging.is_close_up

    def _is_proxy_shown(self) -> bool:
        return any(tile.picture is not None and tile.picture.is_proxy for tile in self.engine.pictures())
