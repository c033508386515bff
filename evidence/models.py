"""The tables of a case, as SQLAlchemy 2 classes; the same on SQLite and PostgreSQL.

Nothing outside of this room sees these classes live: what others read are the frozen records (`evidence.rows` goes
between the two). Times and lengths of time are nanoseconds in BigInteger columns, fractions are two integers, paths
are bytes. Ids are UUIDs as text.

To change a table, or to add one (also for a room above, which defines its class on `Base`): 1. change the class;
2. add a script to `evidence/migrations/versions` (see there); 3. set `evidence.schema.LATEST_REVISION`; 4. run the
tests, which compare the classes with what the migrations make.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ID_LENGTH = 36
_HASH_LENGTH = 64
_WORD = 40
_NAME = 400


class Base(DeclarativeBase):
    """What all tables of a case share, also those of rooms above: one set of metadata with stable names."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        bytes: LargeBinary,
        str: Text,
        bool: Boolean,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def _id_key() -> Mapped[str]:
    return mapped_column(String(ID_LENGTH), primary_key=True)


def _points_at(column: str, *, is_key: bool = False, is_optional: bool = False, on_delete: str | None = None) -> Any:
    return mapped_column(
        String(ID_LENGTH),
        ForeignKey(column, ondelete=on_delete),
        primary_key=is_key,
        nullable=is_optional,
        index=not is_key,
    )


class CaseInfoRow(Base):
    """What the case says of itself; one row."""

    __tablename__ = "case_info"
    id: Mapped[str] = _id_key()
    title: Mapped[str]
    reference: Mapped[str]
    time_zone: Mapped[str]
    created_ns: Mapped[int]
    created_by: Mapped[str]
    program_version: Mapped[str]


class CameraRow(Base):
    """A device. One that was merged into another, or lost its last recording, is retired and keeps its history."""

    __tablename__ = "cameras"
    __table_args__ = (
        Index(
            "ix_cameras_name_in_use",
            "name",
            unique=True,
            sqlite_where=text("retired_ns IS NULL"),
            postgresql_where=text("retired_ns IS NULL"),
        ),
    )
    id: Mapped[str] = _id_key()
    batch_id: Mapped[str | None] = _points_at("batches.id", is_optional=True)
    name: Mapped[str] = mapped_column(String(_NAME))
    kind: Mapped[str] = mapped_column(String(_WORD))
    owner: Mapped[str]
    make: Mapped[str]
    model: Mapped[str]
    serial: Mapped[str]
    colour: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    grouped_by: Mapped[str]
    retired_ns: Mapped[int | None]
    merged_into: Mapped[str | None] = _points_at("cameras.id", is_optional=True)


class BatchRow(Base):
    """One run of adding files. `state`: running, finished, interrupted, settled."""

    __tablename__ = "batches"
    id: Mapped[str] = _id_key()
    by: Mapped[str]
    begun_ns: Mapped[int]
    finished_ns: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(_WORD), index=True)
    paths_hex: Mapped[list[Any]]


