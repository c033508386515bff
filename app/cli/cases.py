"""`new`, `add` and `info`: making a case, putting recordings into it, and saying what is in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli.coverage import tell_coverage
from app.cli.options import AsJson, By, CasePath, case_timeline, interruptible, who
from app.cli.output import Output
from app.time_text import sigma_text, size_text
from evidence.case import Case
from evidence.errors import Cancelled, NotACaseError, UsageError
from evidence.ingest import AddRequest, AddResult, add_files
from evidence.records import CameraKind, Recording
from evidence.times import NS_PER_S, IncidentTime, iso_utc
from player.second_opinion import SecondOpinion
from sync.timeline import CameraTimeline, PlacedRecording, Timeline


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("new")(new)
    application.command("add")(add)
    application.command("info")(info)
    application.command("zone")(zone)


def new(
    case: CasePath,
    title: Annotated[str, typer.Option(help="What people call the case.")],
    reference: Annotated[str, typer.Option(help="Its reference, for instance a crime or case number.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of local times, an IANA name.")] = "Europe/London",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Make a new, empty case in the folder CASE, which must not exist yet."""
    output = Output(is_json=as_json)
    with Case.create(case, title=title, reference=reference, by=who(by), time_zone=time_zone) as made:
        output.document({"ok": True, "case": made.folder, "info": made.info()})
        output.line(f"Made the case “{title}” in {case}.")
        output.line(f"Next: sightline add {case} FILES…")


