"""Goes between the database's rows and the frozen records, both ways.

Going in, every row is made to fit: text is cleaned (a tag may hold anything), and numbers that 64 bits cannot hold
are refused with ValueError. Coming out, a value that no record can have raises ValueError too: the case is damaged.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer, String, Text

from evidence.examination import Examination
from evidence.models import (
    Base,
    CameraRow,
    ClockSettingRow,
    FindingRow,
    FrameIndexRow,
    ObservationRow,
    RecordingRow,
    RefusalRow,
    StreamRow,
    TimeClaimRow,
)
from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.records import (
    Camera,
    CameraKind,
    ClaimMeaning,
    ClaimOrigin,
    ClaimZone,
    ClockPiece,
    ClockSetting,
    DeviceHint,
    Finding,
    ItemClass,
    Recording,
    Refusal,
    Severity,
    StreamInfo,
    StreamKind,
    TimeClaim,
)
from evidence.text import clean_text
from evidence.times import IncidentTime

AnyRow = TypeVar("AnyRow", bound=Base)

# A case of thousands of recordings names the same few words a hundred thousand times.
_item_class = lru_cache(maxsize=64)(ItemClass)
_stream_kind = lru_cache(maxsize=64)(StreamKind)
_claim_origin = lru_cache(maxsize=64)(ClaimOrigin)
_claim_zone = lru_cache(maxsize=64)(ClaimZone)
_claim_meaning = lru_cache(maxsize=64)(ClaimMeaning)
_severity = lru_cache(maxsize=64)(Severity)


def new_id() -> str:
    """Return a new permanent id."""
    return str(uuid.uuid4())


def fit(row: AnyRow) -> AnyRow:
    """Clean the texts of a row that goes in and check its numbers.

    Raises:
        ValueError: a number does not fit into 64 bits; the text names it.
    """
    texts, numbers = _columns(type(row))
    for name in texts:
        value = getattr(row, name)
        if isinstance(value, str):
            setattr(row, name, clean_text(value))
    for name in numbers:
        value = getattr(row, name)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ValueError(f"{name} is {value}, which no clock or file can be")
    return row


@cache
def _columns(kind: type[Base]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    columns = kind.__table__.columns
    texts = tuple(column.key for column in columns if isinstance(column.type, String | Text))
    numbers = tuple(column.key for column in columns if isinstance(column.type, Integer | BigInteger))
    return texts, numbers


def camera_row(camera: Camera, batch_id: str | None = None) -> CameraRow:
    """Return the row of a camera."""
    return fit(CameraRow(**asdict(camera), batch_id=batch_id, retired_ns=None, merged_into=None))


def camera_record(row: Any) -> Camera:
    """Return the record of a camera, from its row or from its columns."""
    return Camera(
        id=row.id,
        name=row.name,
        kind=CameraKind(row.kind),
        owner=row.owner,
        make=row.make,
        model=row.model,
        serial=row.serial,
        colour=row.colour,
        position=row.position,
        grouped_by=row.grouped_by,
    )


def recording_rows(
    found: Examination,
    *,
    recording_id: str,
    camera_id: str,
    batch_id: str | None,
    exhibit: str,
    added_ns: int,
    path_from_case: bytes,
) -> list[Base]:
    """Return all rows of a recording, the recording's own first. Raises ValueError where a number does not fit."""
    recording = RecordingRow(
        id=recording_id,
        camera_id=camera_id,
        batch_id=batch_id,
        path_bytes=found.path_bytes,
        path_from_case=path_from_case,
        display_name=found.display_name,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
        sha256=found.sha256,
        item_class=ItemClass.MASTER.value,
        exhibit=exhibit,
        container=found.container,
        duration_ns=found.duration_ns,
        video_stream=found.video_stream,
        audio_stream=found.audio_stream,
        continues=None,
        added_ns=added_ns,
        hint=hint_json(found.hint),
    )
    rows: list[Base] = [fit(recording)]
    rows += [stream_row(recording_id, stream) for stream in found.streams]
    rows += [claim_row(recording_id, place, claim) for place, claim in enumerate(found.claims)]
    rows += [finding_row(recording_id, place, finding) for place, finding in enumerate(found.findings)]
    if found.frame_index is not None:
        rows.append(FrameIndexRow(recording_id=recording_id, packed=found.frame_index))
    return rows


