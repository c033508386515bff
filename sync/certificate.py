"""What the sync certificate says: every clock, what it rests on, how far each observation lies off, and who decided.

Frozen records, made from a case and from nothing else. `annotations.sync_paper` prints them; a court pack keeps them.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evidence.case import Case
from evidence.observations import ObservationState, SyncMethod
from evidence.program import program_name
from evidence.records import CaseInfo, ClockPiece, Recording
from evidence.time_text import LocalTimes
from evidence.times import DeviceTime, DurationNs, IncidentTime, half_width_95
from sync.case_clocks import METHODS, solve_case
from sync.clock_map import ClockMap
from sync.solution import SigmaKnot, sigma_between
from sync.standing import CameraStanding, MatchRow, Standing, Use
from sync.words import Saying, sayings

_ALIKE_NS = 1_000
_PLACES = 24


@dataclass(frozen=True, slots=True)
class CertifiedRecording:
    """One recording of a camera.

    Attributes:
        claim: what its own file says of its time, in short.
        start: when it began by the clock in force; None without a place in time.
    """

    id: str
    name: str
    exhibit: str
    sha256: str
    size_bytes: int
    duration_ns: DurationNs
    claim: str
    start: IncidentTime | None


@dataclass(frozen=True, slots=True)
class CertifiedClock:
    """One camera's clock.

    Attributes:
        camera_id: id of the camera.
        recordings: by time.
        is_in_force: whether the clock in force is the one that is solved here from what is accepted.
        setting: method and grounds of the clock in force, by whom and when set; "" while it is taken at its word.
        set_by: who set it.
        set_ns: when, or None.
        error_ns: by how much the clock was fast in the middle of its recordings, by the clock in force; None without a
            place, or where a match alone places it.
        half_ns: half the 95 % interval of the clock in force, at its worst within the recordings; None where unknown.
        beside: name of the camera of its group to which all others are compared, or "".
        half_beside_ns: half the 95 % interval of where it lies beside that camera, as solved here.
        drift_ppb: how much it gains, by the clock in force.
        drift_sigma_ppb: standard uncertainty of that as solved here; None where nothing observed it.
        uncertainty: half the 95 % interval along its recordings: pairs of incident time and ns.
        observed_by: how many matches hold it.
    """

    camera_id: str
    name: str
    kind: str
    device: str
    owner: str
    recordings: tuple[CertifiedRecording, ...]
    is_in_force: bool
    setting: str
    set_by: str
    set_ns: int | None
    error_ns: DurationNs | None
    half_ns: DurationNs | None
    beside: str
    half_beside_ns: DurationNs | None
    drift_ppb: int
    drift_sigma_ppb: int | None
    uncertainty: tuple[tuple[IncidentTime, DurationNs], ...]
    observed_by: int


@dataclass(frozen=True, slots=True)
class CertifiedMoment:
    """A matched moment of which pictures can be shown.

    Attributes:
        number: of the match in the certificate, from 1.
        recordings: ids of the one or two recordings.
        media_ns: the moment in each, of the file's own time.
        at: when it was.
    """

    number: int
    recordings: tuple[str, ...]
    media_ns: tuple[int, ...]
    at: IncidentTime


@dataclass(frozen=True)
class SyncCertificate:
    """Everything that a sync certificate says.

    Attributes:
        case_id: of the case.
        program: name and version of the program that made it.
        made_by: who made it.
        made_ns: when, ns since the epoch.
        clocks: of every camera.
        matches: every match with its readings, by number: that of `matches[k]` is `k + 1`.
        sayings: what the solver says of them.
        moments: those of which pictures can be shown.
        commands: how to repeat it.
    """

    case_id: str
    case_title: str
    case_reference: str
    time_zone: str
    program: str
    made_by: str
    made_ns: int
    clocks: tuple[CertifiedClock, ...]
    matches: tuple[MatchRow, ...]
    sayings: tuple[Saying, ...]
    moments: tuple[CertifiedMoment, ...]
    commands: tuple[str, ...]

    @property
    def is_in_force(self) -> bool:
        """Whether every clock that is solved here is the one in force."""
        return all(one.is_in_force for one in self.clocks)


def make_certificate(case: Case, *, by: str, now_ns: int, times: LocalTimes | None = None) -> SyncCertificate:
    """Return the sync certificate of a case as it is now; nothing is changed. From any thread.

    Args:
        case: open, read-only too.
        by: who makes it.
        now_ns: when, ns since the epoch.
        times: writes instants in what the solver says; in the case's zone where it is None.

    Raises:
        CaseDamagedError: the case cannot be read.
    """
    standing = solve_case(case, by=by)
    groups = tuple(one.group for one in _numbered(standing) if one.state is ObservationState.ACCEPTED)
    return certificate_of(case.info(), standing, _commands(case, groups), by=by, now_ns=now_ns, times=times)


def certificate_of(
    info: CaseInfo,
    standing: Standing,
    commands: tuple[str, ...],
    *,
    by: str,
    now_ns: int,
    times: LocalTimes | None = None,
) -> SyncCertificate:
    """Return the sync certificate of how clocks stand; as `make_certificate`."""
    texts = times or LocalTimes(ZoneInfo(info.time_zone))
    numbered = _numbered(standing)
    return SyncCertificate(
        case_id=info.id,
        case_title=info.title,
        case_reference=info.reference,
        time_zone=info.time_zone,
        program=program_name(),
        made_by=by,
        made_ns=now_ns,
        clocks=tuple(_clock(one, standing) for one in standing.cameras),
        matches=numbered,
        sayings=sayings(standing, texts),
        moments=tuple(_moments(numbered)),
        commands=commands,
    )


def _numbered(standing: Standing) -> tuple[MatchRow, ...]:
    return tuple(sorted(standing.matches, key=_order))


def _order(match: MatchRow) -> tuple[int, int, str]:
    """Order matches: those that count first, then by when they were found."""
    return (0 if match.use in {Use.USED, Use.CONFLICT} else 1, match.first.found_ns, match.group)


def _clock(one: CameraStanding, standing: Standing) -> CertifiedClock:
    facts = standing.request.facts
    own = [recording for recording in facts.recordings if recording.camera_id == one.camera.id]
    starts = standing.question.starts
    own.sort(key=lambda recording: (recording.id not in starts, _start(recording, standing) or 0))
    setting = one.before
    drift = setting.pieces[-1].rate_ppb if setting is not None else 0
    return CertifiedClock(
        camera_id=one.camera.id,
        name=one.camera.name,
        kind=one.camera.kind.value,
        device=" ".join(filter(None, (one.camera.make, one.camera.model, one.camera.serial))),
        owner=one.camera.owner,
        recordings=tuple(_recording(recording, standing) for recording in own),
        is_in_force=one.after is None or (setting is not None and _alike(setting.pieces, one.after.pieces)),
        setting="" if setting is None else f"{setting.method}: {setting.basis}",
        set_by="" if setting is None else setting.by,
        set_ns=None if setting is None else setting.set_ns,
        error_ns=one.error_before_ns,
        half_ns=one.half_before_ns,
        beside=standing.camera_by_id[one.beside].camera.name if one.beside else "",
        half_beside_ns=one.half_beside_ns,
        drift_ppb=drift,
        drift_sigma_ppb=one.drift_sigma_ppb if one.observed_by else None,
        uncertainty=_uncertainty(one, standing),
        observed_by=one.observed_by,
    )


def _alike(first: tuple[ClockPiece, ...], second: tuple[ClockPiece, ...]) -> bool:
    return len(first) == len(second) and all(
        one.device_ns == other.device_ns
        and abs(one.incident_ns - other.incident_ns) <= _ALIKE_NS
        and abs(one.rate_ppb - other.rate_ppb) <= 1
        for one, other in zip(first, second, strict=True)
    )


def _start(recording: Recording, standing: Standing) -> int | None:
    found = standing.question.starts.get(recording.id)
    return None if found is None else int(found[1].device_start)


def _recording(recording: Recording, standing: Standing) -> CertifiedRecording:
    found = standing.question.starts.get(recording.id)
    setting = standing.camera_by_id[recording.camera_id].before
    start: int | None = None
    is_placed = found is not None and recording.id not in standing.question.placed_by_match
    if found is not None and is_placed:
        device = DeviceTime(found[1].device_start)
        start = device if setting is None else _map(setting.pieces, device)
    claim = "" if found is None else f"{found[1].claim.origin.value} ({found[1].claim.source})"
    return CertifiedRecording(
        id=recording.id,
        name=recording.display_name,
        exhibit=recording.exhibit,
        sha256=recording.sha256,
        size_bytes=recording.size_bytes,
        duration_ns=recording.duration_ns,
        claim=claim,
        start=None if start is None else IncidentTime(start),
    )


def _map(pieces: tuple[ClockPiece, ...], device: int) -> int:
    return ClockMap(pieces).to_incident(DeviceTime(device))


def _uncertainty(one: CameraStanding, standing: Standing) -> tuple[tuple[IncidentTime, DurationNs], ...]:
    """Return half the 95 % interval of the clock in force at even places along the camera's recordings."""
    setting = one.before
    spans = [stretch for stretch in standing.question.stretches if stretch.clock == one.camera.id]
    if setting is None or not spans or setting.sigma_ns is None:
        return ()
    first, last = min(span.start_ns for span in spans), max(span.end_ns for span in spans)
    knots = tuple(SigmaKnot(device, sigma) for device, sigma in setting.sigma_knots)
    found = []
    for number in range(_PLACES + 1):
        device = first + (last - first) * number // _PLACES
        sigma = sigma_between(knots, device) if knots else setting.sigma_ns
        found.append((IncidentTime(_map(setting.pieces, device)), half_width_95(sigma)))
    return tuple(found)


