"""What is drawn over a video's pictures where it was asked for: marks, shapes and captions of the case."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.composite.messages import Burn
from annotations.composite.plan import Extras, Remark
from annotations.reports.facts import CaseFacts
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.record import load_shapes
from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.store import load_book
from evidence.case import Case
from evidence.times import NS_PER_S, IncidentRange

_MOMENT_NS = 2 * NS_PER_S
"""How long the words of a mark on a moment stand."""


def extras_of(case: Case, facts: CaseFacts, span: IncidentRange, burns: frozenset[Burn]) -> Extras:
    """Read what is to be drawn over the pictures of a range."""
    shapes = ShapesByFrame(load_shapes(case)) if Burn.SHAPES in burns else None
    captions = _captions(cue_times(load_book(case), facts.timeline), span) if Burn.CAPTIONS in burns else {}
    marks = _marks(facts, span) if Burn.MARKS in burns else {}
    return Extras(shapes, lambda camera: captions.get(camera, ()), lambda camera: marks.get(camera, ()))


def _captions(times: CueTimes, span: IncidentRange) -> dict[str, Sequence[Remark]]:
    found: dict[str, list[Remark]] = {}
    for row in range(len(times.starts)):
        start, end = int(times.starts[row]), int(times.ends[row])
        if start >= span.end + _MOMENT_NS or end <= span.start - _MOMENT_NS:
            continue
        cue = times.cues[row]
        warning = "machine-made, not checked" if times.transcript_by_id[cue.transcript_id].warning else ""
        head = " · ".join(filter(None, (cue.speaker, warning)))
        text = f"{head}: {cue.text}" if head else cue.text
        found.setdefault(times.camera_ids[row], []).append(Remark(start, end, text))
    return {camera: tuple(own) for camera, own in found.items()}


def _marks(facts: CaseFacts, span: IncidentRange) -> dict[str, Sequence[Remark]]:
    """Return marks by camera; those on the incident stand in every tile."""
    found: dict[str, list[Remark]] = {row.camera.id: [] for row in facts.timeline.cameras}
    for one in facts.marked_times:
        end = one.start + _MOMENT_NS if one.end is None else one.end
        if one.start >= span.end or end <= span.start or not one.mark.text:
            continue
        remark = Remark(one.start, end, f"Mark by {one.mark.by}: {one.mark.text}")
        for camera in [one.place.recording.camera_id] if one.place is not None else list(found):
            found[camera].append(remark)
    return {camera: tuple(own) for camera, own in found.items()}