def recording_record(
    row: Any, streams: Iterable[StreamInfo], claims: Iterable[TimeClaim], findings: Iterable[Finding]
) -> Recording:
    """Return the record of a recording, from its columns and what belongs to it."""
    return Recording(
        id=row.id,
        camera_id=row.camera_id,
        path_bytes=row.path_bytes,
        display_name=row.display_name,
        size_bytes=row.size_bytes,
        mtime_ns=row.mtime_ns,
        sha256=row.sha256,
        item_class=_item_class(row.item_class),
        exhibit=row.exhibit,
        container=row.container,
        duration_ns=row.duration_ns,
        streams=tuple(streams),
        video_stream=row.video_stream,
        audio_stream=row.audio_stream,
        continues=row.continues,
        added_ns=row.added_ns,
        findings=tuple(findings),
        claims=tuple(claims),
    )


def stream_row(recording_id: str, stream: StreamInfo) -> StreamRow:
    """Return the row of a stream."""
    rate = stream.nominal_rate
    row = StreamRow(
        recording_id=recording_id,
        number=stream.index,
        kind=stream.kind.value,
        codec=stream.codec,
        time_base_num=stream.time_base.numerator,
        time_base_den=stream.time_base.denominator,
        start_pts=stream.start_pts,
        end_pts=stream.end_pts,
        packets=stream.packets,
        profile=stream.profile,
        bit_rate=stream.bit_rate,
        width=stream.width,
        height=stream.height,
        pixel_aspect_num=stream.pixel_aspect.numerator,
        pixel_aspect_den=stream.pixel_aspect.denominator,
        rotation=stream.rotation,
        is_interlaced=stream.is_interlaced,
        pixel_format=stream.pixel_format,
        color_space=stream.color_space,
        color_range=stream.color_range,
        color_transfer=stream.color_transfer,
        nominal_rate_num=None if rate is None else rate.numerator,
        nominal_rate_den=None if rate is None else rate.denominator,
        is_variable_rate=stream.is_variable_rate,
        sample_rate=stream.sample_rate,
        channels=stream.channels,
        language=stream.language,
        title=stream.title,
        telemetry=stream.telemetry,
        has_sound=stream.has_sound,
    )
    return fit(row)


def stream_record(row: Any) -> StreamInfo:
    """Return the record of a stream, from its columns."""
    rate = None if row.nominal_rate_num is None else _fraction(row.nominal_rate_num, row.nominal_rate_den)
    return StreamInfo(
        index=row.number,
        kind=_stream_kind(row.kind),
        codec=row.codec,
        time_base=_fraction(row.time_base_num, row.time_base_den),
        start_pts=row.start_pts,
        end_pts=row.end_pts,
        packets=row.packets,
        profile=row.profile,
        bit_rate=row.bit_rate,
        width=row.width,
        height=row.height,
        pixel_aspect=_fraction(row.pixel_aspect_num, row.pixel_aspect_den),
        rotation=row.rotation,
        is_interlaced=row.is_interlaced,
        pixel_format=row.pixel_format,
        color_space=row.color_space,
        color_range=row.color_range,
        color_transfer=row.color_transfer,
        nominal_rate=rate,
        is_variable_rate=row.is_variable_rate,
        sample_rate=row.sample_rate,
        channels=row.channels,
        language=row.language,
        title=row.title,
        telemetry=row.telemetry,
        has_sound=row.has_sound,
    )


def claim_row(
    recording_id: str, position: int, claim: TimeClaim, *, claimed_by: str = "", claimed_ns: int | None = None
) -> TimeClaimRow:
    """Return the row of a claim of time. Raises ValueError where its numbers do not fit."""
    row = TimeClaimRow(
        recording_id=recording_id,
        position=position,
        origin=claim.origin.value,
        source=claim.source,
        raw=claim.raw,
        instant_ns=claim.instant_ns,
        zone=claim.zone.value,
        meaning=claim.meaning.value,
        resolution_ns=claim.resolution_ns,
        offset_ns=claim.offset_ns,
        note=claim.note,
        claimed_by=claimed_by,
        claimed_ns=claimed_ns,
        withdrawn_ns=None,
    )
    return fit(row)


def claim_record(row: Any) -> TimeClaim:
    """Return the record of a claim, from its columns."""
    return TimeClaim(
        origin=_claim_origin(row.origin),
        source=row.source,
        raw=row.raw,
        instant_ns=row.instant_ns,
        zone=_claim_zone(row.zone),
        meaning=_claim_meaning(row.meaning),
        resolution_ns=row.resolution_ns,
        offset_ns=row.offset_ns,
        note=row.note,
    )


def finding_row(recording_id: str, position: int, finding: Finding) -> FindingRow:
    """Return the row of a finding."""
    return fit(FindingRow(recording_id=recording_id, position=position, **_finding_columns(finding)))


