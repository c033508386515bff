"""Turns what a case knows of its clocks into a question to the solver, and the answer into clock settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from evidence.observations import UNSAID_SIGMA_NS, Moment, Observation, ObservationState, SyncMethod
from evidence.records import Camera, ClaimOrigin, ClockSetting, Recording, TimeClaim
from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.network import join_clocks
from sync.overlay_axis import NO_SHIFT, Shift, overlay_shifts
from sync.placement import StartClaim, find_start
from sync.provisional import find_provisional_starts
from sync.solution import Solution, SolvedClock
from sync.ties import Reading, Stretch, Tie
from sync.timeline import origin_ns

SOLVED = "solved from observations"
"""The method of a clock setting that the solver made."""

_OVERLAY_SIGMA_NS = 30 * NS_PER_S
_BY_HAND_SIGMA_NS = 1_000_000_000
_FREE_SIGMA_NS = 1_000_000 * 1_000_000_000
"""For how recordings of one camera stand to one another where nothing in a file says it."""

_BY_GPS, _BY_HAND = "gps ", "placed by hand "
"""How the names of ties begin by which GPS or a person dated a recording."""

_ROOT_12 = 3.4641
_STRONGER = 4
"""An interval in which so much less is assumed than said is too narrow by an eighth at most."""


@dataclass(frozen=True)
class Question:
    """What the solver is asked.

    Attributes:
        stretches: every recording that has a place on its camera's clock.
        ties: between them, and to UTC.
        unplaced: ids of recordings that neither a claim of time nor an observation places.
        placed_by_match: by id of recording, the claim that places it where observations alone do.
        zoned: ids of cameras whose clock a person said to run in another zone.
        starts: by id of recording, what its camera's clock read at its first frame, and the recording.
    """

    stretches: tuple[Stretch, ...]
    ties: tuple[Tie, ...]
    unplaced: tuple[str, ...]
    placed_by_match: Mapping[str, TimeClaim] = field(default_factory=dict)
    zoned: frozenset[str] = frozenset()
    starts: Mapping[str, tuple[Recording, StartClaim]] = field(default_factory=dict)

    def read(self, moment: Moment) -> Reading | None:
        """Return what a camera's clock read at a moment of a recording, or None where that is not placed."""
        return _reading(self.starts, moment) if moment.recording_id in self.starts else None


def ask(
    cameras: Iterable[Camera],
    recordings: Iterable[Recording],
    settings: Iterable[ClockSetting],
    observations: Iterable[Observation],
    time_zone: str,
) -> Question:
    """Gather what the solver may use: claims, stated errors, and the observations given (proposed ones too)."""
    zone = ZoneInfo(time_zone)
    known = {camera.id for camera in cameras}
    starts: dict[str, tuple[Recording, StartClaim]] = {}
    without: list[Recording] = []
    for recording in recordings:
        start = find_start(recording.claims, recording.duration_ns, zone)
        if recording.camera_id not in known:
            continue
        if start is None:
            without.append(recording)
        else:
            starts[recording.id] = (recording, start)
    settings, observations = tuple(settings), tuple(observations)
    provisional = find_provisional_starts(without, starts, settings, observations)
    starts |= {one.id: (one, provisional[one.id]) for one in without if one.id in provisional}
    owner = {key: recording.camera_id for key, (recording, _) in starts.items()}
    kept = {
        (owner.get(one.one.recording_id), one.found_ns) for one in observations if one.method is SyncMethod.STATED_ERROR
    }
    stated = {
        one.camera_id: one for one in settings if one.method != SOLVED and (one.camera_id, one.set_ns) not in kept
    }
    zoned = {
        owner[one.one.recording_id]: one
        for one in observations
        if one.method is SyncMethod.TIME_ZONE and one.state.may_count and one.one.recording_id in owner
    }
    shifts = overlay_shifts(starts, observations)
    ties = [*_claim_ties(starts, stated, zoned, shifts), *_observation_ties(starts, stated, observations, shifts)]
    return Question(
        stretches=tuple(_stretch(*one) for one in starts.values()),
        ties=tuple(ties),
        unplaced=tuple(one.id for one in without if one.id not in provisional),
        placed_by_match={key: start.claim for key, start in provisional.items()},
        zoned=frozenset(zoned),
        starts=starts,
    )


