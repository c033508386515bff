"""Two-way sound: where both wearers speak, the way of the sound drops out of the clocks, and is known besides.

The voice of the first camera's wearer reaches the second late by the way between them; the voice of the second's
reaches the first late by the same way. So the lag between the recordings is seen too long by that time in one direction
and too short in the other: the middle is the clocks', half the spread is the way (as in two-way time transfer between
clocks: D. Kirchner, Proc. IEEE 79, 1991).

What flows:

1. `near_voice.split_voice`: of each recording, what was said right at its microphone (`NearVoice`), once.
2. `directions.correlate_voice`, `directions.follow`: for each direction, the paths of lags on which that voice, or one
   that sounded with it, arrives at the other camera (`Arrivals`), beyond chance.
3. `wearers.choose_end`: which of these is the wearer's: far louder at its own camera than at the other, said in the
   loudest windows there, and the farthest out, since no source can be seen farther out than the cameras themselves.
4. `two_way_fit.fit_both`: clocks' lag, their drift and the way between the wearers as they walk, of both (`BothWays`).
5. `outermost`, `standing_wearers`: where single windows show too little, the same of those who stand still, by all
   windows together.

What cannot be told this way is said, not guessed. Only one direction (`OneEnd`): the clocks' lag lies between that end
and the way of 50 m beyond it, less what the spread of other sounds takes off. Neither (`Between`): no source can be
seen farther out than the cameras, so the clocks are likeliest in the middle of all that was heard, and as unsure as the
way is that is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sync.sound.decode import Samples
from sync.sound.directions import Arrivals, correlate_voice, follow
from sync.sound.line import Line
from sync.sound.near_voice import NearVoice
from sync.sound.outermost import find_alike, find_outermost
from sync.sound.standing_wearers import fit_standing
from sync.sound.two_way_fit import BothWays, fit_both
from sync.sound.walking import SPEED_OF_SOUND
from sync.sound.wearers import End, Listened, choose_end

FARTHEST_M = 50.0
"""How far apart cameras that hear the same are taken to be where nobody knows."""

_FARTHEST_BOTH_M = 58.0
_NEAREST_M = 1.0
_FALLEN_BOTH_DB = -34.0
_FALLEN_EACH_DB = -13.0
"""Less was seen of two people between the cameras, who look like wearers that stand close together."""

_FARTHER = 1.25
"""Where what was heard comes from nearly 50 m apart or more, so much farther may the cameras be."""

_LEFT_M = 20.0
_FALLEN_ALONE_DB = -24.0
"""Of one direction alone, which nothing else confirms; a third voice was seen to fall by 16."""

_MOUTH_M = 0.3
_LEVEL_SLACK_DB = 30.0
"""By how much both falls together may be less than free air between a mouth and a microphone makes them: pauses too
short to hear the noise in take 14 to 29 dB off; voices that are metres from the cameras were seen with 31 and more."""

_BEYOND_S = 0.004
_END_S = 0.004
"""How far what seems an end may lie from the camera that is there: a metre and a half of mouths and walking."""

_AS_STRONG = 0.5
_LEAST_APART_S = 0.004


@dataclass(frozen=True, eq=False)
class Voiced:
    """A recording and its voices.

    Attributes:
        samples: at 8 kHz.
        start_s: media time of the first, s.
        voice: the same, split.
    """

    samples: Samples
    start_s: float
    voice: NearVoice


@dataclass(frozen=True, slots=True)
class OneEnd:
    """What the voice of one wearer alone says of the clocks.

    Attributes:
        of_first: whether it is the first recording's wearer who was heard by the other camera.
        at_s: media time in the first recording.
        lag_s: middle of what the clocks' lag can be there (second less first).
        half_s: how far it can be from that.
        heard: in how many windows of two seconds the other camera heard them.
        spoken: of how many.
    """

    of_first: bool
    at_s: float
    lag_s: float
    half_s: float
    heard: int
    spoken: int

    def shifted(self, start_s: float, shift_s: float) -> OneEnd:
        """Return the same with both recordings counted from elsewhere."""
        return replace(self, at_s=self.at_s + start_s, lag_s=self.lag_s + shift_s)


@dataclass(frozen=True, slots=True)
class Between:
    """Where the clocks are likeliest by all that was heard, neither wearer being known: in the middle of it.

    Attributes:
        at_s: media time in the first recording.
        lag_s: the middle of the lags at which anything was heard.
        apart_s: how far these are apart, the farthest two.
        heard: how many there are.
    """

    at_s: float
    lag_s: float
    apart_s: float
    heard: int

    @property
    def half_s(self) -> float:
        """Half of the 95 % interval of the lag.

        What was heard spans no more than twice the way between the cameras; nothing else is known of that way up to
        `FARTHEST_M`, and where that is nearly reached the cameras may be farther apart. So it is evenly spread from
        there on, and the lag within what it has over: of the product of two such spreads 95 % lie within 0.7.
        """
        left_s = max(FARTHEST_M / SPEED_OF_SOUND - self.apart_s / 2, _LEFT_M / SPEED_OF_SOUND)
        return 0.7 * (left_s + _END_S)

    def shifted(self, start_s: float, shift_s: float) -> Between:
        """Return the same with both recordings counted from elsewhere."""
        return replace(self, at_s=self.at_s + start_s, lag_s=self.lag_s + shift_s)


Known = BothWays | OneEnd | Between
"""What voices say of the clocks."""


def look_both_ways(first: Voiced, second: Voiced, line: Line) -> Known | None:
    """Look for both wearers' voices in the other's recording; deterministic.

    Args:
        first: the one recording.
        second: the other.
        line: how they stand to one another by any sound, in media times.

    Returns:
        What follows for the clocks, in media times; None where that is no more than the line says.
    """
    sampled = _shifted(line, -first.start_s, first.start_s - second.start_s)
    there_rows = correlate_voice(first.voice, second.voice, sampled, is_first=True)
    back_rows = correlate_voice(second.voice, first.voice, sampled, is_first=False)
    there, back = follow(there_rows), follow(back_rows)
    ours_heard = Listened(first.voice, second.voice, second.samples, sampled, is_first=True)
    theirs_heard = Listened(second.voice, first.voice, first.samples, sampled, is_first=False)
    ours, theirs = choose_end(there, ours_heard), choose_end(back, theirs_heard)
    standing = [find_outermost(there_rows, ours_heard), find_outermost(back_rows, theirs_heard)]
    paths = (*there, *back, *(one.path for one in standing if one is not None))
    shift_s = second.start_s - first.start_s
    known: Known | None = None
    if ours is not None and theirs is not None:
        known = _of_both(ours, theirs, (*there, *back), sampled)
    if standing[0] is not None and standing[1] is not None:
        if known is None and not _goes_beyond(paths, standing[0].path, standing[1].path):
            alike = find_alike(there_rows, back_rows, standing[0], standing[1])
            known = fit_standing(standing[0], standing[1], sampled, alike)
    elif (ours is None) is not (theirs is None):
        end = ours or theirs
        if end is not None and end.fall_db <= _FALLEN_ALONE_DB:
            known = _bounded(end.path, paths, sampled, of_first=ours is not None)
    known = known or _between(paths, sampled)
    return None if known is None else known.shifted(first.start_s, shift_s)


def _of_both(ours: End, theirs: End, paths: tuple[Arrivals, ...], line: Line) -> BothWays | None:
    """Return what both ends say, or None where they may not be the wearers'."""
    if _goes_beyond(paths, ours.path, theirs.path):
        return None
    both = fit_both(ours.path, theirs.path, line)
    if both is None or not _NEAREST_M <= both.distance_m <= _FARTHEST_BOTH_M:
        return None
    in_free_air_db = 40 * float(np.log10(_MOUTH_M / both.distance_m))
    least = min(_FALLEN_BOTH_DB, in_free_air_db + _LEVEL_SLACK_DB)
    is_each = max(ours.fall_db, theirs.fall_db) <= _FALLEN_EACH_DB
    return both if is_each and ours.fall_db + theirs.fall_db <= least else None


