"""Makes observations of sound matches: readings along the overlap, with the way of the sound in their shared error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import NS_PER_S
from sync.detour import Bond
from sync.finder import Finder
from sync.sound.job import SoundPair
from sync.sound.match import MatchVerdict

SPEED_OF_SOUND = 343.0
"""Metres a second in air of 20 degrees."""

FARTHEST_M = 50.0
"""How far apart cameras that hear the same are taken to be where nobody knows. A sound on the line through both comes
up to this much earlier or later at one, evenly spread, so sigma is that time over the square root of 3."""

MOVED_M = 1.0
"""How far sources and cameras move between the beginning and the end of a match (one sigma)."""


def observe_match(result: SoundPair, finder: Finder) -> tuple[Observation, ...]:
    """Return a match as observations at the beginning and the end of what agrees; none where it was not believed."""
    line = result.match.line
    if result.match.verdict not in (MatchVerdict.FOUND, MatchVerdict.SUPPORTED) or line is None:
        return ()
    group = finder.new_id()
    common = round(FARTHEST_M / SPEED_OF_SOUND / 3**0.5 * NS_PER_S)
    common = round((common**2 + result.stamp_sigma_ns**2) ** 0.5)
    reach = (line.last_s - line.first_s) / 2
    moments = [line.at_s] if reach < 2.0 else [line.first_s, line.last_s]
    moved_s = MOVED_M / SPEED_OF_SOUND
    drift_sigma = float(np.hypot(line.drift_sigma, 2**0.5 * moved_s / max(2 * reach, 2.0)))
    found = []
    for at in moments:
        away = abs(at - line.at_s)
        sigma_s = (2 if len(moments) > 1 else 1) ** 0.5 * max(line.lag_sigma_s, line.drift_sigma * away, 5e-5)
        sigma_s = float(np.hypot(sigma_s, moved_s))
        found.append(
            Observation(
                id=finder.new_id(),
                group=group,
                method=SyncMethod.SOUND,
                one=Moment(result.first, round(at * NS_PER_S)),
                other=Moment(result.second, round((at + line.lag_at(at)) * NS_PER_S)),
                utc=None,
                sigma_ns=max(1, round(sigma_s * NS_PER_S)),
                common_sigma_ns=common,
                evidence=(
                    f"{result.match.why} Drift {line.drift * 1e6:+.1f} ppm ± {2 * drift_sigma * 1e6:.0f} (95 %); "
                    f"the way of the sound is unknown up to {FARTHEST_M:.0f} m."
                ),
                found_by=finder.by,
                found_ns=finder.now_ns,
            )
        )
    return tuple(found)


def bonds_of(observations: Iterable[Observation]) -> tuple[Bond, ...]:
    """Return how recordings stand by matches of sound that were observed before and not rejected."""
    groups: dict[str, list[tuple[Moment, Moment]]] = defaultdict(list)
    for one in observations:
        if one.method is SyncMethod.SOUND and one.other is not None and one.state is not ObservationState.REJECTED:
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
