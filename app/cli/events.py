"""`event`: one event, marked in several cameras, ties their clocks."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import AsJson, By, CasePath, find_camera, find_recording, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_duration, parse_time
from evidence.case import Case
from evidence.errors import NoSuchItemError, UsageError
from evidence.records import Recording
from sync.case_clocks import person
from sync.marked import EventMark, mark_frame, observe_event
from sync.timeline import CameraTimeline, build_timeline
from sync.words import within_words


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("event")(event)


def event(
    case: CasePath,
    camera: Annotated[list[str], typer.Option(help="A camera, or one of its recordings; once for each.")],
    at: Annotated[list[str], typer.Option(metavar="FRAME|TIME", help="Its frame, from 0, or the time it shows now.")],
    what: Annotated[str, typer.Option(help="What the event is.")] = "",
    within: Annotated[str, typer.Option(help="What to add to the uncertainty (95 %), for instance 20ms.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Say that frames of two or more cameras show the same event: `--camera A --at 812 --camera B --at 104`.

    One event gives how the clocks stand to one another, two or more also their drift. A camera that nothing has placed
    in time is placed by it. What follows is set by `sync --apply`.
    """
    output = Output(is_json=as_json)
    if len(camera) != len(at):
        raise UsageError("Each --camera needs its --at.", remedy="Give them in pairs, in the same order.")
    extra = abs(parse_duration(within)) // 2 if within else 0
    with Case.open(case) as opened:
        marks = [_mark(opened, named, typed) for named, typed in zip(camera, at, strict=True)]
        found = observe_event(marks, person(who(by)), note=what, extra_sigma_ns=extra)
        opened.add_observations(found, by=who(by))
    output.document({"ok": True, "observations": found})
    for one in found:
        output.line(f"{one.group[:8]}  {one.state}  {one.method}  ±{within_words(one.sigma_ns)}  {one.evidence}")
    return 0


def _mark(case: Case, named: str, typed: str) -> EventMark:
    recording, timeline = _recording(case, named)
    if typed.strip().isdecimal():
        number = int(typed)
        if recording is None:
            raise UsageError(
                f"“{named}” has several recordings, and each counts its own frames.",
                remedy="Name the recording instead of the camera, or give a time.",
            )
    else:
        instant = parse_time(typed, typed_time_context(case)).instant
        place = next(
            (one for one in timeline.placed if recording in (None, one.recording) and one.span.contains(instant)), None
        )
        if place is None:
            raise UsageError(f"“{named}” was not recording at {typed}.", remedy="Give a time within it, or a frame.")
        recording = place.recording
        media_ns = place.media_ns_at(instant)
        index = case.frame_index(recording.id)
        if index is None:
            return EventMark(recording.id, recording.camera_id, media_ns, 1_000_000)
        number = max(0, sum(int(one) <= media_ns for one in index.start_ns) - 1)
    index = case.frame_index(recording.id)
    if index is None or number >= len(index):
        raise UsageError(f"{recording.display_name} has no frame {number}.", remedy="Frames are counted from 0.")
    return mark_frame(recording.id, recording.camera_id, index, number)


def _recording(case: Case, named: str) -> tuple[Recording | None, CameraTimeline]:
    """Return the recording that was named, or the only one of the camera that was; and the camera's timeline."""
    info = case.info()
    try:
        camera = find_camera(case, named)
        own = case.recordings(camera.id)
        recording = own[0] if len(own) == 1 else None
    except NoSuchItemError:
        recording = find_recording(case, named)
        camera = case.camera(recording.camera_id)
        own = (recording,)
    timeline = build_timeline([camera], own, case.clock_settings(), info.time_zone)
    return recording, timeline.cameras[0]
