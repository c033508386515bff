"""Makes an observation of a clock error that a person stated: by how much a clock was wrong at a certain time."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import ClaimOrigin, Recording
from evidence.times import DurationNs, IncidentTime
from sync.finder import Finder
from sync.placement import find_start
from sync.timeline import origin_ns


def observe_stated_error(
    recordings: Sequence[Recording],
    time_zone: str,
    *,
    error_ns: DurationNs,
    compared: IncidentTime | None,
    sigma_ns: DurationNs,
    evidence: str,
    finder: Finder,
) -> Observation | None:
    """Return what was stated as an observation, accepted by who stated it; None where the clock was never read.

    The comparison may have been made long after the recordings: the moment then lies outside of them, and what the
    clock did in between is left to its drift and to the solver.

    Args:
        recordings: of the camera.
        time_zone: the case's.
        error_ns: by how much the clock was fast (slow where negative).
        compared: when it was compared, true time; None for the beginning of its first recording.
        sigma_ns: standard uncertainty of the error.
        evidence: the grounds.
        finder: who states it.
    """
    zone = ZoneInfo(time_zone)
    placed = [
        (one, start) for one in recordings if (start := find_start(one.claims, one.duration_ns, zone)) is not None
    ]
    own = [(one, start) for one, start in placed if start.claim.origin not in {ClaimOrigin.MATCH, ClaimOrigin.BY_HAND}]
    if not own:
        return None
    recording, start = min(own, key=lambda pair: (pair[1].device_start, pair[0].id))
    reading = int(start.device_start) if compared is None else compared + error_ns
    if compared is not None:
        recording, start = min(own, key=lambda pair: (abs(pair[1].device_start - reading), pair[0].id))
    key = finder.new_id()
    return Observation(
        id=key,
        group=key,
        method=SyncMethod.STATED_ERROR,
        one=Moment(recording.id, reading - start.device_start + origin_ns(recording)),
        other=None,
        utc=IncidentTime(reading - error_ns),
        sigma_ns=max(1, sigma_ns),
        common_sigma_ns=0,
        evidence=evidence,
        found_by=finder.by,
        found_ns=finder.now_ns,
        state=ObservationState.ACCEPTED,
        decided_by=finder.by,
        decided_ns=finder.now_ns,
    )
