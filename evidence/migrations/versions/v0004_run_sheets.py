"""The tables of run sheets and their versions, which the room `courtroom` keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "run_sheets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("deleted_ns", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_sheets")),
    )
    op.create_table(
        "run_sheet_versions",
        sa.Column("sheet_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["run_sheets.id"], name=op.f("fk_run_sheet_versions_sheet_id_run_sheets")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "number", name=op.f("pk_run_sheet_versions")),
    )