def as_settings(
    solution: Solution,
    question: Question,
    observations: Sequence[Observation],
    *,
    by: str,
    set_ns: int,
) -> tuple[ClockSetting, ...]:
    """Return the settings that a solution makes of all clocks that something but their own word holds.

    Args:
        solution: what was solved.
        question: what was asked.
        observations: those that its ties were made of; a tie of none is what was stated of a clock.
        by: who sets the clocks.
        set_ns: when, by this machine's clock.
    """
    method_of = {one.group: one.method for one in observations}
    clock_of = {one.key: one.clock for one in question.stretches}
    rejected = set(solution.rejected_groups)
    joined = {clock: cluster for cluster in solution.clusters for clock in cluster.clocks}
    unsure = find_unsure(solution, question)
    found = []
    for solved in solution.clocks:
        is_held = solved.observed_by or solved.clock in question.zoned
        if not is_held or not joined[solved.clock].is_dated:
            continue
        own = [
            tie
            for tie in question.ties
            if not tie.is_device_clock
            if solved.clock in {clock_of[side.stretch] for side in (tie.one, tie.other) if side is not None}
        ]
        methods = {_method(tie, method_of) for tie in own if tie.group not in rejected}
        if solved.clock in question.zoned:
            methods.add(SyncMethod.TIME_ZONE)
        left_out = {tie.group for tie in own if tie.group in rejected}
        count = "1 observation" if solved.observed_by == 1 else f"{solved.observed_by} observations"
        basis = f"{count} ({', '.join(sorted(methods))})"
        if left_out:
            basis += f", {len(left_out)} left out"
        if not joined[solved.clock].is_anchored:
            basis += "; dated by the devices' own clocks only"
        if solved.clock in unsure:
            basis += "; nobody said how sure the time is that it rests on"
        setting = _setting(solved, basis, by, set_ns)
        found.append(replace(setting, sigma_ns=None, sigma_knots=()) if solved.clock in unsure else setting)
    return tuple(found)


def _method(tie: Tie, method_of: Mapping[str, SyncMethod]) -> str:
    """Return how it is known what a tie says: an observation's method, or what dated a recording."""
    if tie.group in method_of:
        return method_of[tie.group]
    if tie.group.startswith(_BY_GPS):
        return SyncMethod.GPS
    return "placed by hand" if tie.group.startswith(_BY_HAND) else SyncMethod.STATED_ERROR


def find_unsure(solution: Solution, question: Question) -> frozenset[str]:
    """Return the clocks of which it is not known how far they are from true time.

    What joins them to it is a time that a person gave without saying how sure it is, and what is known beside that is
    not at least four times as strong. How they stand to one another is known all the same.
    """
    clock_of = {one.key: one.clock for one in question.stretches}
    rejected = set(solution.rejected_groups)
    kept = [one for one in question.ties if one.group not in rejected and not one.is_overlay]
    pairs = [{clock_of[one.one.stretch], clock_of[one.other.stretch]} for one in kept if one.other is not None]
    found: set[str] = set()
    for group in join_clocks([one.clock for one in solution.clocks], pairs):
        dating = [one for one in kept if one.other is None and clock_of[one.one.stretch] in group]
        unsaid = sum(one.pull for one in dating if one.is_unsaid)
        if unsaid and sum(one.pull for one in dating if not one.is_unsaid) < _STRONGER * unsaid:
            found.update(group)
    return frozenset(found)


def stated_observations(
    replaced: Iterable[ClockSetting],
    recordings: Sequence[Recording],
    time_zone: str,
    *,
    new_id: Iterable[str],
    known: Iterable[Observation] = (),
) -> tuple[Observation, ...]:
    """Return what people stated of clocks as observations, so that it still counts once a solved clock replaces it.

    Args:
        replaced: settings that are to be replaced.
        recordings: of the case.
        time_zone: the case's.
        new_id: where ids come from.
        known: observations that are there; a setting that is among them is not told twice.
    """
    zone = ZoneInfo(time_zone)
    ids = iter(new_id)
    camera_of = {one.id: one.camera_id for one in recordings}
    told = {
        (camera_of.get(one.one.recording_id), one.found_ns) for one in known if one.method is SyncMethod.STATED_ERROR
    }
    found = []
    for setting in replaced:
        if (setting.camera_id, setting.set_ns) in told:
            continue
        own = [one for one in recordings if one.camera_id == setting.camera_id]
        placed = [(one, start) for one in own if (start := find_start(one.claims, one.duration_ns, zone)) is not None]
        if setting.method == SOLVED or not placed:
            continue
        recording, start = placed[0]
        media = origin_ns(recording)
        key = next(ids)
        found.append(
            Observation(
                id=key,
                group=key,
                method=SyncMethod.STATED_ERROR,
                one=Moment(recording.id, media),
                other=None,
                utc=ClockMap(setting.pieces).to_incident(start.device_start),
                sigma_ns=setting.sigma_ns or UNSAID_SIGMA_NS,
                common_sigma_ns=0,
                evidence=f"{setting.method}: {setting.basis}",
                found_by=setting.by,
                found_ns=setting.set_ns,
                state=ObservationState.ACCEPTED,
                decided_by=setting.by,
                decided_ns=setting.set_ns,
            )
        )
    return tuple(found)


def _setting(solved: SolvedClock, basis: str, by: str, set_ns: int) -> ClockSetting:
    return ClockSetting(
        camera_id=solved.clock,
        pieces=solved.pieces,
        sigma_ns=max(knot.sigma_ns for knot in solved.knots),
        method=SOLVED,
        basis=basis,
        by=by,
        set_ns=set_ns,
        sigma_knots=tuple((knot.device_ns, knot.sigma_ns) for knot in solved.knots),
    )


