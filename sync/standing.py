"""How the clocks of a case stand: what was observed, what follows from it, what was left out, and what is in force.

One frozen answer to a frozen request; the sync view, the command line and the certificate all read it. Pure, and quick
enough to be made anew after each decision.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import Camera, ClockSetting, Recording
from evidence.times import DeviceTime, DurationNs, IncidentTime, half_width_95
from sync.clock_map import ClockMap
from sync.doubts import HourDoubt, find_hour_doubts
from sync.network import join_clocks
from sync.question import Question, as_settings, ask
from sync.solution import SigmaKnot, Solution, SolvedClock, sigma_between
from sync.solver import Reference, solve
from sync.ties import Reading
from sync.timeline import origin_ns


class Basis(StrEnum):
    """From which observations clocks are solved."""

    ACCEPTED = "accepted"
    PROPOSED_TOO = "accepted and proposed"


class Use(StrEnum):
    """What became of a match in a solution."""

    USED = "used"
    OUTLIER = "outlier"
    CONFLICT = "in conflict"
    LEFT_OUT = "not counted"
    UNPLACED = "no time yet"


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """What a case knows of its clocks.

    Attributes:
        cameras: in the order of their tiles.
        recordings: of all cameras.
        settings: in force.
        observations: all, also rejected ones.
        time_zone: IANA name of the case's zone.
    """

    cameras: tuple[Camera, ...]
    recordings: tuple[Recording, ...]
    settings: tuple[ClockSetting, ...]
    observations: tuple[Observation, ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class StandRequest:
    """What is asked.

    Attributes:
        facts: what is known.
        basis: what to solve from.
        reference: id of the camera whose clock in force is taken for the truth, or "".
        by: who would set the clocks.
        now_ns: when, ns since the epoch.
    """

    facts: SyncFacts
    basis: Basis = Basis.ACCEPTED
    reference: str = ""
    by: str = ""
    now_ns: int = 0


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One observation of a match.

    Attributes:
        observation: what was observed.
        value_ns: by how much the first clock's face is ahead of the other's, or of UTC, ns; None without a place.
        at: when it was, by the solution; None where that is not known.
        residual_ns: observed less solved, ns; by the solution also where it was not used; None without a place.
    """

    observation: Observation
    value_ns: DurationNs | None
    at: IncidentTime | None
    residual_ns: DurationNs | None


@dataclass(frozen=True)
class MatchRow:
    """A match: observations that stand or fall together.

    Attributes:
        group: its id.
        method: how it was found.
        cameras: ids of the one or two cameras that it ties.
        state: what people decided.
        use: what the solver made of it.
        sigmas: by how many standard uncertainties it stands out.
        weight: its pull beside the sharpest one that is used, 0 to 1; 0 where it is not used.
        readings: its observations.
    """

    group: str
    method: SyncMethod
    cameras: tuple[str, ...]
    state: ObservationState
    use: Use
    sigmas: float
    weight: float
    readings: tuple[ReadingRow, ...]

    @property
    def first(self) -> Observation:
        """The observation that speaks for all: they share evidence, finder and decision."""
        return self.readings[0].observation

    @property
    def sigma_ns(self) -> DurationNs:
        """Standard uncertainty of an offset by this match: its own and its shared error, ns."""
        return round(math.hypot(self.first.sigma_ns, self.first.common_sigma_ns))


@dataclass(frozen=True, slots=True)
class CameraStanding:
    """One camera's clock, as it is in force and as it would be.

    Attributes:
        camera: the device.
        before: the setting in force, or None.
        after: what solving makes of it; None where nothing but its own word holds it.
        error_before_ns: by how much its clock is fast by the setting in force, in the middle of its recordings, ns.
        error_after_ns: the same by what was solved; None where it would not be set.
        half_before_ns: half the 95 % interval in force, ns; None where nobody has said.
        half_after_ns: half the 95 % interval that was solved, at its worst within its recordings, ns.
        beside: id of the camera of its group to which all others are compared; "" where it is that, or alone.
        half_beside_ns: half the 95 % interval of where it lies beside that camera; None without one. It is what joins
            pictures, and often far less than what is open of true time.
        drift_ppb: how much it gains, as solved.
        drift_sigma_ppb: standard uncertainty of that.
        observed_by: how many matches hold it.
        cluster: number of the group of cameras that it belongs to, from 0; -1 where it has no place in time.
        without_time: how many of its recordings have no place in time.
        by_match: how many would be placed by a match alone.
    """

    camera: Camera
    before: ClockSetting | None
    after: ClockSetting | None
    error_before_ns: DurationNs | None
    error_after_ns: DurationNs | None
    half_before_ns: DurationNs | None
    half_after_ns: DurationNs | None
    beside: str
    half_beside_ns: DurationNs | None
    drift_ppb: int
    drift_sigma_ppb: int
    observed_by: int
    cluster: int
    without_time: int
    by_match: int


