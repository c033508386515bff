"""Projects what stands in the scene, lights it, and paints it far to near.

What is out of view is left out early; the rest is projected and lit in one go; then each shape that is seen costs a
call or a few of OpenCV.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.lens import Array, Lens, axes_of
from app.demo.light import Light, shine
from app.demo.mesh import Ints, Mesh
from app.demo.rig import CameraPose
from app.demo.truth import Point

_SHIFT = 4
_ONE = 1 << _SHIFT
_AMBIENT = np.array([0.115, 0.105, 0.10], dtype=np.float32)
_FINE_PX, _LARGE_PX = 3.5, 9.0
_LEAST_PX = 0.35
_LARGEST = 8
_UP = np.array([0, 0, 0.35], dtype=np.float32)
_ROUND = np.stack([np.cos(np.linspace(0, np.pi, 6)), np.sin(np.linspace(0, np.pi, 6))], axis=1).astype(np.float32)
_CIRCLE = np.stack([np.cos(np.arange(10) * np.pi / 5), np.sin(np.arange(10) * np.pi / 5)], axis=1).astype(np.float32)
_STRIPS = ((0.42, 0.58, 0.45), (0.68, 0.32, 1.0))
_ONE_STRIP = ((0.55, 0.45, 0.8),)
"""How a limb's side is shaded: how far from its axis, how wide, how much of the side's light."""


class Sketch:
    """Paints things into pictures of one camera at one instant.

    Args:
        lens: of the camera.
        pose: of the camera.
        lights: that shine on things.
    """

    def __init__(self, lens: Lens, pose: CameraPose, lights: Sequence[Light]) -> None:
        self._lens, self._lights = lens, lights
        self._eye = np.asarray(pose.position, dtype=np.float32)
        self._axes = axes_of(pose)

    def find_seen(self, middles: Sequence[Point], reaches: Sequence[float]) -> list[bool]:
        """Tell for each of many balls whether any of it may be in the picture.

        Args:
            middles: of the balls.
            reaches: their radii, metres.
        """
        away = np.asarray(middles, dtype=np.float32) - self._eye
        offsets = np.asarray(away @ self._axes.T, dtype=np.float32)
        reach = np.asarray(reaches, dtype=np.float32)
        pixels, scales = self._lens.project(offsets)
        span = (1.6 * reach * scales)[:, np.newaxis]
        size = np.array([self._lens.width, self._lens.height], dtype=np.float32)
        is_near = np.einsum("ij,ij->i", offsets, offsets) <= (reach + 0.2) ** 2
        is_inside = ((pixels > -span) & (pixels < size + span)).all(axis=1) & (scales > 0)
        is_beside = (scales == 0) & (offsets[:, 2] > -reach)
        return [bool(one) for one in is_near | is_inside | is_beside]

    def paint(self, picture: NDArray[np.uint8], things: Sequence[Mesh]) -> None:
        """Paint things into a picture in place, far to near."""
        is_seen = self.find_seen([thing.middle for thing in things], [thing.reach for thing in things])
        seen = [thing for thing, one in zip(things, is_seen, strict=True) if one]
        if not seen:
            return
        seen.sort(key=lambda thing: -self._distance(thing.middle))
        points = np.concatenate([thing.points for thing in seen])
        counts = np.concatenate([thing.counts for thing in seen])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        pixels, scales = self._lens.project((points - self._eye) @ self._axes.T)
        radii = np.concatenate([thing.radii for thing in seen]) * scales
        middles = np.asarray(np.add.reduceat(points, starts) / counts[:, np.newaxis], dtype=np.float32)
        is_visible = self._visible(starts, pixels, scales, radii) & self._facing(seen, points[starts])
        order = self._order(seen, middles, is_visible)
        is_round = np.concatenate([thing.is_round for thing in seen])
        tones = self._tones(seen, middles, is_round, order)
        for place, number in enumerate(order):
            begin, end = starts[number], starts[number] + counts[number]
            _paint_shape(picture, pixels[begin:end], radii[begin:end] if is_round[number] else None, tones[place])

    def _distance(self, point: Point) -> float:
        away = self._eye - np.asarray(point, dtype=np.float32)
        return float(away @ away)

    def _facing(self, seen: Sequence[Mesh], corners: Array) -> NDArray[np.bool_]:
        """Return which shapes turn towards the camera; what is round always does."""
        normals = np.concatenate([thing.normals for thing in seen])
        turned = np.einsum("ij,ij->i", self._eye - corners, normals) > 0
        return np.asarray(turned | ~normals.any(axis=1), dtype=np.bool_)

    def _visible(self, starts: Ints, pixels: Array, scales: Array, radii: Array) -> NDArray[np.bool_]:
        """Return which shapes are wholly before the camera and touch the picture; bool[shapes]."""
        low = np.minimum.reduceat(pixels - radii[:, np.newaxis], starts)
        high = np.maximum.reduceat(pixels + radii[:, np.newaxis], starts)
        span = high - low
        return np.asarray(
            (np.minimum.reduceat(scales, starts) > 0)
            & (high > 0).all(axis=1)
            & (low[:, 0] < self._lens.width)
            & (low[:, 1] < self._lens.height)
            & (span.max(axis=1) < _LARGEST * self._lens.width)
            & (span.max(axis=1) > _LEAST_PX)
        )

    def _order(self, seen: Sequence[Mesh], middles: Array, is_visible: NDArray[np.bool_]) -> Ints:
        """Return the visible shapes in the order of painting: thing by thing, layer by layer, far to near."""
        away = self._eye - middles
        rank = np.repeat(np.arange(len(seen)), [len(thing.counts) for thing in seen])
        layers = np.concatenate([thing.layers for thing in seen])
        order = np.lexsort((-np.einsum("ij,ij->i", away, away), layers, rank))
        return np.asarray(order[is_visible[order]], dtype=np.int64)

    def _tones(
        self, seen: Sequence[Mesh], middles: Array, is_round: NDArray[np.bool_], order: Ints
    ) -> list[list[tuple[int, ...]]]:
        """Return each shape's colours seen from the front, on its right and on its left; of faces the first counts."""
        at = middles[order]
        front = _unit(self._eye - at)
        own = np.concatenate([thing.normals for thing in seen])[order]
        right = self._axes[0]
        normals = [np.where(is_round[order][:, np.newaxis], _unit(front + _UP), own)]
        normals += [_unit(front * 0.3 + right), _unit(front * 0.3 - right)]
        light = shine(self._lights, np.tile(at, (3, 1)), np.concatenate(normals)) + _AMBIENT
        albedo = np.concatenate([thing.colours for thing in seen])[order]
        shines = np.concatenate([thing.shines for thing in seen])[order]
        bright = albedo * light.reshape(3, -1, 3) + shines
        bright = np.where(bright > 0.7, 0.7 + 0.3 * np.tanh((bright - 0.7) / 0.45), bright)
        levels = (bright * 255).astype(np.int64).transpose(1, 0, 2)
        return [[tuple(tone) for tone in shape] for shape in levels.tolist()]


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis], dtype=np.float32)


