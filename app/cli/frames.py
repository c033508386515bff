"""`frames`: the exact frame of every camera at an instant, full size, as PNG with its provenance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.options import AsJson, By, CasePath, find_camera, interruptible, typed_time_context, who
from app.cli.output import Output
from app.time_text import LocalTimes, sigma_text
from app.typed_time import parse_time
from evidence.case import Case
from evidence.times import IncidentTime, iso_utc
from player.stills.job import StillOutcome, StillsRequest, StillsResult, StillState, save_stills
from player.stills.over import DrawOver


def register(application: typer.Typer) -> None:
    """Add this topic's command."""
    application.command("frames")(frames)


def frames(
    case: CasePath,
    at: Annotated[str, typer.Option(help="When: ISO 8601, a local time, or +seconds from the case's start.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go; made where it is not there.")],
    camera: Annotated[list[str] | None, typer.Option(help="Only this camera, by name; can be given again.")] = None,
    as_recorded: Annotated[
        bool, typer.Option("--as-recorded", help="Every recorded pixel as it lies: not turned, not stretched.")
    ] = False,
    with_shapes: Annotated[
        bool, typer.Option("--shapes", help="Save each frame that has shapes once more, with them drawn over it.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Read the originals and compare their SHA-256 first.")
    ] = True,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Save the exact frame of every camera at an instant, full size, with its provenance in the picture's file.

    The exit code is 1 where a frame could not be saved, where a camera that was named was not recording, or where
    no camera was.
    """
    output = Output(is_json=as_json)
    with Case.open(case, read_only=True) as opened:
        typed = parse_time(at, typed_time_context(opened))
        chosen = None if not camera else tuple(find_camera(opened, name).id for name in camera)
        over = _shapes_of(opened) if with_shapes else None
        texts = LocalTimes(ZoneInfo(opened.info().time_zone))
    request = StillsRequest(
        case_folder=case,
        instant=typed.instant,
        out_folder=out.absolute(),
        by=who(by),
        camera_ids=chosen,
        is_upright=not as_recorded,
        verifies=verify,
        draw_over=over,
    )
    with output.progress("Stills") as progress, interruptible() as cancelled:
        result = save_stills(request, progress, cancelled)
    good = _is_good(result, is_chosen=chosen is not None)
    output.document({"ok": good, **_as_json(result, typed.instant, typed.note, out.absolute())})
    if typed.note:
        output.line(typed.note)
    _tell(output, result, texts, typed.instant)
    return 0 if good else 1


def _shapes_of(case: Case) -> DrawOver:
    """Return what draws the case's shapes; it needs Qt, which takes long to load."""
    from annotations.shapes.on_frame import ShapesByFrame
    from annotations.shapes.record import load_shapes
    from annotations.ui.shapes_on_stills import ShapesOnStills

    return ShapesOnStills(ShapesByFrame(load_shapes(case)))


def _is_good(result: StillsResult, *, is_chosen: bool) -> bool:
    states = {one.state for one in result.outcomes}
    if StillState.FAILED in states or not result.saved:
        return False
    return not is_chosen or states == {StillState.SAVED}


def _as_json(result: StillsResult, instant: IncidentTime, note: str, folder: Path) -> dict[str, object]:
    return {
        "at": iso_utc(instant),
        "note": note,
        "folder": folder,
        "cameras": [_outcome_as_json(one) for one in result.outcomes],
        "unplaced": result.unplaced,
        "audited": bool(result.saved) and not result.unaudited_reason,
        "unaudited_reason": result.unaudited_reason,
    }


def _outcome_as_json(one: StillOutcome) -> dict[str, object]:
    return {
        "camera_id": one.camera_id,
        "camera": one.camera_name,
        "state": one.state,
        "since": None if one.since is None else iso_utc(one.since),
        "until": None if one.until is None else iso_utc(one.until),
        "recording": one.recording_name,
        "frame": one.frame,
        "file": one.file,
        "sha256": one.sha256,
        "source_hash_verified": one.is_hash_verified,
        "reason": one.reason,
        "provenance": one.provenance,
        "drawn_over_file": one.over_file,
        "drawn_over_sha256": one.over_sha256,
    }


def _tell(output: Output, result: StillsResult, texts: LocalTimes, instant: IncidentTime) -> None:
    output.line(f"At {texts.full(instant)}:")
    for one in result.outcomes:
        output.line(f"{one.state.value:14} {one.camera_name}: {_words(one, texts)}")
    if result.unplaced:
        names = ", ".join(result.unplaced)
        output.line(f"Not asked, because nothing says when they were recorded: {names}")
    if result.unaudited_reason:
        output.warn(f"The audit log does not tell of these stills. {result.unaudited_reason}")


def _words(one: StillOutcome, texts: LocalTimes) -> str:
    match one.state:
        case StillState.SAVED:
            check = "source verified" if one.is_hash_verified else "source NOT verified now"
            return f"frame {one.frame} of {one.recording_name}{_uncertainty(one)}; {check}; {one.file}{_over(one)}"
        case StillState.FAILED:
            return one.reason
        case _:
            since = "nothing before" if one.since is None else f"since {texts.full(one.since)}"
            until = "nothing after" if one.until is None else f"until {texts.full(one.until)}"
            return f"{since}, {until}"


def _over(one: StillOutcome) -> str:
    return "" if one.over_file is None else f"; with shapes: {one.over_file.name}"


def _uncertainty(one: StillOutcome) -> str:
    time = {} if one.provenance is None else one.provenance["time"]
    sigma = time.get("standard_uncertainty_ns") if isinstance(time, dict) else None
    known = isinstance(sigma, int)
    return f" ({sigma_text(sigma if known else None)}{', 95 %' if known else ''})"
