"""Paints the two rows of houses: brick, sash windows with people at home, shops, signs, the door of the story."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.script import DOOR_HEIGHT, DOOR_WIDTH, DOOR_X

Texture = NDArray[np.uint8]
Colour = tuple[int, int, int]

_BRICKS: tuple[Colour, ...] = (
    (58, 74, 112),
    (70, 92, 122),
    (112, 124, 130),
    (60, 66, 96),
    (132, 140, 142),
    (78, 88, 102),
)
_PAINTS: tuple[Colour, ...] = ((70, 48, 26), (36, 62, 34), (34, 30, 92), (60, 60, 62), (92, 70, 40), (40, 78, 104))
_WARM: tuple[Colour, ...] = ((92, 158, 214), (120, 176, 222), (70, 128, 200), (150, 186, 206))
_COOL: Colour = (196, 190, 170)
_LEFT_SHOPS = ("DELI", "HARROW LANE CAFE", "BARBER", "", "LAUNDERETTE", "NEWS & WINE", "", "KEBAB", "PHONES", "",
               "BOOKS", "TAILOR", "", "CHEMIST", "", "FLORIST", "", "")  # fmt: skip
_RIGHT_SHOPS = ("", "FRIED CHICKEN", "", "", "MINI MARKET", "", "BAKERY", "", "", "NAILS", "", "ESTATE AGENT", "", "",
                "", "", "", "")  # fmt: skip


class _Painter:
    """A row of houses seen from the street, upright: x along the street in metres from its left edge, z upwards.

    Args:
        albedo: uint8[rows, columns, 3], the eaves in row 0.
        glow: of the same shape: light that the row gives.
    """

    def __init__(self, albedo: Texture, glow: Texture, scale: int) -> None:
        self.albedo, self.glow, self.scale = albedo, glow, scale
        self.rows = albedo.shape[0]

    def box(self, x: float, z: float, wide: float, high: float, colour: Colour, *, shines: bool = False) -> None:
        """Fill a rectangle whose lower left corner is at (x, z)."""
        left, right = max(0, round(x * self.scale)), max(0, round((x + wide) * self.scale))
        top, low = max(0, self.rows - round((z + high) * self.scale)), self.rows - round(z * self.scale)
        (self.glow if shines else self.albedo)[top:low, left:right] = colour

    def text(self, text: str, x: float, z: float, high: float, colour: Colour, *, mirrored: bool) -> None:
        """Write letters that shine."""
        size = high * self.scale / 22
        (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, 2)
        patch = np.zeros((tall + 12, wide + 8, 3), dtype=np.uint8)
        cv2.putText(patch, text, (4, tall + 4), cv2.FONT_HERSHEY_DUPLEX, size, colour, 2, cv2.LINE_AA)
        if mirrored:
            patch = patch[:, ::-1]
        left, top = round(x * self.scale) - wide // 2, self.rows - round(z * self.scale) - tall
        if left >= 0 and top >= 0:
            part = self.glow[top : top + patch.shape[0], left : left + patch.shape[1]]
            np.maximum(part, patch[: part.shape[0], : part.shape[1]], out=part)


def paint_row(
    albedo: Texture, glow: Texture, chance: np.random.Generator, scale: int, x_from: float, *, is_left: bool
) -> None:
    """Paint one side of the street in place.

    Args:
        albedo: uint8[rows, columns, 3], row 0 at the eaves, the last row at the pavement.
        glow: of the same shape, black before: light of windows and signs.
        chance: of colours and of who is at home.
        scale: texels a metre.
        x_from: x of the first column in the street, metres.
        is_left: the left row has the story's door; the right row is seen with x running to the left.
    """
    paint = _Painter(albedo, glow, scale)
    length = albedo.shape[1] / scale
    x, number = 0.0, 0
    shops = _LEFT_SHOPS if is_left else _RIGHT_SHOPS
    while x < length:
        wide = float(chance.uniform(5.4, 7.0))
        _house(paint, chance, x, wide)
        has_door = is_left and x <= DOOR_X - x_from < x + wide
        sign = shops[number % len(shops)]
        if has_door:
            _plain_ground_floor(paint, chance, x, wide)
        elif sign:
            _shop(paint, chance, x, wide, sign, mirrored=not is_left)
        else:
            _plain_ground_floor(paint, chance, x, wide)
            _front_door(paint, chance, x + wide * 0.72)
        x, number = x + wide, number + 1
    if is_left:
        _story_door(paint, DOOR_X - x_from)
    dirt = cv2.resize(chance.normal(1, 0.09, (albedo.shape[0] // 9, albedo.shape[1] // 9)).astype(np.float32),
                      (albedo.shape[1], albedo.shape[0]))  # fmt: skip
    albedo[:] = np.clip(albedo * dirt[..., np.newaxis], 0, 255).astype(np.uint8)


def _house(paint: _Painter, chance: np.random.Generator, x: float, wide: float) -> None:
    """Paint brick, two floors of sash windows, the eaves and a rain pipe."""
    colour = _BRICKS[int(chance.integers(len(_BRICKS)))]
    high = float(chance.choice([7.4, 8.0, 8.6]))
    paint.box(x, 0, wide, 9.0, (0, 0, 0))
    paint.box(x, 8.2 if high < 8.2 else 8.9, wide, 0.9, (0, 0, 0))
    paint.box(x, 0, wide, high, colour)
    _bricks(paint, chance, x, wide, high)
    paint.box(x, high - 0.14, wide, 0.14, (150, 152, 152))
    paint.box(x + wide - 0.12, 0.1, 0.1, high - 0.2, (38, 38, 40))
    count = 2 if wide < 6.2 else 3
    for floor in (3.55, 5.75):
        for place in range(count):
            _window(paint, chance, x + wide * (place + 0.5) / count - 0.5, floor)


def _bricks(paint: _Painter, chance: np.random.Generator, x: float, wide: float, high: float) -> None:
    left, right = round(x * paint.scale), min(paint.albedo.shape[1], round((x + wide) * paint.scale))
    part = paint.albedo[paint.rows - round(high * paint.scale) : paint.rows, left:right]
    if not part.size:
        return
    course = max(3, round(0.075 * paint.scale))
    tones = chance.normal(1, 0.11, (part.shape[0] // course + 1, part.shape[1] // (course * 3) + 1)).astype(np.float32)
    size = (tones.shape[1] * course * 3, tones.shape[0] * course)
    bricks = cv2.resize(tones, size, interpolation=cv2.INTER_NEAREST)
    bricks[::course] = bricks[::course] * 0.8
    part[:] = np.clip(part * bricks[: part.shape[0], : part.shape[1], np.newaxis], 0, 255).astype(np.uint8)


def _window(paint: _Painter, chance: np.random.Generator, x: float, z: float) -> None:
    """Paint a sash window: dark, curtained, or lit by somebody at home or by a television."""
    paint.box(x - 0.1, z - 0.12, 1.2, 0.12, (150, 154, 154))
    paint.box(x - 0.07, z, 1.14, 1.62, (168, 170, 168))
    paint.box(x, z + 0.05, 1.0, 1.5, (30, 26, 22))
    if chance.random() < 0.34:
        colour = _WARM[int(chance.integers(len(_WARM)))]
        dim = float(chance.uniform(0.35, 0.95))
        shade = (int(colour[0] * dim), int(colour[1] * dim), int(colour[2] * dim))
        paint.box(x, z + 0.05, 1.0, 1.5, shade, shines=True)
        curtain = (shade[0] // 2, shade[1] // 2, int(shade[2] * 0.6))
        for edge in (0.0, 0.78):
            paint.box(x + edge, z + 0.05, 0.22, 1.5, curtain, shines=True)
        for bar in ((x + 0.47, z + 0.05, 0.06, 1.5), (x, z + 0.77, 1.0, 0.06)):
            paint.box(*bar, (20, 26, 34), shines=True)
    paint.box(x + 0.47, z + 0.05, 0.05, 1.5, (150, 152, 150))
    paint.box(x, z + 0.77, 1.0, 0.05, (150, 152, 150))


def _plain_ground_floor(paint: _Painter, chance: np.random.Generator, x: float, wide: float) -> None:
    paint.box(x, 0, wide - 0.12, 0.5, (70, 72, 74))
    _window(paint, chance, x + 0.7, 1.0)
    if wide > 6.4:
        _window(paint, chance, x + 2.3, 1.0)


def _front_door(paint: _Painter, chance: np.random.Generator, x: float) -> None:
    colour = _PAINTS[int(chance.integers(len(_PAINTS)))]
    paint.box(x - 0.1, 0, 1.15, 2.6, (150, 152, 152))
    paint.box(x, 0.08, 0.95, 2.0, colour)
    light = (60, 110, 150) if chance.random() < 0.5 else (24, 24, 24)
    paint.box(x, 2.12, 0.95, 0.38, light, shines=True)
    for panel in ((0.14, 0.3), (0.54, 0.3), (0.14, 1.15), (0.54, 1.15)):
        paint.box(x + panel[0], panel[1], 0.28, 0.7, (colour[0] * 2 // 3, colour[1] * 2 // 3, colour[2] * 2 // 3))


def _shop(paint: _Painter, chance: np.random.Generator, x: float, wide: float, sign: str, *, mirrored: bool) -> None:
    """Paint a shop front: lit, or closed behind a shutter."""
    paint_colour = _PAINTS[int(chance.integers(len(_PAINTS)))]
    paint.box(x + 0.1, 0, wide - 0.3, 3.2, paint_colour)
    is_open = chance.random() < 0.62
    light = _WARM[int(chance.integers(len(_WARM)))] if chance.random() < 0.7 else _COOL
    glass = (x + 0.35, 0.55, wide - 2.0, 2.0)
    if is_open:
        paint.box(*glass, light, shines=True)
        _shelves(paint, chance, glass, light)
        paint.box(
            x + wide - 1.45, 0.1, 0.95, 2.2, (light[0] * 3 // 4, light[1] * 3 // 4, light[2] * 3 // 4), shines=True
        )
    else:
        for slat in np.arange(0.1, 2.5, 0.11):
            paint.box(x + 0.35, float(slat), wide - 0.8, 0.08, (104, 106, 104))
    for post in np.linspace(x + 0.35, x + wide - 1.65, 4):
        paint.box(float(post), 0.5, 0.07, 2.1, paint_colour)
        paint.box(float(post), 0.5, 0.07, 2.1, (12, 14, 16), shines=True)
    bright = chance.random() < 0.6
    if bright:
        board = (int(paint_colour[0] * 1.3), int(paint_colour[1] * 1.3), int(paint_colour[2] * 1.3))
        paint.box(x + 0.15, 2.72, wide - 0.4, 0.55, board, shines=True)
    colour: Colour = (208, 226, 236) if bright else (110, 130, 140)
    paint.text(sign, x + wide / 2, 2.82, 0.30, colour, mirrored=mirrored)


def _shelves(
    paint: _Painter, chance: np.random.Generator, glass: tuple[float, float, float, float], light: Colour
) -> None:
    """Put goods behind a shop window, dark against its light."""
    x, z, wide, high = glass
    for level in (0.0, 0.5, 1.0):
        at = x
        while at < x + wide - 0.25:
            tall = float(chance.uniform(0.12, 0.42))
            dim = float(chance.uniform(0.15, 0.7))
            tint = [int(light[part] * dim * chance.uniform(0.5, 1.2)) for part in range(3)]
            paint.box(at, z + level, 0.22, tall, (min(255, tint[0]), min(255, tint[1]), min(255, tint[2])), shines=True)
            at += float(chance.uniform(0.22, 0.6))
    paint.box(x, z + high - 0.16, wide, 0.05, (225, 236, 240), shines=True)


def _story_door(paint: _Painter, x: float) -> None:
    """Paint the doorway of the story: a lit hall, which the door's leaf hides while it is shut."""
    left = x - DOOR_WIDTH / 2
    paint.box(left - 0.14, 0, DOOR_WIDTH + 0.28, DOOR_HEIGHT + 0.6, (150, 152, 152))
    paint.box(left, 0, DOOR_WIDTH, DOOR_HEIGHT, (60, 70, 80))
    paint.box(left, 0, DOOR_WIDTH, DOOR_HEIGHT, (118, 176, 224), shines=True)
    paint.box(left, 0, DOOR_WIDTH, 0.5, (70, 108, 150), shines=True)
    paint.box(left + 0.12, 0.5, 0.2, 1.3, (84, 128, 176), shines=True)
    paint.box(left, DOOR_HEIGHT + 0.06, DOOR_WIDTH, 0.4, (70, 120, 160), shines=True)
    paint.box(left, DOOR_HEIGHT, DOOR_WIDTH, 0.06, (12, 14, 16), shines=True)
