"""Notes where a recording's picture changes from frame to frame, and which way its edges go, while it is decoded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from evidence.times import NS_PER_S

RATE = 10
"""Samples a second; frames that follow one another faster are left out."""

CELLS = 24
"""Cells along each side of the grid of change; the grid of directions is half as fine."""

LONGEST_S = 3600
"""What moves after an hour of a recording is not compared: time and memory go with the product of both lengths."""

_LEAST_STEP_NS = round(0.98 * NS_PER_S / RATE)
_SOFT_PIXELS = 0.7
_SOFT_EDGE = 4.0


@dataclass(frozen=True, eq=False)
class Change:
    """What changed in a picture.

    Attributes:
        start_s: media time of the first sample, s; they follow one another at `RATE`.
        step_s: the usual time between the frames that were compared, s.
        amount: mean change of the cells in levels of 0 to 255, float32[samples, cells].
        ways: change along the edges of coarser cells, to the right and then down, float32[samples, 2 * cells / 4].
    """

    start_s: float
    step_s: float
    amount: NDArray[np.float32]
    ways: NDArray[np.float32]


class ChangeReader:
    """Sees a recording's pictures one after the other, and keeps what changed."""

    def __init__(self) -> None:
        self._at_ns: list[int] = []
        self._steps_ns: list[int] = []
        self._kept: list[NDArray[np.float16]] = []
        self._last: tuple[int, NDArray[np.float32]] | None = None

    def see(self, stamp_ns: int, luma: NDArray[np.uint8]) -> None:
        """Take the next picture: its stamp, and its luma made small, uint8[rows, columns]."""
        if self._last is not None and stamp_ns - self._last[0] < _LEAST_STEP_NS:
            return
        if self._at_ns and stamp_ns - self._at_ns[0] > LONGEST_S * NS_PER_S:
            return
        soft = scipy.ndimage.gaussian_filter(luma.astype(np.float32), _SOFT_PIXELS)
        if self._last is not None:
            before_ns, before = self._last
            self._at_ns.append((before_ns + stamp_ns) // 2)
            self._steps_ns.append(stamp_ns - before_ns)
            self._kept.append(_compare(before, soft))
        self._last = stamp_ns, soft

    def change(self) -> Change | None:
        """Return what changed all along; None where there were not two pictures to compare."""
        if not self._kept:
            return None
        at_s = np.array(self._at_ns, dtype=np.float64) / NS_PER_S
        grid = at_s[0] + np.arange(int((at_s[-1] - at_s[0]) * RATE) + 1) / RATE
        kept = np.stack(self._kept)
        found = np.empty((len(grid), kept.shape[1]), dtype=np.float32)
        for number, column in enumerate(kept.T):
            found[:, number] = np.interp(grid, at_s, column)
        step_s = float(np.median(self._steps_ns)) / NS_PER_S
        return Change(float(grid[0]), step_s, found[:, : CELLS**2], found[:, CELLS**2 :])


def read_change(frames: Iterable[tuple[int, NDArray[np.uint8]]]) -> Change | None:
    """Return what changed over frames: stamps, ns, and small luma."""
    reader = ChangeReader()
    for stamp_ns, luma in frames:
        reader.see(stamp_ns, luma)
    return reader.change()


def _compare(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float16]:
    change, middle = after - before, (after + before) / 2
    down, right = np.gradient(middle)
    edge = np.hypot(right, down) + _SOFT_EDGE
    parts = [_cells(np.abs(change), CELLS)]
    parts += [_cells(change * slope / edge, CELLS // 2) for slope in (right, down)]
    return np.concatenate(parts).astype(np.float16)


def _cells(picture: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    tall, wide = (np.linspace(0, side, count + 1).astype(np.int64) for side in picture.shape)
    sums = np.add.reduceat(np.add.reduceat(picture, tall[:-1], axis=0), wide[:-1], axis=1)
    return np.asarray((sums / (np.diff(tall)[:, None] * np.diff(wide)[None])).ravel(), dtype=np.float32)
