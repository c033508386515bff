"""Matches two recordings by their sound: where they meet, how far that can be trusted, or why nothing can be said.

A match is believed where windows that repeat nothing agree on one line far beyond chance, and no other lag comes near
it; or where windows agree and what is new in both (what an alarm or a loop repeats being taken away) agrees at that lag
far more than at any other, those a period away among them; or where windows of what is left, when that is taken out of
the sound itself, agree there and not a period away. What keeps a beat may be the same broadcast on another day, so
music alone is never enough, unless it repeats itself exactly and something else agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.sound.brief import is_brief, match_clip
from sync.sound.confidence import Ground
from sync.sound.copies import SameSound
from sync.sound.decode import RATE
from sync.sound.hypothesis import Hypothesis, glance, in_media_time, weigh
from sync.sound.line import VERY_LONG_S, Line
from sync.sound.music import (
    has_rhythm,
    is_mostly_gone,
    is_music,
    is_new_music,
    is_taken_out,
    repeated_exactly,
)
from sync.sound.novelty import Novelty, Standing, resemblance, stand_out
from sync.sound.overlap import overlap_at
from sync.sound.prepared import Prepared
from sync.sound.prominence import Prominence, find_prominence
from sync.sound.search import find_meetings
from sync.sound.standing_out import judge_what_stands_out
from sync.sound.together import Hint
from sync.sound.two_way import Known
from sync.sound.windows import MOST_WINDOWS, REACH_S

_MEETINGS = 8
_FIRST_LOOK, _LONG_S = 96, 320.0
_GLANCE = 48
_STANDS_OUT_OF_VERY_LONG = 6.0
"""By how many deviations a lag stands out where recordings are very long; chance makes 5.6 of so many."""

_KEPT_ANYWAY, _SOME_HOPE = 2, 0.0
_ASKED = 4
_SAME_S = 0.25
_BELIEVE = -4.0
_FEWEST_WINDOWS = 5
_RIVAL = 0.4
_REPEATED = 0.75
_HOPE = -1.5
_DEVIATIONS, _DEVIATIONS_ALONE = 7.0, 12.0
_OVER_RIVAL = 2.0
_NOT_BY_CHANCE, _CLEARER = 4.0, 1.25
_BELIEVE_LEFT, _BEAT_LEFT_OF_LOOP = -10.0, 0.3
_MOST_PERIODS = 6
_DEVIATIONS_OF_MUSIC, _OVER_RIVAL_OF_MUSIC = 8.0, 3.5
_BELIEVE_MUSIC, _BELIEVE_BESIDE_MUSIC = -20.0, -3.0
_BESIDE_MUSIC_S = 0.06
"""How far apart music and what is heard beside it may lie in two recordings: some 20 m of the ways of their sounds."""


class MatchVerdict(StrEnum):
    """What came of a comparison.

    A match is supported where it was looked for only where matches with other recordings foretell it. It is possible
    where it fits at one place only, but may be the same music or announcement of another day: people have to listen.
    """

    FOUND = "found"
    SUPPORTED = "supported"
    POSSIBLE = "possible"
    AMBIGUOUS = "ambiguous"
    NOTHING = "nothing"


@dataclass(frozen=True)
class SoundMatch:
    """How two recordings stand to one another.

    Attributes:
        verdict: whether to believe it.
        line: lag between the media times of the two (second less first) along the first, where there is one.
        agreeing: how many windows of two seconds agree, leaving out what repeats.
        compared: of how many.
        log10_chance: logarithm of how many such lines chance makes (a contrario).
        rival_log10_chance: the same for the best lag elsewhere.
        why: in words for people.
        both_ways: what the wearers' voices say of the clocks, where that was looked for and found; or that both hold
            the same sound.
        ground: on what the belief rests; None where it is not believed.
        hints: where else the two fit better than elsewhere, where nothing is believed.
    """

    verdict: MatchVerdict
    line: Line | None
    agreeing: int
    compared: int
    log10_chance: float
    rival_log10_chance: float
    why: str
    both_ways: Known | SameSound | None = None
    ground: Ground | None = None
    hints: tuple[Hint, ...] = ()


def match_sounds(first: Prepared, second: Prepared) -> SoundMatch:
    """Compare two recordings; deterministic."""
    match = _match_long(first, second)
    if match.verdict in {MatchVerdict.FOUND, MatchVerdict.POSSIBLE} or not is_brief(first, second):
        return match
    clip = match_clip(first, second)
    if clip is None:
        return match
    is_sure = clip.is_alone and not clip.doubt
    doubtful = MatchVerdict.POSSIBLE if clip.is_alone else MatchVerdict.AMBIGUOUS
    return SoundMatch(
        MatchVerdict.FOUND if is_sure else doubtful,
        in_media_time(clip.line, first.start_s, second.start_s - first.start_s),
        clip.agreeing,
        clip.compared,
        0.0,
        0.0,
        clip.why,
        ground=Ground.BRIEF if is_sure else None,
    )


def _match_long(first: Prepared, second: Prepared) -> SoundMatch:
    """Compare two recordings by windows of two seconds."""
    lags = [one.lag_s for one in find_meetings(first.searchable, second.searchable, _MEETINGS)]
    found = _weigh_all(first, second, lags)
    best, verdict, why, rival = _judge_alone(first, second, found)
    prominence = Prominence()
    if verdict is not MatchVerdict.FOUND:
        prominence = find_prominence(first.left_searchable, second.left_searchable)
        found = sorted([*found, *_weigh_all(first, second, _others(first, second, prominence, lags))], key=_rank)
        best, verdict, why, rival = _judge_alone(first, second, found)
    hints = _hints(first, second, prominence)
    if best is None:
        return SoundMatch(verdict, None, 0, 0, 0.0, 0.0, why, hints=hints)
    agreeing, compared, chance = best.agreeing, int(best.fresh.sum()), best.log10_fresh
    ground = Ground.ALONE if verdict is MatchVerdict.FOUND else None
    if ground is None and (other := _judge_without_repeats(first, second, found, prominence)) is not None:
        ground, best, why = other
        verdict = MatchVerdict.FOUND
        agreeing, compared, chance = len(best.line.support), len(best.windows.at_s), best.log10_all
    line = in_media_time(best.line, first.start_s, second.start_s - first.start_s)
    kept = () if ground is not None else hints
    return SoundMatch(verdict, line, agreeing, compared, chance, rival, why, ground=ground, hints=kept)


def _hints(first: Prepared, second: Prepared, prominence: Prominence) -> tuple[Hint, ...]:
    middle_s, shift_s = first.start_s + len(first.samples) / RATE / 2, second.start_s - first.start_s
    return tuple(Hint(middle_s, one.lag_s + shift_s, one.deviations) for one in prominence.peaks)


def _judge_alone(
    first: Prepared, second: Prepared, found: list[Hypothesis]
) -> tuple[Hypothesis | None, MatchVerdict, str, float]:
    """Return the best hypothesis, what is to be said of it by windows that repeat nothing, and the best rival's chance.

    Args:
        first: a recording.
        second: another.
        found: what was weighed, likeliest first.
    """
    if not found:
        return None, MatchVerdict.NOTHING, "No stretch of the two sounds agrees.", 0.0
    best = found[0]
    rivals = [one for one in found[1:] if abs(one.line.lag_at(best.line.at_s) - best.line.lag_s) > 2 * REACH_S]
    rival = min((one.log10_fresh for one in rivals), default=0.0)
    verdict, why = _judge(first, second, best, found, rival)
    if verdict in {MatchVerdict.FOUND, MatchVerdict.POSSIBLE} and _is_contradicted(first, second, best):
        return best, MatchVerdict.AMBIGUOUS, f"{why} But what is new in both fits as well elsewhere.", rival
    return best, verdict, why, rival


def _judge_without_repeats(
    first: Prepared, second: Prepared, found: list[Hypothesis], prominence: Prominence
) -> tuple[Ground, Hypothesis, str] | None:
    """Return what is believed when what repeats is taken away, on what ground and why; or None."""
    if (new := _judge_by_what_is_new(first, second, found)) is not None:
        return Ground.NEW, *new
    if (left := _judge_by_what_is_left(first, second, found)) is not None:
        return Ground.LEFT, *left
    if (out := judge_what_stands_out(first, second, prominence, found)) is not None:
        return Ground.OUT, *out
    return None


def _others(first: Prepared, second: Prepared, prominence: Prominence, lags: list[float]) -> list[float]:
    """Return the lags that stand out and are not among those that were looked at."""
    is_very_long = min(len(first.samples), len(second.samples)) / RATE > VERY_LONG_S
    least = _STANDS_OUT_OF_VERY_LONG if is_very_long else 0.0
    added: list[float] = []
    for one in prominence.peaks[:_MEETINGS]:
        if one.deviations >= least and all(abs(one.lag_s - other) > _SAME_S for other in (*lags, *added)):
            added.append(one.lag_s)
    return added


def _weigh_all(first: Prepared, second: Prepared, lags: list[float]) -> list[Hypothesis]:
    """Weigh every lag, likeliest first; where overlaps are long, only those that a first look leaves some hope for."""
    found: list[Hypothesis] = []
    looked: list[Hypothesis] = []
    for lag in lags:
        length_s = overlap_at(first, second, lag).length_s
        is_long = length_s > _LONG_S
        if length_s > VERY_LONG_S:
            one = glance(first, second, lag, _GLANCE)
        else:
            one = weigh(first, second, lag, _FIRST_LOOK if is_long else MOST_WINDOWS)
        if one is not None:
            (looked if is_long else found).append(one)
    looked.sort(key=_rank)
    kept_anyway = 1 if min(len(first.samples), len(second.samples)) / RATE > VERY_LONG_S else _KEPT_ANYWAY
    for number, one in enumerate(looked):
        if number < kept_anyway or one.log10_all < _SOME_HOPE:
            again = weigh(first, second, one.windows.lag_s, MOST_WINDOWS)
            found += [] if again is None else [again]
    return sorted(found, key=_rank)


def _rank(one: Hypothesis) -> tuple[float, float]:
    return (one.log10_fresh, one.log10_all)


def _judge(
    first: Prepared, second: Prepared, best: Hypothesis, found: list[Hypothesis], rival: float
) -> tuple[MatchVerdict, str]:
    counted = f"{best.agreeing} of {int(best.fresh.sum())} windows that repeat nothing"
    if best.log10_fresh > _BELIEVE or best.agreeing < _FEWEST_WINDOWS:
        if min(one.log10_all for one in found) < _BELIEVE:
            return (
                MatchVerdict.AMBIGUOUS,
                "What the two have in common repeats itself (an alarm, a siren, music) and fits at several places.",
            )
        return MatchVerdict.NOTHING, "No stretch of the two sounds agrees beyond chance."
    if rival < _RIVAL * best.log10_fresh and rival < 0:
        return MatchVerdict.AMBIGUOUS, f"{counted} agree at one place, but others fit nearly as well."
    if has_rhythm(first, second, best) or is_music(first, second, best):
        return (
            MatchVerdict.POSSIBLE,
            f"{counted} agree, but on music, which may be the same broadcast at another time. Listen to it.",
        )
    return (
        MatchVerdict.FOUND,
        f"{counted} agree on one line; chance makes such a line once in 10^{-best.log10_fresh:.0f}.",
    )


def _judge_by_what_is_new(first: Prepared, second: Prepared, found: list[Hypothesis]) -> tuple[Hypothesis, str] | None:
    """Return the lag at which what is new in both agrees far more than anywhere else, and why; or None."""
    hopeful = [one for one in found if one.log10_all < _HOPE and len(one.line.support) >= _FEWEST_WINDOWS]
    hopeful.sort(key=lambda one: -resemblance(first.novelty, second.novelty, one.line))
    standings = [(one, stand_out(first.novelty, second.novelty, one.line)) for one in hopeful[:_ASKED]]
    known = [(one, standing) for one, standing in standings if standing is not None]
    if not known:
        return None
    best, standing = max(known, key=lambda pair: pair[1].deviations)
    best, standing = _sharpest_there(best, standing, known)
    if not _stands_out(standing, best.log10_all) or _fits_a_hidden_period_away(first, second, best):
        return None
    others = f"by {standing.deviations:.0f} deviations; the best elsewhere by {standing.rival:.0f}"
    if not is_music(first, second, best):
        return (
            best,
            f"What is said and done once, in {standing.pieces} pieces of ten seconds, fits here alone ({others}).",
        )
    if not _is_more_than_music(first, second, best, standing):
        return None
    return best, (
        f"Both hear a sound that repeats itself exactly; taken away, the rest fits here alone ({others}), in its "
        "windows too. Listen whether the rest is more than the same music."
    )


def _fits_a_hidden_period_away(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether what is new fits about as well a period away of what repeats beside something that repeats louder.

    Of an alarm and a loop at once only the periods of one are found at first; where both lie alike in two recordings
    of different times, the other is all that is new.
    """
    hidden = [Novelty(one.left.periods_s, one.novelty.features) for one in (first, second)]
    if not any(one.periods_s for one in hidden):
        return False
    standing = stand_out(hidden[0], hidden[1], best.line)
    return standing is not None and standing.deviations < _OVER_RIVAL * standing.rival


