"""Looks for a match only where matches with others foretell it: less has to agree there, for there is less to try.

What repeats at short periods (an alarm) fits beside the right place too; then only windows that repeat nothing count,
or those of what is left when it is taken out of the sound.
"""

from __future__ import annotations

from sync.detour import Bond
from sync.sound.confidence import Ground
from sync.sound.contrast import contrast
from sync.sound.hypothesis import Hypothesis, has_rival, in_media_time, weigh_near
from sync.sound.line import Drifts
from sync.sound.match import MatchVerdict, SoundMatch
from sync.sound.overlap import overlap_where_expected
from sync.sound.prepared import Prepared

_DRIFT_OFF, _MOST_DRIFT_OFF = 25e-6, 40e-6
"""How far the drift may be from what is expected: where lines are tried, and what may come of fitting one."""

_LAG_OFF_S = 0.35
_BELIEVE, _BELIEVE_BESIDE_RIVAL = -2.0, -4.0
_FEWEST_WINDOWS = 4


def match_expected(first: Prepared, second: Prepared, expected: Bond) -> SoundMatch:
    """Compare two recordings near an expected bond of their media times; deterministic."""
    nothing = SoundMatch(MatchVerdict.NOTHING, None, 0, 0, 0.0, 0.0, "Nothing agrees where others put it.")
    overlap, lag_s = overlap_where_expected(first, second, expected)
    if overlap.length_s <= 0:
        return nothing
    shift_s = second.start_s - first.start_s
    whole = _look(first, second, lag_s, expected.drift)
    if whole is not None:
        found = _supported(whole, first.start_s, shift_s, fresh_only=has_rival(whole))
        if found is not None:
            return found
    left = _look(first.left_over, second.left_over, lag_s, expected.drift)
    if left is None:
        return nothing
    if has_rival(left) and left.log10_all > _BELIEVE_BESIDE_RIVAL:
        found = None
    else:
        found = _supported(left, first.start_s, shift_s, fresh_only=False)
    return found or _contrasted(first, second, left, lag_s, expected.drift) or nothing


def _contrasted(first: Prepared, second: Prepared, left: Hypothesis, lag_s: float, drift: float) -> SoundMatch | None:
    """Return the match where the line of what is left is far sharper than any some seconds beside it."""
    known = contrast(first.left.samples, second.left.samples, lag_s, Drifts(drift, _DRIFT_OFF), _LAG_OFF_S)
    if known is None or not known.is_plain:
        return None
    why = (
        f"{len(left.line.support)} of {len(left.fresh)} windows agree where matches with others put it, on a line "
        f"{known.over_best:.1f} times as sharp as any some seconds beside it; alone it would not be believed."
    )
    line = in_media_time(left.line, first.start_s, second.start_s - first.start_s)
    agreeing, compared = len(left.line.support), len(left.fresh)
    return SoundMatch(MatchVerdict.SUPPORTED, line, agreeing, compared, left.log10_all, 0.0, why, ground=Ground.THROUGH)


def _look(first: Prepared, second: Prepared, lag_s: float, drift: float) -> Hypothesis | None:
    """Return the line near an expected lag of the samples in the middle of their overlap; None where it is off."""
    found = weigh_near(first, second, lag_s, Drifts(drift, _DRIFT_OFF), _LAG_OFF_S)
    return None if found is None or abs(found.line.drift - drift) > _MOST_DRIFT_OFF else found


def _supported(found: Hypothesis, start_s: float, shift_s: float, *, fresh_only: bool) -> SoundMatch | None:
    """Return the match where enough windows agree beyond chance; all, or those that repeat nothing."""
    agreeing = found.agreeing if fresh_only else len(found.line.support)
    compared = int(found.fresh.sum()) if fresh_only else len(found.fresh)
    chance = found.log10_fresh if fresh_only else found.log10_all
    if chance > _BELIEVE or agreeing < _FEWEST_WINDOWS:
        return None
    why = f"{agreeing} of {compared} windows agree where matches with others put it; alone it would not be believed."
    line = in_media_time(found.line, start_s, shift_s)
    return SoundMatch(MatchVerdict.SUPPORTED, line, agreeing, compared, chance, 0.0, why, ground=Ground.THROUGH)
