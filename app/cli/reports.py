"""`report`: a chronology, an exhibit list, timings for a statement or coverage, as page, PDF or table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from annotations.reports.scope import Maker, ReportKind, Scope
from app.cli.options import AsJson, By, CasePath, case_timeline, find_camera, interruptible, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import UsageError
from evidence.times import IncidentRange, IncidentTime, iso_utc

FromTime = Annotated[str, typer.Option("--from", metavar="T", help="Only from this time on; as people type it.")]
ToTime = Annotated[str, typer.Option("--to", metavar="T", help="Only until this time.")]
CameraNames = Annotated[
    list[str] | None, typer.Option("--camera", metavar="NAME", help="Only this camera; can be given again.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the file where it is there already.")]
Made = Annotated[
    str, typer.Option("--made", metavar="T", help="Date the report so, to make the same bytes again; else now.")
]


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("report")(report)


def report(
    case: CasePath,
    kind: Annotated[str, typer.Argument(metavar="chronology|exhibits|timings|coverage|timeline")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .html, .pdf or .csv; .otio for the timeline.")],
    from_time: FromTime = "",
    to_time: ToTime = "",
    camera: CameraNames = None,
    with_stills: Annotated[
        bool, typer.Option("--with-stills", help="In a chronology: each camera's picture at each mark.")
    ] = False,
    replace: Replace = False,
    made: Made = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make a report of a case, or its timeline for an editing program (OpenTimelineIO)."""
    from app.report_job import ReportRequest, make_report

    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        scope = scope_of(opened, from_time, to_time, camera)
        maker = Maker(who(by), made_ns(opened, made))
    if kind.strip().casefold() == "timeline":
        return _timeline(output, case, out, scope, maker, replace=replace)
    request = ReportRequest(
        case_folder=case.absolute(),
        kind=_kind(kind),
        out=out.absolute(),
        maker=maker,
        scope=scope,
        with_stills=with_stills,
        replaces=replace,
    )
    with output.progress("Report") as progress, interruptible() as cancelled:
        result = make_report(request, progress, cancelled)
    output.document({"ok": not result.pictures_failed, "report": request.kind, **vars_of(result)})
    pages = "" if result.pages is None else f", {result.pages} {'page' if result.pages == 1 else 'pages'}"
    output.line(f"{result.file} ({result.items:,} items{pages})")
    if result.pictures_failed:
        output.warn(f"{result.pictures_failed:,} pictures could not be made; the report says which and why.")
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this report. {result.unaudited_reason}")
    return 1 if result.pictures_failed else 0


def _timeline(output: Output, case: Path, out: Path, scope: Scope, maker: Maker, *, replace: bool) -> int:
    from app.otio_job import OtioRequest, write_otio

    request = OtioRequest(case.absolute(), out.absolute(), maker, scope, replaces=replace)
    with output.progress("Timeline") as progress, interruptible() as cancelled:
        result = write_otio(request, progress, cancelled)
    output.document({"ok": True, "report": "timeline", **vars_of(result)})
    output.line(f"{result.file} ({result.clips:,} clips, {result.markers:,} markers)")
    for note in result.notes:
        output.line(note)
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this timeline. {result.unaudited_reason}")
    return 0


def scope_of(case: Case, from_time: str, to_time: str, cameras: list[str] | None) -> Scope:
    """Return the scope that the options name.

    Raises:
        NoTimeError, NoSuchItemError: a time cannot be read, or a camera is not there.
        UsageError: the range has no length, or there is nothing to take a range of.
    """
    chosen = None if not cameras else tuple(find_camera(case, one).id for one in cameras)
    if not from_time and not to_time:
        return Scope(None, chosen)
    context, span = typed_time_context(case), case_timeline(case).span
    near = context.near
    start = parse_time(from_time, context).instant if from_time else (near if span is None else span.start)
    end = parse_time(to_time, context).instant if to_time else (near if span is None else span.end)
    if end <= start:
        raise UsageError(
            f"The range from {iso_utc(start, digits=3)} to {iso_utc(end, digits=3)} has no length.",
            remedy="Give --to a later time than --from.",
        )
    return Scope(IncidentRange(start, end), chosen)


def made_ns(case: Case, typed: str) -> IncidentTime:
    """Return when a paper says that it was made. Raises NoTimeError."""
    return parse_time(typed, typed_time_context(case)).instant if typed else IncidentTime(time.time_ns())


def vars_of(result: object) -> dict[str, object]:
    """Return the fields of a frozen result, for JSON."""
    return {name: getattr(result, name) for name in result.__slots__}  # type: ignore[attr-defined]


def _kind(typed: str) -> ReportKind:
    try:
        return ReportKind(typed.strip().casefold())
    except ValueError as error:
        named = ", ".join([*ReportKind, "timeline"])
        raise UsageError(f"There is no report “{typed}”.", remedy=f"There are: {named}.") from error
