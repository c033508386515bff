"""Lays short windows of one recording's light along the other's, near a lag that the search proposed.

For each window it says how well each lag fits, and how rare so good a fit is among all lags around. A strobe fits as
well a period earlier and later, so its windows rank no lag high; a window in which something happens once does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.light.channels import GRID_RATE, Series

WINDOW_S = 3
REACH_S = 60
"""How far to either side of the lag the other lags lie that a window's fit is ranked among."""

_WINDOW = WINDOW_S * GRID_RATE
_REACH = REACH_S * GRID_RATE
_FEWEST_LAGS = 12 * GRID_RATE
_FAR_S = 600.0
_SHIFTS = 6
_MOST = 3.0
_HIGH = 8.0
_FLOOR = 0.5
_FEWEST_WINDOWS, _SHARE = 4, 0.4
_APART = GRID_RATE // 5
_STEPS_ALIKE = 3
NEAR = GRID_RATE * 3 // 10


@dataclass(frozen=True, eq=False)
class Windows:
    """How windows fit along the lags.

    Attributes:
        at_s: time of each window's middle in the first series, s.
        lag_s: the lag in the middle.
        fits: how many deviations each lag stands out, float32[windows, lags], steps of the
            grid from `-REACH_S` to `REACH_S` around `lag_s`; -inf where the second recording has nothing.
    """

    at_s: NDArray[np.float64]
    lag_s: float
    fits: NDArray[np.float32]

    def near(self) -> NDArray[np.float32]:
        """Return the fits within `NEAR` steps of the middle."""
        return self.fits[:, _REACH - NEAR : _REACH + NEAR + 1]


