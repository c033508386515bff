"""`sheet` and `contact`: all cameras at an instant, or a range, as one PNG, PDF or HTML with its provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.reports.scope import Maker
from app.cli.options import AsJson, By, CasePath, case_timeline, interruptible, typed_time_context, who
from app.cli.output import Output
from app.cli.reports import CameraNames, FromTime, Made, Replace, ToTime, made_ns, scope_of, vars_of
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import UsageError
from evidence.times import IncidentRange

if TYPE_CHECKING:
    from app.sheet_job import SheetRequest

Out = Annotated[Path, typer.Option(metavar="FILE", help="Ends in .png, .pdf or .html.")]
Verify = Annotated[
    bool, typer.Option("--verify/--no-verify", help="Read the originals and compare their SHA-256 first.")
]


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("sheet")(sheet)
    application.command("contact")(contact)


def sheet(
    case: CasePath,
    at: Annotated[str, typer.Option(help="When: ISO 8601, a local time, or +seconds from the case's start.")],
    out: Out,
    camera: CameraNames = None,
    verify: Verify = True,
    replace: Replace = False,
    made: Made = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make a comparison sheet: every camera at one instant, with what each picture is."""
    from app.sheet_job import SheetRequest

    with Case.open(case, read_only=True) as opened:
        instant = parse_time(at, typed_time_context(opened)).instant
        scope = scope_of(opened, "", "", camera)
        maker = Maker(who(by), made_ns(opened, made))
    request = SheetRequest(
        case.absolute(), out.absolute(), maker, instant, None, scope.camera_ids, verifies=verify, replaces=replace
    )
    return _make(request, Output(is_json=as_json))


def contact(
    case: CasePath,
    out: Out,
    from_time: FromTime = "",
    to_time: ToTime = "",
    camera: CameraNames = None,
    count: Annotated[int, typer.Option(help="So many pictures, evenly.")] = 0,
    every_frames: Annotated[int, typer.Option("--every-frames", help="Every so many frames of one camera.")] = 0,
    every: Annotated[str, typer.Option(metavar="LENGTH", help="A picture every so long, such as 2s or 500ms.")] = "",
    verify: Verify = True,
    replace: Replace = False,
    made: Made = "",
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Make a contact sheet of a range: of one camera by its frames, or of all cameras at even instants."""
    from annotations.sheets.choice import Choice, Count, EveryFrame, EveryTime
    from app.sheet_job import SheetRequest
    from app.typed_time import parse_duration

    if sum(map(bool, (count, every_frames, every))) > 1:
        raise UsageError(
            "--count, --every-frames and --every exclude one another.", remedy="Give one of them; 20 pictures else."
        )
    choice: Choice = Count(count or 20)
    if every_frames:
        choice = EveryFrame(every_frames)
    elif every:
        choice = EveryTime(parse_duration(every))
    with Case.open(case, read_only=True) as opened:
        scope = scope_of(opened, from_time, to_time, camera)
        span = scope.span or _whole(opened)
        maker = Maker(who(by), made_ns(opened, made))
    request = SheetRequest(
        case.absolute(), out.absolute(), maker, span, choice, scope.camera_ids, verifies=verify, replaces=replace
    )
    return _make(request, Output(is_json=as_json))


def _whole(case: Case) -> IncidentRange:
    span = case_timeline(case).span
    if span is None or not span.duration_ns:
        raise UsageError("No recording of the case has a place in time yet.", remedy="Place one first.")
    return span


def _make(request: SheetRequest, output: Output) -> int:
    from app.sheet_job import make_sheet

    with output.progress("Sheet") as progress, interruptible() as cancelled:
        result = make_sheet(request, progress, cancelled)
    good = bool(result.pictures) and not result.failed
    output.document({"ok": good, **vars_of(result)})
    output.line(f"{result.file} ({result.pictures:,} {'picture' if result.pictures == 1 else 'pictures'})")
    if result.failed:
        output.warn(f"{result.failed:,} frames could not be taken; the sheet says why.")
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this sheet. {result.unaudited_reason}")
    return 0 if good else 1
