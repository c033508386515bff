"""Makes observations of light matches. Light has no way delay; what is unknown is when in its frame a camera looks."""

from __future__ import annotations

import numpy as np

from evidence.observations import Moment, Observation, SyncMethod
from evidence.times import NS_PER_S
from sync.finder import Finder
from sync.light.job import LightPair
from sync.light.match import LightVerdict
from sync.movement.observe import observe_movement

_LEAST_S = 0.001
_SHORT_S = 10.0


def observe_light(pair: LightPair, finder: Finder) -> tuple[Observation, ...]:
    """Return a match as observations at the beginning and the end of what agrees; none where it was not believed.

    Where light does not say enough and movement makes a possible match, it is that.

    How long a camera gathers light within a frame, and whether a frame's stamp is of its beginning or its end, is not
    known, and the same all along: each camera's light may lie up to half a frame off, evenly spread, which is what
    the observations share.
    """
    match, line = pair.match, pair.match.line
    if match.movement is not None:
        return (observe_movement(pair.first, pair.second, match.movement, finder),)
    if match.verdict is not LightVerdict.FOUND or line is None:
        return ()
    group = finder.new_id()
    common_s = float(np.hypot(*match.frame_s)) / 12**0.5
    moments = [line.at_s] if line.last_s - line.first_s < _SHORT_S else [line.first_s, line.last_s]
    found = []
    for at in moments:
        sigma_s = len(moments) ** 0.5 * max(_LEAST_S, line.lag_sigma_s, line.drift_sigma * abs(at - line.at_s))
        found.append(
            Observation(
                id=finder.new_id(),
                group=group,
                method=SyncMethod.LIGHT,
                one=Moment(pair.first, round(at * NS_PER_S)),
                other=Moment(pair.second, round((at + line.lag_at(at)) * NS_PER_S)),
                utc=None,
                sigma_ns=round(sigma_s * NS_PER_S),
                common_sigma_ns=round(common_s * NS_PER_S),
                evidence=(
                    f"{match.why} Drift {line.drift * 1e6:+.0f} ppm ± {2 * line.drift_sigma * 1e6:.0f} (95 %); "
                    f"when within its frames of {match.frame_s[0] * 1e3:.0f} and {match.frame_s[1] * 1e3:.0f} ms "
                    "each camera looks is unknown."
                ),
                found_by=finder.by,
                found_ns=finder.now_ns,
            )
        )
    return tuple(found)
