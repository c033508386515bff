"""Makes observations of sound matches: readings along the overlap, with the way of the sound in their shared error.

A match is observed once, by the best that is known of it: by both wearers' voices, which leave the way out; by one
wearer's, which halves what the way can be; or by any sound, with the whole way unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import NS_PER_S
from sync.detour import Bond
from sync.finder import Finder
from sync.sound.confidence import confidence_words
from sync.sound.copies import SameSound
from sync.sound.job import SoundPair
from sync.sound.line import Line
from sync.sound.match import MatchVerdict
from sync.sound.two_way import FARTHEST_M, Between, OneEnd
from sync.sound.two_way_fit import BothWays
from sync.sound.walking import SPEED_OF_SOUND

MOVED_M = 1.0
"""How far sources and cameras move between the beginning and the end of a match (one sigma)."""

_NINETY_FIVE = 1.96
"""Half a 95 % interval in standard uncertainties."""

_SHORTEST_FOR_DRIFT_S = 4.0
_SHARPEST_S = 5e-5
_SIDE_BY_SIDE_M = 1.0
_STATES = {
    MatchVerdict.FOUND: ObservationState.PROPOSED,
    MatchVerdict.SUPPORTED: ObservationState.PROPOSED,
    MatchVerdict.POSSIBLE: ObservationState.POSSIBLE,
}
_BY_SOUND = (SyncMethod.SOUND, SyncMethod.TWO_WAY_SOUND)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is stated of a match.

    Attributes:
        moments: times in the first recording, s, with the lag there and the standard uncertainty of each alone, s.
        common_s: standard uncertainty that they share, s.
        words: the evidence.
    """

    method: SyncMethod
    moments: tuple[tuple[float, float, float], ...]
    common_s: float
    words: str


def observe_match(result: SoundPair, finder: Finder) -> tuple[Observation, ...]:
    """Return a match as observations at the beginning and the end of what agrees; none where it was not believed.

    A possible match becomes possible observations, which count only once somebody has listened.
    """
    line = result.match.line
    state = _STATES.get(result.match.verdict)
    if state is None or line is None:
        return ()
    known = result.match.both_ways
    why = result.match.why
    if result.match.ground is not None:
        why = f"{why} {confidence_words(result.match.ground)}"
    if isinstance(known, BothWays):
        reading = _both(known, why)
    elif isinstance(known, OneEnd):
        reading = _one(known, line, why)
    elif isinstance(known, SameSound):
        reading = _same(line, why)
    else:
        reading = _any(line, known, why)
    group = finder.new_id()
    common = round(float(np.hypot(reading.common_s * NS_PER_S, result.stamp_sigma_ns)))
    return tuple(
        Observation(
            id=finder.new_id(),
            group=group,
            method=reading.method,
            one=Moment(result.first, round(at * NS_PER_S)),
            other=Moment(result.second, round((at + lag) * NS_PER_S)),
            utc=None,
            sigma_ns=max(1, round(sigma * NS_PER_S)),
            common_sigma_ns=common,
            evidence=reading.words,
            found_by=finder.by,
            found_ns=finder.now_ns,
            state=state,
        )
        for at, lag, sigma in reading.moments
    )


def _any(line: Line, between: Between | None, why: str) -> _Reading:
    """Return what any sound says. It came from anywhere up to `FARTHEST_M` nearer to one, evenly spread."""
    moments, drift_words = _along(line, 0.0 if between is None else between.lag_s - line.lag_at(between.at_s))
    if between is not None:
        drift_words += (
            f". Sounds from several places lie up to {between.apart_s * 1e3:.0f} ms apart; the clocks are taken to be "
            f"in their middle, to {between.half_s * 1e3:.0f} ms (95 %)"
        )
    return _Reading(
        SyncMethod.SOUND,
        moments,
        FARTHEST_M / SPEED_OF_SOUND / 3**0.5 if between is None else between.half_s / _NINETY_FIVE,
        f"{why} {drift_words}; the way of the sound is unknown up to {FARTHEST_M:.0f} m.",
    )


def _same(line: Line, why: str) -> _Reading:
    """Return what a recording and its copy say, or microphones side by side: no way lies between them."""
    moments, drift_words = _along(line, 0.0, moved_m=0.0)
    common_s = _SIDE_BY_SIDE_M / SPEED_OF_SOUND
    words = (
        f"{why} {drift_words}. Both hold the same sound, as a recording and its copy do, or microphones side by side: "
        f"hardly any way lies between them, {2e3 * common_s:.0f} ms (95 %). A copy is no second witness of anything."
    )
    return _Reading(SyncMethod.SOUND, moments, common_s, words)


