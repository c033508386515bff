"""Matches two recordings by their light: where they meet, how far that can be trusted, or why nothing can be said.

Windows of the first recording are laid along the second, and windows of the second along the first. A match is
believed where both say the same lag, all windows together stand out there far beyond every other lag, no one of them
deciding it, and several, apart from one another, do so by themselves. A strobe fits at every period, so never decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sync.light.channels import GRID_RATE, Channels
from sync.light.line import LightLine, fit_line
from sync.light.search import Meeting, find_meetings
from sync.light.windows import Windows, lay_windows, rarity, stand_out
from sync.movement.laying import Meeting as Movements

_MEETINGS = 8
_SAME_S = 0.1
_RARE = 0.05
_DEVIATIONS = 6.0
_OVER_RIVAL = 1.4
_FEWEST = 4.5
_REPEATED = 6.0
_FINE_S = 0.12


class LightVerdict(StrEnum):
    """What came of a comparison.

    A match is possible where light does not say enough, but what moves in both stands out at one lag: people look.
    """

    FOUND = "found"
    POSSIBLE = "possible"
    AMBIGUOUS = "ambiguous"
    NOTHING = "nothing"


@dataclass(frozen=True)
class LightMatch:
    """How two recordings stand to one another.

    Attributes:
        verdict: whether to believe it.
        line: lag between the media times of the two (second less first) along the first, where there is one.
        agreeing: how many windows of three seconds of the first fit there as at hardly any other lag.
        compared: of how many.
        deviations: how far all windows together stand out at this lag; mean of both ways of laying them.
        rival: the same for the best lag elsewhere.
        frame_s: the time from frame to frame of both, s.
        why: in words for people.
        movement: how they stand to one another by what moves in both, where that makes a possible match.
    """

    verdict: LightVerdict
    line: LightLine | None
    agreeing: int
    compared: int
    deviations: float
    rival: float
    frame_s: tuple[float, float]
    why: str
    movement: Movements | None = None

    def or_possible(self, movement: Movements | None) -> LightMatch:
        """Return a possible match by movement where that stands out enough, else what the light says."""
        if movement is None or not movement.is_possible:
            return self
        return replace(self, verdict=LightVerdict.POSSIBLE, line=None, movement=movement, why=movement.words)


@dataclass(frozen=True, eq=False)
class _Hypothesis:
    """A line; numbers are of the first's windows along the second, and where both lines agree of both ways' mean."""

    line: LightLine
    agreeing: int
    compared: int
    deviations: float
    rival: float
    agreeing_both: float
    is_mutual: bool


def match_light(first: Channels, second: Channels) -> LightMatch:
    """Compare two recordings; deterministic."""
    frames = (first.frame_s, second.frame_s)
    meetings: list[Meeting] = []
    for ours, theirs in ((first.new, second.new), (first.raw, second.raw)):
        for one in find_meetings(ours, theirs, _MEETINGS):
            if all(abs(one.lag_s - other.lag_s) > _SAME_S for other in meetings):
                meetings.append(one)
    found = [made for meeting in meetings if (made := _weigh(first, second, meeting)) is not None]
    found.sort(key=lambda one: one.rival - one.deviations)
    if not found:
        return LightMatch(LightVerdict.NOTHING, None, 0, 0, 0.0, 0.0, frames, "No change of light agrees.")
    best = found[0]
    elsewhere = [one for one in found[1:] if abs(one.line.lag_at(best.line.at_s) - best.line.lag_s) > 2 * _SAME_S]
    rival = max([best.rival, *(one.deviations for one in elsewhere)])
    verdict, why = _judge(best, rival, max(one.score for one in meetings) ** 0.5)
    line = _fine(first, second, best.line) if verdict is LightVerdict.FOUND else best.line
    line = replace(
        line,
        at_s=line.at_s + first.start_s,
        lag_s=line.lag_s + second.start_s - first.start_s,
        first_s=line.first_s + first.start_s,
        last_s=line.last_s + first.start_s,
    )
    if verdict is LightVerdict.AMBIGUOUS:
        why = f"{why} Likeliest, but not to be relied on: the second file's time is the first's {line.lag_s:+.2f} s."
    return LightMatch(verdict, line, best.agreeing, best.compared, best.deviations, rival, frames, why)


def _weigh(first: Channels, second: Channels, meeting: Meeting) -> _Hypothesis | None:
    there = _weigh_one_way(first, second, meeting)
    if there is None:
        return None
    line = there.line
    back = _weigh_one_way(second, first, Meeting(-line.lag_s, line.at_s + line.lag_s, meeting.score))
    if back is None or abs(back.line.lag_at(line.at_s + line.lag_s) + line.lag_s) > _SAME_S:
        return there
    return replace(
        there,
        deviations=(there.deviations + back.deviations) / 2,
        rival=(there.rival + back.rival) / 2,
        agreeing_both=(there.agreeing + back.agreeing) / 2,
        is_mutual=True,
    )


def _weigh_one_way(first: Channels, second: Channels, meeting: Meeting) -> _Hypothesis | None:
    windows = lay_windows(first.new, second.new, meeting.lag_s, meeting.at_s)
    line = fit_line(windows, _FINE_S)
    if line is None:
        return None
    agreeing = _apart(rarity(windows, _steps(windows, line)))
    deviations, rival = stand_out(windows, line.lag_s)
    return _Hypothesis(line, agreeing, len(windows.at_s), deviations, rival, float(agreeing), is_mutual=False)


def _judge(best: _Hypothesis, rival: float, repeated: float) -> tuple[LightVerdict, str]:
    counted = (
        f"{best.compared} windows of light stand out together by {best.deviations:.1f} deviations at this lag "
        f"(the next best: {rival:.1f}), {best.agreeing} of them each by itself"
    )
    if best.is_mutual and best.deviations >= _DEVIATIONS and best.agreeing_both >= _FEWEST:
        if best.deviations >= _OVER_RIVAL * rival:
            return LightVerdict.FOUND, f"{counted}."
        return LightVerdict.AMBIGUOUS, f"{counted}: others fit nearly as well."
    if max(repeated, best.deviations) > _REPEATED:
        return (
            LightVerdict.AMBIGUOUS,
            "What the two have in common repeats itself (strobes, flicker) or happened too rarely to decide.",
        )
    return LightVerdict.NOTHING, "No change of light agrees beyond chance."


def _fine(first: Channels, second: Channels, line: LightLine) -> LightLine:
    """Measure again with all of the light, strobes too, where that is surer and says the same."""
    windows = lay_windows(first.raw, second.raw, line.lag_s, line.at_s)
    again = fit_line(windows, 0.5 * _FINE_S)
    if again is None or again.agreeing < line.agreeing:
        return line
    return again if abs(again.lag_at(line.at_s) - line.lag_s) < _FINE_S else line


def _steps(windows: Windows, line: LightLine) -> NDArray[np.int64]:
    lags = line.lag_s + line.drift * (windows.at_s - line.at_s)
    return np.asarray(np.rint((lags - windows.lag_s) * GRID_RATE), dtype=np.int64)


def _apart(rare: NDArray[np.float64]) -> int:
    """Count the windows that fit rarely well, without neighbours of rarer ones: one event may lie in both."""
    hits: list[int] = []
    for one in np.argsort(rare, kind="stable").tolist():
        if rare[one] <= _RARE and all(abs(one - other) > 1 for other in hits):
            hits.append(one)
    return len(hits)
