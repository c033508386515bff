"""Clocks that look right but for an hour: summer time, or local time taken for UTC. Offered to people, never applied.

Two signs are looked for. A device's own clock stands a whole hour from where observations put it; or two claims of time
of one recording stand an hour apart, as where one program wrote local time and another UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import ClaimMeaning, ClaimOrigin, Recording
from evidence.times import NS_PER_S, DeviceTime, DurationNs, IncidentTime
from sync.finder import Finder
from sync.placement import StartClaim, claim_start_ns, local_to_utc_ns
from sync.question import Question
from sync.solution import Solution
from sync.timeline import origin_ns

HOUR_NS = 3600 * NS_PER_S
TOLERANCE_NS = 150 * NS_PER_S
"""How far an hour may be missed: device clocks are wrong by about 30 s, two of them by 42 s, three sigma and a bit."""

_CLAIMS_TOLERANCE_NS = 5 * NS_PER_S


@dataclass(frozen=True, slots=True)
class HourDoubt:
    """A clock that may be exactly one hour off.

    Attributes:
        camera_id: whose.
        recording_id: a recording of it, by which the hour would be said.
        hours: by how many hours its clock would be fast (1) or slow (-1).
        rest_ns: what is left of the contradiction after the hour.
        against: ids of cameras that say otherwise; empty where it is the camera's own claims that contradict.
        is_summer: whether summer time was in force in the case's zone.
        source: in short, what contradicts.
    """

    camera_id: str
    recording_id: str
    hours: int
    rest_ns: DurationNs
    against: tuple[str, ...]
    is_summer: bool
    source: str


def find_hour_doubts(question: Question, solution: Solution, time_zone: str) -> tuple[HourDoubt, ...]:
    """Return what may be an hour off: by observations first, then by what files say of themselves."""
    zone = ZoneInfo(time_zone)
    own = _own_starts(question)
    found = list(_by_observation(question, solution, own, zone))
    told = {one.camera_id for one in found} | set(question.zoned)
    found += [one for one in _by_claims(own, zone) if one.camera_id not in told]
    return tuple(sorted(found, key=lambda one: (one.camera_id, one.hours)))


def accept_doubt(doubt: HourDoubt, start: StartClaim, recording: Recording, finder: Finder) -> Observation:
    """Return a doubt that a person takes for true as an observation: the clock's own word, an hour elsewhere."""
    key = finder.new_id()
    what = "fast" if doubt.hours > 0 else "slow"
    return Observation(
        id=key,
        group=key,
        method=SyncMethod.TIME_ZONE,
        one=Moment(recording.id, origin_ns(recording)),
        other=None,
        utc=IncidentTime(start.device_start - doubt.hours * HOUR_NS),
        sigma_ns=start.sigma_ns or 30 * NS_PER_S,
        common_sigma_ns=0,
        evidence=f"Taken to be exactly one hour {what}: {doubt.source}.",
        found_by=finder.by,
        found_ns=finder.now_ns,
        state=ObservationState.ACCEPTED,
        decided_by=finder.by,
        decided_ns=finder.now_ns,
    )


def _own_starts(question: Question) -> dict[str, tuple[Recording, StartClaim]]:
    """Return per camera its first recording that its own clock dates."""
    found: dict[str, tuple[Recording, StartClaim]] = {}
    exact = {ClaimOrigin.MATCH, ClaimOrigin.BY_HAND, ClaimOrigin.GPS}
    for recording, start in sorted(question.starts.values(), key=lambda pair: (pair[1].device_start, pair[0].id)):
        if start.claim.origin not in exact:
            found.setdefault(recording.camera_id, (recording, start))
    return found


def _by_observation(
    question: Question, solution: Solution, own: Mapping[str, tuple[Recording, StartClaim]], zone: ZoneInfo
) -> Iterator[HourDoubt]:
    for cluster in solution.clusters:
        errors: dict[str, int] = {}
        for clock in cluster.clocks:
            solved = solution.clock(clock)
            if solved.observed_by and clock in own and clock not in question.zoned:
                device = DeviceTime(own[clock][1].device_start)
                errors[clock] = solved.map.error_at(device)
        for camera, hours, rest, against in _outlying(errors, is_anchored=cluster.is_anchored):
            recording, start = own[camera]
            words = (
                "observations put it there" if cluster.is_anchored else "the clocks that it is tied to say otherwise"
            )
            is_summer = _is_summer(start.device_start, zone)
            yield HourDoubt(camera, recording.id, hours, rest, against, is_summer, words)


def _outlying(errors: Mapping[str, int], *, is_anchored: bool) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """Yield clocks an hour from the truth, or from those that agree with one another; of two sides alike, both."""
    if is_anchored:
        levels = [0]
    else:
        counts = {level: sum(abs(one - level) < TOLERANCE_NS for one in errors.values()) for level in errors.values()}
        most = max(counts.values(), default=0)
        levels = [level for level, count in counts.items() if count == most]
    seen: set[tuple[str, int]] = set()
    for level in levels:
        near = tuple(camera for camera, error in errors.items() if abs(error - level) < TOLERANCE_NS)
        for camera, error in errors.items():
            for hours in (1, -1):
                rest = error - level - hours * HOUR_NS
                if abs(rest) < TOLERANCE_NS and (camera, hours) not in seen:
                    seen.add((camera, hours))
                    yield camera, hours, rest, near


def _by_claims(own: Mapping[str, tuple[Recording, StartClaim]], zone: ZoneInfo) -> Iterator[HourDoubt]:
    for camera, (recording, start) in own.items():
        for claim in recording.claims:
            if claim.meaning is ClaimMeaning.UNRELATED or claim.origin in {ClaimOrigin.FILE_SYSTEM, ClaimOrigin.MATCH}:
                continue
            apart = start.device_start - claim_start_ns(claim, recording.duration_ns, zone)
            hours = 1 if apart > 0 else -1
            if abs(apart - hours * HOUR_NS) < _CLAIMS_TOLERANCE_NS:
                source = f"{claim.origin.value} ({claim.source}) says one hour {'less' if hours > 0 else 'more'}"
                rest = apart - hours * HOUR_NS
                yield HourDoubt(camera, recording.id, hours, rest, (), _is_summer(start.device_start, zone), source)
                break


def _is_summer(instant: int, zone: ZoneInfo) -> bool:
    return local_to_utc_ns(instant, zone) != instant
