"""Matches two recordings by their sound: where they meet, how far that can be trusted, or why nothing can be said.

A match is believed only where windows that repeat nothing agree on one line far beyond chance, and no other lag comes
near it. What keeps a beat may be the same broadcast on another day, so music alone is never enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import Samples, Sound
from sync.sound.features import Features, make_features
from sync.sound.line import Line, fit_line, log10_chance
from sync.sound.repeats import Repeats, find_repeats, rhythm
from sync.sound.search import Searchable, find_meetings, make_searchable
from sync.sound.windows import REACH_S, Windows, correlate_windows

_MEETINGS = 8
_BELIEVE = -4.0
_FEWEST_WINDOWS = 5
_RIVAL = 0.4
_BEAT = 0.38


class MatchVerdict(StrEnum):
    """What came of a comparison."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    NOTHING = "nothing"


@dataclass(frozen=True, eq=False)
class Prepared:
    """A recording ready to be matched.

    Attributes:
        samples: at 8 kHz.
        start_s: media time of the first, s.
        features: what is searched.
        searchable: the same, transformed.
        repeats: what it repeats of itself.
    """

    samples: Samples
    start_s: float
    features: Features
    searchable: Searchable
    repeats: Repeats


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
    """

    verdict: MatchVerdict
    line: Line | None
    agreeing: int
    compared: int
    log10_chance: float
    rival_log10_chance: float
    why: str


@dataclass(frozen=True, eq=False)
class _Hypothesis:
    line: Line
    windows: Windows
    fresh: NDArray[np.bool_]
    log10_all: float
    log10_fresh: float

    @property
    def agreeing(self) -> int:
        return int(self.fresh[list(self.line.support)].sum())


def prepare(sound: Sound) -> Prepared:
    """Do what is done once per recording."""
    features = make_features(sound.samples)
    searchable = make_searchable(features)
    repeats = find_repeats(sound.samples, searchable)
    return Prepared(sound.samples, sound.start_ns / 1e9, features, searchable, repeats)


def match_sounds(first: Prepared, second: Prepared) -> SoundMatch:
    """Compare two recordings; deterministic."""
    found = [
        one
        for meeting in find_meetings(first.features, second.searchable, _MEETINGS)
        if (one := _weigh(first, second, meeting.lag_s)) is not None
    ]
    found.sort(key=lambda one: (one.log10_fresh, one.log10_all))
    if not found:
        return SoundMatch(MatchVerdict.NOTHING, None, 0, 0, 0.0, 0.0, "No stretch of the two sounds agrees.")
    best = found[0]
    rivals = [one for one in found[1:] if abs(one.line.lag_at(best.line.at_s) - best.line.lag_s) > 2 * REACH_S]
    rival = min((one.log10_fresh for one in rivals), default=0.0)
    verdict, why = _judge(first, second, best, found, rival)
    shift = second.start_s - first.start_s
    line = _in_media_time(best.line, first.start_s, shift)
    return SoundMatch(verdict, line, best.agreeing, int(best.fresh.sum()), best.log10_fresh, rival, why)


def _weigh(first: Prepared, second: Prepared, lag_s: float) -> _Hypothesis | None:
    windows = correlate_windows(first.samples, second.samples, lag_s)
    line = fit_line(windows)
    if line is None:
        return None
    theirs = windows.at_s + line.lag_s + line.drift * (windows.at_s - line.at_s)
    fresh = ~(first.repeats.at(windows.at_s) | second.repeats.at(theirs))
    everything = np.ones(len(fresh), dtype=np.bool_)
    return _Hypothesis(
        line, windows, fresh, log10_chance(windows, line, everything), log10_chance(windows, line, fresh)
    )


def _judge(
    first: Prepared, second: Prepared, best: _Hypothesis, found: list[_Hypothesis], rival: float
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
    line = best.line
    begin, end = line.lag_at(line.first_s) + line.first_s, line.lag_at(line.last_s) + line.last_s
    beat = min(rhythm(first.features, line.first_s, line.last_s), rhythm(second.features, begin, end))
    if beat > _BEAT:
        return (
            MatchVerdict.AMBIGUOUS,
            f"{counted} agree, but on music, which may be the same broadcast at another time.",
        )
    return (
        MatchVerdict.FOUND,
        f"{counted} agree on one line; chance makes such a line once in 10^{-best.log10_fresh:.0f}.",
    )


def _in_media_time(line: Line, start_s: float, shift_s: float) -> Line:
    """Return a line of sample times as one of media times."""
    return Line(
        at_s=line.at_s + start_s,
        lag_s=line.lag_s + shift_s,
        drift=line.drift,
        lag_sigma_s=line.lag_sigma_s,
        drift_sigma=line.drift_sigma,
        support=line.support,
        tried=line.tried,
        strength=line.strength,
        first_s=line.first_s + start_s,
        last_s=line.last_s + start_s,
    )
