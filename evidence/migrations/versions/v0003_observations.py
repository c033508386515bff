"""What ties clocks to one another, and how sure a solved clock is along its recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("clock_settings", sa.Column("sigma_knots", sa.JSON(), nullable=True))
    op.create_table(
        "observations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("match_id", sa.String(length=36), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("one_recording", sa.String(length=36), nullable=False),
        sa.Column("one_media_ns", sa.BigInteger(), nullable=False),
        sa.Column("other_recording", sa.String(length=36), nullable=True),
        sa.Column("other_media_ns", sa.BigInteger(), nullable=True),
        sa.Column("utc_ns", sa.BigInteger(), nullable=True),
        sa.Column("sigma_ns", sa.BigInteger(), nullable=False),
        sa.Column("common_sigma_ns", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["one_recording"], ["recordings.id"], name=op.f("fk_observations_one_recording_recordings")
        ),
        sa.ForeignKeyConstraint(
            ["other_recording"], ["recordings.id"], name=op.f("fk_observations_other_recording_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index(op.f("ix_observations_match_id"), "observations", ["match_id"], unique=False)
    op.create_index(op.f("ix_observations_one_recording"), "observations", ["one_recording"], unique=False)
    op.create_index(op.f("ix_observations_other_recording"), "observations", ["other_recording"], unique=False)
