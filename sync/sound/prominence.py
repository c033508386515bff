"""How far lags stand out where all of a recording is laid along all of another at once, by what is left of both.

`search` looks at each minute by itself and keeps its best places; where two recorders hear little in common, the right
place is among the best of no minute, but a little better than others in all. So here the deviations of all minutes are
added up, for every lag and, where recordings are long, for every drift that two devices can have. What repeats was
taken out of both sounds before, so an alarm or a loop adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.search import CHUNK, SEARCH_RATE, Searchable, lay_along

_LONGEST = 2 * 3600 * SEARCH_RATE
_MOST_DRIFT = 300e-6
_BEAR = 2
"""How many moments a lag may be off to either side: the sounds of one moment come over several ways."""

_CEILING = 8.0
_LEAST_WEIGHT = 0.05
_APART = SEARCH_RATE // 5
_ELSEWHERE_S = 0.6
_MOST = 16


@dataclass(frozen=True, slots=True)
class Peak:
    """A lag that stands out.

    Attributes:
        lag_s: time in the second recording less time in the first, s, in the middle of the first.
        deviations: by how many robust deviations of all lags.
    """

    lag_s: float
    deviations: float


@dataclass(frozen=True, slots=True)
class Prominence:
    """The lags that stand out most, highest first; none where a recording is too short, or longer than two hours."""

    peaks: tuple[Peak, ...] = ()

    @property
    def rival(self) -> float:
        """How far the best lag stands out that is elsewhere than the highest."""
        top = self.peaks[0].lag_s
        return max((one.deviations for one in self.peaks if abs(one.lag_s - top) > _ELSEWHERE_S), default=0.0)


def find_prominence(first: Searchable, second: Searchable) -> Prominence:
    """Lay all of a recording along all of another; deterministic."""
    count, whole = first.features.shape[1], second.features.shape[1]
    if max(count, whole) > _LONGEST:
        return Prominence()
    drifts = _drifts(min(count, whole))
    totals = np.zeros((len(drifts), count + whole + 1), dtype=np.float32)
    weights = np.zeros_like(totals)
    for start, lags, overlap, z in lay_along(first, second):
        share = np.minimum(overlap / CHUNK, 1).astype(np.float32)
        near = scipy.ndimage.maximum_filter1d(z, 2 * _BEAR + 1)
        added = np.sqrt(share) * np.clip(near, -_CEILING, _CEILING)
        for total, weight, drift in zip(totals, weights, drifts, strict=True):
            shift = round(drift * (start + CHUNK / 2 - count / 2))
            at = int(lags[0]) - start - shift + count
            low, high = max(0, -at), min(len(lags), len(total) - at)
            total[at + low : at + high] += added[low:high]
            weight[at + low : at + high] += share[low:high]
    return Prominence(tuple(_peaks(_highest(totals, weights), count)))


def _drifts(shorter: int) -> NDArray[np.float64]:
    """Return the drifts that are tried, so that one of them is off by no more than `_BEAR` moments at either end."""
    steps = int(np.ceil(_MOST_DRIFT * shorter / 2 / (2 * _BEAR))) if _MOST_DRIFT * shorter / 2 > 2 * _BEAR else 0
    return np.asarray(np.arange(-steps, steps + 1) * (_MOST_DRIFT / max(steps, 1)), dtype=np.float64)


def _highest(totals: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how far each lag stands out, at the drift at which it does most."""
    known = weights > _LEAST_WEIGHT
    if not known.any():
        return np.full(totals.shape[1], -np.inf)
    middle = np.median(totals[known] / weights[known])
    even = np.where(known, (totals - middle * weights) / np.sqrt(np.maximum(weights, _LEAST_WEIGHT)), -np.inf)
    deviation = 1.4826 * np.median(np.abs(even[known])) + 1e-9
    return np.asarray(even.max(axis=0) / deviation, dtype=np.float64)


def _peaks(along: NDArray[np.float64], count: int) -> list[Peak]:
    is_top = (along == scipy.ndimage.maximum_filter1d(along, 2 * _APART + 1)) & np.isfinite(along)
    tops = np.flatnonzero(is_top)
    chosen = tops[np.argsort(-along[tops], kind="stable")[:_MOST]]
    return [Peak((int(one) - count) / SEARCH_RATE, float(along[one])) for one in chosen]
