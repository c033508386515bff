"""Collects what stands in the scene as coloured faces and limbs, lights them, and paints them far to near.

Everything is gathered first and projected and lit in one go; then each shape costs one call of OpenCV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.lens import Array, Lens, axes_of
from app.demo.light import Light, shine
from app.demo.rig import CameraPose
from app.demo.truth import Point

Colour = tuple[float, float, float]
"""Blue, green, red of a surface: 0 to 1."""

_SHIFT = 4
_ONE = 1 << _SHIFT
_AMBIENT = np.array([0.115, 0.105, 0.10], dtype=np.float32)
_FINE_PX = 3.0
_ROUND = np.stack([np.cos(np.linspace(0, np.pi, 6)), np.sin(np.linspace(0, np.pi, 6))], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Shape:
    """One face, limb or hull.

    Attributes:
        points: corners of a face, both ends of a limb, or middles of a hull's balls; metres.
        radii: of a limb's ends or a hull's balls, metres; empty for a face.
        colour: of the surface.
        normal: of a face; limbs and hulls are round.
        shines: light of its own, added.
        layer: shapes of one thing are painted by layer, then far to near.
    """

    points: Sequence[Point] | Array
    radii: tuple[float, ...]
    colour: Colour
    normal: Point | None = None
    shines: Colour = (0.0, 0.0, 0.0)
    layer: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is painted as a whole, so that its shapes do not mix with its neighbours'.

    Attributes:
        middle: decides which of two things is nearer.
    """

    middle: Point
    shapes: list[Shape]


class Sketch:
    """Paints things into one picture.

    Args:
        lens: of the camera.
        pose: of the camera.
        lights: that shine on things.
    """

    def __init__(self, lens: Lens, pose: CameraPose, lights: Sequence[Light]) -> None:
        self._lens, self._lights = lens, lights
        self._eye = np.asarray(pose.position, dtype=np.float32)
        self._axes = axes_of(pose)

    def paint(self, picture: NDArray[np.uint8], things: Sequence[Thing]) -> None:
        """Paint things into a picture in place, far to near."""
        shapes = [shape for thing in self._sorted(things) for shape in self._by_depth(thing)]
        if not shapes:
            return
        points = np.concatenate([np.asarray(shape.points, dtype=np.float32) for shape in shapes])
        pixels, scales = self._lens.project((points - self._eye) @ self._axes.T)
        colours = self._lit(shapes)
        at = 0
        for number, shape in enumerate(shapes):
            count = len(shape.points)
            part, scale = pixels[at : at + count], scales[at : at + count]
            at += count
            if scale.all() and self._is_facing(shape) and self._is_inside(part, scale):
                self._paint_shape(picture, shape, part, scale, colours[number])

    def _sorted(self, things: Sequence[Thing]) -> list[Thing]:
        return sorted(things, key=lambda thing: -self._distance(thing.middle))

    def _by_depth(self, thing: Thing) -> list[Shape]:
        return sorted(thing.shapes, key=lambda shape: (shape.layer, -self._distance(_middle(shape))))

    def _distance(self, point: Point) -> float:
        x, y, z = (float(part) for part in self._eye)
        return (point[0] - x) ** 2 + (point[1] - y) ** 2 + (point[2] - z) ** 2

    def _lit(self, shapes: Sequence[Shape]) -> NDArray[np.uint8]:
        """Return each shape's colours seen from the front, on its right and on its left; uint8[shapes, 3, 3]."""
        middles = np.array([_middle(shape) for shape in shapes], dtype=np.float32)
        front = self._eye - middles
        front /= np.sqrt((front * front).sum(axis=1))[:, np.newaxis]
        right = np.broadcast_to(self._axes[0], front.shape)
        own = np.array([shape.normal or (0, 0, 0) for shape in shapes], dtype=np.float32)
        is_face = own.any(axis=1)[:, np.newaxis]
        faces = [
            np.where(is_face, own, _unit(front + 0.35 * _UP)),
            _unit(right + 0.3 * front),
            _unit(0.3 * front - right),
        ]
        light = np.stack(
            [shine(self._lights, middles, normal.astype(np.float32)) + _AMBIENT for normal in faces], axis=1
        )
        albedo = np.array([shape.colour for shape in shapes], dtype=np.float32)[:, np.newaxis]
        shines = np.array([shape.shines for shape in shapes], dtype=np.float32)[:, np.newaxis]
        return np.asarray(np.clip(_rolled_off(albedo * light + shines) * 255, 0, 255), dtype=np.uint8)

    def _is_facing(self, shape: Shape) -> bool:
        if shape.normal is None:
            return True
        point, normal = shape.points[0], shape.normal
        return sum((float(self._eye[axis]) - point[axis]) * normal[axis] for axis in range(3)) > 0

    def _is_inside(self, pixels: Array, scales: Array) -> bool:
        reach = 0.4 * float(scales.max())
        low, high = pixels.min(axis=0) - reach, pixels.max(axis=0) + reach
        if high[0] < 0 or high[1] < 0 or low[0] > self._lens.width or low[1] > self._lens.height:
            return False
        return float((high - low).max()) < 8 * self._lens.width

    def _paint_shape(
        self, picture: NDArray[np.uint8], shape: Shape, pixels: Array, scales: Array, colours: NDArray[np.uint8]
    ) -> None:
        tones = [tuple(int(part) for part in colour) for colour in colours]
        if not shape.radii:
            _fill(picture, pixels, tones[0])
            return
        radii = np.asarray(shape.radii, dtype=np.float32) * scales
        if len(radii) > 2:
            _fill(picture, _hull(pixels, radii), tones[0])
            return
        _fill(picture, _capsule(pixels, radii), tones[0])
        if radii.max() < _FINE_PX:
            return
        across = _across(pixels)
        for tone, side in ((tones[1], 1.0), (tones[2], -1.0)):
            turn = side if across[0] >= 0 else -side
            for shift, width, mix in ((0.42, 0.58, 0.45), (0.68, 0.32, 1.0)):
                mixed = tuple(int(a * (1 - mix) + b * mix) for a, b in zip(tones[0], tone, strict=True))
                _fill(picture, _capsule(pixels + across * (radii * shift * turn)[:, np.newaxis], radii * width), mixed)


