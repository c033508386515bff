"""Where the four tiles lie on the screen, and where in them the frame codes are. Pixels; the same for every player."""

from __future__ import annotations

from app.demo.frame_code import Rect

TILE = (320, 180)
GAP = 1
"""As the window lays its tiles out."""

SIZE = (2 * TILE[0] + GAP, 2 * TILE[1] + GAP)
TILES: tuple[Rect, ...] = tuple(
    (column * (TILE[0] + GAP), row * (TILE[1] + GAP), *TILE) for row in range(2) for column in range(2)
)
CODE: Rect = (216, 62, 102, 56)
"""The part of a tile in which a frame code lies, with some border."""
