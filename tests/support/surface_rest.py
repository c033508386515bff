"""Whether a surface has come to rest: what was painted last is what the engine shows, at the sizes that are wanted."""

from __future__ import annotations

from player.engine import Engine
from player.pictures import TilePicture
from player.ui.scene import Painted
from player.ui.surface import TileSurface


def has_painted_all(surface: TileSurface, engine: Engine) -> bool:
    """Tell whether nothing is on its way to the screen, for tests that read pixels or what was painted.

    The engine takes pictures in first, the surface takes them over at the end of the same pump, and Qt paints them some
    time later; a change of size asks for others once it has settled. A surface that cannot be seen is at rest.
    """
    if not surface.isVisible():
        return True
    if surface.is_moving or engine.is_busy or surface._resize_timer.isActive():
        return False
    told = {tile.camera_id: tile for tile in engine.pictures()}
    painted = {one.camera_id: one for one in surface.painted()}
    if not set(surface.visible_cameras) == set(told) == set(painted) == set(surface._scene.tiles):
        return False
    is_taken = all(surface._scene.tiles[camera] == tile for camera, tile in told.items())
    is_painted = all(_is_of(painted[camera], tile) for camera, tile in told.items())
    return is_taken and is_painted and surface._requests() == surface._asked


def _is_of(painted: Painted, tile: TilePicture) -> bool:
    frame = -1 if tile.picture is None or painted.rect is None else tile.picture.spot.frame
    return painted.state is tile.state and painted.frame == frame
