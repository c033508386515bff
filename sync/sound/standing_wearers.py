"""Tells whether two places from which voices come, farthest out, are those of two wearers who stand still.

Gains drop out of the sum of both falls, so it tells how near the voices are to their cameras: the nearer, the less of
what free air takes off a voice, on its way from a mouth to the other camera, is missing in it. Whoever speaks within a
few metres of a camera that nobody wears, or whose wearer is silent, stands at about the same place as the wearer would;
what that leaves open is stated.
"""

from __future__ import annotations

import numpy as np

from sync.sound.line import Line
from sync.sound.two_way_fit import BothWays, fit_both
from sync.sound.walking import SPEED_OF_SOUND
from sync.sound.wearers import End

_FARTHEST_M = 58.0
_MOUTH_M = 0.3
_FALLEN_EACH_DB = -8.0
_LEAST_SAID, _OFTEN_SAID = 8, 0.25
"""In how many windows, and in what share of those in which somebody speaks at a microphone, what comes from
farthest out has to be heard: at a wearer's microphone it is mostly the wearer who speaks."""

_LEAST_MISSING_DB, _MOST_MISSING_DB = 4.0, 24.0
"""By how much both falls together are less than free air makes them, where all windows together tell the fall, which
noise does not hide: more is missing of voices some metres off, less where it is no voice from the other end."""

_MOST_MISSING_EACH_DB = 19.0
_HIDDEN_DB = 5.0
"""What a microphone's own gain takes off the fall of a true wearer's voice, or more."""

_BESIDE_M = 1.5
_MOST_ALIKE = 0.7
"""How alike both voices may stand out at both microphones (`outermost.find_alike`): wearers were seen with up to 0.66,
music and voices around two cameras that are 30 m apart, one of which nobody wore, with 0.83 and more."""

_NEAREST_M = 4.0
_NEAR_M = 8.0
"""Nearer than that falls say little: the voice of each is loud at the other as well, and what falls too little to be
a wearer's from farther off is none to wonder at."""

_LEAST_MISSING_NEAR_DB = -8.0
_NEAR_OFF_M = 4.5
"""Nor do they tell how far off a camera that nobody wears a voice is: up to four metres were seen."""


def fit_standing(ours: End, theirs: End, line: Line, alike: float) -> BothWays | None:
    """Return what the places farthest out say, or None where these may not be the wearers'.

    Args:
        ours: what comes to the second camera from farthest out, of what was said at the first's microphone.
        theirs: the other way round.
        line: how the second recording stands to the first by any sound.
        alike: how alike both stand out at both microphones.
    """
    ends = (ours, theirs)
    is_seldom = any(len(one.path.at_s) < max(_LEAST_SAID, _OFTEN_SAID * one.path.spoken) for one in ends)
    if is_seldom or not all(one.is_loud and one.fall_db <= _FALLEN_EACH_DB for one in ends):
        return None
    distance_m = SPEED_OF_SOUND * float(np.median(ours.path.lag_s) - np.median(theirs.path.lag_s)) / 2
    if not _NEAREST_M <= distance_m <= _FARTHEST_M or alike > _MOST_ALIKE:
        return None
    is_near = distance_m < _NEAR_M
    least_db = _LEAST_MISSING_NEAR_DB if is_near else _LEAST_MISSING_DB
    in_free_air_db = 20 * float(np.log10(_MOUTH_M / distance_m))
    missing = [one.fall_db - in_free_air_db for one in ends]
    if not least_db <= sum(missing) <= _MOST_MISSING_DB or max(missing) > _MOST_MISSING_EACH_DB:
        return None
    return fit_both(ours.path, theirs.path, line, end_m=_end_m(max(missing), _NEAR_OFF_M if is_near else 0.0))


def _end_m(missing_db: float, least_m: float) -> float:
    """Return how far off its camera (one sigma) a voice may be that falls by so much less than free air makes it.

    A voice that is twice as far from its microphone as a mouth falls by 6 dB less. The middle is off by as much as the
    one of both is off its camera; that, and somebody beside a camera, is stated as the 95 % interval.
    """
    off_m = max(least_m, _MOUTH_M * 10 ** ((missing_db - _HIDDEN_DB) / 20) + _BESIDE_M)
    return float(off_m * 2**0.5 / 1.96)
