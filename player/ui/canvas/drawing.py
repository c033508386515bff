"""What a canvas is asked to draw, and what it must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from player.pictures import Picture
from player.pixels import PixelLayout
from player.ui.overlay import TileScene
from player.ui.picture_aids import PictureAids
from player.ui.tile_view import Area, Size


@dataclass(frozen=True, slots=True)
class PictureDrawing:
    """A picture, and where it goes, in device pixels of the surface.

    Attributes:
        picture: valid until the engine is pumped again.
        made: the size at which it is made, before any magnification.
        shown: where all of it lies; it may reach beyond `window`.
        window: the part of the surface that may be painted.
        aids: how it is shown otherwise than recorded.
    """

    picture: Picture
    made: Size
    shown: Area
    window: Area
    aids: PictureAids

    @property
    def key(self) -> tuple[object, ...]:
        """What identifies the pixels: another picture has another."""
        picture = self.picture
        spot = picture.spot
        return (picture.ring.number, picture.slot, spot.place.recording.id, spot.frame, picture.is_proxy, picture.width)


@dataclass(frozen=True, slots=True)
class TileDrawing:
    """One tile.

    Attributes:
        scene: for the overlays.
        window: the tile, in device pixels of the surface.
        pictures: the picture, and the part of it that a magnifier shows, later ones on top.
    """

    scene: TileScene
    window: Area
    pictures: tuple[PictureDrawing, ...]


class SceneSource(Protocol):
    """Gives a canvas what to draw; asked during the paint, so that all of it is of one instant."""

    @property
    def gap_colour(self) -> str:
        """Between the tiles, `#rrggbb`; where there are none, everywhere."""
        ...

    @property
    def ground_colour(self) -> str:
        """Of a tile, around its picture."""
        ...

    def drawings(self, part: QRegion | None = None) -> Sequence[TileDrawing]:
        """Return the visible tiles that touch a part of the surface, in logical pixels; every one for None."""
        ...

    def overlay_region(self, scene: TileScene) -> QRegion:
        """Return what the overlays touch of a tile, in logical pixels."""
        ...

    def paint_over(self, painter: QPainter, scene: TileScene) -> None:
        """Draw the overlays of a tile."""
        ...

    def note_painted(self, drawings: Sequence[TileDrawing]) -> None:
        """These tiles were drawn."""
        ...


class Canvas(Protocol):
    """Draws the tiles into a widget of its own."""

    layout_wanted: PixelLayout
    is_accelerated: bool

    @property
    def widget(self) -> QWidget:
        """The widget that is drawn into."""
        ...

    def refresh(self, region: QRegion | None) -> None:
        """Draw this part anew soon, in logical pixels; None for all."""
        ...


OnFailure = Callable[[str], None]
"""Told, in words for people, that a canvas can draw no more."""