class RecordingRow(Base):
    """One file of one camera."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("sha256"),)
    id: Mapped[str] = _id_key()
    camera_id: Mapped[str] = _points_at("cameras.id")
    batch_id: Mapped[str | None] = _points_at("batches.id", is_optional=True)
    path_bytes: Mapped[bytes]
    path_from_case: Mapped[bytes]
    display_name: Mapped[str]
    size_bytes: Mapped[int]
    mtime_ns: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(_HASH_LENGTH))
    item_class: Mapped[str] = mapped_column(String(_WORD))
    exhibit: Mapped[str]
    container: Mapped[str]
    duration_ns: Mapped[int]
    video_stream: Mapped[int | None] = mapped_column(Integer)
    audio_stream: Mapped[int | None] = mapped_column(Integer)
    continues: Mapped[str | None] = _points_at("recordings.id", is_optional=True)
    added_ns: Mapped[int] = mapped_column(index=True)
    hint: Mapped[dict[str, Any]]


class StreamRow(Base):
    """One stream of a file."""

    __tablename__ = "streams"
    recording_id: Mapped[str] = _points_at("recordings.id", is_key=True, on_delete="CASCADE")
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(_WORD))
    codec: Mapped[str]
    time_base_num: Mapped[int]
    time_base_den: Mapped[int]
    start_pts: Mapped[int | None]
    end_pts: Mapped[int | None]
    packets: Mapped[int]
    profile: Mapped[str]
    bit_rate: Mapped[int | None]
    width: Mapped[int]
    height: Mapped[int]
    pixel_aspect_num: Mapped[int]
    pixel_aspect_den: Mapped[int]
    rotation: Mapped[int] = mapped_column(Integer)
    is_interlaced: Mapped[bool]
    pixel_format: Mapped[str]
    color_space: Mapped[str]
    color_range: Mapped[str]
    color_transfer: Mapped[str]
    nominal_rate_num: Mapped[int | None]
    nominal_rate_den: Mapped[int | None]
    is_variable_rate: Mapped[bool]
    sample_rate: Mapped[int]
    channels: Mapped[int]
    language: Mapped[str]
    title: Mapped[str]
    telemetry: Mapped[str]
    has_sound: Mapped[bool | None]


class FrameIndexRow(Base):
    """The frame index of the shown stream, packed; apart, so that a list of recordings does not carry it."""

    __tablename__ = "frame_indexes"
    recording_id: Mapped[str] = _points_at("recordings.id", is_key=True, on_delete="CASCADE")
    packed: Mapped[bytes]


class TimeClaimRow(Base):
    """One claim of time. Those of a person say who and when, and can be withdrawn; they are never deleted."""

    __tablename__ = "time_claims"
    recording_id: Mapped[str] = _points_at("recordings.id", is_key=True, on_delete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    origin: Mapped[str] = mapped_column(String(_WORD))
    source: Mapped[str]
    raw: Mapped[str]
    instant_ns: Mapped[int]
    zone: Mapped[str] = mapped_column(String(_WORD))
    meaning: Mapped[str] = mapped_column(String(_WORD))
    resolution_ns: Mapped[int]
    offset_ns: Mapped[int]
    note: Mapped[str]
    claimed_by: Mapped[str]
    claimed_ns: Mapped[int | None]
    withdrawn_ns: Mapped[int | None]


class FindingRow(Base):
    """Something that was noticed about a recording."""

    __tablename__ = "findings"
    recording_id: Mapped[str] = _points_at("recordings.id", is_key=True, on_delete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str]
    severity: Mapped[str] = mapped_column(String(_WORD))
    happened: Mapped[str]
    meaning: Mapped[str]
    remedy: Mapped[str]


class RefusalRow(Base):
    """A path that was offered and did not become a recording."""

    __tablename__ = "refusals"
    id: Mapped[str] = _id_key()
    batch_id: Mapped[str | None] = _points_at("batches.id", is_optional=True)
    path_bytes: Mapped[bytes]
    display_name: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(_HASH_LENGTH))
    code: Mapped[str]
    severity: Mapped[str] = mapped_column(String(_WORD))
    happened: Mapped[str]
    meaning: Mapped[str]
    remedy: Mapped[str]
    offered_ns: Mapped[int]


class ClockSettingRow(Base):
    """How a camera's clock was set. One a camera is in force; the others tell its history."""

    __tablename__ = "clock_settings"
    __table_args__ = (
        Index(
            "ix_clock_settings_in_force",
            "camera_id",
            unique=True,
            sqlite_where=text("superseded_ns IS NULL"),
            postgresql_where=text("superseded_ns IS NULL"),
        ),
    )
    id: Mapped[str] = _id_key()
    camera_id: Mapped[str] = _points_at("cameras.id")
    pieces: Mapped[list[Any]]
    sigma_ns: Mapped[int | None]
    sigma_knots: Mapped[list[Any] | None]
    method: Mapped[str]
    basis: Mapped[str]
    by: Mapped[str]
    set_ns: Mapped[int]
    superseded_ns: Mapped[int | None]


class ObservationRow(Base):
    """What ties two clocks, or one and UTC. Only its last three columns change; it is never deleted."""

    __tablename__ = "observations"
    id: Mapped[str] = _id_key()
    match_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    method: Mapped[str] = mapped_column(String(_WORD))
    one_recording: Mapped[str] = _points_at("recordings.id")
    one_media_ns: Mapped[int]
    other_recording: Mapped[str | None] = _points_at("recordings.id", is_optional=True)
    other_media_ns: Mapped[int | None]
    utc_ns: Mapped[int | None]
    sigma_ns: Mapped[int]
    common_sigma_ns: Mapped[int]
    evidence: Mapped[str]
    found_by: Mapped[str]
    found_ns: Mapped[int]
    state: Mapped[str] = mapped_column(String(_WORD))
    decided_by: Mapped[str]
    decided_ns: Mapped[int | None]


class VerificationRow(Base):
    """One check of the case against its originals, and its outcome."""

    __tablename__ = "verifications"
    id: Mapped[str] = _id_key()
    by: Mapped[str]
    begun_ns: Mapped[int]
    finished_ns: Mapped[int]
    overall: Mapped[str] = mapped_column(String(_WORD))
    verified: Mapped[int] = mapped_column(Integer)
    mismatched: Mapped[int] = mapped_column(Integer)
    unknown: Mapped[int] = mapped_column(Integer)
    log_seq: Mapped[int]
    log_sha256: Mapped[str] = mapped_column(String(_HASH_LENGTH))


class VerdictRow(Base):
    """What one check found of one recording."""

    __tablename__ = "verdicts"
    verification_id: Mapped[str] = _points_at("verifications.id", is_key=True, on_delete="CASCADE")
    recording_id: Mapped[str] = _points_at("recordings.id", is_key=True, on_delete="CASCADE")
    verdict: Mapped[str] = mapped_column(String(_WORD))
    reason: Mapped[str]


class AuditOutboxRow(Base):
    """An audit entry that was committed with its change and is not known to be in `audit.log` yet."""

    __tablename__ = "audit_outbox"
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event: Mapped[str] = mapped_column(String(ID_LENGTH), unique=True)
    entry: Mapped[dict[str, Any]]


class AuditAnchorRow(Base):
    """Where `audit.log` ends as far as it is known to be on the disk; one row."""

    __tablename__ = "audit_anchor"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(_HASH_LENGTH))
    size_bytes: Mapped[int]
    line_bytes: Mapped[int]
