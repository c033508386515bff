"""Keeps shapes in the case, through the journal: each change has its history and can be taken back."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from annotations.journal import Edit, Stamp, State, Step, edit, put, remove
from annotations.row_keeper import RowKeeper
from annotations.shapes.models import ShapeRow
from annotations.shapes.shape import Drawn, Shape
from annotations.shapes.state import shape_from, state_of
from annotations.shapes.trouble import ShapeError
from evidence.case_store import CaseStore
from evidence.rows import new_id

_LOG = logging.getLogger(__name__)
_MOST_KEPT = 20_000


class ShapeKeeper(RowKeeper[ShapeRow]):
    """Reads and writes shapes within a transaction. Whatever is written was checked first."""

    name = "shape"
    row_class = ShapeRow

    def state_of(self, row: ShapeRow) -> State:
        """Return the state of a row. Raises ShapeError where it is no shape."""
        return state_of(_shape(row.id, row.state, "", 0))

    def fill(self, row: ShapeRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises ShapeError where it is no shape."""
        shape = shape_from(state, shape_id=row.id)
        row.recording_id = shape.drawn.recording_id
        row.state = json.dumps(state_of(shape), ensure_ascii=False, separators=(",", ":"))
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return a shape's name for people."""
        kind, label = state.get("kind", "shape"), state.get("label") or state.get("text")
        return f"the {kind} “{label}”" if label else f"a {kind} on a picture"


SHAPES = ShapeKeeper()


def load_shapes(case: CaseStore) -> tuple[Shape, ...]:
    """Return the shapes of a case in the order in which they were drawn. From any thread.

    What cannot be read as a shape is left out and logged; `find_unreadable` names it.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    shapes, unreadable = _read(case)
    for shape_id, error in unreadable.items():
        _LOG.warning("the case has a shape %s that cannot be read: %s", shape_id, error)
    return shapes


def find_unreadable(case: CaseStore) -> dict[str, ShapeError]:
    """Return what the case holds as shapes and is none, by id, with the reason. Raises CaseDamagedError."""
    return _read(case)[1]


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


def shapes_after(shapes: tuple[Shape, ...], step: Step) -> tuple[Shape, ...]:
    """Return the shapes of a case as a step left them; the same tuple where it touched none."""
    states = {one.item_id: one.after for one in step.changes if one.keeper.name == SHAPES.name}
    if not states:
        return shapes
    kept = [shape for shape in shapes if shape.id not in states]
    for shape_id, state in states.items():
        if state is not None:
            kept.append(shape_from(state, shape_id=shape_id, changed_by=step.by, changed_ns=step.at_ns))
    return tuple(sorted(kept, key=lambda one: (one.created_ns, one.id)))


def _read(case: CaseStore) -> tuple[tuple[Shape, ...], dict[str, ShapeError]]:
    with case.reading("reading the shapes") as session:
        columns = (ShapeRow.id, ShapeRow.state, ShapeRow.changed_by, ShapeRow.changed_ns)
        rows = session.execute(select(*columns)).all()
    shapes: list[Shape] = []
    unreadable: dict[str, ShapeError] = {}
    for shape_id, state, changed_by, changed_ns in rows:
        try:
            shapes.append(_shape(shape_id, state, changed_by, changed_ns))
        except ShapeError as error:
            unreadable[shape_id] = error
    return tuple(sorted(shapes, key=lambda one: (one.created_ns, one.id))), unreadable


@lru_cache(maxsize=_MOST_KEPT)
def _shape(shape_id: str, state: str, changed_by: str, changed_ns: int) -> Shape:
    """Return the shape of a row; the case is read anew after every change, and most shapes are as they were."""
    try:
        untrusted = json.loads(state)
    except (ValueError, RecursionError) as error:
        raise ShapeError("This is no shape: it is no JSON.", meaning="It is not shown.", remedy="") from error
    return shape_from(untrusted, shape_id=shape_id, changed_by=changed_by, changed_ns=changed_ns)