def _goes_beyond(paths: tuple[Arrivals, ...], ours: Arrivals, theirs: Arrivals) -> bool:
    """Tell whether something about as well heard comes from farther out than both, so that one of them is no end."""
    high, low = (float(np.median(one.lag_s)) for one in (ours, theirs))
    least = _AS_STRONG * min(len(ours.at_s), len(theirs.at_s))
    for path in paths:
        middle = float(np.median(path.lag_s))
        if len(path.at_s) >= least and (middle > high + _BEYOND_S or middle < low - _BEYOND_S):
            return True
    return False


def _bounded(end: Arrivals, paths: tuple[Arrivals, ...], line: Line, *, of_first: bool) -> OneEnd:
    """Return what one end says: the clocks' lag is within it by the way, which other sounds bound from below."""
    sign = 1.0 if of_first else -1.0
    outer = sign * float(np.median(end.lag_s))
    inner = min([0.0, *(sign * float(np.median(path.lag_s)) for path in paths)])
    least_s = (outer - inner) / 2
    most_s = max(FARTHEST_M / SPEED_OF_SOUND, _FARTHER * least_s)
    nearest, farthest = outer - least_s + _END_S, outer - most_s - _END_S
    at_s = float(np.mean(end.at_s))
    middle = sign * (nearest + farthest) / 2
    half = (nearest - farthest) / 2
    return OneEnd(of_first, at_s, line.lag_at(at_s) + middle, half, len(end.at_s), end.spoken)


def _between(paths: tuple[Arrivals, ...], line: Line) -> Between | None:
    """Return the middle of all that was heard; None where that is one lag, or more than cameras can be apart."""
    lags = [0.0, *(float(np.median(path.lag_s)) for path in paths)]
    apart_s = max(lags) - min(lags)
    if not _LEAST_APART_S <= apart_s <= 2 * _FARTHEST_BOTH_M / SPEED_OF_SOUND:
        return None
    return Between(line.at_s, line.lag_s + (max(lags) + min(lags)) / 2, apart_s, len(lags))


def _shifted(line: Line, start_s: float, shift_s: float) -> Line:
    return replace(
        line,
        at_s=line.at_s + start_s,
        lag_s=line.lag_s + shift_s,
        first_s=line.first_s + start_s,
        last_s=line.last_s + start_s,
    )
