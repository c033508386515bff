"""Things of the scene as arrays of faces, limbs and hulls, so that thousands are placed and lit in a few calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.demo.lens import Array
from app.demo.truth import Point

Colour = tuple[float, float, float]
"""Blue, green, red of a surface: 0 to 1."""

Ints = NDArray[np.int64]


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

    points: Sequence[Point]
    radii: tuple[float, ...]
    colour: Colour
    normal: Point = (0.0, 0.0, 0.0)
    shines: Colour = (0.0, 0.0, 0.0)
    layer: int = 0


@dataclass(frozen=True, eq=False)
class Mesh:
    """A thing that is painted as a whole, so that its shapes do not mix with its neighbours'.

    Attributes:
        middle: decides which of two things is nearer.
        reach: no point is farther than this from the middle, metres.
        points: float32[points, 3] of all shapes, one after the other.
        radii: float32[points], 0 for corners of faces.
        counts: int64[shapes], how many points each has.
        is_round: bool[shapes], limbs and hulls.
        colours: float32[shapes, 3].
        normals: float32[shapes, 3], zeros for round ones.
        shines: float32[shapes, 3].
        layers: int64[shapes].
    """

    middle: Point
    reach: float
    points: Array
    radii: Array
    counts: Ints
    is_round: NDArray[np.bool_]
    colours: Array
    normals: Array
    shines: Array
    layers: Ints

    @classmethod
    def of(cls, middle: Point, shapes: Sequence[Shape]) -> Mesh:
        """Gather shapes."""
        points = np.array([point for shape in shapes for point in shape.points], dtype=np.float32)
        counts = np.array([len(shape.points) for shape in shapes], dtype=np.int64)
        radii = [radius for shape in shapes for radius in (shape.radii or (0.0,) * len(shape.points))]
        away = points - np.asarray(middle, dtype=np.float32)
        return cls(
            middle=middle,
            reach=float(np.sqrt((away * away).sum(axis=1).max())) + max(radii),
            points=points,
            radii=np.array(radii, dtype=np.float32),
            counts=counts,
            is_round=np.array([bool(shape.radii) for shape in shapes]),
            colours=np.array([shape.colour for shape in shapes], dtype=np.float32),
            normals=np.array([shape.normal for shape in shapes], dtype=np.float32),
            shines=np.array([shape.shines for shape in shapes], dtype=np.float32),
            layers=np.array([shape.layer for shape in shapes], dtype=np.int64),
        )

    def moved(self, x: float, y: float, heading: float) -> Mesh:
        """Return the thing turned by `heading` radians and moved along the ground."""
        cos, sin = float(np.cos(heading)), float(np.sin(heading))
        turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], dtype=np.float32)
        mx, my, mz = self.middle
        return Mesh(
            middle=(x + mx * cos - my * sin, y + mx * sin + my * cos, mz),
            reach=self.reach,
            points=self.points @ turn + np.array([x, y, 0], dtype=np.float32),
            radii=self.radii,
            counts=self.counts,
            is_round=self.is_round,
            colours=self.colours,
            normals=self.normals @ turn,
            shines=self.shines,
            layers=self.layers,
        )
