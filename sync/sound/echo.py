"""Tells whether what two recordings share is repeated exactly: then it fits as well a period earlier or later.

That sets a loop or an alarm, which repeats to the sample, apart from a song, which does not: both keep a beat, but only
of the first can be said that what it repeats was taken out of the question.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.line import Line
from sync.sound.windows import HIGH_HZ, LOW_HZ, WINDOW_S

_FINER = 4
"""How much finer than a sample is looked, so that no period is at a disadvantage by falling between two samples."""

_WINDOW = int(WINDOW_S * RATE)
_MARGIN = int(0.03 * RATE)
_TOLERANCE = int(0.0008 * RATE * _FINER)
_REACH = int(0.025 * RATE * _FINER)
_HEARD = 4.5
_FEWEST = 4
_MOST_WINDOWS = 120
_MOST_PERIODS = 12


def repeated_share(
    first: Samples, second: Samples, line: Line, at_s: NDArray[np.float64], periods: list[float]
) -> float:
    """Return in which share of the windows that agree they also agree a period away, for the best period; 0 to 1.

    Args:
        first: at 8 kHz.
        second: at 8 kHz.
        line: how they stand, in times of the samples.
        at_s: middles of windows in the first.
        periods: lags, s, at which either recording resembles itself.
    """
    if len(at_s) > _MOST_WINDOWS:
        at_s = at_s[np.unique(np.linspace(0, len(at_s) - 1, _MOST_WINDOWS).astype(np.int64))]
    here, is_there = _heights(first, second, line, at_s, 0.0)
    best = 0.0
    for period in periods[:_MOST_PERIODS]:
        for shift in (period, -period):
            away, is_also = _heights(first, second, line, at_s, shift)
            heard = is_there & is_also & (here > _HEARD)
            if int(heard.sum()) >= _FEWEST:
                best = max(best, float((away[heard] > _HEARD).mean()))
    return best


def _heights(
    first: Samples, second: Samples, line: Line, at_s: NDArray[np.float64], shift_s: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how far each window's correlation stands out near the line, shifted; and which windows lie in both."""
    ours = np.rint(at_s * RATE).astype(np.int64) - _WINDOW // 2
    lags = line.lag_s + line.drift * (at_s - line.at_s) + shift_s
    theirs = np.rint((at_s + lags) * RATE).astype(np.int64) - _WINDOW // 2
    is_there = (ours >= 0) & (ours + _WINDOW <= len(first))
    is_there &= (theirs >= _MARGIN) & (theirs + _WINDOW + _MARGIN <= len(second))
    size = scipy.fft.next_fast_len(_WINDOW + 2 * _MARGIN, real=True)
    frequency = scipy.fft.rfftfreq(size, 1 / RATE)
    band = (frequency >= LOW_HZ) & (frequency <= HIGH_HZ)
    taper = np.hanning(_WINDOW).astype(np.float32)
    along = np.zeros((len(at_s), 2 * _MARGIN * _FINER + 1))
    for one in np.flatnonzero(is_there):
        begin, other = int(ours[one]), int(theirs[one])
        cross = np.conj(scipy.fft.rfft(first[begin : begin + _WINDOW] * taper, size))
        cross = cross * scipy.fft.rfft(second[other - _MARGIN : other + _WINDOW + _MARGIN], size)
        cross = np.where(band, cross / (np.abs(cross) + 1e-12), 0)
        fine = scipy.fft.irfft(cross, size * _FINER)[: along.shape[1]] * _FINER
        along[one] = np.abs(fine) / (np.sqrt(2 * band.sum()) / size)
    middle = _MARGIN * _FINER
    reach = _REACH if shift_s else _TOLERANCE
    total = np.clip(along - 2.0, 0, 6.0).sum(axis=0)
    top = middle - reach + int(np.argmax(total[middle - reach : middle + reach + 1]))
    return along[:, max(0, top - _TOLERANCE) : top + _TOLERANCE + 1].max(axis=1), is_there
