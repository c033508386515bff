"""Options and arguments that several commands share, and how a job on the command line is cancelled."""

from __future__ import annotations

import getpass
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.typed_time import TypedTimeContext
from evidence.case import Case
from evidence.errors import NoSuchItemError
from evidence.jobs import IsCancelled
from evidence.records import Camera, Recording
from evidence.times import IncidentTime
from sync.timeline import Timeline, build_timeline

CasePath = Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder.", show_default=False)]
CameraName = Annotated[str, typer.Argument(metavar="CAMERA", help="The camera, by its name.")]
RecordingName = Annotated[str, typer.Argument(help="The recording, by file name, exhibit reference or SHA-256.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for machines.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does this; your user name where it is not given.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Its first line is the passphrase of a locked pack; else it is asked.",
    ),
]


def read_passphrase(file: Path | None) -> str:
    """Return the first line of a file, or "" where none is given."""
    return "" if file is None else (file.read_text(encoding="utf-8").splitlines() or [""])[0]


def who(by: str) -> str:
    """Return the name that goes into the audit log."""
    return by.strip() or getpass.getuser()


@contextmanager
def interruptible() -> Iterator[IsCancelled]:
    """Let the first Ctrl+C ask the job to undo itself and stop, and the second stop the program at once."""
    wishes: list[int] = []

    def on_interrupt(number: int, _frame: FrameType | None) -> None:
        wishes.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: bool(wishes)
    finally:
        signal.signal(signal.SIGINT, before)


def find_camera(case: Case, named: str) -> Camera:
    """Return the camera that a user named, by name (upper or lower case alike) or id.

    Raises:
        NoSuchItemError: no camera, or more than one, answers to it.
    """
    cameras = case.cameras()
    for match in (
        [camera for camera in cameras if named in (camera.id, camera.name)],
        [camera for camera in cameras if camera.name.casefold() == named.casefold()],
    ):
        if len(match) == 1:
            return match[0]
    names = ", ".join(f"“{camera.name}”" for camera in cameras) or "none yet"
    raise NoSuchItemError(f"The case has no camera “{named}”.", remedy=f"Its cameras are: {names}.")


def find_recording(case: Case, named: str) -> Recording:
    """Return the recording that a user named by file name, exhibit reference, id, or the start of its SHA-256.

    Raises:
        NoSuchItemError: no recording, or more than one, answers to it.
    """
    matches = [
        one
        for one in case.recordings()
        if named in (one.id, one.display_name, one.exhibit)
        or (len(named) >= 6 and one.sha256.startswith(named.lower()))
    ]
    if len(matches) == 1:
        return matches[0]
    what = "no recording" if not matches else f"{len(matches)} recordings"
    raise NoSuchItemError(
        f"The case has {what} “{named}”.",
        remedy="Name it by its file name, exhibit reference, id, or the first characters of its SHA-256.",
    )


def case_timeline(case: Case) -> Timeline:
    """Return the case on one clock."""
    return build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)


def typed_time_context(case: Case) -> TypedTimeContext:
    """Return what a typed time refers to: the case's zone, the day of what is placed, and its start for `+12.5`."""
    zone = case.info().time_zone
    span = case_timeline(case).span
    near = IncidentTime(time.time_ns()) if span is None else span.start
    return TypedTimeContext(zone=ZoneInfo(zone), near=near, relative_to=near, span=span)
