"""Reads where a recording's picture changes from frame to frame, and which way its edges go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

Array = NDArray[np.float32]
RATE = 10
"""Samples a second of what is read; frames that follow one another faster are left out."""
CELLS = 24
"""Cells along each side of the grid of change; the grid of directions is half as fine."""

_LONGEST_SIDE = 192
_SOFT_EDGE = 4.0


def read_pictures(path: Path) -> tuple[NDArray[np.float64], Array]:
    """Return the times, s, and small grey pictures of a recording: float32[frames, height, width]."""
    times: list[float] = []
    pictures = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if times and frame.time - times[-1] < 0.98 / RATE:
                continue
            scale = _LONGEST_SIDE / max(frame.width, frame.height)
            width, height = (2 * round(side * scale / 2) for side in (frame.width, frame.height))
            times.append(frame.time)
            pictures.append(frame.reformat(width, height, "gray", interpolation="AREA").to_ndarray())
    return np.array(times), np.asarray(np.stack(pictures), dtype=np.float32)


def read_movement(times: NDArray[np.float64], pictures: Array) -> Array:
    """Return what changed at each sample of time: the amount by cell, then its two directions by coarser cell."""
    soft = scipy.ndimage.gaussian_filter(pictures, (0, 0.7, 0.7))
    change, middle = np.diff(soft, axis=0), (soft[1:] + soft[:-1]) / 2
    down, right = np.gradient(middle, axis=(1, 2))
    edge = np.hypot(right, down) + _SOFT_EDGE
    parts = [_cells(np.abs(change), CELLS)]
    parts += [_cells(change * slope / edge, CELLS // 2) for slope in (right, down)]
    found = np.concatenate(parts, axis=1)
    at = (times[1:] + times[:-1]) / 2
    grid = at[0] + np.arange(int((at[-1] - at[0]) * RATE) + 1) / RATE
    return _stack(np.interp(grid, at, column) for column in found.T)


def _cells(pictures: Array, count: int) -> Array:
    tall, wide = (np.linspace(0, side, count + 1).astype(np.int64) for side in pictures.shape[1:])
    sums = np.add.reduceat(np.add.reduceat(pictures, tall[:-1], axis=1), wide[:-1], axis=2)
    means = sums / (np.diff(tall)[:, None] * np.diff(wide)[None])
    return np.asarray(means.reshape(len(pictures), -1), dtype=np.float32)


def _stack(columns: Iterable[NDArray[np.float64]]) -> Array:
    return np.asarray(np.stack(list(columns), axis=1), dtype=np.float32)
