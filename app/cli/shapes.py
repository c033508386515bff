"""`shapes`: what is drawn on the pictures of a case."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from annotations.shapes.frames import has_frames, is_on_frames, snapped
from annotations.shapes.geometry import UNIT
from annotations.shapes.record import find_unreadable, load_shapes
from annotations.shapes.shape import Shape
from annotations.shapes.state import state_of
from annotations.shapes.svg import svg_of
from app.cli.options import AsJson, CasePath
from app.cli.output import Output
from evidence.case import Case
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from evidence.times import IncidentTime, iso_utc
from sync.timeline import PlacedRecording, build_timeline


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("shapes")(shapes)


def shapes(case: CasePath, as_json: AsJson = False) -> int:
    """List the shapes on pictures: on which frames of which recording, what they are and say, who drew them.

    The exit code is 1 where the case holds something as a shape that is none.
    """
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        found, unreadable = load_shapes(opened), find_unreadable(opened)
        recordings = {one.id: one for one in opened.recordings()}
        timeline = build_timeline(
            opened.cameras(), opened.recordings(), opened.clock_settings(), opened.info().time_zone
        )
        places = {place.recording.id: place for one in timeline.cameras for place in one.placed}
        wanted = {shape.drawn.recording_id for shape in found} & recordings.keys()
        indexes = {one: opened.frame_index(one) for one in wanted}
        cameras = {one.id: one.name for one in opened.cameras()}
    rows = [_row(shape, recordings, places, indexes, cameras) for shape in found]
    wrong = [{"id": one, "reason": str(error)} for one, error in unreadable.items()]
    output.document({"ok": not wrong, "unit": f"1/{UNIT} pixel", "shapes": rows, "unreadable": wrong})
    for shape, row in zip(found, rows, strict=True):
        output.line(_line(shape, row))
    for one in wrong:
        output.warn(f"{one['id']}: {one['reason']}")
    return 1 if wrong else 0


def _row(
    shape: Shape,
    recordings: Mapping[str, Recording],
    places: Mapping[str, PlacedRecording],
    indexes: Mapping[str, FrameIndex | None],
    cameras: Mapping[str, str],
) -> dict[str, object]:
    drawn = shape.drawn
    recording, place = recordings.get(drawn.recording_id), places.get(drawn.recording_id)
    index = indexes.get(drawn.recording_id)
    frames: list[int] | None = None
    times: list[str] | None = None
    if index is not None and has_frames(index):
        frames = [snapped(index, drawn.start_pts), snapped(index, drawn.end_pts - 1)]
        if place is not None:
            starts = place.frame_starts(index)
            times = [iso_utc(IncidentTime(int(starts[frame]))) for frame in frames]
    return {
        "id": shape.id,
        "camera": None if recording is None else cameras.get(recording.camera_id),
        "recording_name": None if recording is None else recording.display_name,
        "first_and_last_frame": frames,
        "they_start_at": times,
        "is_on_frames": index is not None and is_on_frames(drawn, index),
        "changed_by": shape.changed_by,
        "changed": iso_utc(shape.changed_ns),
        "svg": svg_of(drawn),
        "state": state_of(shape),
    }


def _line(shape: Shape, row: Mapping[str, object]) -> str:
    drawn = shape.drawn
    frames, times = row["first_and_last_frame"], row["they_start_at"]
    where = f"f {frames[0]} to {frames[1]}" if isinstance(frames, list) else "frames not known"
    when = f"{times[0]}  " if isinstance(times, list) else ""
    says = drawn.label or drawn.text.replace("\n", " / ")
    named = f"  “{says}”" if says else ""
    steps = f", {len(drawn.keyframes)} keyframes" if len(drawn.keyframes) > 1 else ""
    return f"{when}{row['camera']}  {where}  {drawn.kind}{steps}{named}  ({shape.by})  {shape.id}"
