"""Marks, or draws, in a process of its own that tells what is confirmed, so that a test can kill it at any moment."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from annotations.journal import edit
from annotations.marks import MarkDraft, add_mark, set_text
from annotations.shapes.change import with_keyframe
from annotations.shapes.geometry import Kind
from annotations.shapes.record import changed_shape_edit, load_shapes, new_shape_edit
from annotations.shapes.shape import Drawn, Keyframe
from evidence.case import Case
from evidence.times import IncidentTime

_FRAME = 3600
_KEYFRAMES = 8


def mark_for_ever(case_folder: Path, told: Connection) -> None:
    """Make marks and change them; send `begun`, then id and text of each as soon as it is confirmed."""
    with Case.open(case_folder) as case:
        told.send("begun")
        for number in count():
            made, _step = add_mark(case, MarkDraft(IncidentTime(number), f"made {number}"), by="killed")
            told.send((made.id, made.text))
            set_text(case, made.id, f"changed {number}", by="killed")
            told.send((made.id, f"changed {number}"))


def draw_for_ever(case_folder: Path, told: Connection) -> None:
    """Draw shapes and move each at further frames; send `begun`, then id and state of each once it is confirmed."""
    with Case.open(case_folder) as case:
        told.send("begun")
        for number in count():
            drawn = _box(number)
            step = edit(case, [new_shape_edit(drawn)], by="killed", label="drawing")
            (change,) = step.changes
            told.send((change.item_id, change.after))
            for frame in range(1, _KEYFRAMES):
                corner = (256 * frame, 256 * frame)
                drawn = with_keyframe(drawn, frame * _FRAME, (corner, (corner[0] + 2560, corner[1] + 2560)))
                shape = next(one for one in load_shapes(case) if one.id == change.item_id)
                step = edit(case, [changed_shape_edit(shape, drawn)], by="killed", label="following")
                told.send((change.item_id, step.changes[0].after))


def _box(number: int) -> Drawn:
    return Drawn(
        recording_id="r",
        frame_size=(320, 240),
        kind=Kind.BOX,
        time_base=Fraction(1, 90_000),
        start_pts=0,
        end_pts=_KEYFRAMES * _FRAME,
        keyframes=(Keyframe(0, ((0, 0), (2560, 2560))),),
        label=f"drawn {number}",
    )