def add(
    case: CasePath,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders.", show_default=False)],
    camera: Annotated[str, typer.Option(help="Put all of them to this camera, instead of finding out.")] = "",
    kind: Annotated[CameraKind | None, typer.Option(help="What sort of device it is.")] = None,
    exhibit: Annotated[str, typer.Option(help="Exhibit reference.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Add files and folders to a case: hash, examine, index, group into cameras. Originals are only read.

    The exit code is 1 where something was refused; everything else has been added all the same. Ctrl+C leaves the
    case as it was.
    """
    output = Output(is_json=as_json)
    if not (case / "case.db").is_file():
        raise NotACaseError(f"{case} is not a Sightline case.", remedy=f"Make one with: sightline new {case} --title …")
    offered = tuple(os.fsencode(path.absolute()) for path in paths)
    request = AddRequest(case, offered, who(by), camera or None, kind, exhibit)
    with output.progress("Adding") as progress, interruptible() as cancelled:
        result = add_files(request, progress, cancelled, examiner_factory=SecondOpinion)
    if result.cancelled:
        raise Cancelled("Adding was cancelled.", meaning="The case is as it was before.")
    output.document({"ok": not result.refused, **_added_as_json(result)})
    _tell_added(output, result)
    return 1 if result.refused else 0


def _added_as_json(result: AddResult) -> dict[str, object]:
    return {
        "added": [
            {"id": one.id, "name": one.display_name, "sha256": one.sha256, "findings": one.findings}
            for one in result.added
        ],
        "duplicates": result.duplicates,
        "refused": result.refused,
        "ignored": result.ignored,
        "bytes": result.size_bytes,
        "seconds": result.seconds,
    }


def _tell_added(output: Output, result: AddResult) -> None:
    for one in result.added:
        output.line(f"added      {one.display_name}  {size_text(one.size_bytes)}  sha256 {one.sha256}")
        for finding in one.findings:
            output.line(f"           {finding.severity}: {finding}")
    for copy in result.duplicates:
        output.line(f"duplicate  {copy.display_name}: the same bytes are in the case as “{copy.first_name}”")
    for refusal in result.refused:
        output.line(f"refused    {refusal.display_name}: {refusal.finding}")
    total = f"{len(result.added)} added, {len(result.duplicates)} duplicates, {len(result.refused)} refused"
    output.line(f"{total}; {size_text(result.size_bytes)} in {result.seconds:.1f} s.")


def info(
    case: CasePath,
    coverage: Annotated[bool, typer.Option("--coverage", help="Say who was recording when, instead.")] = False,
    from_time: Annotated[str, typer.Option("--from", metavar="T", help="With --coverage: from here on.")] = "",
    to_time: Annotated[str, typer.Option("--to", metavar="T", help="With --coverage: up to here.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a case holds: cameras, recordings, their times with origin and uncertainty, and what was refused.

    With --coverage it says who was recording when: in a range, or in all of the case.
    """
    output = Output(is_json=as_json)
    if (from_time or to_time) and not coverage:
        raise UsageError("--from and --to belong to --coverage.", remedy="Add --coverage, or leave them out.")
    with Case.open(case, read_only=True) as opened:
        if coverage:
            tell_coverage(opened, output, from_time=from_time, to_time=to_time)
            return
        about = opened.info()
        timeline = case_timeline(opened)
        refusals = opened.refusals()
        interrupted = opened.interrupted_batches()
    output.document(
        {
            "ok": True,
            "case": about,
            "span": _span_as_json(timeline),
            "cameras": [_camera_as_json(row) for row in timeline.cameras],
            "unplaced": timeline.unplaced,
            "refusals": refusals,
            "interrupted_imports": interrupted,
        }
    )
    _tell_info(output, timeline)
    for refusal in refusals:
        output.line(f"refused  {refusal.display_name}: {refusal.finding}")
    for batch in interrupted:
        output.line(f"An import begun at {iso_utc(batch.begun_ns, digits=0)} was interrupted. Add the same again.")


def zone(
    case: CasePath,
    name: Annotated[str, typer.Argument(metavar="ZONE", help="An IANA name, for instance Europe/London.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say in which zone times are shown, and bare local times of files are read."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        opened.set_time_zone(name, by=who(by))
        about = opened.info()
    output.document({"ok": True, "case": about})
    output.line(f"Times of “{about.title}” are those of {about.time_zone}.")


def _span_as_json(timeline: Timeline) -> dict[str, object] | None:
    span = timeline.span
    return None if span is None else {"start": iso_utc(span.start), "end": iso_utc(span.end)}


def _camera_as_json(row: CameraTimeline) -> dict[str, object]:
    return {
        "camera": row.camera,
        "clock": row.setting,
        "recordings": [
            {
                "start": iso_utc(place.span.start),
                "end": iso_utc(place.span.end),
                "start_ns": place.span.start,
                "end_ns": place.span.end,
                "sigma_ns": place.sigma_ns,
                "basis": place.basis,
                "placed_by": place.claim,
                "recording": place.recording,
            }
            for place in row.placed
        ],
    }


def _tell_info(output: Output, timeline: Timeline) -> None:
    for row in timeline.cameras:
        camera = row.camera
        owner = f", {camera.owner}" if camera.owner else ""
        output.line(f"{camera.name} ({camera.kind}{owner}); grouped: {camera.grouped_by}", style="bold")
        for place in row.placed:
            output.line(_place_line(place))
            _tell_findings(output, place.recording)
    for recording in timeline.unplaced:
        output.line(f"  {recording.display_name}: nothing says when this was recorded; place it by hand", style="bold")
        _tell_findings(output, recording)
    if not timeline.cameras:
        output.line("The case is empty. Next: sightline add CASE FILES…")


def _place_line(place: PlacedRecording) -> str:
    start = iso_utc(IncidentTime(place.span.start), digits=3)
    seconds = place.span.duration_ns / NS_PER_S
    sure = sigma_text(place.sigma_ns) + ("" if place.sigma_ns is None else " (95 %)")
    return f"  {start}  {seconds:9.3f} s  {sure}  {place.recording.display_name}  [{place.basis}]"


def _tell_findings(output: Output, recording: Recording) -> None:
    for finding in recording.findings:
        output.line(f"    {finding.severity}: {finding}")
