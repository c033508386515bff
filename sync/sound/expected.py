"""Looks for a match only where matches with others foretell it: less has to agree there, for there is less to try.

What repeats at short periods (an alarm) fits beside the right place too; then only windows that repeat nothing count.
"""

from __future__ import annotations

import numpy as np

from sync.detour import Bond
from sync.sound.decode import RATE
from sync.sound.match import Hypothesis, MatchVerdict, Prepared, SoundMatch, in_media_time, weigh
from sync.sound.windows import MOST_WINDOWS

_DRIFT_OFF = 40e-6
_LAG_OFF_S = 0.6
_DRIFTS_TRIED = 320e-6
_BELIEVE = -3.0
_FEWEST_WINDOWS = 4
_BESIDE_S = 0.05
_RIVAL = 0.6
_FLOOR, _CEILING = 2.5, 8.0


def match_expected(first: Prepared, second: Prepared, expected: Bond) -> SoundMatch:
    """Compare two recordings near an expected bond of their media times; deterministic."""
    nothing = SoundMatch(MatchVerdict.NOTHING, None, 0, 0, 0.0, 0.0, "Nothing agrees where others put it.")
    shift_s = second.start_s - first.start_s
    roughly_s = expected.lag_at(first.start_s) - shift_s
    begin_s, end_s = max(0.0, -roughly_s), min(len(first.samples) / RATE, len(second.samples) / RATE - roughly_s)
    if end_s <= begin_s:
        return nothing
    middle_s = (begin_s + end_s) / 2
    lag_s = expected.lag_at(first.start_s + middle_s) - shift_s
    found = weigh(first, second, lag_s, MOST_WINDOWS)
    if found is None or abs(found.line.drift - expected.drift) > _DRIFT_OFF:
        return nothing
    if abs(found.line.lag_at(middle_s) - lag_s) > _LAG_OFF_S:
        return nothing
    saved = float(np.log10(_DRIFT_OFF / _DRIFTS_TRIED))
    is_repeated = _has_rival(found)
    agreeing = found.agreeing if is_repeated else len(found.line.support)
    chance = (found.log10_fresh if is_repeated else found.log10_all) + saved
    if chance > _BELIEVE or agreeing < _FEWEST_WINDOWS:
        return nothing
    compared = int(found.fresh.sum()) if is_repeated else len(found.fresh)
    why = f"{agreeing} of {compared} windows agree where matches with others put it; alone it would not be believed."
    line = in_media_time(found.line, first.start_s, shift_s)
    return SoundMatch(MatchVerdict.SUPPORTED, line, agreeing, compared, chance, 0.0, why)


def _has_rival(found: Hypothesis) -> bool:
    """Tell whether another lag near it fits about as well, as those a short period away do."""
    windows, line = found.windows, found.line
    votes = np.clip(windows.heights - _FLOOR, 0, _CEILING - _FLOOR)
    shifts = np.rint(line.drift * (windows.at_s - line.at_s) * RATE).astype(np.int64)
    total = np.sum([np.roll(row, -shift) for row, shift in zip(votes, shifts, strict=True)], axis=0)
    width = int(0.0005 * RATE)
    total = np.convolve(total, np.ones(2 * width + 1), "same")
    beside = np.abs(windows.lags_s - line.lag_s) > _BESIDE_S
    usual = float(np.median(total))
    return bool(total[beside].max() - usual > _RIVAL * (total[~beside].max() - usual))
