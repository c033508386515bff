"""Keeps shapes in the case, through the journal: each change has its history and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from annotations.journal import edit, put, remove
from annotations.models import ShapeRow
from annotations.row_keeper import RowKeeper
from annotations.shapes.shape import Drawn, Shape
from annotations.shapes.state import shape_from, state_of
from annotations.steps import Edit, Stamp, State, Step
from evidence.case_store import CaseStore
from evidence.rows import new_id


class ShapeKeeper(RowKeeper[ShapeRow]):
    """Reads and writes shapes within a transaction. Whatever is written was checked first."""

    name = "shape"
    row_class = ShapeRow

    def state_of(self, row: ShapeRow) -> State:
        """Return the state of a row."""
        return dict(row.state)

    def fill(self, row: ShapeRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises ShapeError where it is no shape."""
        shape = shape_from(state, shape_id=row.id)
        row.recording_id = shape.drawn.recording_id
        row.state = state_of(shape)
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return a shape's name for people."""
        kind, label = state.get("kind", "shape"), state.get("label") or state.get("text")
        return f"the {kind} “{label}”" if label else f"a {kind} on a picture"


SHAPES = ShapeKeeper()


def load_shapes(case: CaseStore) -> tuple[Shape, ...]:
    """Return the shapes of a case in the order in which they were drawn. From any thread.

    Raises:
        CaseDamagedError: the database cannot be read.
        ShapeError: what it holds is no shape.
    """
    with case.reading("reading the shapes") as session:
        rows = list(session.execute(select(ShapeRow)).scalars())
    shapes = [
        shape_from(row.state, shape_id=row.id, changed_by=row.changed_by, changed_ns=row.changed_ns) for row in rows
    ]
    return tuple(sorted(shapes, key=lambda one: (one.created_ns, one.id)))


def new_shape_edit(drawn: Drawn, shape_id: str = "") -> Edit:
    """Return the wish that there is a new shape, drawn by whoever makes the step."""

    def make(_before: State | None, stamp: Stamp) -> State:
        return state_of(Shape("", drawn, by=stamp.by, created_ns=stamp.at_ns))

    return Edit(SHAPES, shape_id or new_id(), make)


def changed_shape_edit(shape: Shape, drawn: Drawn) -> Edit:
    """Return the wish that a shape is drawn otherwise."""
    return put(SHAPES, shape.id, state_of(Shape(shape.id, drawn, by=shape.by, created_ns=shape.created_ns)))


def delete_shapes(case: CaseStore, shape_ids: Sequence[str], *, by: str) -> Step:
    """Delete shapes in one step; their history keeps them.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    what = "deletion of a shape" if len(shape_ids) == 1 else "deletion of shapes"
    return edit(case, [remove(SHAPES, shape_id) for shape_id in shape_ids], by=by, label=what)
