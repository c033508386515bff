"""Believes a lag that stands out by what is left of two recordings, where a line is near it and it is not music.

What is left of sounds when what they repeat is taken out is laid along one another (`prominence`); pieces of ten
seconds along the line must agree with that. It says where the line is to be sought, to a third of a second; where
windows of the whole sound have no rival so near, they measure, else those of what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync.sound.contrast import MOST_PERIODS, contrast
from sync.sound.hypothesis import Hypothesis, has_rival, weigh
from sync.sound.line import Drifts
from sync.sound.music import is_music_as_a_whole, is_taken_out
from sync.sound.novelty import Novelty, Standing, stand_out
from sync.sound.prepared import Prepared
from sync.sound.prominence import Prominence
from sync.sound.search import halve
from sync.sound.windows import MOST_WINDOWS

_DEVIATIONS, _OVER_RIVAL = 5.0, 1.3
_OF_PIECES, _OF_PIECES_OVER_RIVAL = 7.0, 2.0
_WHOLE, _LEFT = -4.0, -2.0
_TELLING = -3.0
_FEWEST_WINDOWS = 5
_FEWEST_CONTRASTED = 4
_NEAR_S = 0.3
_LOOP_OVER_RIVAL, _LOOP_OF_PIECES_OVER_RIVAL = 1.6, 2.7
_BEAT_LEFT_OF_LOOP = 0.34


def judge_what_stands_out(
    first: Prepared, second: Prepared, known: Prominence, weighed: Sequence[Hypothesis] = ()
) -> tuple[Hypothesis, str] | None:
    """Return the line near the lag that stands out and why it is believed; or None.

    Args:
        first: a recording.
        second: another.
        known: which lags stand out.
        weighed: lags that were weighed already, by `MOST_WINDOWS`.
    """
    if not known.peaks:
        return None
    top = known.peaks[0]
    if top.deviations < max(_DEVIATIONS, _OVER_RIVAL * known.rival):
        return None
    whole = next((one for one in weighed if one.windows.lag_s == top.lag_s), None)
    whole = whole or weigh(first, second, top.lag_s, MOST_WINDOWS)
    is_same = not first.left.periods_s and not second.left.periods_s
    left = whole if is_same else weigh(first.left_over, second.left_over, top.lag_s, MOST_WINDOWS)
    best = _measured(whole, left) or _contrasted(first, second, left, top.lag_s)
    if best is None:
        return None
    standing = stand_out(_left(first), _left(second), best.line)
    if standing is None or standing.deviations < max(_OF_PIECES, _OF_PIECES_OVER_RIVAL * standing.rival):
        return None
    is_telling = left is not None and len(left.line.support) >= _FEWEST_WINDOWS and left.log10_all < _TELLING
    heard = left if is_telling and left is not None else best
    over_rival = top.deviations / max(known.rival, 1e-9)
    if is_music_as_a_whole(first, second, heard) and not _is_loop(first, second, (whole, heard), standing, over_rival):
        return None
    return best, (
        f"With what repeats taken out of the sound, the whole of both fits here alone (by {top.deviations:.0f} "
        f"deviations; the best elsewhere by {known.rival:.0f}), and in {standing.pieces} pieces of ten seconds (by "
        f"{standing.deviations:.0f} and {standing.rival:.0f}); {len(best.line.support)} of {len(best.windows.at_s)} "
        "windows agree."
    )


def _measured(whole: Hypothesis | None, left: Hypothesis | None) -> Hypothesis | None:
    """Return what measures the lag: windows of the whole sound, or of what is left where those have a rival near.

    A rival of what is left is another sound's way, for what repeats is not in it.
    """
    if whole is not None and _is_near(whole) and whole.log10_all < _WHOLE and not has_rival(whole, _NEAR_S):
        return whole
    return left if left is not None and _is_near(left) and left.log10_all < _LEFT else None


def _contrasted(first: Prepared, second: Prepared, left: Hypothesis | None, lag_s: float) -> Hypothesis | None:
    """Return the line of what is left where it is near and far sharper than any some seconds beside it."""
    if left is None or not _is_near(left, _FEWEST_CONTRASTED):
        return None
    periods = (*first.left.periods_s[:MOST_PERIODS], *second.left.periods_s[:MOST_PERIODS])
    known = contrast(first.left.samples, second.left.samples, lag_s, Drifts(), _NEAR_S, periods_s=periods)
    return left if known is not None and known.is_plain else None


def _is_near(found: Hypothesis, fewest: int = _FEWEST_WINDOWS) -> bool:
    """Tell whether enough windows agree, and near the lag that stands out."""
    middle_s = float(found.windows.at_s.mean())
    is_near = abs(found.line.lag_at(middle_s) - found.windows.lag_s) <= _NEAR_S
    return is_near and len(found.line.support) >= fewest


def _left(one: Prepared) -> Novelty:
    return Novelty(one.novelty.periods_s, halve(one.left_features))


def _is_loop(
    first: Prepared,
    second: Prepared,
    lines: tuple[Hypothesis | None, Hypothesis],
    standing: Standing,
    over_rival: float,
) -> bool:
    """Tell whether the music is a loop that was taken out, for the rest keeps no beat and fits nowhere else."""
    whole, heard = lines
    if whole is None or over_rival < _LOOP_OVER_RIVAL:
        return False
    if standing.deviations < _LOOP_OF_PIECES_OVER_RIVAL * standing.rival:
        return False
    return is_taken_out(first, second, whole, heard, _BEAT_LEFT_OF_LOOP)
