"""Fits offset and drift to the windows, and says how likely chance alone would make such a line.

Every lag and every drift that two devices can have is tried (a Radon transform of the windows' correlations), so no
window has to be right by itself. Several sources make several lines, all of one slope: the drift at which they all
stand out most is taken, then the strongest line, which is fitted to the windows' peaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.windows import Windows

VERY_LONG_S = 1200.0
"""Overlaps and recordings beyond this are glanced at before they are weighed, for very many lines fit into them."""

FINE, COARSE = 4, 16
"""How many samples of lag are taken together; coarsely where overlaps are so long that very many lines are tried."""

_MOST_DRIFT = 320e-6
_FLOOR, _CEILING = 2.5, 8.0
_VOTE = 4.5
_VOTES = (4.5, 6.0, 8.0)
_FEWEST = 3
_FEWEST_FOR_LINE = 4
_NEAR_S = 0.002
_CLOSE_S = 0.0008
_SEVERAL_SOURCES = 1.8
"""By how much drift scatters more than the windows say, for near sources may share a line (measured on streets)."""


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
    first_s: float
    last_s: float

    def lag_at(self, at_s: float) -> float:
        """Return the lag at a time of the first recording."""
        return self.lag_s + self.drift * (at_s - self.at_s)


@dataclass(frozen=True, slots=True)
class Drifts:
    """Which drifts are tried: `around`, as a ratio, and `reach` to either side of it."""

    around: float = 0.0
    reach: float = _MOST_DRIFT


_ANY_DRIFT = Drifts()


def fit_line(windows: Windows, asked: Drifts = _ANY_DRIFT, pool: int = FINE) -> Line | None:
    """Return the line that the windows agree on best, or None where there are too few.

    Args:
        windows: the correlations.
        asked: which drifts are tried.
        pool: how many samples of lag are taken together, which sets how finely drifts are tried, too.
    """
    if len(windows.at_s) < _FEWEST_FOR_LINE:
        return None
    middle = float(windows.at_s.mean())
    sharpest, place, drift, tried = -1.0, 0, 0.0, 0
    for one, total in _totals(windows, asked, pool):
        over = np.maximum(total - total.mean(), 0)
        sharp = float(np.dot(over * over, over))
        tried += len(total)
        if sharp > sharpest:
            sharpest, place, drift = sharp, int(np.argmax(total)), one
    lag = windows.lag_s - (windows.heights.shape[1] // 2) / RATE + (place * pool + pool / 2) / RATE
    return _refine(windows, _Guess(middle, lag, drift), tried)


def sharpness(windows: Windows, asked: Drifts, pool: int = FINE) -> float | None:
    """Return by how many deviations the best line stands out among all that are tried; None where windows are few.

    As `fit_line`.
    """
    if len(windows.at_s) < _FEWEST_FOR_LINE:
        return None
    return max(float((total.max() - total.mean()) / (total.std() + 1e-9)) for _, total in _totals(windows, asked, pool))


def _totals(windows: Windows, asked: Drifts, pool: int) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Yield drifts, and for each the votes of all windows for every lag along it."""
    elapsed = windows.at_s - windows.at_s.mean()
    step_s = pool / RATE
    reach = float(np.abs(elapsed).max()) + 1.0
    steps = np.arange(-asked.reach, asked.reach + 1e-9, step_s / reach)
    drifts = np.clip(asked.around + steps, -_MOST_DRIFT, _MOST_DRIFT)
    votes = np.clip(_pool(windows.heights, pool) - _FLOOR, 0, _CEILING - _FLOOR)
    yield from zip(drifts.tolist(), _sums_along(votes, elapsed, drifts, step_s), strict=True)


