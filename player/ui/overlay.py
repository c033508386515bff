"""What is drawn over pictures: labels now, annotations later. In logical pixels, or in the video's own coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QRegion

from player.pictures import TilePicture
from player.ui.tile_transform import TileTransform


@dataclass(frozen=True, slots=True)
class CameraLabel:
    """What a tile says about its camera.

    Attributes:
        camera_id: permanent id of the camera.
        name: what people call it.
        colour: the camera's own colour everywhere, `#rrggbb`.
    """

    camera_id: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class TileScene:
    """One tile as an overlay sees it.

    Attributes:
        area: the tile, in logical pixels of the surface.
        tile: what it shows.
        label: whose it is.
        transform: from the video's coordinates to the surface; None where there is no picture.
        is_focus: whether it has the accent.
        view_words: in what the view differs from the whole picture as recorded, for instance "2.0×".
        lens: where a magnifier lies over the tile, in logical pixels, or None.
        lens_transform: from the video's coordinates to the surface within `lens`.
    """

    area: QRect
    tile: TilePicture
    label: CameraLabel
    transform: TileTransform | None
    is_focus: bool = False
    view_words: tuple[str, ...] = ()
    lens: QRect | None = None
    lens_transform: TileTransform | None = None


class Overlay(Protocol):
    """Draws over the picture of a tile; on the UI thread, in the same refresh as the picture."""

    def region(self, scene: TileScene) -> QRegion:
        """Return all that `paint` would touch, in logical pixels; the less, the cheaper."""
        ...

    def paint(self, painter: QPainter, scene: TileScene) -> None:
        """Draw over the tile; the painter is clipped to it, and works in logical pixels of the surface."""
        ...


def overlay_region(overlays: Sequence[Overlay], scene: TileScene) -> QRegion:
    """Return all that the overlays would touch of a tile."""
    region = QRegion()
    for overlay in overlays:
        region = region.united(overlay.region(scene))
    return region.intersected(scene.area)
