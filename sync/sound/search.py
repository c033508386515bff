"""Where two recordings might meet: a minute of one is laid along all of the other, every 10 ms, by their features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.features import FEATURE_RATE, Features

_CHUNK = 60 * FEATURE_RATE
_STRIDE = 40 * FEATURE_RATE
_SHORTEST = 8 * FEATURE_RATE
_PEAKS = 12
_PEAK_APART = FEATURE_RATE // 5
_TOGETHER_S = 0.4
_Z_FLOOR = 3.5


@dataclass(frozen=True, slots=True)
class Meeting:
    """A lag at which two recordings might have heard the same.

    Attributes:
        lag_s: time in the second recording less time in the first, s; to about half a second, drift and paths included.
        score: more is better; only for ranking.
    """

    lag_s: float
    score: float


@dataclass(frozen=True, eq=False)
class Searchable:
    """A recording ready to be searched.

    Attributes:
        features: of all of it.
        spectrum: of its features along time, complex64[bands, frequencies].
        size: length of that transform.
    """

    features: Features
    spectrum: NDArray[np.complex64]
    size: int


def make_searchable(features: Features) -> Searchable:
    """Transform a recording once, for all that will be laid along it."""
    size = scipy.fft.next_fast_len(features.shape[1] + _CHUNK, real=True)
    return Searchable(features, np.asarray(scipy.fft.rfft(features, size, axis=1), dtype=np.complex64), size)


def find_meetings(first: Features, second: Searchable, most: int) -> tuple[Meeting, ...]:
    """Return the likeliest lags, best first."""
    found: list[tuple[float, float]] = []
    count = first.shape[1]
    starts = range(0, max(1, count - _CHUNK // 2), _STRIDE)
    for start in starts:
        chunk = first[:, start : start + _CHUNK]
        if chunk.shape[1] < _SHORTEST:
            continue
        found += [(lag - start / FEATURE_RATE, z) for lag, z in _peaks(chunk, second)]
    return _gather(found)[:most]


def _peaks(chunk: Features, second: Searchable) -> list[tuple[float, float]]:
    """Return where a chunk fits best: its place in the second recording, s, and how many deviations that stands out."""
    length, whole = chunk.shape[1], second.features.shape[1]
    spectrum = np.conj(scipy.fft.rfft(chunk, second.size, axis=1)) * second.spectrum
    along = scipy.fft.irfft(spectrum.sum(axis=0), second.size)
    lags = np.arange(-(length - _SHORTEST), whole - _SHORTEST + 1)
    raw = along[lags % second.size]
    overlap = np.minimum(lags + length, whole) - np.maximum(lags, 0)
    even = raw / np.sqrt(np.maximum(overlap, _SHORTEST))
    middle = np.median(even)
    deviation = 1.4826 * np.median(np.abs(even - middle)) + 1e-9
    z = (even - middle) / deviation
    tops = np.flatnonzero((z == scipy.ndimage.maximum_filter1d(z, 2 * _PEAK_APART + 1)) & (z > _Z_FLOOR))
    best = tops[np.argsort(-z[tops], kind="stable")[:_PEAKS]]
    return [(float(lags[at]) / FEATURE_RATE, float(z[at])) for at in best]


def _gather(found: list[tuple[float, float]]) -> tuple[Meeting, ...]:
    """Put peaks of near lags together."""
    meetings: list[Meeting] = []
    left = sorted(found)
    if not left:
        return ()
    lags = np.array([lag for lag, _ in left])
    weights = np.array([(z - _Z_FLOOR + 0.5) ** 2 for _, z in left])
    while weights.max(initial=0.0) > 0:
        sums = [weights[np.abs(lags - lag) < _TOGETHER_S].sum() for lag in lags]
        centre = lags[int(np.argmax(sums))]
        near = np.abs(lags - centre) < _TOGETHER_S
        strongest = near & (weights == weights[near].max())
        meetings.append(Meeting(float(lags[strongest][0]), float(weights[near].sum())))
        weights = np.where(near, 0.0, weights)
        if len(meetings) >= 24:
            break
    return tuple(sorted(meetings, key=lambda one: -one.score))
