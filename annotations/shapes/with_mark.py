"""A mark that is made for a shape: on the same frames, and bound to it, in one step."""

from __future__ import annotations

from dataclasses import replace

from annotations.journal import Edit, Stamp, State, Step, edit
from annotations.mark_states import MARKS, Mark, PictureAnchor, mark_of, state_of
from annotations.shapes.record import changed_shape_edit
from annotations.shapes.shape import Shape
from evidence.case_store import CaseStore
from evidence.rows import new_id
from evidence.text import clean_line
from evidence.times import IncidentRange


def mark_shape(case: CaseStore, shape: Shape, span: IncidentRange, stream: int, *, by: str) -> Step:
    """Make a note on the frames that show a shape, and bind the shape to it; one thing to undo. From any thread.

    Args:
        case: the open case.
        shape: the shape as the case has it.
        span: when its frames show, as the clocks stand now.
        stream: number of the stream that it lies on.
        by: who makes it.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    drawn, mark_id = shape.drawn, new_id()
    text = clean_line(drawn.label or drawn.text) or drawn.kind.value.capitalize()

    def make(_before: State | None, stamp: Stamp) -> State:
        mark = Mark(
            id=mark_id,
            instant=span.start,
            text=text,
            by=stamp.by,
            created_ns=stamp.at_ns,
            changed_by=stamp.by,
            changed_ns=stamp.at_ns,
            end=span.end,
            picture=PictureAnchor(drawn.recording_id, stream, drawn.start, drawn.end_pts),
            colour=drawn.look.colour,
        )
        return state_of(mark_of(mark_id, state_of(mark), stamp))

    edits = [Edit(MARKS, mark_id, make), changed_shape_edit(shape, replace(drawn, mark_id=mark_id))]
    return edit(case, edits, by=by, label="mark for a shape")
