"""Harrow Lane at night as one long texture: the street's cross-section unrolled, lit by its lamps and shop windows.

Columns run along the street (x). Rows run across it: sky over the left houses, the left houses from the eaves down,
pavement, road, pavement, the right houses upwards, sky. Unrolled like this the texture has no seams, so that one
look-up paints the whole background of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.facade import paint_row
from app.demo.ground import paint_ground
from app.demo.script import WALL_Y

X_FROM, X_TO = -42.0, 70.0
HOUSE_M, SKY_M = 9.0, 3.0
ACROSS_M = 2 * (HOUSE_M + SKY_M + WALL_Y)
SCALE = 36
"""Texels a metre."""

ROUGH_SCALE = 8
"""Texels a metre of the blurred street that the wet road reflects."""

LAMPS = tuple(
    (x, side * 4.75, 5.6)
    for x, side in (
        (-27.5, 1), (-19.0, -1), (-11.5, 1), (-3.5, -1), (6.2, 1), (14.0, -1), (22.0, 1), (30.0, -1), (38.0, 1),
        (48.0, -1),
    )
)  # fmt: skip
"""Heads of the street lamps."""

_LAMP_COLOUR = np.array([0.50, 0.78, 1.0], dtype=np.float32)
_SKY = (36, 27, 24)
_HAZE = (40, 31, 29)
_LOWEST_ROOF_M = 7.0

Texture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Street:
    """The painted street.

    Attributes:
        lit: uint8[rows, columns, 4]: blue, green, red as lit by what never changes, and how light the surface is.
        rough: uint8[rows, columns, 4] at `ROUGH_SCALE`: the same blurred, and how wet the surface is.
    """

    lit: Texture
    rough: Texture


def paint_street(seed: int) -> Street:
    """Paint the street; takes about a second. The same seed gives the same street."""
    columns = round((X_TO - X_FROM) * SCALE)
    rows = round(ACROSS_M * SCALE)
    albedo = np.zeros((rows, columns, 3), dtype=np.uint8)
    glow = np.zeros_like(albedo)
    wet = np.zeros((rows, columns), dtype=np.uint8)
    sky, house, ground = (round(m * SCALE) for m in (SKY_M, HOUSE_M, 2 * WALL_Y))
    left, right = slice(sky, sky + house), slice(sky + house + ground, sky + 2 * house + ground)
    middle = slice(sky + house, sky + house + ground)
    paint_row(albedo[left], glow[left], np.random.default_rng([seed, 10]), SCALE, X_FROM, is_left=True)
    facing = np.zeros((2, house, columns, 3), dtype=np.uint8)
    paint_row(facing[0], facing[1], np.random.default_rng([seed, 11]), SCALE, X_FROM, is_left=False)
    albedo[right], glow[right] = facing[0, ::-1], facing[1, ::-1]
    paint_ground(albedo[middle], wet[middle], np.random.default_rng([seed, 12]), SCALE, X_FROM)
    lit = _lit(albedo, glow, rows, columns)
    _fade_far_ends(lit, albedo)
    _open_sky(lit, sky)
    lightness = cv2.cvtColor(albedo, cv2.COLOR_BGR2GRAY)
    full = np.dstack([lit, lightness])
    size = (round((X_TO - X_FROM) * ROUGH_SCALE), round(ACROSS_M * ROUGH_SCALE))
    rough = cv2.GaussianBlur(cv2.resize(lit, size, interpolation=cv2.INTER_AREA), (0, 0), 1.2, sigmaY=3.0)
    rough_wet = cv2.resize(wet, size, interpolation=cv2.INTER_AREA)
    return Street(np.ascontiguousarray(full), np.ascontiguousarray(np.dstack([rough, rough_wet])))


def across_of_wall(z: float, *, is_left: bool) -> float:
    """Return the place across the unrolled street, in metres, of a height on a wall."""
    return SKY_M + HOUSE_M - z if is_left else SKY_M + HOUSE_M + 2 * WALL_Y + z


def _lit(albedo: Texture, glow: Texture, rows: int, columns: int) -> Texture:
    """Light the street with its lamps and with the windows' own glow."""
    coarse = (columns // 8, rows // 8)
    x = X_FROM + (np.arange(coarse[0], dtype=np.float32) + 0.5) * (X_TO - X_FROM) / coarse[0]
    across = (np.arange(coarse[1], dtype=np.float32) + 0.5) * ACROSS_M / coarse[1]
    y = np.clip(SKY_M + HOUSE_M + WALL_Y - across, -WALL_Y, WALL_Y)
    z = np.maximum(0, np.abs(across - ACROSS_M / 2) - WALL_Y)
    normal_y = np.where(z > 0, -np.sign(y), 0.0)[:, np.newaxis]
    normal_z = np.where(z > 0, 0.0, 1.0)[:, np.newaxis]
    light = np.full((coarse[1], coarse[0]), 0.10, dtype=np.float32)
    for lamp_x, lamp_y, lamp_z in LAMPS:
        dx, dy = lamp_x - x[np.newaxis], (lamp_y - y)[:, np.newaxis]
        dz = (lamp_z - z)[:, np.newaxis]
        square = dx * dx + dy * dy + dz * dz
        facing = np.maximum(0, dy * normal_y + dz * normal_z) / np.sqrt(square)
        downward = np.clip(dz / np.sqrt(square) * 1.5 + 0.25, 0, 1)
        light += (26.0 * facing * downward / (square + 4)).astype(np.float32)
    colour = light[..., np.newaxis] * _LAMP_COLOUR
    own = cv2.resize(glow, coarse, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    spill = cv2.GaussianBlur(own, (0, 0), 12) * 0.9 + cv2.GaussianBlur(own, (0, 0), 40) * 0.7
    total = cv2.resize(np.minimum(colour + spill, 1.9) * 100, (columns, rows), interpolation=cv2.INTER_LINEAR)
    lit = cv2.multiply(albedo, np.minimum(total, 255).astype(np.uint8), scale=1 / 100)
    return np.asarray(cv2.add(lit, glow), dtype=np.uint8)


def _open_sky(lit: Texture, rows: int) -> None:
    """Put the glow of a town on low cloud above the roofs; unpainted wall above a low roof is sky too."""
    tall = rows + round((HOUSE_M - _LOWEST_ROOF_M) * SCALE)
    for part in (lit[:tall], lit[::-1][:tall]):
        is_sky = np.asarray(part.max(axis=2, keepdims=True) == 0)
        is_sky[:rows] = True
        np.copyto(part, np.array(_SKY, dtype=np.uint8), where=is_sky)


def _fade_far_ends(lit: Texture, albedo: Texture) -> None:
    """Let the far ends sink into night haze, so that nobody sees where the street stops."""
    columns = lit.shape[1]
    x = X_FROM + (np.arange(columns) + 0.5) * (X_TO - X_FROM) / columns
    share = np.clip(np.minimum((x - X_FROM) / 16, (X_TO - x) / 22), 0, 1)[np.newaxis, :, np.newaxis]
    haze = np.array(_HAZE) * (1 - share)
    lit[:] = np.where(lit.any(axis=2, keepdims=True), np.asarray(lit * share + haze, dtype=np.uint8), 0)
    albedo[:] = np.asarray(albedo * share, dtype=np.uint8)
