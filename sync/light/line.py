"""Fits offset and drift to the light of two recordings, to a fraction of a frame.

All of the light counts here, strobes too: they cannot say which flash is which, but once that is known they say best
when. Windows are summed along every drift that two devices can have; then a line is fitted to their peaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.light.channels import GRID_RATE
from sync.light.windows import NEAR, Windows

_MOST_DRIFT = 320e-6
_FLOOR, _CEILING = 2.5, 8.0
_FEWEST = 3
_NEAR = 3


@dataclass(frozen=True, slots=True)
class LightLine:
    """Lag as a straight line of time.

    Attributes:
        at_s: time in the first recording at which `lag_s` holds.
        lag_s: time in the second recording less time in the first.
        drift: by how much the second clock gains on the first, as a ratio.
        lag_sigma_s: standard uncertainty of `lag_s` from the scatter of the windows.
        drift_sigma: of `drift`.
        first_s: time of the first window that agrees.
        last_s: of the last.
        agreeing: how many windows agree.
    """

    at_s: float
    lag_s: float
    drift: float
    lag_sigma_s: float
    drift_sigma: float
    first_s: float
    last_s: float
    agreeing: int

    def lag_at(self, at_s: float) -> float:
        """Return the lag at a time of the first recording."""
        return self.lag_s + self.drift * (at_s - self.at_s)


def fit_line(windows: Windows, reach_s: float) -> LightLine | None:
    """Return the line that the windows agree on best within `reach_s` of their middle lag, or None."""
    if len(windows.at_s) < _FEWEST:
        return None
    near = windows.near()
    votes = np.clip(np.where(np.isfinite(near), near, 0.0) - _FLOOR, 0, _CEILING - _FLOOR)
    middle = float(windows.at_s.mean())
    elapsed = windows.at_s - middle
    reach = min(NEAR, max(2, round(reach_s * GRID_RATE)))
    steepest = min(_MOST_DRIFT, NEAR / GRID_RATE / max(1.0, float(np.abs(elapsed).max())))
    step = 1 / GRID_RATE / max(4.0, 2 * float(np.abs(elapsed).max()))
    best, place, drift = 0.0, NEAR, 0.0
    places = np.arange(NEAR - reach, NEAR + reach + 1)
    for one in np.arange(0, steepest + step, step):
        for slope in {one, -one}:
            columns = places[:, None] + np.rint(slope * elapsed * GRID_RATE).astype(np.int64)
            inside = (columns >= 0) & (columns < votes.shape[1])
            taken = votes[np.arange(len(elapsed)), np.clip(columns, 0, votes.shape[1] - 1)]
            total = np.where(inside, taken, 0.0).sum(axis=1)
            if total.max() > best + 1e-6:
                best, place, drift = float(total.max()), int(places[int(np.argmax(total))]), float(slope)
    return _refine(windows, middle, (place - NEAR) / GRID_RATE, drift) if best else None


def _refine(windows: Windows, at: float, lag: float, drift: float) -> LightLine | None:
    """Fit a line to the peaks near a first guess; its lag counts from the windows' middle lag."""
    at_s, near = windows.at_s, windows.near()
    chosen = np.zeros(0, dtype=np.int64)
    lag_sigma = drift_sigma = 0.0
    for _ in range(3):
        peaks, heights = _peaks(near, lag + drift * (at_s - at))
        chosen = np.flatnonzero(heights > _FLOOR)
        if len(chosen) < _FEWEST:
            return None
        times, found, weights = at_s[chosen], peaks[chosen], np.minimum(heights[chosen], 2 * _CEILING) - _FLOOR + 0.1
        at = float(np.average(times, weights=weights))
        lag = float(np.average(found, weights=weights))
        spread = float(np.average((times - at) ** 2, weights=weights))
        rest = found - lag
        effective = float(weights.sum() ** 2 / (weights**2).sum())
        scatter = max(float(np.sqrt(np.average(rest**2, weights=weights))), 0.25 / GRID_RATE)
        lag_sigma = scatter / np.sqrt(max(effective - 1.5, 0.5))
        drift_sigma = lag_sigma / np.sqrt(max(spread, 1.0))
        slope = float(np.average((times - at) * rest, weights=weights)) / max(spread, 1.0)
        # What two devices can drift is known beforehand (one sigma of 100 ppm), so short overlaps say little of it.
        drift = slope * 1e-8 / (1e-8 + drift_sigma**2)
        drift_sigma = (1 / (1e8 + drift_sigma**-2)) ** 0.5
    if abs(drift) > _MOST_DRIFT:
        return None
    return LightLine(
        at_s=at,
        lag_s=windows.lag_s + lag,
        drift=drift,
        lag_sigma_s=float(lag_sigma),
        drift_sigma=float(drift_sigma),
        first_s=float(at_s[chosen[0]]),
        last_s=float(at_s[chosen[-1]]),
        agreeing=len(chosen),
    )


def _peaks(near: NDArray[np.float32], lags: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return of every window the highest peak near the line, s from the middle lag, and its height."""
    found, heights = np.zeros(len(near)), np.zeros(len(near))
    for number, row in enumerate(near):
        centre = NEAR + round(float(lags[number]) * GRID_RATE)
        low, high = max(1, centre - _NEAR), min(len(row) - 1, centre + _NEAR + 1)
        if high <= low or not np.isfinite(row[low - 1 : high + 1]).all():
            continue
        top = low + int(np.argmax(row[low:high]))
        a, b, c = (float(value) for value in row[top - 1 : top + 2])
        bend = a - 2 * b + c
        part = 0.5 * (a - c) / bend if bend < 0 else 0.0
        found[number] = (top - NEAR + float(np.clip(part, -0.5, 0.5))) / GRID_RATE
        heights[number] = b
    return found, heights