_UP = np.array([0, 0, 1], dtype=np.float32)


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.sqrt((vectors * vectors).sum(axis=1))[:, np.newaxis], dtype=np.float32)


def _middle(shape: Shape) -> Point:
    points = shape.points
    if len(points) == 2:
        (ax, ay, az), (bx, by, bz) = points
        return (ax + bx) / 2, (ay + by) / 2, (az + bz) / 2
    x, y, z = np.mean(np.asarray(points), axis=0)
    return float(x), float(y), float(z)


def _rolled_off(light: Array) -> Array:
    """Bend what is brighter than white, so that a lit jacket keeps its colour."""
    return np.where(light > 0.7, 0.7 + 0.3 * np.tanh((light - 0.7) / 0.45), light)


def _fill(picture: NDArray[np.uint8], polygon: Array, colour: tuple[int, ...]) -> None:
    fixed = np.clip(polygon * _ONE, -500_000, 500_000).astype(np.int32)
    cv2.fillConvexPoly(picture, fixed, colour, cv2.LINE_AA, _SHIFT)


def _across(pixels: Array) -> Array:
    """Return the unit vector across a limb."""
    along = pixels[1] - pixels[0]
    length = float(np.hypot(along[0], along[1]))
    if length < 1e-3:
        return np.array([1, 0], dtype=np.float32)
    return np.array([along[1] / length, -along[0] / length], dtype=np.float32)


def _capsule(pixels: Array, radii: Array) -> Array:
    """Return the outline of a limb: two round ends joined."""
    across = _across(pixels)
    along = np.array([-across[1], across[0]], dtype=np.float32)
    ends = []
    for place, direction in ((1, 1.0), (0, -1.0)):
        rim = _ROUND[:, :1] * across * direction + _ROUND[:, 1:] * along * direction
        ends.append(pixels[place] + rim * radii[place])
    return np.concatenate(ends)


def _hull(pixels: Array, radii: Array) -> Array:
    """Return the outline of a sack over balls."""
    angles = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    rim = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    spots = (pixels[:, np.newaxis] + rim[np.newaxis] * radii[:, np.newaxis, np.newaxis]).reshape(-1, 2)
    return np.asarray(cv2.convexHull(spots.astype(np.float32))[:, 0], dtype=np.float32)
