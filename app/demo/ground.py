"""Paints the ground of Harrow Lane: wet asphalt, kerbs, paving, lines, drains, puddles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.script import KERB_Y, WALL_Y

Texture = NDArray[np.uint8]


def paint_ground(
    albedo: Texture, wet: NDArray[np.uint8], chance: np.random.Generator, scale: int, x_from: float
) -> None:
    """Paint the ground in place.

    Args:
        albedo: uint8[rows, columns, 3], from the left wall to the right one.
        wet: uint8[rows, columns], how much it mirrors.
        chance: of grain, slabs and puddles.
        scale: texels a metre.
        x_from: x of the first column, metres.
    """
    rows, columns = wet.shape
    grain = _grain(chance, rows, columns)
    albedo[:] = np.clip(58 + grain * 13, 5, 255).astype(np.uint8)[..., np.newaxis]
    _patches(albedo, chance, scale)
    for side in (1, -1):
        _pavement(albedo, grain, chance, scale, side)
        _lines(albedo, scale, side)
    for x in np.arange(x_from + 2, x_from + columns / scale, 6.0):
        _bar(albedo, scale, (x - x_from, x - x_from + 2.2), (0.06, -0.06), (168, 172, 172))
    _drains(albedo, chance, scale, columns)
    pools = cv2.resize(chance.standard_normal((rows // 48, columns // 60)).astype(np.float32), (columns, rows),
                       interpolation=cv2.INTER_CUBIC)  # fmt: skip
    wet[:] = np.clip(92 + pools * 46 + grain * 12, 20, 255).astype(np.uint8)
    road = slice(_row(scale, KERB_Y), _row(scale, -KERB_Y))
    dry = np.ones((rows, 1), dtype=np.float32) * 0.5
    dry[road] = 1.0
    wet[:] = np.asarray(wet * dry, dtype=np.uint8)
    albedo[:] = np.asarray(albedo * (1 - wet[..., np.newaxis] / 255 * 0.42), dtype=np.uint8)


def _grain(chance: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    fine = chance.standard_normal((rows, columns)).astype(np.float32)
    middle = cv2.resize(chance.standard_normal((rows // 6, columns // 6)).astype(np.float32), (columns, rows))
    broad = cv2.resize(chance.standard_normal((rows // 40, columns // 60)).astype(np.float32), (columns, rows))
    return np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.9) * 1.1 + middle * 0.45 + broad * 0.5, dtype=np.float32)


def _row(scale: int, y: float) -> int:
    return round((WALL_Y - y) * scale)


def _bar(
    albedo: Texture, scale: int, along: tuple[float, float], across: tuple[float, float], colour: tuple[int, int, int]
) -> None:
    """Lay a worn rectangle of paint; `along` from the texture's left edge, `across` from high to low y, metres."""
    columns = slice(max(0, round(along[0] * scale)), round(along[1] * scale))
    part = albedo[_row(scale, across[0]) : _row(scale, across[1]), columns]
    worn = part.astype(np.float32) / 58 * 0.35 + 0.55
    part[:] = np.clip(np.array(colour) * np.clip(worn, 0.2, 1.1), 0, 255).astype(np.uint8)


def _patches(albedo: Texture, chance: np.random.Generator, scale: int) -> None:
    """Lay where the road was dug up and filled again, and the seams of that."""
    columns = albedo.shape[1]
    for _ in range(26):
        x, y = chance.integers(0, columns), _row(scale, float(chance.uniform(-4, 3)))
        wide, high = (int(chance.uniform(0.8, 5) * scale), int(chance.uniform(0.4, 1.4) * scale))
        part = albedo[y : y + high, x : x + wide]
        part[:] = np.asarray(part * chance.uniform(0.72, 1.2), dtype=np.uint8).clip(0, 110)
        cv2.rectangle(albedo, (int(x), y), (int(x) + wide, y + high), (30, 30, 30), 1)


def _pavement(albedo: Texture, grain: NDArray[np.float32], chance: np.random.Generator, scale: int, side: int) -> None:
    """Lay paving slabs and the kerb stones on one side."""
    top, low = sorted((_row(scale, side * WALL_Y), _row(scale, side * KERB_Y)))
    columns = albedo.shape[1]
    slabs = albedo[top:low]
    slabs[:] = np.clip(96 + grain[top:low] * 11, 10, 255).astype(np.uint8)[..., np.newaxis]
    slabs[..., 0] = np.asarray(slabs[..., 0] * 0.93, dtype=np.uint8)
    high, wide = round(0.6 * scale), round(0.9 * scale)
    for band, y in enumerate(range(0, low - top, high)):
        for x in range(-wide * (band % 2) // 2, columns, wide):
            part = slabs[y : y + high, max(0, x) : x + wide]
            part[:] = np.asarray(part * chance.uniform(0.82, 1.12), dtype=np.uint8)
            cv2.rectangle(slabs, (x, y), (x + wide, y + high), (52, 54, 56), 1)
    kerb = sorted((_row(scale, side * KERB_Y), _row(scale, side * (KERB_Y - 0.16))))
    albedo[kerb[0] : kerb[1]] = (128, 134, 138)
    for x in range(0, columns, scale):
        albedo[kerb[0] : kerb[1], x : x + 2] = (60, 62, 64)
    gutter = sorted((_row(scale, side * (KERB_Y - 0.16)), _row(scale, side * (KERB_Y - 0.42))))
    albedo[gutter[0] : gutter[1]] = np.asarray(albedo[gutter[0] : gutter[1]] * 0.62, dtype=np.uint8)


def _lines(albedo: Texture, scale: int, side: int) -> None:
    """Paint double yellow lines along a kerb."""
    length = albedo.shape[1] / scale
    for inner in (0.5, 0.68):
        top, low = sorted((side * (KERB_Y - inner), side * (KERB_Y - inner - 0.075)), reverse=True)
        _bar(albedo, scale, (0, length), (top, low), (52, 168, 190))


def _drains(albedo: Texture, chance: np.random.Generator, scale: int, columns: int) -> None:
    for number in range(columns // (11 * scale)):
        x = int((number + chance.uniform(0.2, 0.8)) * 11 * scale)
        y = _row(scale, (KERB_Y - 0.42) * (1 if number % 2 else -1))
        cv2.rectangle(albedo, (x, y - scale // 5), (x + scale // 2, y + scale // 5), (22, 22, 22), -1)
        for bar in range(0, scale // 2, 4):
            cv2.line(albedo, (x + bar, y - scale // 5), (x + bar, y + scale // 5), (70, 70, 70), 1)
        middle = (x + 4 * scale, _row(scale, float(chance.uniform(-2.5, 2.5))))
        cv2.circle(albedo, middle, scale // 3, (44, 46, 48), -1, cv2.LINE_AA)
        cv2.circle(albedo, middle, scale // 3, (26, 26, 26), 2, cv2.LINE_AA)
