"""From the video's own coordinates to the surface and back: what overlays are drawn by. No Qt.

A point of the video is given in pixels of the picture as it was coded, before rotation, pixel aspect and zoom, from the
left top corner: (0, 0) to (width, height). It is the same whether the original or a proxy of it is on screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from player.ui.tile_view import Area


@dataclass(frozen=True, slots=True)
class TileTransform:
    """Where one picture's points are on the surface.

    Attributes:
        width: of the picture as coded, in pixels.
        height: of the picture as coded.
        rotation: degrees clockwise by which it is turned to be shown: 0, 90, 180, 270.
        shown: where all of it lies, in device pixels; more than the tile where it is zoomed into.
        ratio: device pixels of one logical pixel.
    """

    width: int
    height: int
    rotation: int
    shown: Area
    ratio: float = 1.0

    @property
    def shown_rect(self) -> tuple[float, float, float, float]:
        """Where all of the picture lies, in logical pixels: left, top, width, height."""
        shown, ratio = self.shown, self.ratio
        return shown.left / ratio, shown.top / ratio, shown.width / ratio, shown.height / ratio

    def to_widget(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the surface, in logical pixels, at which a point of the video is seen."""
        across, down = x / self.width, y / self.height
        across, down = {
            0: (across, down),
            90: (1 - down, across),
            180: (1 - across, 1 - down),
            270: (down, 1 - across),
        }[self.rotation]
        shown, ratio = self.shown, self.ratio
        return (shown.left + across * shown.width) / ratio, (shown.top + down * shown.height) / ratio

    def to_source(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the video that is seen at a point of the surface, given in logical pixels."""
        shown, ratio = self.shown, self.ratio
        across, down = (x * ratio - shown.left) / shown.width, (y * ratio - shown.top) / shown.height
        across, down = {
            0: (across, down),
            90: (down, 1 - across),
            180: (1 - across, 1 - down),
            270: (1 - down, across),
        }[self.rotation]
        return across * self.width, down * self.height
