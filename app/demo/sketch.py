"""Projects what stands in the scene, lights it, and paints it far to near.

What is out of view is left out early; the rest is projected and lit in one go; then each shape that is seen costs a
call or a few of `app.demo.brush`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.demo.brush import STRIP_SHARES, Tone, outline_limbs, paint_face, paint_limb, paint_sack
from app.demo.lens import Array, Lens, axes_of
from app.demo.light import Light, shine
from app.demo.mesh import Ints, Mesh
from app.demo.rig import CameraPose
from app.demo.truth import Point

_AMBIENT = np.array([0.115, 0.105, 0.10], dtype=np.float32)
_LEAST_PX = 0.35
_LARGEST = 8
_UP = np.array([0, 0, 0.35], dtype=np.float32)


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
        limbs = order[is_round[order] & (counts[order] == 2)]
        ends = starts[limbs][:, np.newaxis] + np.arange(2)
        outlines = iter(outline_limbs(pixels[ends], radii[ends]))
        for place, number in enumerate(order):
            begin, end = starts[number], starts[number] + counts[number]
            if not is_round[number]:
                paint_face(picture, pixels[begin:end], tones[place][0])
            elif end - begin == 2:
                paint_limb(picture, next(outlines), max(radii[begin], radii[end - 1]), tones[place])
            else:
                paint_sack(picture, pixels[begin:end], radii[begin:end], tones[place])

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
    ) -> list[list[Tone]]:
        """Return each shape's colours: from the front, then its strips on the right and on the left."""
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
        strips = [bright[0]]
        strips += [bright[0] * (1 - share) + side * share for side in bright[1:] for share in STRIP_SHARES[1:]]
        levels = np.stack(strips, axis=1) * 255
        return [[(b, g, r) for b, g, r in shape] for shape in levels.astype(np.int64).tolist()]


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis], dtype=np.float32)