def _paint_shape(
    picture: NDArray[np.uint8], pixels: Array, radii: Array | None, tones: Sequence[tuple[int, ...]]
) -> None:
    if radii is None:
        _fill(picture, pixels, tones[0])
    elif len(radii) > 2:
        _paint_sack(picture, pixels, radii, tones)
    else:
        _paint_limb(picture, pixels, radii, tones)


def _paint_limb(picture: NDArray[np.uint8], pixels: Array, radii: Array, tones: Sequence[tuple[int, ...]]) -> None:
    """Paint a limb with its two sides lit apart, so that it looks round."""
    across = _across(pixels)
    rim = _ends(across)
    _fill(picture, _capsule(pixels, radii, rim), tones[0])
    if max(radii[0], radii[1]) < _FINE_PX:
        return
    turn = 1.0 if across[0] >= 0 else -1.0
    strips = _STRIPS if max(radii[0], radii[1]) > _LARGE_PX else _ONE_STRIP
    for tone, side in ((tones[1], turn), (tones[2], -turn)):
        for shift, width, mix in strips:
            mixed = tuple(round(a + (b - a) * mix) for a, b in zip(tones[0], tone, strict=True))
            moved = pixels + across * (radii * (shift * side))[:, np.newaxis]
            _fill(picture, _capsule(moved, radii * np.float32(width), rim), mixed)


def _paint_sack(picture: NDArray[np.uint8], pixels: Array, radii: Array, tones: Sequence[tuple[int, ...]]) -> None:
    """Paint a sack over balls with its two sides lit apart."""
    _fill(picture, _hull(pixels, radii), tones[0])
    if max(radii) < _FINE_PX:
        return
    order = np.argsort(pixels[:, 0])
    half = len(order) // 2
    for tone, side, near in ((tones[1], 1.0, order[half:]), (tones[2], -1.0, order[:half])):
        for shift, width, mix in _STRIPS:
            mixed = tuple(round(a + (b - a) * mix) for a, b in zip(tones[0], tone, strict=True))
            moved = pixels[near]
            moved[:, 0] += radii[near] * (shift * side)
            _fill(picture, _hull(moved, radii[near] * np.float32(width)), mixed)


def _fill(picture: NDArray[np.uint8], polygon: Array, colour: tuple[int, ...]) -> None:
    cv2.fillConvexPoly(picture, (polygon * _ONE).astype(np.int32), colour, cv2.LINE_AA, _SHIFT)


def _across(pixels: Array) -> Array:
    """Return the unit vector across a limb."""
    x, y = float(pixels[1, 0] - pixels[0, 0]), float(pixels[1, 1] - pixels[0, 1])
    length = (x * x + y * y) ** 0.5
    return np.array([y / length, -x / length] if length > 1e-3 else [1, 0], dtype=np.float32)


def _ends(across: Array) -> Array:
    """Return half circles for a limb's second and first end; float32[2, 6, 2]."""
    turn = np.array([[across[0], across[1]], [-across[1], across[0]]], dtype=np.float32)
    half = _ROUND @ turn
    return np.stack([half, -half])


def _capsule(pixels: Array, radii: Array, ends: Array) -> Array:
    """Return the outline of a limb: two round ends joined."""
    outline = pixels[::-1, np.newaxis] + ends * radii[::-1, np.newaxis, np.newaxis]
    return np.asarray(outline.reshape(-1, 2), dtype=np.float32)


def _hull(pixels: Array, radii: Array) -> Array:
    """Return the outline of a sack over balls."""
    spots = (pixels[:, np.newaxis] + _CIRCLE[np.newaxis] * radii[:, np.newaxis, np.newaxis]).reshape(-1, 2)
    return np.asarray(cv2.convexHull(spots)[:, 0], dtype=np.float32)
