"""Tells whether what two recordings share is repeated exactly: then it fits as well a period earlier or later.

That sets a loop or an alarm, which repeats to the sample, apart from a song, which does not: both keep a beat, but only
of the first can be said that what it repeats was taken out of the question.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.line import Line
from sync.sound.windows import WINDOW, Transformed

_FINER = 4
"""How much finer than a sample is looked, so that no period is at a disadvantage by falling between two samples."""

_MARGIN = int(0.03 * RATE)
_TOLERANCE = int(0.0008 * RATE * _FINER)
_REACH = int(0.025 * RATE * _FINER)
_HEARD = 4.5
_FEWEST = 6
_MOST_WINDOWS = 60
_MOST_PERIODS = 12
_ENOUGH = 1.0


def repeated_strength(
    first: Samples, second: Samples, line: Line, at_s: NDArray[np.float64], periods: list[float]
) -> float:
    """Return how strongly the windows that agree also agree a period away, for the best period; 0 where they do not.

    It is the upper quartile, over the windows, of the height there as a share of the height here. Where all that both
    hear is a loop it is 1; where it is a tune over drums that repeat, the tune is missing a period away: below 0.65.

    Args:
        first: at 8 kHz.
        second: at 8 kHz.
        line: how they stand, in times of the samples.
        at_s: middles of windows in the first.
        periods: lags, s, at which either recording resembles itself.
    """
    ours = np.rint(at_s * RATE).astype(np.int64) - WINDOW // 2
    is_inside = (ours >= 0) & (ours + WINDOW <= len(first))
    at_s, ours = at_s[is_inside], ours[is_inside]
    if len(at_s) > _MOST_WINDOWS:
        chosen = np.unique(np.linspace(0, len(at_s) - 1, _MOST_WINDOWS).astype(np.int64))
        at_s, ours = at_s[chosen], ours[chosen]
    lags = line.lag_s + line.drift * (at_s - line.at_s)
    windows = Transformed(first, ours, _MARGIN)
    here = _heights(windows, second, at_s + lags, _TOLERANCE)
    best = 0.0
    for period in periods[:_MOST_PERIODS]:
        for shift in (period, -period):
            away = _heights(windows, second, at_s + lags + shift, _REACH)
            heard = (here > _HEARD) & (away >= 0)
            if int(heard.sum()) >= _FEWEST:
                best = max(best, float(np.percentile(away[heard] / here[heard], 75)))
            if best >= _ENOUGH:
                return best
    return best


def _heights(windows: Transformed, second: Samples, theirs_s: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Return how far each window's correlation stands out at the lag near the place that fits best; -1 where outside.

    Args:
        windows: of the first.
        second: at 8 kHz.
        theirs_s: where their middles are looked for in the second.
        reach: how far from there the best lag may be, in steps.
    """
    theirs = np.rint(theirs_s * RATE).astype(np.int64) - WINDOW // 2
    is_there = (theirs >= _MARGIN) & (theirs + WINDOW + _MARGIN <= len(second))
    found = np.full(len(theirs), -1.0)
    along = windows.heights(second, theirs[is_there], np.flatnonzero(is_there), _FINER)
    if len(along):
        middle = _MARGIN * _FINER
        total = np.clip(along - 2.0, 0, 6.0).sum(axis=0)
        top = middle - reach + int(np.argmax(total[middle - reach : middle + reach + 1]))
        found[is_there] = along[:, max(0, top - _TOLERANCE) : top + _TOLERANCE + 1].max(axis=1)
    return found
