"""The history of annotations, the categories of marks with which every case begins, people, and richer marks."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_CATEGORIES = (
    ("f648d4be-33ec-5522-8445-6e1ba8878f49", "Event", "#e69f00", False),
    ("982359c5-841a-5928-a552-f483d019864f", "Arrival or departure", "#56b4e9", False),
    ("b9b79c4e-ed08-57f1-be45-1463c8d2cb21", "Contact or force", "#d55e00", False),
    ("9b361576-dab0-5681-8f71-4b3b4ae4532f", "Object or weapon", "#cc79a7", False),
    ("89db0506-5d1e-51b0-971d-15513ac36402", "Something said", "#f0e442", True),
    ("5a96e1ce-ba11-5a2d-8b26-2a48299f99bb", "Injury or aid", "#009e73", False),
    ("36fa979c-e702-5f0a-8861-7fb0eaebbbd5", "Vehicle", "#0072b2", False),
    ("fe6ede25-7d4d-5925-b198-6b940b1d36bd", "Look at again", "#9aa3ab", False),
    ("d2cb80d4-a884-5894-bbc0-8b46cacc88e8", "To be redacted", "#b2182b", True),
)
"""Id, name, colour, whether it is a range; their keys are 1 to 9. The ids are the same in every case, so that marks of
two cases can be put together."""


def upgrade() -> None:
    _make_history()
    _widen_marks()
    categories = op.create_table(
        "categories",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("key", sa.Integer(), nullable=True),
        sa.Column("is_range", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    rows = [
        {"id": one, "name": name, "colour": colour, "key": place + 1, "is_range": is_range, "position": place}
        for place, (one, name, colour, is_range) in enumerate(_CATEGORIES)
    ]
    op.bulk_insert(categories, [row | {"changed_by": "Sightline", "changed_ns": 0} for row in rows])


def _widen_marks() -> None:
    """Add what a mark can have now. Marks that had been deleted live on in the history instead of the table."""
    connection = op.get_bind()
    deleted = list(connection.execute(sa.text("SELECT * FROM marks WHERE deleted_ns IS NOT NULL")).mappings())
    for row in deleted:
        state = {"at_ns": row["instant_ns"], "end_ns": None, "picture": None, "text": row["text"], "category": None}
        state |= {"colour": "", "tags": [], "people": [], "by": row["by"], "created_ns": row["created_ns"]}
        connection.execute(
            sa.text(
                "INSERT INTO history (step_id, item_id, kind, label, before, after, by, at_ns, undoes)"
                " VALUES (:id, :id, 'mark', 'deletion of a mark', :state, NULL, :by, :at_ns, '')"
            ),
            {"id": row["id"], "state": json.dumps(state), "by": row["changed_by"], "at_ns": row["deleted_ns"]},
        )
    connection.execute(sa.text("DELETE FROM marks WHERE deleted_ns IS NOT NULL"))
    op.drop_column("marks", "deleted_ns")
    for name in ("end_ns", "pts", "end_pts", "time_base_num", "time_base_den"):
        op.add_column("marks", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("marks", sa.Column("stream", sa.Integer(), nullable=True))
    for name in ("recording_id", "category_id"):
        op.add_column("marks", sa.Column(name, sa.String(length=36), nullable=True))
        op.create_index(op.f(f"ix_marks_{name}"), "marks", [name], unique=False)
    op.add_column("marks", sa.Column("colour", sa.String(length=7), nullable=False, server_default=""))
    for name in ("tags", "people"):
        op.add_column("marks", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))


def _make_history() -> None:
    op.create_table(
        "history",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("step_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("undoes", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_history")),
    )
    for column in ("step_id", "item_id", "undoes"):
        op.create_index(op.f(f"ix_history_{column}"), "history", [column], unique=False)
