"""Fits offset and drift to the windows, and says how likely chance alone would make such a line.

Every lag and every drift that two devices can have is tried (a Radon transform of the windows' correlations), so no
window has to be right by itself. Several sources make several lines, all of one slope: the drift at which they all
stand out most is taken, then the strongest line, which is fitted to the windows' peaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.windows import Windows

_POOL = 4
_MOST_DRIFT = 320e-6
_FLOOR, _CEILING = 2.5, 8.0
_VOTE = 4.5
_VOTES = (4.5, 6.0, 8.0)
_FEWEST = 3
_NEAR_S = 0.002
_CLOSE_S = 0.0008


@dataclass(frozen=True, eq=False)
class Line:
    """Lag as a straight line of time.

    Attributes:
        at_s: time in the first recording at which `lag_s` holds: the middle of the windows that agree.
        lag_s: time in the second recording less time in the first.
        drift: by how much the second clock gains on the first, as a ratio.
        lag_sigma_s: standard uncertainty of `lag_s` from the scatter of the windows.
        drift_sigma: of `drift`.
        support: which windows agree.
        tried: how many lines were tried.
        strength: how many deviations the line stands out among all lines.
        first_s: time of the first window that agrees.
        last_s: of the last.
    """

    at_s: float
    lag_s: float
    drift: float
    lag_sigma_s: float
    drift_sigma: float
    support: tuple[int, ...]
    tried: int
    strength: float
    first_s: float
    last_s: float

    def lag_at(self, at_s: float) -> float:
        """Return the lag at a time of the first recording."""
        return self.lag_s + self.drift * (at_s - self.at_s)


def fit_line(windows: Windows) -> Line | None:
    """Return the line that the windows agree on best, or None where there are too few."""
    count = len(windows.at_s)
    if count < 4:
        return None
    middle = float(windows.at_s.mean())
    elapsed = windows.at_s - middle
    pooled = _pool(windows.heights)
    step_s = _POOL / RATE
    reach = float(np.abs(elapsed).max()) + 1.0
    drifts = np.arange(-_MOST_DRIFT, _MOST_DRIFT + 1e-9, step_s / reach)
    votes = np.clip(pooled - _FLOOR, 0, _CEILING - _FLOOR)
    sharpest, best, place, drift, tried, deviation = -1.0, 0.0, 0, 0.0, 0, 0.0
    width = votes.shape[1]
    edge = int(np.ceil(_MOST_DRIFT * reach / step_s)) + 1
    padded = np.pad(votes, ((0, 0), (edge, edge)))
    means = float(votes.sum(axis=0).mean())
    for one in drifts:
        shifts = np.rint(one * elapsed / step_s).astype(np.int64) + edge
        total = np.zeros(width)
        for row, shift in zip(padded, shifts, strict=True):
            total += row[shift : shift + width]
        deviation += float(total.var())
        tried += width
        sharp = float((np.maximum(total - means, 0) ** 3).sum())
        if sharp > sharpest:
            place = int(np.argmax(total))
            sharpest, best, drift = sharp, float(total[place]), float(one)
    spread = np.sqrt(deviation / len(drifts)) + 1e-9
    lag = windows.lag_s - (windows.heights.shape[1] // 2) / RATE + (place * _POOL + _POOL / 2) / RATE
    return _refine(windows, _Guess(middle, lag, drift), tried, (best - means) / spread)


@dataclass(frozen=True, slots=True)
class _Guess:
    at_s: float
    lag_s: float
    drift: float


def _pool(heights: NDArray[np.float32]) -> NDArray[np.float32]:
    width = heights.shape[1] // _POOL * _POOL
    return np.asarray(heights[:, :width].reshape(len(heights), -1, _POOL).max(axis=2))


def _refine(windows: Windows, guess: _Guess, tried: int, strength: float) -> Line | None:
    at, lag, drift = guess.at_s, guess.lag_s, guess.drift
    chosen = np.zeros(0, dtype=np.int64)
    peaks = np.zeros(0)
    weights = np.zeros(0)
    lag_sigma = drift_sigma = 0.0
    for near in (_NEAR_S, _NEAR_S, _CLOSE_S, _CLOSE_S):
        found, height = _peaks_near(windows, _Guess(at, lag, drift), near)
        chosen = np.flatnonzero(height > _VOTE)
        if len(chosen) < 3:
            return None
        times, peaks, weights = windows.at_s[chosen], found[chosen], (height[chosen] - _FLOOR) ** 2
        at = float(np.average(times, weights=weights))
        lag = float(np.average(peaks, weights=weights))
        spread = float(np.average((times - at) ** 2, weights=weights))
        drift = float(np.average((times - at) * (peaks - lag), weights=weights)) / max(spread, 1e-6)
        if abs(drift) > 1.05 * _MOST_DRIFT:
            return None  # a slope that no two devices have: windows of different sources were strung together
        rest = peaks - lag - drift * (times - at)
        effective = weights.sum() ** 2 / (weights**2).sum()
        scatter = max(float(np.sqrt(np.average(rest**2, weights=weights))), 0.2 / RATE)
        lag_sigma = scatter / np.sqrt(max(effective - 1.5, 0.5))
        drift_sigma = lag_sigma / np.sqrt(max(spread, 1e-6))
    return Line(
        at_s=at,
        lag_s=lag,
        drift=drift,
        lag_sigma_s=lag_sigma,
        drift_sigma=drift_sigma,
        support=tuple(int(one) for one in chosen),
        strength=strength,
        tried=tried,
        first_s=float(windows.at_s[chosen[0]]),
        last_s=float(windows.at_s[chosen[-1]]),
    )


def log10_chance(windows: Windows, line: Line, counted: NDArray[np.bool_]) -> float:
    """Return the logarithm of how many such lines chance makes among all that were tried (below 0 is rare).

    Args:
        windows: the correlations.
        line: the line.
        counted: which windows may speak for it.
    """
    number = int(counted.sum())
    if not number:
        return 0.0
    _, height = _peaks_near(windows, _Guess(line.at_s, line.lag_s, line.drift), _CLOSE_S)
    heights = windows.heights[counted]
    best = 0.0
    for vote in _VOTES:
        hits = int((height[counted] > vote).sum())
        by_chance = ((heights > vote).sum() + 1) / heights.size * (2 * _CLOSE_S * RATE + 1)
        if hits >= _FEWEST:
            best = min(best, _log10_tail(number, hits, min(0.5, float(by_chance))))
    return float(np.log10(line.tried * len(_VOTES)) + best)


def _peaks_near(windows: Windows, line: _Guess, near_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return of every window the highest peak near the line, to a fraction of a sample, and its height."""
    base = windows.lag_s - (windows.heights.shape[1] // 2) / RATE
    reach = max(2, round(near_s * RATE))
    found, heights = np.zeros(len(windows.at_s)), np.zeros(len(windows.at_s))
    for number, row in enumerate(windows.heights):
        centre = round((line.lag_s + line.drift * (windows.at_s[number] - line.at_s) - base) * RATE)
        low, high = max(1, centre - reach), min(len(row) - 1, centre + reach + 1)
        if high <= low:
            continue
        top = low + int(np.argmax(row[low:high]))
        a, b, c = (float(value) for value in row[top - 1 : top + 2])
        bend = a - 2 * b + c
        part = 0.5 * (a - c) / bend if bend < 0 else 0.0
        found[number] = base + (top + float(np.clip(part, -0.5, 0.5))) / RATE
        heights[number] = b
    return found, heights


def _log10_tail(tries: int, hits: int, chance: float) -> float:
    """Return the logarithm of the chance of at least `hits` of `tries` (Hoeffding's bound)."""
    share = hits / tries
    if share <= chance:
        return 0.0
    if share >= 1.0:
        return float(tries * np.log10(chance))
    relative = share * np.log(share / chance) + (1 - share) * np.log((1 - share) / (1 - chance))
    return float(-tries * relative / np.log(10))