@dataclass(frozen=True)
class Standing:
    """The answer."""

    request: StandRequest
    question: Question
    solution: Solution
    settings: tuple[ClockSetting, ...]
    matches: tuple[MatchRow, ...]
    cameras: tuple[CameraStanding, ...]
    doubts: tuple[HourDoubt, ...]

    @cached_property
    def match_by_group(self) -> dict[str, MatchRow]:
        """Matches by id."""
        return {one.group: one for one in self.matches}

    @cached_property
    def camera_by_id(self) -> dict[str, CameraStanding]:
        """Cameras by id."""
        return {one.camera.id: one for one in self.cameras}

    @property
    def proposed(self) -> tuple[str, ...]:
        """Ids of the matches that nobody has decided on."""
        return tuple(one.group for one in self.matches if one.state is ObservationState.PROPOSED)

    def matches_of(self, camera_id: str) -> tuple[MatchRow, ...]:
        """Return the matches that tie a camera."""
        return tuple(one for one in self.matches if camera_id in one.cameras)


def find_standing(request: StandRequest) -> Standing:
    """Solve, and lay out what follows."""
    facts = request.facts
    counted = [one for one in facts.observations if request.basis is Basis.PROPOSED_TOO or one.state.is_decided]
    question = ask(facts.cameras, facts.recordings, facts.settings, counted, facts.time_zone)
    in_force = {one.camera_id: one for one in facts.settings}
    locked = None
    if request.reference in {one.clock for one in question.stretches}:
        setting = in_force.get(request.reference)
        locked = Reference(request.reference, ClockMap.identity() if setting is None else ClockMap(setting.pieces))
    solution = solve(question.stretches, question.ties, reference=locked)
    used = [one for one in counted if one.state.may_count]
    settings = as_settings(solution, question, used, by=request.by, set_ns=request.now_ns)
    return Standing(
        request=request,
        question=question,
        solution=solution,
        settings=settings,
        matches=_matches(facts, question, solution),
        cameras=_cameras(facts, question, solution, {one.camera_id: one for one in settings}, in_force),
        doubts=find_hour_doubts(question, solution, facts.time_zone),
    )


def _matches(facts: SyncFacts, question: Question, solution: Solution) -> tuple[MatchRow, ...]:
    owner = {one.id: one.camera_id for one in facts.recordings}
    clocks = {one.clock: one for one in solution.clocks}
    solved = {one.group: one for one in solution.residuals}
    fights = {group for sides in solution.conflicts for group in sides}
    groups: dict[str, list[Observation]] = {}
    for one in facts.observations:
        groups.setdefault(one.group, []).append(one)
    for members in groups.values():
        members.sort(key=lambda one: (one.one.recording_id, one.one.media_ns))
    strongest = max((_pull(groups[name]) for name in solved if name in groups), default=1.0)
    found = []
    for group, members in groups.items():
        readings = tuple(_reading(one, question, clocks, owner) for one in members)
        first = members[0]
        cameras = tuple(dict.fromkeys(owner[one.recording_id] for one in _moments(first) if one.recording_id in owner))
        use = Use.LEFT_OUT
        if any(one.value_ns is None for one in readings):
            use = Use.UNPLACED
        elif group in solved:
            use = Use.OUTLIER if solved[group].is_rejected else Use.CONFLICT if group in fights else Use.USED
        elif first.method is SyncMethod.TIME_ZONE and first.state is ObservationState.ACCEPTED:
            use = Use.USED
        sigmas = solved[group].sigmas if group in solved else _stand_out(readings)
        weight = _pull(members) / strongest if use in {Use.USED, Use.CONFLICT} and group in solved else 0.0
        found.append(MatchRow(group, first.method, cameras, first.state, use, sigmas, weight, readings))
    return tuple(found)


def _moments(one: Observation) -> tuple[Moment, ...]:
    return tuple(moment for moment in (one.one, one.other) if moment is not None)


def _pull(members: list[Observation]) -> float:
    first = members[0]
    return 1e18 / (first.sigma_ns**2 / len(members) + first.common_sigma_ns**2)


def _stand_out(readings: tuple[ReadingRow, ...]) -> float:
    sizes = [
        abs(one.residual_ns) / (one.observation.sigma_ns**2 + one.observation.common_sigma_ns**2) ** 0.5
        for one in readings
        if one.residual_ns is not None
    ]
    return max(sizes, default=0.0)


def _reading(
    one: Observation, question: Question, clocks: Mapping[str, SolvedClock], owner: Mapping[str, str]
) -> ReadingRow:
    faces = [question.read(moment) for moment in _moments(one)]
    if any(face is None for face in faces):
        return ReadingRow(one, None, None, None)
    devices = [DeviceTime(face.device_ns) for face in faces if face is not None]
    beyond = devices[1] if one.other is not None else one.utc
    instants = [
        clocks[owner[moment.recording_id]].map.to_incident(device)
        for moment, device in zip(_moments(one), devices, strict=True)
        if owner.get(moment.recording_id) in clocks
    ]
    if beyond is None or len(instants) < len(devices):
        return ReadingRow(one, None, None, None)
    other = instants[1] if one.other is not None else one.utc
    assert other is not None
    return ReadingRow(one, devices[0] - beyond, instants[0], instants[0] - other)