def _sharpest_there(
    best: Hypothesis, standing: Standing, known: list[tuple[Hypothesis, Standing]]
) -> tuple[Hypothesis, Standing]:
    """Return, of the lines near the best one, that on which most windows agree: what is new tells a place only roughly.

    An alarm makes lines beside the right one that are as good a place, but on which few windows agree.
    """
    near = [each for each in known if abs(each[0].line.lag_at(best.line.at_s) - best.line.lag_s) <= REACH_S]
    return min(near, key=lambda each: each[0].log10_all, default=(best, standing))


def _is_more_than_music(first: Prepared, second: Prepared, best: Hypothesis, standing: Standing) -> bool:
    """Tell whether music that both hear repeats itself exactly, and what is left without it agrees at the same lag.

    A song over a drum machine repeats its drums; its tune is then new, and the same on every night. It gives itself
    away by agreeing in few windows, or in windows of what is left at another lag.
    """
    if standing.deviations < max(_DEVIATIONS_OF_MUSIC, _OVER_RIVAL_OF_MUSIC * standing.rival):
        return False
    if best.log10_all > _BELIEVE_MUSIC:
        return False
    if repeated_exactly(first, second, best) < _REPEATED:
        return False
    if is_new_music(first, second, best):
        return False
    lag = best.line.lag_at(best.line.at_s)
    left = weigh(first.left_over, second.left_over, lag, MOST_WINDOWS)
    if left is None or left.log10_all > _BELIEVE_BESIDE_MUSIC or not is_mostly_gone(best, left):
        return False
    return abs(left.line.lag_at(best.line.at_s) - lag) <= _BESIDE_MUSIC_S


