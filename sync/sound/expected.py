"""Looks for a match only where matches with others foretell it: less has to agree there, for there is less to try.

What repeats at short periods (an alarm) fits beside the right place too; then only windows that repeat nothing count,
or those of what is left when it is taken out of the sound.
"""

from __future__ import annotations

import numpy as np

from sync.detour import Bond
from sync.sound.confidence import Ground
from sync.sound.decode import RATE
from sync.sound.hypothesis import Hypothesis, has_rival, in_media_time, weigh
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.prepared import Prepared
from sync.sound.windows import MOST_WINDOWS

_DRIFT_OFF = 40e-6
_LAG_OFF_S = 0.6
_DRIFTS_TRIED = 320e-6
_BELIEVE = -3.0
_FEWEST_WINDOWS = 4


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
    whole = _look(first, second, lag_s, middle_s, expected.drift)
    if whole is not None:
        is_repeated = has_rival(whole)
        found = _supported(whole, first.start_s, shift_s, fresh_only=is_repeated)
        if found is not None or not is_repeated:
            return found or nothing
    left = _look(first.left_over, second.left_over, lag_s, middle_s, expected.drift)
    if left is None or has_rival(left):
        return nothing
    return _supported(left, first.start_s, shift_s, fresh_only=False) or nothing


def _look(first: Prepared, second: Prepared, lag_s: float, middle_s: float, drift: float) -> Hypothesis | None:
    """Return the line near an expected lag of the samples in the middle of their overlap; None where it is off."""
    found = weigh(first, second, lag_s, MOST_WINDOWS)
    if found is None or abs(found.line.drift - drift) > _DRIFT_OFF:
        return None
    return None if abs(found.line.lag_at(middle_s) - lag_s) > _LAG_OFF_S else found


def _supported(found: Hypothesis, start_s: float, shift_s: float, *, fresh_only: bool) -> SoundMatch | None:
    """Return the match where enough windows agree beyond chance; all, or those that repeat nothing."""
    agreeing = found.agreeing if fresh_only else len(found.line.support)
    compared = int(found.fresh.sum()) if fresh_only else len(found.fresh)
    chance = (found.log10_fresh if fresh_only else found.log10_all) + float(np.log10(_DRIFT_OFF / _DRIFTS_TRIED))
    if chance > _BELIEVE or agreeing < _FEWEST_WINDOWS:
        return None
    why = f"{agreeing} of {compared} windows agree where matches with others put it; alone it would not be believed."
    line = in_media_time(found.line, start_s, shift_s)
    return SoundMatch(MatchVerdict.SUPPORTED, line, agreeing, compared, chance, 0.0, why, ground=Ground.THROUGH)
