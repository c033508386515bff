"""Fills the outlines of faces, limbs and sacks in a picture, limbs with their two sides lit apart.

The outlines of all limbs are worked out together; then each fill is one call of OpenCV, which takes most of the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.lens import Array

Tone = tuple[int, int, int]
"""Blue, green, red: 0 to 255."""

STRIP_SHARES = (0.0, 0.45, 1.0)
"""How much of a side's light the middle, the inner strip and the outer strip of a round shape get."""

_SHIFT = 4
_ONE = 1 << _SHIFT
_FINE_PX, _LARGE_PX = 3.0, 8.0
_MOVED = np.array([0, 0.42, 0.68, -0.42, -0.68], dtype=np.float32)
_WIDTH = np.array([1, 0.58, 0.32, 0.58, 0.32], dtype=np.float32)
_HALF_TURN = np.linspace(0, np.pi, 6)
_ROUND = np.stack([np.cos(_HALF_TURN), np.sin(_HALF_TURN)], axis=1).astype(np.float32)
_CIRCLE = np.stack([np.cos(np.arange(10) * np.pi / 5), np.sin(np.arange(10) * np.pi / 5)], axis=1).astype(np.float32)

Outlines = NDArray[np.int32]


def outline_limbs(ends: Array, radii: Array) -> Outlines:
    """Return the outlines of limbs: two round ends joined.

    Args:
        ends: float32[limbs, 2, 2], pixels of both ends.
        radii: float32[limbs, 2], pixels.

    Returns:
        int32[limbs, 5, 12, 2] in sixteenths of a pixel: the whole limb, then its inner and outer strip on the
        picture's right, then on its left.
    """
    along = ends[:, 1] - ends[:, 0]
    length = np.sqrt((along * along).sum(axis=1))[:, np.newaxis]
    along = np.where(length > 1e-3, along / np.maximum(length, 1e-3), np.array([0, 1], dtype=np.float32))
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    across *= np.where(across[:, :1] < 0, -1, 1)
    rim = _ROUND[:, :1] * across[:, np.newaxis] + _ROUND[:, 1:] * along[:, np.newaxis]
    back = _ROUND[:, :1] * -across[:, np.newaxis] - _ROUND[:, 1:] * along[:, np.newaxis]
    rims = np.stack([rim, back], axis=1)[:, np.newaxis]
    shifts = across[:, np.newaxis, np.newaxis] * (radii[:, np.newaxis] * _MOVED[:, np.newaxis])[..., np.newaxis]
    middles = (ends[:, np.newaxis] + shifts)[:, :, ::-1, np.newaxis]
    widths = (radii[:, np.newaxis] * _WIDTH[:, np.newaxis])[:, :, ::-1, np.newaxis, np.newaxis]
    outlines = (middles + rims * widths).reshape(len(ends), len(_MOVED), -1, 2)
    return np.asarray(outlines * _ONE, dtype=np.int32)


def paint_face(picture: NDArray[np.uint8], corners: Array, tone: Tone) -> None:
    """Fill a face."""
    _fill(picture, (corners * _ONE).astype(np.int32), tone)


def paint_limb(picture: NDArray[np.uint8], outlines: Outlines, radius: float, tones: Sequence[Tone]) -> None:
    """Fill a limb and, where it is large enough to show, the strips on its sides.

    Args:
        picture: BGR, in place.
        outlines: of `outline_limbs`, int32[5, 12, 2].
        radius: the larger one, pixels.
        tones: of the whole and of the four strips.
    """
    places = (0, 1, 2, 3, 4) if radius > _LARGE_PX else (0, 1, 3) if radius > _FINE_PX else (0,)
    for place in places:
        _fill(picture, outlines[place], tones[place])


def paint_sack(picture: NDArray[np.uint8], balls: Array, radii: Array, tones: Sequence[Tone]) -> None:
    """Fill a sack over balls, and strips over the balls on its right and its left.

    Args:
        picture: BGR, in place.
        balls: float32[n, 2], pixels.
        radii: float32[n], pixels.
        tones: of the whole and of the four strips.
    """
    _fill(picture, _hull(balls, radii), tones[0])
    if float(radii.max()) < _FINE_PX:
        return
    order = np.argsort(balls[:, 0], kind="stable")
    half = len(order) // 2
    for place in (1, 2, 3, 4):
        near = order[half:] if place < 3 else order[:half]
        moved = balls[near]
        moved[:, 0] += radii[near] * _MOVED[place]
        _fill(picture, _hull(moved, radii[near] * _WIDTH[place]), tones[place])


def _fill(picture: NDArray[np.uint8], outline: Outlines, tone: Tone) -> None:
    cv2.fillConvexPoly(picture, outline, tone, cv2.LINE_AA, _SHIFT)


def _hull(balls: Array, radii: Array) -> Outlines:
    """Return the outline of a sack over balls."""
    spots = (balls[:, np.newaxis] + _CIRCLE[np.newaxis] * radii[:, np.newaxis, np.newaxis]).reshape(-1, 2)
    return (np.asarray(cv2.convexHull(spots)[:, 0]) * _ONE).astype(np.int32)
