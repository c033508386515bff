"""Finds where two recordings might meet by their light, at any lag: every minute of one is laid along all of the other.

Each pair of series is correlated and put on the scale of its own deviations; at each lag the best pair counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.light.channels import GRID_RATE, Series

_CHUNK = 60 * GRID_RATE
_STRIDE = 60 * GRID_RATE
_SHORTEST = 10 * GRID_RATE
_MOST_CHUNKS = 60
_PEAKS = 10
_APART = GRID_RATE // 5
_TOGETHER_S = 0.12
_SOFT = 4


@dataclass(frozen=True, slots=True)
class Meeting:
    """A lag at which the two might be the same light.

    Attributes:
        lag_s: time in the second series less time in the first.
        at_s: time in the first at which most speaks for it.
        score: how much speaks for it; only for comparing.
    """

    lag_s: float
    at_s: float
    score: float


def find_meetings(first: Series, second: Series, most: int) -> tuple[Meeting, ...]:
    """Return the likeliest lags, best first; deterministic."""
    count, other = first.shape[1], second.shape[1]
    if min(count, other) < _SHORTEST:
        return ()
    size = scipy.fft.next_fast_len(other + 2 * _CHUNK, real=True)
    theirs = scipy.fft.rfft(second, size, axis=1)
    starts = [start for start in range(0, count, _STRIDE) if count - start >= _SHORTEST]
    if len(starts) > _MOST_CHUNKS:
        starts = [starts[one] for one in np.unique(np.linspace(0, len(starts) - 1, _MOST_CHUNKS).astype(np.int64))]
    found: list[tuple[float, float, float]] = []
    for start in starts:
        chunk = first[:, start : start + _CHUNK]
        length = chunk.shape[1]
        lags = np.arange(-(length - _SHORTEST), other - _SHORTEST + 1)
        z = _along(chunk, theirs, size, lags, other)
        tops = np.flatnonzero((z == scipy.ndimage.maximum_filter1d(z, 2 * _APART + 1)) & (z > 3.0))
        best = tops[np.argsort(-z[tops], kind="stable")[:_PEAKS]]
        middle = (start + length / 2) / GRID_RATE
        found += [((float(lags[at]) - start) / GRID_RATE, middle, float(z[at])) for at in best]
    return _gather(found)[:most]


def _along(
    chunk: Series, theirs: NDArray[np.complex64], size: int, lags: NDArray[np.int64], other: int
) -> NDArray[np.float64]:
    """Return by how many deviations the best pair of series stands out at each lag."""
    length = chunk.shape[1]
    ours = np.conj(scipy.fft.rfft(chunk, size, axis=1))
    overlap = np.minimum(lags + length, other) - np.maximum(lags, 0)
    even = np.sqrt(np.maximum(overlap, _SHORTEST))
    best = np.zeros(len(lags))
    for spectrum in ours:
        along = scipy.fft.irfft(spectrum * theirs, size, axis=1)[:, lags] / even
        middle = np.median(along, axis=1, keepdims=True)
        z = (along - middle) / (1.4826 * np.median(np.abs(along - middle), axis=1, keepdims=True) + 1e-9)
        np.maximum(best, z.max(axis=0), out=best)
    return best


def _gather(found: list[tuple[float, float, float]]) -> tuple[Meeting, ...]:
    """Put peaks of near lags together."""
    if not found:
        return ()
    lags, middles = np.array([lag for lag, _, _ in found]), np.array([middle for _, middle, _ in found])
    heights = np.array([z**2 for _, _, z in found])
    meetings: list[Meeting] = []
    while heights.max(initial=0.0) > 0 and len(meetings) < 4 * _SOFT * _PEAKS:
        sums = np.array([heights[np.abs(lags - lag) < _TOGETHER_S].sum() for lag in lags])
        near = np.abs(lags - lags[int(np.argmax(sums))]) < _TOGETHER_S
        if not heights[near].sum():
            break
        strongest = int(np.argmax(np.where(near, heights, 0.0)))
        meetings.append(Meeting(float(lags[strongest]), float(middles[strongest]), float(heights[near].sum())))
        heights = np.where(near, 0.0, heights)
    return tuple(sorted(meetings, key=lambda one: -one.score))