def _one(end: OneEnd, line: Line, why: str) -> _Reading:
    """Return what one wearer's voice says: the clocks are anywhere within its bounds, evenly spread."""
    moments, drift_words = _along(line, end.lag_s - line.lag_at(end.at_s))
    speaker, listener = ("first", "second") if end.of_first else ("second", "first")
    return _Reading(
        SyncMethod.SOUND,
        moments,
        0.95 * end.half_s / _NINETY_FIVE,
        f"{why} {drift_words}. The {listener} camera heard the {speaker}'s wearer in {end.heard} of {end.spoken} "
        f"windows of two seconds in which they spoke; the {speaker} did not hear the {listener}'s. One direction alone "
        f"bounds the clocks to {end.half_s * 1e3:.0f} ms either way, with cameras up to {FARTHEST_M:.0f} m apart.",
    )


def _both(both: BothWays, why: str) -> _Reading:
    """Return what both wearers' voices say."""
    reach = (both.last_s - both.first_s) / 2
    ends = [both.at_s] if reach < 2.0 else [both.first_s, both.last_s]
    own = max(both.drift_sigma * reach * 2**0.5, 2e-4)
    moments = tuple((at, both.lag_at(at), own) for at in ends)
    walked = (
        f", between {both.nearest_m:.0f} and {both.farthest_m:.0f} m as they walked"
        if both.farthest_m - both.nearest_m > 2 * both.distance_sigma_m
        else ""
    )
    return _Reading(
        SyncMethod.TWO_WAY_SOUND,
        moments,
        both.sigma_s,
        f"Both wearers were heard by the other's camera: the first's by the second in {both.first_heard} of "
        f"{both.first_spoken} windows of two seconds in which they spoke, the second's by the first in "
        f"{both.second_heard} of {both.second_spoken}. The middle of both directions is the clocks', to "
        f"{2e3 * both.sigma_s:.1f} ms (95 %); half their spread is the way: {both.distance_m:.1f} m apart "
        f"± {2 * both.distance_sigma_m:.1f} (95 %){walked}. Drift {both.drift * 1e6:+.1f} ppm "
        f"± {2e6 * both.drift_sigma:.0f} (95 %). {why}",
    )


def _along(line: Line, shift_s: float, moved_m: float = MOVED_M) -> tuple[tuple[tuple[float, float, float], ...], str]:
    """Return readings at both ends of a line, or in the middle of a short one, moved by a shift; its drift in words."""
    length_s = line.last_s - line.first_s
    moved_s = moved_m / SPEED_OF_SOUND
    if length_s < _SHORTEST_FOR_DRIFT_S:
        own_s = float(np.hypot(max(line.lag_sigma_s, _SHARPEST_S), moved_s))
        return ((line.at_s, line.lag_s + shift_s, own_s),), "Too short to tell drift"
    drift_sigma = float(np.hypot(line.drift_sigma, 2**0.5 * moved_s / length_s))
    moments = []
    for at in (line.first_s, line.last_s):
        sigma_s = 2**0.5 * max(line.lag_sigma_s, line.drift_sigma * abs(at - line.at_s), _SHARPEST_S)
        moments.append((at, line.lag_at(at) + shift_s, float(np.hypot(sigma_s, moved_s))))
    return tuple(moments), f"Drift {line.drift * 1e6:+.1f} ppm ± {2 * drift_sigma * 1e6:.0f} (95 %)"


def bonds_of(observations: Iterable[Observation]) -> tuple[Bond, ...]:
    """Return how recordings stand by matches of sound that were observed before and not rejected."""
    groups: dict[str, list[tuple[Moment, Moment]]] = defaultdict(list)
    for one in observations:
        if one.method not in _BY_SOUND or not one.state.may_count:
            continue
        if one.other is not None:
            groups[one.group].append((one.one, one.other))
    found = []
    for moments in groups.values():
        (begin, there), (end, over_there) = min(moments, key=_media_ns), max(moments, key=_media_ns)
        lag_ns = there.media_ns - begin.media_ns
        elapsed_ns = end.media_ns - begin.media_ns
        drift = (over_there.media_ns - end.media_ns - lag_ns) / elapsed_ns if elapsed_ns else 0.0
        found.append(Bond(begin.recording_id, there.recording_id, begin.media_ns / NS_PER_S, lag_ns / NS_PER_S, drift))
    return tuple(found)


def _media_ns(moments: tuple[Moment, Moment]) -> int:
    return moments[0].media_ns
