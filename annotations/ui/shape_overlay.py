"""Shapes over the tiles on screen: those of the very frame that each tile shows, whatever the playhead says.

A tile that is late shows an older frame, and that frame's shapes. A picture whose frame is not known (libVLC plays it)
shows those that lie in the same place on every frame that it may be, and says how many others there may be.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QRegion

from annotations.shapes.geometry import UNIT, Kind, bounds_of
from annotations.shapes.on_frame import Placed, ShapesByFrame
from annotations.ui.shape_painter import ShapePainter
from annotations.ui.shape_plane import Plane
from player.pictures import TilePicture
from player.tracks import FrameSpot
from player.ui.inset import Inset
from player.ui.overlay import TileScene

_MARGIN = 8
_SHADE, _INK = QColor(0, 0, 0, 190), QColor(255, 255, 255)
Draft = Callable[[FrameSpot, tuple[Placed, ...]], tuple[Placed, ...]]
"""Gives what is shown of a frame while something is being drawn, from what the case has on it."""


class ShapeOverlay:
    """Implements `player.ui.overlay.Overlay`. Lives on the UI thread.

    Attributes:
        shapes: of the case.
        is_shown: whether shapes are seen at all.
        draft: what the hand that draws changes, or None.
    """

    def __init__(self, font: QFont) -> None:
        self.shapes = ShapesByFrame()
        self.is_shown = True
        self.draft: Draft | None = None
        self._font = QFont(font)
        self._painter = ShapePainter(font)

    @property
    def painter(self) -> ShapePainter:
        """What paints them."""
        return self._painter

    @property
    def is_idle(self) -> bool:
        """Whether no tile can show any shape."""
        return not self.is_shown or (not self.shapes and self.draft is None)

    def on_tile(self, tile: TilePicture) -> tuple[Placed, ...]:
        """Return the shapes of the frame that a tile shows; none where it does not know its frame."""
        picture = tile.picture
        if self.is_idle or picture is None or picture.estimate is not None or not tile.is_exact:
            return ()
        return self._on_frame(picture.spot)

    def shown_on(self, tile: TilePicture) -> tuple[tuple[Placed, ...], int]:
        """Return the shapes that are seen on a tile, and how many may be missing, as nobody knows its frame."""
        picture = tile.picture
        if picture is None or picture.estimate is None or picture.spot.place.recording.is_approximate:
            return self.on_tile(tile), 0
        if self.is_idle:
            return (), 0
        estimate = picture.estimate
        first_ns, last_ns = estimate.media_ns - estimate.within_ns, estimate.media_ns + estimate.within_ns
        return self.shapes.throughout(picture.spot.place.recording.id, first_ns, last_ns)

    def insets(self, tile: TilePicture) -> tuple[Inset, ...]:
        """Return what magnifiers show of a tile's picture, for the canvas."""
        found = []
        for one in self.shown_on(tile)[0]:
            if one.shape.drawn.kind is Kind.MAGNIFIER:
                left, top, right, bottom = (edge / UNIT for edge in bounds_of(one.geometry[:2]))
                x, y = one.geometry[2]
                power = one.shape.drawn.look.power / 100
                found.append(Inset((left, top, right, bottom), (x / UNIT, y / UNIT), power))
        return tuple(found)

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch: nothing where the frame has no shapes."""
        placed, missing = self.shown_on(scene.tile) if scene.transform is not None else ((), 0)
        region = QRegion(self._words(scene, missing)[1]) if missing else QRegion()
        if not placed:
            return region
        for plane in planes(scene):
            region = region.united(self._painter.region(placed, plane))
        return region

    def paint(self, painter: QPainter, scene: TileScene) -> None:
        """Draw the shapes of the frame on a tile, and within the magnifier over it larger."""
        placed, missing = self.shown_on(scene.tile) if scene.transform is not None else ((), 0)
        if missing:
            words, area = self._words(scene, missing)
            painter.setFont(self._font)
            painter.fillRect(area, _SHADE)
            painter.setPen(_INK)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        for number, plane in enumerate(planes(scene)):
            painter.save()
            if scene.lens is not None and number == 0:
                around = QRegion(scene.area).subtracted(QRegion(scene.lens))
                painter.setClipRegion(around, Qt.ClipOperation.IntersectClip)
            self._painter.paint(painter, placed, plane)
            painter.restore()

    def _words(self, scene: TileScene, missing: int) -> tuple[str, QRect]:
        """Return what is said of shapes that are not shown, and where: at the tile's lower left."""
        counted = "1 shape" if missing == 1 else f"{missing:,} shapes"
        words = f"{counted} not shown: the time is approximate"
        metrics, area = QFontMetrics(self._font), scene.area
        width = min(area.width(), metrics.horizontalAdvance(words) + 2 * _MARGIN)
        height = metrics.height() + _MARGIN
        return words, QRect(area.left(), area.bottom() + 1 - height, width, height)

    def _on_frame(self, spot: FrameSpot) -> tuple[Placed, ...]:
        placed = self.shapes.at(spot.place.recording.id, spot.pts)
        return placed if self.draft is None else self.draft(spot, placed)


def planes(scene: TileScene) -> list[Plane]:
    """Return the planes of a tile with a picture: the tile's own, then that of the magnifier over it."""
    if scene.transform is None:
        return []
    found = [Plane(scene.transform, _seen(scene.transform.shown_rect, scene.area))]
    if scene.lens is not None and scene.lens_transform is not None:
        found.append(Plane(scene.lens_transform, _seen(scene.lens_transform.shown_rect, scene.lens)))
    return found


def _seen(shown: tuple[float, float, float, float], area: QRect) -> QRectF:
    return QRectF(*shown).intersected(QRectF(area))
