"""Finds voices that stay at one lag, by all windows together: each window may be too faint to show them by itself.

Windows of two seconds are stacked as they stand along the one-way line, whose drift is known to some millionths: a
voice that tells itself from noise by half a deviation in each of a hundred windows stands out by five. Who walks is not
found this way but for the time that they stand; `directions.follow` finds them where they are loud.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.decode import RATE

_POOL = RATE // 1000
_CEILING = 9.0
_STANDS_OUT = 7.0
_APART_MS = 4
_MOST = 8


@dataclass(frozen=True, slots=True)
class Stack:
    """A lag at which all rows together stand out.

    Attributes:
        lag_s: s from the rows' beginning.
        stands_out: by how many deviations of all lags.
    """

    lag_s: float
    stands_out: float


def stand_out(heights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return by how many deviations of all lags each millisecond of lag stands out, of all rows together.

    Args:
        heights: by how many deviations each lag stands out, float32[windows, lags]; one sample apart.
    """
    count = heights.shape[1] // _POOL
    pooled = heights[:, : count * _POOL].reshape(len(heights), count, _POOL).max(axis=2)
    over = np.minimum(pooled, _CEILING) - np.median(pooled, axis=1, keepdims=True)
    total = over.sum(axis=0)
    total -= np.median(total)
    total /= 1.4826 * float(np.median(np.abs(total))) + 1e-9
    return np.asarray(total, dtype=np.float64)


def stacked_lags(heights: NDArray[np.float32]) -> list[Stack]:
    """Return where all rows together stand out, most first.

    Args:
        heights: by how many deviations each lag stands out, float32[windows, lags]; one sample apart.
    """
    total = stand_out(heights)
    is_top = total == scipy.ndimage.maximum_filter1d(total, 2 * _APART_MS + 1)
    tops = np.flatnonzero(is_top & (total > _STANDS_OUT))
    most = tops[np.argsort(-total[tops], kind="stable")[:_MOST]]
    return [Stack((float(one) + 0.5) * _POOL / RATE, float(total[one])) for one in most]