def _judge_by_what_is_left(first: Prepared, second: Prepared, heard: list[Hypothesis]) -> tuple[Hypothesis, str] | None:
    """Return the lag at which what is left of both sounds agrees beyond chance and not a period away, and why.

    Only where the sounds themselves agree is looked, and only where that may be for what they repeat.
    """
    periods = [*first.left.periods_s[:_MOST_PERIODS], *second.left.periods_s[:_MOST_PERIODS]]
    if not periods or all(one.log10_all > _BELIEVE for one in heard):
        return None
    ours, theirs = first.left_over, second.left_over
    lags = [one.windows.lag_s for one in heard if one.log10_all < _HOPE]
    found = sorted(_weigh_all(ours, theirs, lags), key=lambda one: one.log10_all)
    if not found or found[0].log10_all > _BELIEVE_LEFT or len(found[0].line.support) < _FEWEST_WINDOWS:
        return None
    best = found[0]
    if _is_contradicted(first, second, best):
        return None
    lag = best.line.lag_at(best.line.at_s)
    away = [lag + sign * one for one in periods for sign in (1, -1)]
    rivals = [one for one in found[1:] if abs(one.line.lag_at(best.line.at_s) - lag) > 2 * REACH_S]
    rivals += [one for other in away if (one := weigh(ours, theirs, other, MOST_WINDOWS)) is not None]
    if min((one.log10_all for one in rivals), default=0.0) < _RIVAL * best.log10_all:
        return None
    if is_music(first, second, best) or is_new_music(first, second, best):
        whole = next((one for one in heard if one.windows.lag_s == best.windows.lag_s), None)
        if whole is None or not is_taken_out(first, second, whole, best, _BEAT_LEFT_OF_LOOP):
            return None
    return best, (
        f"With what repeats taken out of the sound, {len(best.line.support)} of {len(best.windows.at_s)} windows agree "
        f"on one line, and nowhere else as well; chance makes such a line once in 10^{-best.log10_all:.0f}."
    )


def _is_contradicted(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether, where something repeats, what is new in both fits elsewhere about as well."""
    if not (first.novelty.periods_s or second.novelty.periods_s):
        return False
    standing = stand_out(first.novelty, second.novelty, best.line)
    return standing is not None and standing.deviations < max(_NOT_BY_CHANCE, _CLEARER * standing.rival)


def _stands_out(standing: Standing, log10_all: float) -> bool:
    least = _DEVIATIONS if log10_all < _BELIEVE else _DEVIATIONS_ALONE
    return standing.deviations >= max(least, _OVER_RIVAL * standing.rival)