def _sums_along(
    votes: NDArray[np.float32], elapsed: NDArray[np.float64], drifts: NDArray[np.float64], step_s: float
) -> Iterator[NDArray[np.float32]]:
    """Yield for each drift the sum of the rows, each moved by what the drift makes of its time: float32[lags].

    In two steps: rows that are near in time are summed at the few drifts that differ among them, then these sums at
    all. That is as many additions as the root of what one step would need.
    """
    count, width = votes.shape
    size = max(1, round(np.sqrt(count)))
    edge = int(np.ceil(_MOST_DRIFT * float(np.abs(elapsed).max()) / step_s)) + 2
    sums, middles, steps = [], [], []
    for at in range(0, count, size):
        middle = float(elapsed[at : at + size].mean())
        near = elapsed[at : at + size] - middle
        step = step_s / max(float(np.abs(near).max()), 1.0)
        inner = int(np.ceil(_MOST_DRIFT / step))
        reach = inner + 1
        padded = np.pad(votes[at : at + size], ((0, 0), (reach, reach)))
        parts = np.zeros((2 * inner + 1, width + 2 * edge), dtype=np.float32)
        for number in range(2 * inner + 1):
            target = parts[number, edge : edge + width]
            for row, shift in zip(
                padded, np.rint((number - inner) * step * near / step_s).astype(np.int64), strict=True
            ):
                target += row[reach + shift : reach + shift + width]
        sums.append(parts)
        middles.append(middle)
        steps.append(step)
    begins = edge + np.rint(np.outer(drifts, middles) / step_s).astype(np.int64)
    for drift, row in zip(drifts, begins.tolist(), strict=True):
        total = np.zeros(width, dtype=np.float32)
        for parts, step, begin in zip(sums, steps, row, strict=True):
            number = round(drift / step) + len(parts) // 2
            total += parts[min(max(number, 0), len(parts) - 1), begin : begin + width]
        yield total


@dataclass(frozen=True, slots=True)
class _Guess:
    at_s: float
    lag_s: float
    drift: float


def _pool(heights: NDArray[np.float32], pool: int) -> NDArray[np.float32]:
    width = heights.shape[1] // pool * pool
    return np.asarray(heights[:, :width].reshape(len(heights), -1, pool).max(axis=2))


def _refine(windows: Windows, guess: _Guess, tried: int) -> Line | None:
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
        drift_sigma = _SEVERAL_SOURCES * lag_sigma / np.sqrt(max(spread, 1e-6))
    return Line(
        at_s=at,
        lag_s=lag,
        drift=drift,
        lag_sigma_s=lag_sigma,
        drift_sigma=drift_sigma,
        support=tuple(int(one) for one in chosen),
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
            best = min(best, log10_tail(number, hits, min(0.5, float(by_chance))))
    return float(np.log10(line.tried * len(_VOTES)) + best)


def _peaks_near(windows: Windows, line: _Guess, near_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return of every window the highest peak near the line, to a fraction of a sample, and its height."""
    base = windows.lag_s - (windows.heights.shape[1] // 2) / RATE
    reach = max(2, round(near_s * RATE))
    rows = np.arange(len(windows.at_s))
    centres = np.rint((line.lag_s + line.drift * (windows.at_s - line.at_s) - base) * RATE).astype(np.int64)
    width = windows.heights.shape[1]
    columns = centres[:, None] + np.arange(-reach, reach + 1)[None, :]
    is_there = (columns >= 1) & (columns <= width - 2)
    near = np.where(is_there, windows.heights[rows[:, None], np.clip(columns, 0, width - 1)], -1.0)
    top = np.clip(columns[rows, near.argmax(axis=1)], 1, width - 2)
    a, b, c = (windows.heights[rows, top + shift].astype(np.float64) for shift in (-1, 0, 1))
    bend = a - 2 * b + c
    part = np.where(bend < 0, 0.5 * (a - c) / np.where(bend < 0, bend, -1.0), 0.0)
    is_any = is_there.any(axis=1)
    found = np.where(is_any, base + (top + np.clip(part, -0.5, 0.5)) / RATE, 0.0)
    return found, np.where(is_any, b, 0.0)


def log10_tail(tries: int, hits: int, chance: float) -> float:
    """Return the logarithm of the chance of at least `hits` of `tries` (Hoeffding's bound)."""
    share = hits / tries
    if share <= chance:
        return 0.0
    if share >= 1.0:
        return float(tries * np.log10(chance))
    relative = share * np.log(share / chance) + (1 - share) * np.log((1 - share) / (1 - chance))
    return float(-tries * relative / np.log(10))