def _moments(matches: tuple[MatchRow, ...]) -> list[CertifiedMoment]:
    found = []
    for number, match in enumerate(matches, start=1):
        reading = match.readings[0]
        one = reading.observation
        if match.use not in {Use.USED, Use.CONFLICT, Use.OUTLIER} or reading.at is None or one.other is None:
            continue
        middle = _middle(match)
        moments = (one.one, one.other)
        found.append(
            CertifiedMoment(
                number=number,
                recordings=tuple(moment.recording_id for moment in moments),
                media_ns=tuple(moment.media_ns + middle for moment in moments),
                at=IncidentTime(reading.at + middle),
            )
        )
    return found


def _middle(match: MatchRow) -> DurationNs:
    """Return how long after a match's first reading its middle lies."""
    media = [one.observation.one.media_ns for one in match.readings]
    return (max(media) - min(media)) // 2 if len(media) > 1 else 0


def _commands(case: Case, accepted: tuple[str, ...]) -> tuple[str, ...]:
    name = shlex.quote(case.folder.name)
    counted = {one.method for one in case.observations() if one.group in accepted}
    words = [sense.value for sense, methods in METHODS.items() if methods & counted]
    words += ["clock"] if SyncMethod.BURNT_IN_CLOCK in counted else []
    return (
        f"sightline verify {name}",
        *([f"sightline sync {name} --methods {','.join(words)}"] if words else []),
        *(f"sightline sync {name} --accept {group[:8]}" for group in accepted),
        f"sightline sync {name} --apply",
        f"sightline sync {name} --certificate certificate.html",
        f"sightline audit {name}",
    )
