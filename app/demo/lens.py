"""From the scene to a picture: a camera's directions of view, and where points of the scene come out.

The lens is a family with one number: `r = f * tan(a * angle) / a`. With `a = 1` straight lines stay straight (phones,
dashcams), near 0.5 a wide view keeps its shapes (stereographic), below it bends like a fisheye (body-worn video).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.demo.rig import CameraPose

Array = NDArray[np.float32]

_NEAR = 0.12


@dataclass(frozen=True, slots=True)
class LensKind:
    """A lens.

    Attributes:
        view: angle of view along the longer side, degrees.
        bend: the `a` of the family.
    """

    view: float
    bend: float


LENSES = {
    "bwv-412": LensKind(112, 0.62),
    "bwv-88": LensKind(112, 0.62),
    "bwv-31": LensKind(104, 0.66),
    "cctv-3": LensKind(78, 0.86),
    "phone": LensKind(46, 1.0),
    "dashcam": LensKind(92, 0.88),
}


class Lens:
    """A camera's lens on a picture of a size.

    Args:
        kind: which lens.
        width: of the upright picture, pixels.
        height: of the upright picture, pixels.
    """

    def __init__(self, kind: LensKind, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._kind = kind
        self._bend = kind.bend
        half = max(width, height) / 2
        self.focal = half * kind.bend / np.tan(kind.bend * np.radians(kind.view) / 2)
        self._center = ((width - 1) / 2, (height - 1) / 2)

    def resized(self, width: int, height: int) -> Lens:
        """Return the same lens on a picture of another size."""
        return Lens(self._kind, width, height)

    def rays(self, columns: int, rows: int) -> Array:
        """Return unit directions (right, down, forward) of a grid's cells; float32[rows, columns, 3]."""
        x = (np.arange(columns) + 0.5) * self.width / columns - 0.5 - self._center[0]
        y = (np.arange(rows) + 0.5) * self.height / rows - 0.5 - self._center[1]
        right, down = np.meshgrid(x, y)
        radius = np.hypot(right, down)
        angle = np.arctan(radius * self._bend / self.focal) / self._bend
        share = np.sin(angle) / np.maximum(radius, 1e-9)
        return np.stack([right * share, down * share, np.cos(angle)], axis=-1).astype(np.float32)

    def project(self, seen: Array) -> tuple[Array, Array]:
        """Return where points come out.

        Args:
            seen: float32[n, 3]: right, down, forward of the camera, metres.

        Returns:
            float32[n, 2] pixels, and float32[n] pixels a metre at each point; the latter is 0 for what lies behind.
        """
        side = np.hypot(seen[:, 0], seen[:, 1])
        angle = np.arctan2(side, seen[:, 2])
        limit = 1.5 / self._bend
        radius = self.focal * np.tan(np.minimum(self._bend * angle, 1.5)) / self._bend
        share = np.where(side > 1e-6, radius / np.maximum(side, 1e-6), self.focal / np.maximum(seen[:, 2], _NEAR))
        pixels = seen[:, :2] * share[:, np.newaxis] + np.array(self._center, dtype=np.float32)
        distance = np.sqrt((seen * seen).sum(axis=1))
        is_seen = (angle < min(limit, 1.45)) & (seen[:, 2] > _NEAR)
        scale = np.where(is_seen, self.focal / np.maximum(distance, _NEAR), 0.0)
        return pixels.astype(np.float32), scale.astype(np.float32)


def axes_of(pose: CameraPose) -> Array:
    """Return a camera's axes in the scene as rows: right, down, forward; float32[3, 3]."""
    cy, sy, cp, sp = np.cos(pose.yaw), np.sin(pose.yaw), np.cos(pose.pitch), np.sin(pose.pitch)
    forward = np.array([cy * cp, sy * cp, sp])
    right = np.array([sy, -cy, 0.0])
    down = np.cross(forward, right)
    cr, sr = np.cos(pose.roll), np.sin(pose.roll)
    return np.stack([cr * right + sr * down, cr * down - sr * right, forward]).astype(np.float32)