def finding_record(row: Any) -> Finding:
    """Return the record of a finding, from its columns or those of a refusal."""
    return Finding(row.code, _severity(row.severity), row.happened, row.meaning, row.remedy)


def refusal_row(refusal: Refusal, batch_id: str | None) -> RefusalRow:
    """Return the row of a refusal."""
    row = RefusalRow(
        id=new_id(),
        batch_id=batch_id,
        path_bytes=refusal.path_bytes,
        display_name=refusal.display_name,
        size_bytes=refusal.size_bytes,
        sha256=refusal.sha256,
        offered_ns=refusal.offered_ns,
        **_finding_columns(refusal.finding),
    )
    return fit(row)


def refusal_record(row: Any) -> Refusal:
    """Return the record of a refusal, from its columns."""
    return Refusal(
        path_bytes=row.path_bytes,
        display_name=row.display_name,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        finding=finding_record(row),
        offered_ns=row.offered_ns,
    )


def setting_row(setting: ClockSetting) -> ClockSettingRow:
    """Return the row of a clock setting, in force. Raises ValueError where a number does not fit."""
    pieces = [[piece.device_ns, piece.incident_ns, piece.rate_ppb] for piece in setting.pieces]
    if any(not -(2**63) <= number < 2**63 for piece in pieces for number in piece):
        raise ValueError("a clock's times do not fit into 64 bits")
    row = ClockSettingRow(
        id=new_id(),
        camera_id=setting.camera_id,
        pieces=pieces,
        sigma_ns=setting.sigma_ns,
        sigma_knots=[list(knot) for knot in setting.sigma_knots] or None,
        method=setting.method,
        basis=setting.basis,
        by=setting.by,
        set_ns=setting.set_ns,
        superseded_ns=None,
    )
    return fit(row)


def setting_record(row: Any) -> ClockSetting:
    """Return the record of a clock setting, from its row or from its columns."""
    return ClockSetting(
        camera_id=row.camera_id,
        pieces=tuple(ClockPiece(*(int(number) for number in piece)) for piece in row.pieces),
        sigma_ns=row.sigma_ns,
        method=row.method,
        basis=row.basis,
        by=row.by,
        set_ns=row.set_ns,
        sigma_knots=tuple((int(device), int(sigma)) for device, sigma in row.sigma_knots or ()),
    )


def observation_row(observation: Observation) -> ObservationRow:
    """Return the row of an observation. Raises ValueError where a number does not fit."""
    other = observation.other
    row = ObservationRow(
        id=observation.id,
        match_id=observation.group,
        method=observation.method.value,
        one_recording=observation.one.recording_id,
        one_media_ns=observation.one.media_ns,
        other_recording=None if other is None else other.recording_id,
        other_media_ns=None if other is None else other.media_ns,
        utc_ns=observation.utc,
        sigma_ns=observation.sigma_ns,
        common_sigma_ns=observation.common_sigma_ns,
        evidence=observation.evidence,
        found_by=observation.found_by,
        found_ns=observation.found_ns,
        state=observation.state.value,
        decided_by=observation.decided_by,
        decided_ns=observation.decided_ns,
    )
    return fit(row)


def observation_record(row: Any) -> Observation:
    """Return the record of an observation, from its row or from its columns."""
    return Observation(
        id=row.id,
        group=row.match_id,
        method=SyncMethod(row.method),
        one=Moment(row.one_recording, row.one_media_ns),
        other=None if row.other_recording is None else Moment(row.other_recording, row.other_media_ns),
        utc=None if row.utc_ns is None else IncidentTime(row.utc_ns),
        sigma_ns=row.sigma_ns,
        common_sigma_ns=row.common_sigma_ns,
        evidence=row.evidence,
        found_by=row.found_by,
        found_ns=row.found_ns,
        state=ObservationState(row.state),
        decided_by=row.decided_by,
        decided_ns=row.decided_ns,
    )


def hint_json(hint: DeviceHint) -> dict[str, Any]:
    """Return a device hint as JSON, its texts cleaned."""
    content = asdict(hint)
    content["kind"] = None if hint.kind is None else hint.kind.value
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in content.items()}


def hint_record(content: dict[str, Any]) -> DeviceHint:
    """Read what `hint_json` made; what a later version added is left out. Raises ValueError, TypeError."""
    known = {name: content[name] for name in DeviceHint.__dataclass_fields__ if name in content}
    if known.get("kind") is not None:
        known["kind"] = CameraKind(known["kind"])
    return DeviceHint(**known)


def _finding_columns(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "happened": finding.happened,
        "meaning": finding.meaning,
        "remedy": finding.remedy,
    }


@lru_cache(maxsize=4096)
def _fraction(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator, denominator)
