"""Tells whether what two recordings share may be music, and whether a loop in it was taken out of the question.

What keeps a beat may be the same song or broadcast on another day. How strict a beat may be without being taken for
music depends on what else speaks for a match, so each ground of belief (`confidence`) has its own limit here.
"""

from __future__ import annotations

import numpy as np

from sync.sound.echo import repeated_strength
from sync.sound.features import FEATURE_RATE
from sync.sound.hypothesis import Hypothesis
from sync.sound.prepared import Prepared
from sync.sound.repeats import rhythm, shared_beat
from sync.sound.search import SEARCH_RATE

_RHYTHM, _BEAT = 0.2, 0.3
"""Where windows decide: one moment of music makes windows agree, so little of a beat is too much. Talk has at most 0.25
(0.16 in one recording by itself), songs 0.45 and more."""

_BEAT_OF_WHOLE, _BEAT_LEFT = 0.48, 0.4
"""Where the whole of both stands out at one lag, which a few moments of music cannot bring about: nearer to songs."""

_BEAT_OF_NEW = 0.4
"""Of what is new: taking repeats away from features leaves something of a loop's beat, less than a song's."""

_LEFT_SHARE = 0.6
"""Loops leave 0.1 to 0.58 of the windows where people talk; songs over a drum machine 0.68 to 3.4."""

_REPEATED = 0.95


def is_music(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether what both hear at once keeps a beat; where windows decide."""
    return shared_beat(first.features, second.features, best.line) > _BEAT


def has_rhythm(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether both recordings keep a beat of their own where the windows agree."""
    at_s = best.windows.at_s[list(best.line.support)]
    theirs = at_s + best.line.lag_s + best.line.drift * (at_s - best.line.at_s)
    return min(rhythm(first.features, at_s), rhythm(second.features, theirs)) > _RHYTHM


def is_new_music(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether what is new in both keeps a beat."""
    new = [np.repeat(one.novelty.features, FEATURE_RATE // SEARCH_RATE, axis=1) for one in (first, second)]
    return shared_beat(new[0], new[1], best.line) > _BEAT_OF_NEW


def is_music_as_a_whole(first: Prepared, second: Prepared, best: Hypothesis) -> bool:
    """Tell whether a beat is kept by what both hear at once, or by what is left of that; where the whole decides."""
    if shared_beat(first.features, second.features, best.line) > _BEAT_OF_WHOLE:
        return True
    return shared_beat(first.left_features, second.left_features, best.line) > _BEAT_LEFT


def is_taken_out(first: Prepared, second: Prepared, whole: Hypothesis, left: Hypothesis, most_beat: float) -> bool:
    """Tell whether what both hear repeats itself exactly, and what is left of it keeps less of a beat than that.

    Two lines may lie near the lag: that of what repeats and that of what is left; neither may keep it. Of a loop most
    windows agree no more when it is taken out; of a tune over drums that repeat as many do as before.
    """
    if left is not whole and not is_mostly_gone(whole, left):
        return False
    if any(shared_beat(first.left_features, second.left_features, one.line) > most_beat for one in (whole, left)):
        return False
    return repeated_exactly(first, second, whole) >= _REPEATED


def is_mostly_gone(whole: Hypothesis, left: Hypothesis) -> bool:
    """Tell whether most windows that agree in the whole sound agree no more in what is left of it."""
    return len(left.line.support) <= _LEFT_SHARE * len(whole.line.support)


def repeated_exactly(first: Prepared, second: Prepared, best: Hypothesis) -> float:
    """Return how strongly the windows that agree do so a period away as well (`echo.repeated_strength`)."""
    periods = sorted({*first.novelty.periods_s, *second.novelty.periods_s})
    return repeated_strength(first.samples, second.samples, best.line, best.windows.at_s, periods)
