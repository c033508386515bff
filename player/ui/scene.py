"""What is on the surface at one instant: tiles, labels, overlays, and how each tile looks at its picture.

It is what a canvas draws from. Lives on the UI thread; no events, no timers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QPainter, QRegion

from evidence.times import IncidentTime
from player.pictures import TilePicture, TileState
from player.ui.canvas.drawing import TileDrawing
from player.ui.layout import TilePlace
from player.ui.overlay import CameraLabel, Overlay, TileScene, overlay_region
from player.ui.staging import Staging
from player.ui.tile_painter import SurfaceColours, TilePainter
from player.ui.tile_words import TimeText


@dataclass(frozen=True, slots=True)
class Painted:
    """What was last drawn into one tile.

    Attributes:
        recording_id: whose picture it is, or "" without one.
        frame: its number, or -1.
        instant: the playhead's instant at that paint.
        rect: where the picture is seen in the surface, logical pixels; None without one.
    """

    camera_id: str
    state: TileState
    recording_id: str
    frame: int
    instant: IncidentTime
    rect: QRect | None


class Scene:
    """Everything that a canvas draws; implements `SceneSource`.

    Attributes:
        staging: views, aids and the magnifier.
        cameras: every camera that has a label, in order.
        places: where the visible tiles lie.
        tiles: what each of them shows.
        focus: the camera with the accent, or None.
        overlays: what is drawn over pictures, below the labels.
        position: gives the playhead's instant.
        ratio: gives the device pixels of one logical pixel.
    """

    def __init__(
        self,
        position: Callable[[], IncidentTime],
        ratio: Callable[[], float],
        colours: SurfaceColours,
        time_text: TimeText,
        font: QFont,
    ) -> None:
        self.staging = Staging()
        self.cameras: tuple[CameraLabel, ...] = ()
        self.places: tuple[TilePlace, ...] = ()
        self.tiles: dict[str, TilePicture] = {}
        self.focus: str | None = None
        self.overlays: tuple[Overlay, ...] = ()
        self.position = position
        self.ratio = ratio
        self._colours = colours
        self._time_text = self._moment_text = time_text
        self._font = font
        self._painted: dict[str, Painted] = {}
        self._labels = self._new_labels()

    def set_look(
        self,
        *,
        colours: SurfaceColours | None = None,
        time_texts: tuple[TimeText, TimeText] | None = None,
        font: QFont | None = None,
    ) -> None:
        """Draw labels in other colours, with other times, in another font."""
        self._colours = colours or self._colours
        self._time_text, self._moment_text = time_texts or (self._time_text, self._moment_text)
        self._font = font or self._font
        shown, self._labels = self._labels.shown, self._new_labels()
        self._labels.shown = shown

    def show_labels(self, shown: float) -> QRegion:
        """Let this much be seen of the labels over pictures, 0 to 1; return where they are, in logical pixels."""
        self._labels.shown = shown
        region = QRegion()
        for place in self.places:
            region = region.united(self._labels.strip(QRect(place.x, place.y, place.width, place.height)))
        return region

    def _new_labels(self) -> TilePainter:
        return TilePainter(self._colours, self._time_text, self._moment_text, self._font)

    def set_places(self, places: tuple[TilePlace, ...]) -> None:
        """Lay the tiles out in another way; what was in tiles that are gone is forgotten."""
        self.places = places
        visible = {place.camera_id for place in places}
        self._painted = {camera: painted for camera, painted in self._painted.items() if camera in visible}
        self.tiles = {camera: tile for camera, tile in self.tiles.items() if camera in visible}

    def forget_painted(self) -> None:
        """Nothing was drawn yet: the canvas is another."""
        self._painted.clear()

    def place_of(self, camera_id: str) -> TilePlace | None:
        """Return where a camera's tile lies, or None where it has none."""
        return next((place for place in self.places if place.camera_id == camera_id), None)

    def camera_at(self, x: int, y: int) -> str | None:
        """Return the camera whose tile lies under a point, or None."""
        return next((place.camera_id for place in self.places if place.contains(x, y)), None)

    def find_tile(self, camera_id: str) -> tuple[TilePlace, TilePicture] | None:
        """Return a visible camera's tile and what it shows, or None."""
        place, tile = self.place_of(camera_id), self.tiles.get(camera_id)
        return None if place is None or tile is None else (place, tile)

    def painted(self) -> tuple[Painted, ...]:
        """Return what the last paint of every visible tile showed."""
        return tuple(self._painted[place.camera_id] for place in self.places if place.camera_id in self._painted)

    # What a canvas asks

    @property
    def gap_colour(self) -> str:
        """Between the tiles; where there are none, everywhere."""
        return self._colours.gap if self.places else self._colours.ground

    @property
    def ground_colour(self) -> str:
        """Around the pictures."""
        return self._colours.ground

    def drawings(self, part: QRegion | None = None) -> list[TileDrawing]:
        """Return the visible tiles in a part of the surface as they are to be drawn now; all are of one instant."""
        self.staging.ratio = self.ratio()
        labels = {camera.camera_id: camera for camera in self.cameras}
        drawings = []
        for place in self.places:
            if part is not None and not part.intersects(QRect(place.x, place.y, place.width, place.height)):
                continue
            tile = self.tiles.get(place.camera_id) or TilePicture(place.camera_id, TileState.LOADING, None, None, None)
            is_focus = place.camera_id == self.focus and len(self.places) > 1
            drawings.append(self.staging.drawing(place, tile, labels[place.camera_id], is_focus=is_focus))
        return drawings

    def overlay_region(self, scene: TileScene) -> QRegion:
        """Return what the overlays touch of a tile."""
        return overlay_region((*self.overlays, self._labels), scene)

    def paint_over(self, painter: QPainter, scene: TileScene) -> None:
        """Draw the overlays of a tile, the labels last."""
        for overlay in (*self.overlays, self._labels):
            overlay.paint(painter, scene)

    def note_painted(self, drawings: Sequence[TileDrawing]) -> None:
        """Keep what was drawn, for whoever asks what is on screen."""
        for drawing in drawings:
            tile = drawing.scene.tile
            if tile.camera_id not in self.tiles:
                continue
            rect = _seen(drawing, self.staging.ratio)
            spot = tile.picture.spot if tile.picture is not None and rect is not None else None
            self._painted[tile.camera_id] = Painted(
                camera_id=tile.camera_id,
                state=tile.state,
                recording_id="" if spot is None else spot.place.recording.id,
                frame=-1 if spot is None else spot.frame,
                instant=self.position(),
                rect=rect,
            )


def _seen(drawing: TileDrawing, ratio: float) -> QRect | None:
    """Return where the picture is seen, in logical pixels."""
    if not drawing.pictures:
        return None
    seen = drawing.pictures[0].shown.crossed(drawing.window)
    if seen is None:
        return None
    return QRect(*(round(one / ratio) for one in (seen.left, seen.top, seen.width, seen.height)))
