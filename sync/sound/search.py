"""Where two recordings might meet: a minute of one is laid along all of the other, every 20 ms, by their features.

The other is cut into blocks of two minutes, transformed once (overlap-save), so an hour is searched with an hour in a
second or two and the memory that is needed does not grow with the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.features import FEATURE_RATE, Features

SEARCH_RATE = FEATURE_RATE // 2
"""Moments a second of what is searched."""

_POOL_BANDS = 2
CHUNK = 60 * SEARCH_RATE
_STRIDE = 40 * SEARCH_RATE
_FARTHEST = 120 * SEARCH_RATE
_AT_ENDS = 5
SHORTEST = 8 * SEARCH_RATE
_PEAKS = 12
_PEAK_APART = SEARCH_RATE // 5
_TOGETHER_S = 0.4
_Z_FLOOR = 3.5
_SURE = 3
_ENOUGH = 20_000
"""Of how many places the typical value is taken."""
_BATCH = 8


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
        features: of all of it, float32[bands, moments] at `SEARCH_RATE`.
        blocks: spectra of its blocks, complex64[frequencies, bands, blocks]; block `k` begins a chunk before moment
            `k * chunk`.
    """

    features: Features
    blocks: NDArray[np.complex64]


def make_searchable(features: Features) -> Searchable:
    """Transform a recording once, for all that will be laid along it.

    Args:
        features: at `FEATURE_RATE`.
    """
    coarse = _coarse(halve(features))
    count = coarse.shape[1]
    number = -(-(count + CHUNK) // CHUNK)
    padded = np.pad(coarse, ((0, 0), (CHUNK, (number + 1) * CHUNK - count)))
    cut = np.stack([padded[:, k * CHUNK : (k + 2) * CHUNK] for k in range(number)])
    spectra = np.asarray(scipy.fft.rfft(cut, axis=2), dtype=np.complex64)
    return Searchable(coarse, np.ascontiguousarray(spectra.transpose(2, 1, 0)))


def halve(features: Features) -> Features:
    """Bring features to `SEARCH_RATE`."""
    even = features[:, : features.shape[1] // 2 * 2]
    return np.asarray((even[:, 0::2] + even[:, 1::2]) / 2, dtype=np.float32)


def find_meetings(first: Searchable, second: Searchable, most: int) -> tuple[Meeting, ...]:
    """Return the likeliest lags, best first."""
    found: list[tuple[float, float]] = []
    for start, lags, _, z in lay_along(first, second):
        found += [(lag - start / SEARCH_RATE, one) for lag, one in _peaks(lags, z)]
    return _gather(found)[:most]


def lay_along(
    first: Searchable, second: Searchable
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    """Lay the chunks of a recording along all of another.

    Yields:
        for each chunk the moment at which it begins, its places in the second recording in moments, at each how many
        moments of it lie in that, and how many deviations it stands out there.
    """
    count, whole = first.features.shape[1], second.features.shape[1]
    starts = _starts(count, whole)
    for at in range(0, len(starts), _BATCH):
        batch = starts[at : at + _BATCH]
        for start, along in zip(batch, _correlate(first.features, batch, second), strict=True):
            length = min(CHUNK, count - start)
            lags = np.arange(-(length - SHORTEST), whole - SHORTEST + 1)
            if not len(lags):
                continue
            overlap = np.minimum(lags + length, whole) - np.maximum(lags, 0)
            even = along[lags + CHUNK] / np.sqrt(np.maximum(overlap, SHORTEST))
            some = even[:: max(1, len(even) // _ENOUGH)]
            middle = np.median(some)
            deviation = 1.4826 * np.median(np.abs(some - middle)) + 1e-9
            yield start, lags, overlap, np.asarray((even - middle) / deviation, dtype=np.float32)


def _starts(count: int, other: int) -> list[int]:
    """Return where chunks begin that are laid along a recording of `other` moments.

    What two recordings share begins or ends one of them, or is all of the other: chunks are close where an overlap may
    be short, and farther apart in the middle of long recordings.
    """
    near = range(0, max(1, count - CHUNK // 2), _STRIDE)
    apart = max(1, min(other // 4, _FARTHEST) // _STRIDE)
    kept = [at for rank, at in enumerate(near) if rank % apart == 0 or min(rank, len(near) - 1 - rank) < _AT_ENDS]
    return [start for start in kept if count - start >= SHORTEST]


def _correlate(features: Features, starts: list[int], second: Searchable) -> NDArray[np.float32]:
    """Return how well the chunks fit at every place of the second: float32[chunks, places from one chunk before it]."""
    chunks = np.zeros((len(starts), features.shape[0], 2 * CHUNK), dtype=np.float32)
    for row, start in zip(chunks, starts, strict=True):
        part = features[:, start : start + CHUNK]
        row[:, : part.shape[1]] = part
    ours = np.conj(scipy.fft.rfft(chunks, axis=2)).astype(np.complex64).transpose(2, 0, 1)
    product = np.matmul(ours, second.blocks)
    along = scipy.fft.irfft(product.transpose(1, 2, 0), 2 * CHUNK, axis=2)[:, :, :CHUNK]
    return np.asarray(along.reshape(len(starts), -1), dtype=np.float32)


def _peaks(lags: NDArray[np.int64], z: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Return where a chunk fits best: its place in the second recording, s, and how many deviations that stands out."""
    kept = [at for rank, at in enumerate(_tops(z)) if z[at] > _Z_FLOOR or rank < _SURE]
    return [(float(lags[at]) / SEARCH_RATE, float(z[at])) for at in kept]


def _tops(z: NDArray[np.float32]) -> list[int]:
    """Return the highest places that are the highest within `_PEAK_APART`, highest first."""
    many = min(len(z), 40 * _PEAKS)
    highest = np.argpartition(-z, many - 1)[:many]
    found: list[int] = []
    for at in highest[np.argsort(-z[highest], kind="stable")]:
        if z[at] <= 1.0 or len(found) == _PEAKS:
            break
        if z[at] >= z[max(0, at - _PEAK_APART) : at + _PEAK_APART + 1].max():
            found.append(int(at))
    return found


def _gather(found: list[tuple[float, float]]) -> tuple[Meeting, ...]:
    """Put peaks of near lags together."""
    meetings: list[Meeting] = []
    left = sorted(found)
    if not left:
        return ()
    lags = np.array([lag for lag, _ in left])
    weights = np.array([max(z - _Z_FLOOR + 0.5, 0.1) ** 2 for _, z in left])
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


def _coarse(features: Features) -> Features:
    """Put neighbouring bands together."""
    bands = features.shape[0] // _POOL_BANDS
    return np.asarray(features.reshape(bands, _POOL_BANDS, -1).mean(axis=1), dtype=np.float32)