def _stretch(recording: Recording, start: StartClaim) -> Stretch:
    resolution = max(1_000_000, start.claim.resolution_ns)
    is_free = start.claim.origin is ClaimOrigin.MATCH
    return Stretch(
        key=recording.id,
        clock=recording.camera_id,
        start_ns=start.device_start,
        end_ns=start.device_start + recording.duration_ns,
        start_sigma_ns=_FREE_SIGMA_NS if is_free else round(resolution / _ROOT_12),
    )


def _claim_ties(
    starts: dict[str, tuple[Recording, StartClaim]],
    stated: dict[str, ClockSetting],
    zoned: dict[str, Observation],
    shifts: Mapping[str, Shift],
) -> Iterable[Tie]:
    """Yield a weak tie for each device's own clock, and a good one where GPS or a person dated a recording."""
    said: set[str] = set()
    for recording, start in sorted(starts.values(), key=lambda one: one[0].id not in shifts):
        if start.claim.origin is ClaimOrigin.MATCH and recording.id not in shifts:
            continue  # its clock is its own, and says nothing of UTC
        reading = Reading(recording.id, start.device_start)
        camera = recording.camera_id
        shift = shifts.get(recording.id, NO_SHIFT)
        setting = stated.get(camera)
        if start.claim.origin is ClaimOrigin.BY_HAND:
            clock = ClockMap.identity() if setting is None else ClockMap(setting.pieces)
            key = f"{_BY_HAND}{recording.id}"
            stated_sigma = None if setting is None else setting.sigma_ns
            utc = clock.to_incident(start.device_start)
            yield Tie(key, key, reading, None, utc, stated_sigma or _BY_HAND_SIGMA_NS, is_unsaid=stated_sigma is None)
        elif setting is not None:
            if camera not in said:
                utc = ClockMap(setting.pieces).to_incident(DeviceTime(start.device_start + shift.size_ns))
                key = f"stated {camera}"
                sigma = shift.widened_ns(setting.sigma_ns or UNSAID_SIGMA_NS)
                yield Tie(key, key, reading, None, utc, sigma, is_unsaid=setting.sigma_ns is None)
        elif start.claim.origin is ClaimOrigin.GPS:
            key = f"{_BY_GPS}{recording.id}"
            yield Tie(key, key, reading, None, start.device_start, start.sigma_ns or UNSAID_SIGMA_NS)
        elif camera not in said:
            key = f"device clock {camera}"
            sigma = _OVERLAY_SIGMA_NS if recording.id in shifts else start.sigma_ns or UNSAID_SIGMA_NS
            said_utc = start.device_start + shift.size_ns
            if camera in zoned:
                reading = _reading(starts, zoned[camera].one)
                said_utc = (zoned[camera].utc or 0) + shifts.get(reading.stretch, NO_SHIFT).within_zone_ns()
            yield Tie(key, key, reading, None, said_utc, sigma, is_device_clock=True)
        said.add(camera)


def _observation_ties(
    starts: dict[str, tuple[Recording, StartClaim]],
    stated: dict[str, ClockSetting],
    observations: Iterable[Observation],
    shifts: Mapping[str, Shift],
) -> Iterable[Tie]:
    for one in observations:
        moments = [moment for moment in (one.one, one.other) if moment is not None]
        if not one.state.may_count or any(moment.recording_id not in starts for moment in moments):
            continue
        recording, start = starts[one.one.recording_id]
        if one.method is SyncMethod.TIME_ZONE:
            continue  # it is in what the device's own clock says
        is_counter = start.claim.origin is ClaimOrigin.MATCH
        if one.method is SyncMethod.STATED_ERROR and (recording.camera_id in stated or is_counter):
            continue  # what is stated now counts, not what was stated before
        readings = [_reading(starts, moment) for moment in moments]
        other = readings[1] if len(readings) > 1 else None
        if other is not None and starts[other.stretch][0].camera_id == recording.camera_id:
            continue  # recordings of one clock say nothing about it
        sigma = one.sigma_ns
        if one.method is SyncMethod.STATED_ERROR and recording.id in shifts:  # said of what its clock showed
            readings[0] = Reading(recording.id, readings[0].device_ns - shifts[recording.id].size_ns)
            sigma = shifts[recording.id].widened_ns(sigma)
        is_overlay = one.method is SyncMethod.BURNT_IN_CLOCK
        common = _FREE_SIGMA_NS if is_overlay else one.common_sigma_ns
        yield Tie(
            one.id,
            one.group,
            readings[0],
            other,
            one.utc,
            sigma,
            common,
            is_overlay=is_overlay,
            is_unsaid=one.is_unsaid,
        )


def _reading(starts: Mapping[str, tuple[Recording, StartClaim]], moment: Moment) -> Reading:
    recording, start = starts[moment.recording_id]
    return Reading(recording.id, start.device_start + moment.media_ns - origin_ns(recording))