def _cameras(
    facts: SyncFacts,
    question: Question,
    solution: Solution,
    after: Mapping[str, ClockSetting],
    before: Mapping[str, ClockSetting],
) -> tuple[CameraStanding, ...]:
    clocks = {one.clock: one for one in solution.clocks}
    clusters = {clock: number for number, one in enumerate(solution.clusters) for clock in one.clocks}
    spans = _spans(question)
    beside = _beside(question, solution)
    found = []
    for camera in facts.cameras:
        own = [one for one in facts.recordings if one.camera_id == camera.id]
        span, solved = spans.get(camera.id), clocks.get(camera.id)
        is_counter = span is not None and camera.id not in {
            recording.camera_id
            for key, (recording, _) in question.starts.items()
            if key not in question.placed_by_match
        }
        found.append(
            CameraStanding(
                camera=camera,
                before=before.get(camera.id),
                after=after.get(camera.id),
                error_before_ns=None if is_counter else _error(before.get(camera.id), span),
                error_after_ns=None if is_counter or camera.id not in after else _error(after[camera.id], span),
                half_before_ns=_half_before(before.get(camera.id), span, question, camera.id),
                half_after_ns=_half(after.get(camera.id), span),
                beside=beside[camera.id][0] if camera.id in beside else "",
                half_beside_ns=beside[camera.id][1] if camera.id in beside else None,
                drift_ppb=0 if solved is None else solved.drift_ppb,
                drift_sigma_ppb=0 if solved is None else solved.drift_sigma_ppb,
                observed_by=0 if solved is None else solved.observed_by,
                cluster=clusters.get(camera.id, -1),
                without_time=sum(one.id in question.unplaced for one in own),
                by_match=sum(one.id in question.placed_by_match for one in own),
            )
        )
    return tuple(found)


def _beside(question: Question, solution: Solution) -> dict[str, tuple[str, DurationNs]]:
    """Return per camera the one of its group that most matches hold, and half the 95 % interval beside it."""
    pairs = [{one.stretch, one_other.stretch} for one, one_other in _tied(question)]
    clock_of = {one.key: one.clock for one in question.stretches}
    joined = join_clocks([one.clock for one in solution.clocks], [{clock_of[key] for key in pair} for pair in pairs])
    held = {one.clock: one.observed_by for one in solution.clocks}
    found: dict[str, tuple[str, DurationNs]] = {}
    for group in joined:
        if len(group) < 2:
            continue
        first = max(group, key=lambda clock: (held[clock], clock))
        locked = solve(question.stretches, question.ties, reference=Reference(first, solution.clock(first).map))
        spans = _spans(question)
        for clock in group:
            if clock != first:
                knots = locked.clock(clock).knots
                start, end = spans[clock]
                inside = [one.sigma_ns for one in knots if start < one.device_ns < end]
                worst = max([*inside, sigma_between(knots, start), sigma_between(knots, end)])
                found[clock] = (first, half_width_95(worst))
    return found


def _tied(question: Question) -> list[tuple[Reading, Reading]]:
    return [(tie.one, tie.other) for tie in question.ties if tie.other is not None]


def _spans(question: Question) -> dict[str, tuple[int, int]]:
    """Return per camera from where to where its recordings lie on its own clock."""
    found: dict[str, tuple[int, int]] = {}
    for one in question.stretches:
        start, end = found.get(one.clock, (one.start_ns, one.end_ns))
        found[one.clock] = (min(start, one.start_ns), max(end, one.end_ns))
    return found


def _error(setting: ClockSetting | None, span: tuple[int, int] | None) -> DurationNs | None:
    if span is None:
        return None
    clock = ClockMap.identity() if setting is None else ClockMap(setting.pieces)
    return clock.error_at(DeviceTime((span[0] + span[1]) // 2))


def _half_before(
    setting: ClockSetting | None, span: tuple[int, int] | None, question: Question, camera_id: str
) -> DurationNs | None:
    if setting is not None or span is None:
        return _half(setting, span)
    sigmas = [start.sigma_ns for recording, start in question.starts.values() if recording.camera_id == camera_id]
    known = [one for one in sigmas if one is not None]
    return half_width_95(max(known)) if known and len(known) == len(sigmas) else None


def _half(setting: ClockSetting | None, span: tuple[int, int] | None) -> DurationNs | None:
    if setting is None or span is None:
        return None
    if not setting.sigma_knots:
        return None if setting.sigma_ns is None else half_width_95(setting.sigma_ns)
    knots = tuple(SigmaKnot(device, sigma) for device, sigma in setting.sigma_knots)
    inside = [one.sigma_ns for one in knots if span[0] < one.device_ns < span[1]]
    return half_width_95(max([*inside, sigma_between(knots, span[0]), sigma_between(knots, span[1])]))


def first_moment(recording: Recording) -> Moment:
    """Return the moment of a recording's first frame."""
    return Moment(recording.id, origin_ns(recording))
