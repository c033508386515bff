"""Makes a possible observation of what moves alike in two recordings: one reading, which says nothing of drift."""

from __future__ import annotations

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import NS_PER_S
from sync.finder import Finder
from sync.movement.laying import Meeting


def observe_movement(first: str, second: str, meeting: Meeting, finder: Finder) -> Observation:
    """Return the one reading, which counts only once a person has looked at both recordings (their ids).

    Its own sigma is what the fit gives. When within its frame each camera looks is not known: it adds half a frame of
    each, or half of the step from one compared frame to the next where that is longer.
    """
    group = finder.new_id()
    common_s = (meeting.step_s[0] ** 2 + meeting.step_s[1] ** 2) ** 0.5 / 2
    return Observation(
        id=finder.new_id(),
        group=group,
        method=SyncMethod.MOVEMENT,
        one=Moment(first, round(meeting.at_s * NS_PER_S)),
        other=Moment(second, round((meeting.at_s + meeting.lag_s) * NS_PER_S)),
        utc=None,
        sigma_ns=round(meeting.sigma_s * NS_PER_S),
        common_sigma_ns=round(common_s * NS_PER_S),
        evidence=f"{meeting.words} One reading: it says nothing of drift.",
        found_by=finder.by,
        found_ns=finder.now_ns,
        state=ObservationState.POSSIBLE,
    )
