"""`camera`, `move`, `exhibit`, `clock` and `place`: correcting the grouping, and saying how a clock was wrong."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import (
    AsJson,
    By,
    CameraName,
    CasePath,
    RecordingName,
    find_camera,
    find_recording,
    interruptible,
    typed_time_context,
    who,
)
from app.cli.output import Output
from app.hand_claims import claim_by_hand
from app.typed_time import parse_duration, parse_time
from evidence.case import Case
from evidence.case_folder import AUDIT_LOG
from evidence.errors import NoSuchItemError, UsageError
from evidence.records import Camera, CameraKind, ClockPiece, ClockSetting
from sync.case_clocks import StatedClock, state_clock
from sync.words import speed_words


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("camera")(camera)
    application.command("move")(move)
    application.command("exhibit")(exhibit)
    application.command("clock")(clock)
    application.command("place")(place)
    application.command("relocate")(relocate)


def camera(
    case: CasePath,
    named: CameraName,
    name: Annotated[str | None, typer.Option(help="Give it this name.")] = None,
    kind: Annotated[CameraKind | None, typer.Option(help="Say what sort of device it is.")] = None,
    owner: Annotated[str | None, typer.Option(help="Say whose it is.")] = None,
    merge: Annotated[str | None, typer.Option(help="Take over all recordings of this other camera.")] = None,
    part: Annotated[str | None, typer.Option(help="Take back that this other camera was merged into it.")] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Correct what is said of a camera: its name, kind and owner; or merge another one into it, and part them again."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_camera(opened, named)
        if merge is not None:
            opened.merge_cameras(find_camera(opened, merge).id, found.id, by=who(by))
        if part is not None:
            _part(opened, found, part, who(by))
        if name is not None:
            opened.rename_camera(found.id, name, by=who(by))
        if kind is not None:
            opened.set_camera_kind(found.id, kind, by=who(by))
        if owner is not None:
            opened.set_camera_owner(found.id, owner, by=who(by))
        now = next(one for one in opened.cameras() if one.id == found.id)
    output.document({"ok": True, "camera": now})
    output.line(f"{now.name} ({now.kind}) {now.owner}".rstrip())


def _part(case: Case, kept: Camera, named: str, by: str) -> None:
    """Take the last merging of a camera of this name into another one back; the audit log knows what came from it."""
    found: dict[str, Any] | None = None
    for line in (case.folder / AUDIT_LOG).read_bytes().splitlines():
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            is_merging = isinstance(told, dict) and told.get("action") == "camera.merged"
            if is_merging and told["items"][1] == kept.id and told["details"]["name"].casefold() == named.casefold():
                found = told
    if found is None:
        raise NoSuchItemError(
            f"No camera “{named}” was merged into {kept.name}.", remedy="`sightline audit` tells of what was done."
        )
    case.part_cameras(found["items"][0], kept.id, found["details"]["recordings"], grouped_by=kept.grouped_by, by=by)


def move(
    case: CasePath,
    recording: RecordingName,
    to: Annotated[str, typer.Argument(metavar="CAMERA", help="The camera, by name; made where there is none.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Put a recording to another camera, an existing or a new one."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_recording(opened, recording)
        known = next((one for one in opened.cameras() if to in (one.id, one.name)), None)
        if known is not None:
            opened.move_recording(found.id, known.id, by=who(by))
        else:
            opened.move_recording_to_new_camera(found.id, to, by=who(by))
        now = opened.recording(found.id)
    output.document({"ok": True, "recording": now})
    output.line(f"{now.display_name} is with {to} now.")


def exhibit(
    case: CasePath,
    recording: RecordingName,
    reference: Annotated[str, typer.Argument(help="The exhibit reference.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Give a recording its exhibit reference."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_recording(opened, recording)
        opened.set_exhibit(found.id, reference, by=who(by))
    output.document({"ok": True, "recording": found.id, "exhibit": reference})
    output.line(f"{found.display_name} is exhibit {reference}.")


def clock(
    case: CasePath,
    named: CameraName,
    error: Annotated[str, typer.Option(help="How wrong its clock is: +00:07:12 is fast, -3.5s slow.")] = "",
    how: Annotated[str, typer.Option(help="On what grounds, for instance “speaking clock, at seizure”.")] = "",
    within: Annotated[str, typer.Option(help="How sure that is (95 %), for instance 2s.")] = "",
    drift_ppm: Annotated[float, typer.Option(help="How fast it gains, in parts per million.")] = 0.0,
    at: Annotated[str, typer.Option(help="When it was compared with the right time; else where it begins.")] = "",
    also: Annotated[bool, typer.Option("--also", help="Let what was stated before of this clock count too.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take the clock at its word again.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """State by how much a camera's clock was wrong; who says so and on what grounds go into the audit log."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_camera(opened, named)
        if clear:
            opened.clear_clock(found.id, by=who(by))
            output.document({"ok": True, "camera": found.id, "clock": None})
            output.line(f"The clock of {found.name} is taken at its word.")
            return
        if not error or not how.strip():
            raise UsageError("A clock error needs --error and --how.", remedy="Say by how much, and how it is known.")
        setting = ClockSetting(
            camera_id=found.id,
            pieces=(_piece(opened, found.id, parse_duration(error), round(drift_ppm * 1000)),),
            sigma_ns=abs(parse_duration(within)) // 2 if within else None,
            method="stated clock error",
            basis=how.strip(),
            by=who(by),
            set_ns=time.time_ns(),
        )
        compared = parse_time(at, typed_time_context(opened)).instant if at else None
        state_clock(opened, StatedClock(setting, parse_duration(error), compared, keeps_earlier=also))
    output.document({"ok": True, "camera": found.id, "clock": setting})
    output.line(f"The clock of {found.name}: {speed_words(parse_duration(error))} ({how}).")


def _piece(case: Case, camera_id: str, error_ns: int, rate_ppb: int) -> ClockPiece:
    """Return the clock with its error stated at the camera's first claimed moment, from which drift counts."""
    starts = [claim.instant_ns for one in case.recordings(camera_id) for claim in one.claims]
    at = min(starts, default=0)
    return ClockPiece(at, at - error_ns, rate_ppb)


def place(
    case: CasePath,
    recording: RecordingName,
    at: Annotated[str, typer.Option(help="When its first frame was taken, ISO 8601 or a local time with its day.")],
    how: Annotated[str, typer.Option(help="On what grounds.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Place a recording by hand, for instance one without any statement of time."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_recording(opened, recording)
        instant = parse_time(at, typed_time_context(opened)).instant
        setting = next((one for one in opened.clock_settings() if one.camera_id == found.camera_id), None)
        claim = claim_by_hand(instant, setting, typed=at, basis=how)
        opened.add_claim(found.id, claim, by=who(by))
    output.document({"ok": True, "recording": found.id, "claim": claim})
    output.line(f"{found.display_name} starts at {at} ({how}).")


def relocate(
    case: CasePath,
    recording: RecordingName,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Where its original is now.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say that an original lies elsewhere now; it is read and must have the same SHA-256."""
    output = Output(is_json=as_json)
    with Case.open(case) as opened:
        found = find_recording(opened, recording)
        with output.progress("Checking") as progress, interruptible() as cancelled:
            opened.relocate_original(found.id, path, by=who(by), progress=progress, cancelled=cancelled)
    output.document({"ok": True, "recording": found.id, "path": path})
    output.line(f"{found.display_name} is the same file, and lies at {path} now.")
