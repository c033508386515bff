"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _make_audit_anchor()
    _make_audit_outbox()
    _make_batches()
    _make_case_info()
    _make_verifications()
    _make_cameras()
    _make_refusals()
    _make_clock_settings()
    _make_recordings()
    _make_findings()
    _make_frame_indexes()
    _make_streams()
    _make_time_claims()
    _make_verdicts()


def _make_audit_anchor() -> None:
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("line_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
    )


def _make_audit_outbox() -> None:
    op.create_table(
        "audit_outbox",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_outbox")),
        sa.UniqueConstraint("event", name=op.f("uq_audit_outbox_event")),
    )


def _make_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("begun_ns", sa.BigInteger(), nullable=False),
        sa.Column("finished_ns", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("paths_hex", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_state"), "batches", ["state"], unique=False)


def _make_case_info() -> None:
    op.create_table(
        "case_info",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("program_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_info")),
    )


def _make_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("begun_ns", sa.BigInteger(), nullable=False),
        sa.Column("finished_ns", sa.BigInteger(), nullable=False),
        sa.Column("overall", sa.String(length=40), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("mismatched", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("log_seq", sa.BigInteger(), nullable=False),
        sa.Column("log_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )


def _make_cameras() -> None:
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grouped_by", sa.Text(), nullable=False),
        sa.Column("retired_ns", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_cameras_batch_id_batches")),
        sa.ForeignKeyConstraint(["merged_into"], ["cameras.id"], name=op.f("fk_cameras_merged_into_cameras")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
    )
    op.create_index(op.f("ix_cameras_batch_id"), "cameras", ["batch_id"], unique=False)
    op.create_index(op.f("ix_cameras_merged_into"), "cameras", ["merged_into"], unique=False)
    op.create_index(
        "ix_cameras_name_in_use",
        "cameras",
        ["name"],
        unique=True,
        sqlite_where=sa.text("retired_ns IS NULL"),
        postgresql_where=sa.text("retired_ns IS NULL"),
    )


def _make_refusals() -> None:
    op.create_table(
        "refusals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("path_bytes", sa.LargeBinary(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("offered_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_refusals_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_batch_id"), "refusals", ["batch_id"], unique=False)


def _make_clock_settings() -> None:
    op.create_table(
        "clock_settings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("sigma_ns", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("set_ns", sa.BigInteger(), nullable=False),
        sa.Column("superseded_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_clock_settings_camera_id_cameras")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_settings")),
    )
    op.create_index(op.f("ix_clock_settings_camera_id"), "clock_settings", ["camera_id"], unique=False)
    op.create_index(
        "ix_clock_settings_in_force",
        "clock_settings",
        ["camera_id"],
        unique=True,
        sqlite_where=sa.text("superseded_ns IS NULL"),
        postgresql_where=sa.text("superseded_ns IS NULL"),
    )


def _make_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("path_bytes", sa.LargeBinary(), nullable=False),
        sa.Column("path_from_case", sa.LargeBinary(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("item_class", sa.String(length=40), nullable=False),
        sa.Column("exhibit", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("duration_ns", sa.BigInteger(), nullable=False),
        sa.Column("video_stream", sa.Integer(), nullable=True),
        sa.Column("audio_stream", sa.Integer(), nullable=True),
        sa.Column("continues", sa.String(length=36), nullable=True),
        sa.Column("added_ns", sa.BigInteger(), nullable=False),
        sa.Column("hint", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_recordings_batch_id_batches")),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_recordings_camera_id_cameras")),
        sa.ForeignKeyConstraint(["continues"], ["recordings.id"], name=op.f("fk_recordings_continues_recordings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("sha256", name=op.f("uq_recordings_sha256")),
    )
    op.create_index(op.f("ix_recordings_added_ns"), "recordings", ["added_ns"], unique=False)
    op.create_index(op.f("ix_recordings_batch_id"), "recordings", ["batch_id"], unique=False)
    op.create_index(op.f("ix_recordings_camera_id"), "recordings", ["camera_id"], unique=False)
    op.create_index(op.f("ix_recordings_continues"), "recordings", ["continues"], unique=False)


def _make_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_findings_recording_id_recordings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recording_id", "position", name=op.f("pk_findings")),
    )


def _make_frame_indexes() -> None:
    op.create_table(
        "frame_indexes",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_frame_indexes_recording_id_recordings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_frame_indexes")),
    )


def _make_streams() -> None:
    op.create_table(
        "streams",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("time_base_num", sa.BigInteger(), nullable=False),
        sa.Column("time_base_den", sa.BigInteger(), nullable=False),
        sa.Column("start_pts", sa.BigInteger(), nullable=True),
        sa.Column("end_pts", sa.BigInteger(), nullable=True),
        sa.Column("packets", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("bit_rate", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("pixel_aspect_num", sa.BigInteger(), nullable=False),
        sa.Column("pixel_aspect_den", sa.BigInteger(), nullable=False),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("is_interlaced", sa.Boolean(), nullable=False),
        sa.Column("pixel_format", sa.Text(), nullable=False),
        sa.Column("color_space", sa.Text(), nullable=False),
        sa.Column("color_range", sa.Text(), nullable=False),
        sa.Column("color_transfer", sa.Text(), nullable=False),
        sa.Column("nominal_rate_num", sa.BigInteger(), nullable=True),
        sa.Column("nominal_rate_den", sa.BigInteger(), nullable=True),
        sa.Column("is_variable_rate", sa.Boolean(), nullable=False),
        sa.Column("sample_rate", sa.BigInteger(), nullable=False),
        sa.Column("channels", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("telemetry", sa.Text(), nullable=False),
        sa.Column("has_sound", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_streams_recording_id_recordings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recording_id", "number", name=op.f("pk_streams")),
    )


def _make_time_claims() -> None:
    op.create_table(
        "time_claims",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("instant_ns", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("meaning", sa.String(length=40), nullable=False),
        sa.Column("resolution_ns", sa.BigInteger(), nullable=False),
        sa.Column("offset_ns", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_ns", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_time_claims_recording_id_recordings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recording_id", "position", name=op.f("pk_time_claims")),
    )


def _make_verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("verification_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_verdicts_recording_id_recordings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verifications.id"],
            name=op.f("fk_verdicts_verification_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("verification_id", "recording_id", name=op.f("pk_verdicts")),
    )