def lay_windows(first: Series, second: Series, lag_s: float, at_s: float) -> Windows:
    """Lay the windows that overlap at a lag, up to `_FAR_S` from a time of the first recording."""
    lag = round(lag_s * GRID_RATE)
    middle, far = round(at_s * GRID_RATE), round(_FAR_S * GRID_RATE)
    begin = max(0, NEAR - lag, middle - far)
    end = min(first.shape[1], second.shape[1] - lag - NEAR, middle + far)
    starts = np.arange(begin, end - _WINDOW + 1, _WINDOW)
    if not len(starts):
        return Windows(np.zeros(0), lag / GRID_RATE, np.zeros((0, 2 * _REACH + 1), dtype=np.float32))
    size = scipy.fft.next_fast_len(2 * _REACH + 2 * _WINDOW, real=True)
    spread = np.sqrt(np.mean(second**2, axis=1, keepdims=True)) + 1e-6
    energy = np.sqrt(np.maximum(scipy.ndimage.uniform_filter1d(second**2, _WINDOW, axis=1), (_FLOOR * spread) ** 2))
    weights = _weights(first, second / spread, starts, lag)
    kept: list[NDArray[np.float32]] = []
    used: list[int] = []
    for start, weight in zip(starts, weights, strict=True):
        low = int(start) + lag - _REACH
        piece, is_there = _piece(second, low, 2 * _REACH + _WINDOW)
        levels, _ = _piece(energy, low + _WINDOW // 2, 2 * _REACH + 1, 1.0)
        possible = is_there[: 2 * _REACH + 1] & is_there[_WINDOW - 1 : 2 * _REACH + _WINDOW]
        if possible.sum() < _FEWEST_LAGS or not weight.any():
            continue
        theirs = scipy.fft.rfft(piece, size, axis=1)
        ours = np.conj(scipy.fft.rfft(first[:, start : start + _WINDOW], size, axis=1))
        along = scipy.fft.irfft((weight.T @ ours) * theirs, size, axis=1)[:, : 2 * _REACH + 1] / levels
        row = along.sum(axis=0)
        scale = 1.4826 * float(np.median(np.abs(row[possible]))) + 1e-6
        kept.append(np.where(possible, row / scale, -np.inf).astype(np.float32))
        used.append(int(start))
    fits = np.stack(kept) if kept else np.zeros((0, 2 * _REACH + 1), dtype=np.float32)
    return Windows((np.array(used, dtype=np.float64) + _WINDOW / 2) / GRID_RATE, lag / GRID_RATE, fits)


def _weights(first: Series, second: Series, starts: NDArray[np.int64], lag: int) -> NDArray[np.float32]:
    """Say which series of the one go with which of the other: float32[windows, first's, second's].

    Each window's weights are those of all other windows, so that it cannot speak for itself.
    """
    shifts = np.arange(-_SHIFTS, _SHIFTS + 1)
    alike = np.zeros((len(shifts), len(starts), first.shape[0], second.shape[0]), dtype=np.float32)
    for number, start in enumerate(starts):
        ours = first[:, start : start + _WINDOW]
        for place, shift in enumerate(shifts):
            low = int(start) + lag + int(shift)
            theirs = second[:, low : low + _WINDOW]
            if low >= 0 and theirs.shape[1] == _WINDOW:
                alike[place, number] = ours @ theirs.T
    scale = np.sqrt(np.mean(alike**2, axis=(0, 1), keepdims=True)) + 1e-6
    alike = np.clip(alike / scale, -_MOST, _MOST)
    sums = alike.sum(axis=1)
    best = int(np.argmax((np.maximum(sums, 0) ** 2).sum(axis=(1, 2))))
    others = np.maximum(sums[best] - alike[best], 0) / scale[0]
    return np.asarray(others, dtype=np.float32)


def rarity(windows: Windows, shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each window which share of all lags fits at least as well as the best within two steps of a shift.

    Args:
        windows: the fits.
        shifts: for each window the lag that is asked about, in steps from the middle.
    """
    found = np.ones(len(windows.at_s))
    for number, row in enumerate(windows.fits):
        centre = _REACH + int(shifts[number])
        here = row[max(0, centre - 2) : centre + 3]
        smooth = scipy.ndimage.maximum_filter1d(row, 5)
        known = np.isfinite(smooth)
        if len(here) and np.isfinite(here).any():
            others = int((smooth[known] >= here.max()).sum())
            found[number] = max(others - 5, _STEPS_ALIKE) / known.sum()
    return found


def stand_out(windows: Windows, lag_s: float) -> tuple[float, float]:
    """Return by how many deviations all windows together stand out at a lag, and at the best other lag around.

    Each window counts up to `_HIGH`, so that no single event decides. Both are 0 where too few lags can be compared.
    """
    rows = np.where(np.isfinite(windows.fits), np.clip(windows.fits, -_MOST, _HIGH), 0.0)
    counts = np.isfinite(windows.fits).sum(axis=0)
    known = counts >= max(_FEWEST_WINDOWS, _SHARE * len(rows))
    sums = rows.sum(axis=0) / np.sqrt(np.maximum(counts, 1))
    centre = _REACH + round((lag_s - windows.lag_s) * GRID_RATE)
    away = known & (np.abs(np.arange(len(sums)) - centre) > _APART)
    if int(away.sum()) < _FEWEST_LAGS or not known[centre - 2 : centre + 3].any():
        return 0.0, 0.0
    middle = float(np.median(sums[away]))
    deviation = 1.4826 * float(np.median(np.abs(sums[away] - middle))) + 1e-6
    here = float(sums[centre - 2 : centre + 3][known[centre - 2 : centre + 3]].max())
    return (here - middle) / deviation, (float(sums[away].max()) - middle) / deviation


def _piece(series: Series, low: int, length: int, filler: float = 0.0) -> tuple[Series, NDArray[np.bool_]]:
    """Return a stretch, and where it lies within the series."""
    piece = np.full((series.shape[0], length), filler, dtype=np.float32)
    begin, end = max(0, low), min(series.shape[1], low + length)
    is_there = np.zeros(length, dtype=np.bool_)
    if end > begin:
        piece[:, begin - low : end - low] = series[:, begin:end]
        is_there[begin - low : end - low] = True
    return piece, is_there
