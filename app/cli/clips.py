"""`clip`: cutting a range out of the recordings, with a report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from annotations.clips.clip import ClipDraft, add_clip, checked_draft, find_clip
from annotations.clips.export import export_clip, request_of
from annotations.cuts.job import ExportResult, export_range
from annotations.cuts.messages import Codec, Mode
from annotations.cuts.report import as_document
from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, typed_time_context, who
from app.cli.output import Output
from app.typed_time import parse_time
from evidence.case import Case
from evidence.errors import CaseBusyError, UsageError
from evidence.time_text import duration_text
from evidence.times import IncidentRange, iso_utc

_Choice = TypeVar("_Choice", Mode, Codec)


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("clip")(clip)


def clip(
    case: CasePath,
    from_time: Annotated[str, typer.Option("--from", metavar="T", help="Start; as people type it.")],
    to_time: Annotated[str, typer.Option("--to", metavar="T", help="End; what starts there is not in it.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the export's folder goes; else the case's exports.")
    ] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Only this camera, by name; can be given again.")] = None,
    mode: Annotated[str, typer.Option(metavar="copy|exact|smart", help="How it is cut.")] = "copy",
    codec: Annotated[str, typer.Option(metavar="h264|hevc|ffv1", help="For what is encoded anew.")] = "h264",
    lossless: Annotated[bool, typer.Option("--lossless", help="Frames encoded anew equal the original's.")] = False,
    name: Annotated[str, typer.Option(help="Name of the clip.")] = "",
    exhibit: Annotated[str, typer.Option(metavar="REF", help="Exhibit reference, for instance JB/1-A.")] = "",
    note: Annotated[str, typer.Option(help="For the report.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep the clip in the case's list, to export it again.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Read the originals and compare their SHA-256 first.")
    ] = True,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Cut a range out of every camera's recordings, check each file frame by frame, and write a report.

    The exit code is 1 where a recording could not be cut.
    """
    output = Output(is_json=as_json)
    with open_case(case) as opened:
        context = typed_time_context(opened)
        start, end = parse_time(from_time, context).instant, parse_time(to_time, context).instant
        if end <= start:
            raise UsageError(
                f"The range from {iso_utc(start, digits=3)} to {iso_utc(end, digits=3)} has no length.",
                remedy="Give --to a later time than --from.",
            )
        draft = checked_draft(
            ClipDraft(
                name=name or f"Clip {iso_utc(start, digits=0)}".replace(":", ""),
                span=IncidentRange(start, end),
                camera_ids=None if not camera else tuple(find_camera(opened, one).id for one in camera),
                mode=choice(Mode, mode, "mode"),
                codec=choice(Codec, codec, "codec"),
                is_lossless=lossless,
                exhibit=exhibit,
                note=note,
            )
        )
        clip_id = add_clip(opened, draft, by=who(by))[0] if keep else ""
        request = request_of(
            draft,
            out_folder=None if out is None else out.absolute(),
            by=who(by),
            made_ns=time.time_ns(),
            verifies=verify,
            clip_id=clip_id,
        )
        with output.progress("Clip") as progress, interruptible() as cancelled:
            if clip_id:
                result = export_clip(opened, find_clip(opened, clip_id), request, progress, cancelled)
            else:
                result = export_range(opened, request, progress, cancelled)
    return tell_result(output, result, clip_id)


def open_case(folder: Path) -> Case:
    """Open a case to export from it; read-only where somebody else has it open."""
    try:
        return Case.open(folder)
    except CaseBusyError:
        return Case.open(folder, read_only=True)


def choice(kind: type[_Choice], typed: str, what: str) -> _Choice:
    """Return what a user typed of a few words. Raises UsageError."""
    try:
        return kind(typed.strip().casefold())
    except ValueError as error:
        named = ", ".join(one.value for one in kind)
        raise UsageError(f"There is no {what} “{typed}”.", remedy=f"There are: {named}.") from error


def tell_result(output: Output, result: ExportResult, clip_id: str) -> int:
    """Print what came of an export; return the exit code."""
    output.document(
        {
            "ok": not result.failed,
            "folder": result.folder,
            "clip_id": clip_id,
            "report": as_document(result.facts),
            "unaudited_reason": result.unaudited_reason,
        }
    )
    _tell(output, result)
    return 1 if result.failed else 0


def _tell(output: Output, result: ExportResult) -> None:
    for one in result.facts.delivered:
        if one.cut is None:
            output.line(f"failed  {one.camera.name}: {one.reason} {one.remedy}")
            continue
        early = f", begins {duration_text(one.cut.lead_in_ns)} earlier" if one.cut.lead_in else ""
        hidden = " (hidden)" if early and one.cut.is_hidden else ""
        frames = f"frames {one.piece.first} to {one.piece.last}"
        output.line(f"passed  {one.camera.name}: {frames}{early}{hidden}; {one.file_name}")
    for name in result.facts.not_recording:
        output.line(f"        {name}: not recording")
    output.line(str(result.folder))
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of this export. {result.unaudited_reason}")
