"""A part of a picture that is shown larger within it, by the canvas, with the picture's own pixels. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from player.pictures import TilePicture
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import Area


@dataclass(frozen=True, slots=True)
class Inset:
    """In pixels of the picture as it was coded.

    Attributes:
        part: what is shown larger: left, top, right, bottom.
        middle: the middle of where it is shown.
        power: how many times larger.
    """

    part: tuple[float, float, float, float]
    middle: tuple[float, float]
    power: float


FindInsets = Callable[[TilePicture], tuple[Inset, ...]]
"""Gives the insets of the picture that a tile shows."""


def inset_places(inset: Inset, transform: TileTransform) -> tuple[Area, Area]:
    """Return where all of the picture would lie behind an inset, and the inset itself; device pixels of the surface."""
    ratio, shown, power = transform.ratio, transform.shown, inset.power
    left, top, right, bottom = inset.part
    one, other = transform.to_widget(left, top), transform.to_widget(right, bottom)
    wide, high = abs(other[0] - one[0]) * ratio * power, abs(other[1] - one[1]) * ratio * power
    part_middle = [(a + b) / 2 * ratio for a, b in zip(one, other, strict=True)]
    x, y = (axis * ratio for axis in transform.to_widget(*inset.middle))
    large = Area(
        round(x - (part_middle[0] - shown.left) * power),
        round(y - (part_middle[1] - shown.top) * power),
        max(1, round(shown.width * power)),
        max(1, round(shown.height * power)),
    )
    start = (round(x - wide / 2), round(y - high / 2))
    window = Area(*start, max(1, round(x + wide / 2) - start[0]), max(1, round(y + high / 2) - start[1]))
    return large, window
