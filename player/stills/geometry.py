"""How large a still is: every recorded pixel is kept, and pixels that are not square are stretched, never squeezed."""

from __future__ import annotations

from fractions import Fraction


def square_pixel_size(size: tuple[int, int], pixel_aspect: Fraction) -> tuple[int, int]:
    """Return the least size with square pixels that loses no recorded row or column; before any turn.

    Args:
        size: coded width and height in pixels.
        pixel_aspect: width of a pixel over its height.
    """
    if pixel_aspect == 1:
        return size
    width, height = size
    if pixel_aspect > 1:
        return round(width * pixel_aspect), height
    return width, round(height / pixel_aspect)


def turned_size(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    """Return the size after a turn by `rotation` degrees (0, 90, 180 or 270)."""
    return size if rotation % 180 == 0 else (size[1], size[0])
