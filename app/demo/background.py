"""Paints the street into a picture: one look-up of the unrolled texture, changing light, mirrors of the wet road.

For each cell of a coarse grid the direction of view meets the ground or a row of houses; between cells the place is
interpolated, so that a full picture costs one `remap`. Light that changes, and what the wet road mirrors, is worked
out on the same grid and spread over the picture. Large pictures are worked out at three quarters of their size: at
night no lens of these devices shows more, and what stands in front is drawn at full size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.lens import Array, Lens, axes_of
from app.demo.light import Light, mirrored, shine
from app.demo.rig import CameraPose
from app.demo.script import WALL_Y
from app.demo.street import ACROSS_M, HOUSE_M, ROUGH_SCALE, SCALE, SKY_M, X_FROM, Street

_STEP_PX, _SMALL_STEP_PX = 4, 2
_FARTHEST_M = 400.0
_JUMP_M = 6.0
_ROW = 128
_SHARP_LINES = 500
_LIGHT_RANGE = 2.0
"""Changing light is carried in bytes: 255 stands for this much."""


@dataclass(frozen=True, eq=False)
class _View:
    """What a coarse grid of directions meets; arrays of [rows, columns] or [rows, columns, 3]."""

    points: Array
    directions: Array
    along: Array
    across: Array
    is_ground: NDArray[np.bool_]


class Background:
    """The street behind everything, for one lens.

    Args:
        street: painted.
        lens: of the camera.
    """

    def __init__(self, street: Street, lens: Lens) -> None:
        is_large = max(lens.width, lens.height) > 640
        self._picture_size = (lens.width, lens.height)
        lens = lens.resized(lens.width * 3 // 4, lens.height * 3 // 4) if is_large else lens
        self._lens = lens
        self._step = _STEP_PX if is_large else _SMALL_STEP_PX
        self._size = (-(-lens.width // self._step), -(-lens.height // self._step))
        self._rays = lens.rays(*self._size)
        shrink = max(1, round(_SHARP_LINES / min(lens.width, lens.height)))
        self._scale = SCALE / shrink
        size = (street.lit.shape[1] // shrink, street.lit.shape[0] // shrink)
        self._lit = street.lit if shrink == 1 else cv2.resize(street.lit, size, interpolation=cv2.INTER_AREA)
        self._rough_street = street.rough
        self._light_step = 2
        shape = (lens.height, lens.width)
        self._maps = np.empty((2, *shape), dtype=np.float32)
        self._seen = np.empty((*shape, 4), dtype=np.uint8)
        self._grey = np.empty(shape, dtype=np.uint8)
        self._full = np.empty((*self._picture_size[::-1], 3), dtype=np.uint8)
        self._picture, self._one, self._other = (np.empty((*shape, 3), dtype=np.uint8) for _ in range(3))

    def paint(
        self, pose: CameraPose, shining: Sequence[Light], streaking: Sequence[Light], shadows: Sequence[Array]
    ) -> NDArray[np.uint8]:
        """Return a picture of the empty street.

        Args:
            pose: of the camera.
            shining: lights that change, and light the street.
            streaking: all lights that the wet road mirrors.
            shadows: outlines on the ground, float32[n, 3], where things keep the light away.

        Returns:
            BGR, uint8[height, width, 3]; the memory is used again by the next call.
        """
        view = self._view(pose)
        along, across = self._spread(view)
        cv2.remap(self._lit, along, across, cv2.INTER_LINEAR, dst=self._seen, borderMode=cv2.BORDER_REPLICATE)
        cv2.cvtColor(self._seen, cv2.COLOR_BGRA2BGR, dst=self._picture)
        light, shade = self._light(view, shining), self._shade(pose, shadows)
        if light is not None:
            cv2.cvtColor(cv2.extractChannel(self._seen, 3, dst=self._grey), cv2.COLOR_GRAY2BGR, dst=self._other)
            cv2.multiply(self._other, self._enlarged(light), dst=self._other, scale=_LIGHT_RANGE / 255)
            cv2.add(self._picture, self._other, dst=self._picture)
        if shade is not None:
            cv2.multiply(self._picture, self._enlarged(shade), dst=self._picture, scale=1 / 255)
        cv2.add(self._picture, self._enlarged(self._mirror(view, streaking)), dst=self._picture)
        if self._picture_size == (self._lens.width, self._lens.height):
            return self._picture
        return np.asarray(cv2.resize(self._picture, self._picture_size, dst=self._full), dtype=np.uint8)

    def _enlarged(self, grid: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a coarse picture at full size, in a buffer that the next call uses again."""
        cv2.resize(grid, (self._lens.width, self._lens.height), dst=self._one, interpolation=cv2.INTER_LINEAR)
        return self._one

    def _view(self, pose: CameraPose) -> _View:
        """Meet the ground and the houses with every direction of the grid."""
        directions = (self._rays @ axes_of(pose)).astype(np.float32)
        dy, dz = directions[..., 1], directions[..., 2]
        _, oy, oz = pose.position
        with np.errstate(divide="ignore", invalid="ignore"):
            to_wall = np.where(dy > 0, (WALL_Y - oy) / dy, (-WALL_Y - oy) / dy)
            to_ground = np.where(dz < 0, -oz / dz, np.inf)
        is_ground = to_ground < to_wall
        distance = np.minimum(np.minimum(to_wall, to_ground), _FARTHEST_M).astype(np.float32)
        points = directions * distance[..., np.newaxis] + np.asarray(pose.position, dtype=np.float32)
        x, y, z = points[..., 0], np.clip(points[..., 1], -WALL_Y, WALL_Y), np.maximum(points[..., 2], 0)
        side = np.where(dy > 0, 1.0, -1.0)
        high = np.where(is_ground, 0.0, np.where(z < HOUSE_M, z, HOUSE_M + SKY_M * (1 - np.exp((HOUSE_M - z) / 14))))
        out = np.where(is_ground, y, side * (WALL_Y + high))
        along = np.asarray(x - X_FROM, dtype=np.float32)
        return _View(points, directions, along, np.asarray(ACROSS_M / 2 - out, dtype=np.float32), is_ground)

    def _spread(self, view: _View) -> tuple[Array, Array]:
        """Return the look-up for every pixel. Where the sky's two sides meet, the grid is not interpolated."""
        along, across = (grid * np.float32(self._scale) - np.float32(0.5) for grid in (view.along, view.across))
        for grid, target in zip((along, across), self._maps, strict=True):
            cv2.resize(grid, (self._lens.width, self._lens.height), dst=target, interpolation=cv2.INTER_LINEAR)
        leaps = np.abs(np.diff(view.across, axis=1)) > _JUMP_M
        columns = np.flatnonzero(leaps.any(axis=0))
        if len(columns):
            first, last = max(0, int(columns[0]) - 1), min(self._size[0], int(columns[-1]) + 3)
            rows = int(np.flatnonzero(leaps.any(axis=1))[-1]) + 1
            part = (slice(0, rows * self._step), slice(first * self._step, last * self._step))
            block = np.ones((self._step, self._step))
            mask = np.kron(_beside(leaps[:rows, first : last - 1]), block) > 0
            for grid, target in zip((along, across), self._maps, strict=True):
                high, wide = target[part].shape
                blocky = np.kron(grid[:rows, first:last], block)
                np.copyto(target[part], blocky[:high, :wide].astype(np.float32), where=mask[:high, :wide])
        return self._maps[0], self._maps[1]

    def _light(self, view: _View, lights: Sequence[Light]) -> NDArray[np.uint8] | None:
        """Return the changing light on every second cell, in bytes of `_LIGHT_RANGE / 255`."""
        if not lights:
            return None
        step = self._light_step
        points = view.points[::step, ::step]
        normals = np.zeros_like(points)
        ground = view.is_ground[::step, ::step]
        normals[..., 2] = ground
        normals[..., 1] = np.where(ground, 0, -np.sign(points[..., 1]))
        shape = points.shape
        light = shine(lights, points.reshape(-1, 3), normals.reshape(-1, 3)).reshape(shape)
        return np.asarray(np.minimum(light * (255 / _LIGHT_RANGE), 255), dtype=np.uint8)

    def _mirror(self, view: _View, lights: Sequence[Light]) -> NDArray[np.uint8]:
        """Return what the wet ground mirrors: the houses, blurred, and the lights as streaks."""
        step = self._light_step
        is_ground = view.is_ground[::step, ::step]
        mirror = np.zeros((*is_ground.shape, 3), dtype=np.uint8)
        points, directions = view.points[::step, ::step][is_ground], view.directions[::step, ::step][is_ground]
        if not len(points):
            return mirror
        dy = np.where(np.abs(directions[:, 1]) < 1e-4, 1e-4, directions[:, 1])
        to_wall = (np.sign(dy) * WALL_Y - points[:, 1]) / dy
        x = points[:, 0] + to_wall * directions[:, 0] - X_FROM
        z = np.minimum(-to_wall * directions[:, 2], HOUSE_M + SKY_M * 0.6)
        across = ACROSS_M / 2 - np.sign(dy) * (WALL_Y + z)
        seen = self._rough(np.asarray(x, dtype=np.float32), np.asarray(across, dtype=np.float32))
        wet = self._rough(points[:, 0] - np.float32(X_FROM), np.float32(ACROSS_M / 2) - points[:, 1])[:, 3] / 255
        strength = wet * (0.06 + 0.72 * (1 + directions[:, 2]) ** 4)
        bright = (seen[:, :3] + mirrored(lights, points, directions) * 235) * strength[:, np.newaxis]
        mirror[is_ground] = np.minimum(bright, 255)
        return mirror

    def _rough(self, along: Array, across: Array) -> NDArray[np.float32]:
        """Return the blurred street and its wetness at places; float32[n, 4]."""
        rows = -(-len(along) // _ROW)
        texels = np.full((2, rows * _ROW), -1, dtype=np.float32)
        texels[:, : len(along)] = np.stack([along, across]) * ROUGH_SCALE - 0.5
        maps = texels.reshape(2, rows, _ROW)
        found = cv2.remap(self._rough_street, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return found.reshape(-1, 4)[: len(along)].astype(np.float32)

    def _shade(self, pose: CameraPose, shadows: Sequence[Array]) -> NDArray[np.uint8] | None:
        """Return how much of the light is left, soft-edged, on the coarse grid."""
        shade = np.full((self._size[1] // 2, self._size[0] // 2, 3), 255, dtype=np.uint8)
        axes, eye = axes_of(pose), np.asarray(pose.position, dtype=np.float32)
        ratio = np.array([shade.shape[1] / self._lens.width, shade.shape[0] / self._lens.height], dtype=np.float32)
        has_any = False
        for outline in shadows:
            pixels, scales = self._lens.project(np.asarray((outline - eye) @ axes.T, dtype=np.float32))
            if not scales.all():
                continue
            has_any = True
            cv2.fillPoly(
                shade, [np.clip(pixels * ratio * 8, -30_000, 30_000).astype(np.int32)], (96, 92, 90), cv2.LINE_AA, 3
            )
        return np.asarray(cv2.blur(shade, (3, 3)), dtype=np.uint8) if has_any else None


def _beside(leaps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells lie beside a leap; one column more than there are leaps."""
    cells = np.zeros((leaps.shape[0], leaps.shape[1] + 1), dtype=np.bool_)
    cells[:, 1:] |= leaps
    cells[:, :-1] |= leaps
    return cells
