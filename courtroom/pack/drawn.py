"""Shapes that go into a pack: those that an item shows, on recordings that are in it, within what the item shows.

Only what is seen goes over: a shape's name in lists and the mark that it belongs to stay behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from annotations.journal import Stamp, edit, put
from annotations.shapes.record import SHAPES
from annotations.shapes.shape import Shape
from annotations.shapes.state import state_of
from courtroom.pack.needs import shown_span
from courtroom.run_sheet import RunSheet
from evidence.case_store import CaseStore
from sync.timeline import Timeline


def needed_shapes(shapes: Iterable[Shape], sheet: RunSheet, timeline: Timeline) -> tuple[Shape, ...]:
    """Return the shapes that some frame of the run sheet shows, without what only lists show of them."""
    wanted = [(item, span) for item in sheet.items if item.shows_shapes and (span := shown_span(item)) is not None]
    camera_of = {one.recording.id: (row.camera.id, one) for row in timeline.cameras for one in row.placed}
    found = []
    for shape in shapes:
        drawn = shape.drawn
        if drawn.recording_id not in camera_of:
            continue
        camera_id, placed = camera_of[drawn.recording_id]
        start, end = (placed.incident_at_media_ns(moment.ns) for moment in (drawn.start, drawn.end))
        if any(
            item.view is not None and camera_id in item.view.camera_ids and start < span.end and span.start <= end
            for item, span in wanted
        ):
            found.append(replace(shape, drawn=replace(drawn, label="", mark_id="")))
    return tuple(found)


def keep_shapes(extract: CaseStore, shapes: Iterable[Shape], *, by: str) -> None:
    """Put shapes into an extract. Raises as `CaseStore.change` says."""
    edits = [put(SHAPES, one.id, state_of(one), stamp=Stamp(one.by, one.created_ns)) for one in shapes]
    if edits:
        edit(extract, edits, by=by, label="shapes of the run sheet")
