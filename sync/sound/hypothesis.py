"""Weighs a lag: which line the windows near it agree on, and how likely chance alone would make that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.line import COARSE, VERY_LONG_S, Drifts, Line, fit_line, log10_chance
from sync.sound.prepared import Prepared
from sync.sound.windows import Windows, correlate_windows

_BESIDE_S = 0.05
_RIVAL = 0.6
_FLOOR, _CEILING = 2.5, 8.0
_SAME_S = 0.0005
_NEAR_DRIFT = 5e-6


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A lag that was weighed: the line near it, its windows, which of them repeat nothing, and what chance makes."""

    line: Line
    windows: Windows
    fresh: NDArray[np.bool_]
    log10_all: float
    log10_fresh: float

    @property
    def agreeing(self) -> int:
        """How many windows that repeat nothing agree."""
        return int(self.fresh[list(self.line.support)].sum())


def weigh(first: Prepared, second: Prepared, lag_s: float, most: int) -> Hypothesis | None:
    """Return what `most` windows around a lag of the samples say; None where no line is in them."""
    windows = correlate_windows(first.samples, second.samples, lag_s, most)
    return _weighed(first, second, windows, _fitted(windows))


def _fitted(windows: Windows) -> Line | None:
    """Return the line of some windows; of hours of them drifts are tried finely only around the best coarse one."""
    if not len(windows.at_s) or float(np.ptp(windows.at_s)) < VERY_LONG_S:
        return fit_line(windows)
    rough = fit_line(windows, pool=COARSE)
    line = None if rough is None else fit_line(windows, Drifts(rough.drift, _NEAR_DRIFT))
    return None if line is None else replace(line, tried=line.tried * round(Drifts().reach / _NEAR_DRIFT))


def glance(first: Prepared, second: Prepared, lag_s: float, most: int) -> Hypothesis | None:
    """Return roughly what `weigh` does, for long overlaps: lines are tried four times as coarsely."""
    windows = correlate_windows(first.samples, second.samples, lag_s, most)
    return _weighed(first, second, windows, fit_line(windows, pool=COARSE))


def weigh_near(first: Prepared, second: Prepared, lag_s: float, drifts: Drifts, reach_s: float) -> Hypothesis | None:
    """Return what windows say of the lines within `reach_s` of a lag of the samples that have one of some drifts."""
    windows = correlate_windows(first.samples, second.samples, lag_s).within(reach_s)
    return _weighed(first, second, windows, fit_line(windows, drifts))


def _weighed(first: Prepared, second: Prepared, windows: Windows, line: Line | None) -> Hypothesis | None:
    if line is None:
        return None
    theirs = windows.at_s + line.lag_s + line.drift * (windows.at_s - line.at_s)
    fresh = ~(first.repeats.at(windows.at_s) | second.repeats.at(theirs))
    everything = np.ones(len(fresh), dtype=np.bool_)
    return Hypothesis(line, windows, fresh, log10_chance(windows, line, everything), log10_chance(windows, line, fresh))


def has_rival(found: Hypothesis, reach_s: float = float("inf")) -> bool:
    """Tell whether another lag near the line fits about as well, as those a short period away do.

    Args:
        found: what was weighed.
        reach_s: how far from the lag around which was looked a rival may be, s.
    """
    windows, line = found.windows, found.line
    votes = np.clip(windows.heights - _FLOOR, 0, _CEILING - _FLOOR)
    shifts = np.rint(line.drift * (windows.at_s - line.at_s) * RATE).astype(np.int64)
    total = np.sum([np.roll(row, -shift) for row, shift in zip(votes, shifts, strict=True)], axis=0)
    total = np.convolve(total, np.ones(2 * int(_SAME_S * RATE) + 1), "same")
    beside = np.abs(windows.lags_s - line.lag_s) > _BESIDE_S
    asked = beside & (np.abs(windows.lags_s - windows.lag_s) <= reach_s)
    usual = float(np.median(total))
    return bool(total[asked].max(initial=0.0) - usual > _RIVAL * (total[~beside].max() - usual))


def in_media_time(line: Line, start_s: float, shift_s: float) -> Line:
    """Return a line of sample times as one of media times."""
    return Line(
        at_s=line.at_s + start_s,
        lag_s=line.lag_s + shift_s,
        drift=line.drift,
        lag_sigma_s=line.lag_sigma_s,
        drift_sigma=line.drift_sigma,
        support=line.support,
        tried=line.tried,
        first_s=line.first_s + start_s,
        last_s=line.last_s + start_s,
    )
