"""The demo incident as a case: makes the recordings, adds them, and sets their clocks from the demo's truth file.

A real case has no truth file; the clock settings say plainly that they come from one.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platformdirs import user_data_path

from app.demo import DemoCamera, DemoRequest, DemoResult, make_demo
from app.demo.truth import TRUTH_NAME
from evidence.case import Case
from evidence.errors import Cancelled, SightlineError
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, Progress
from evidence.records import ClockSetting

_BY = "Sightline (demo incident)"
_CASE_NAME = "Demo incident.sightline"
_MEDIA_NAME = "Recordings"
TRUTH_SIGMA_NS = 1_000
"""The truth is exact; a microsecond stands for the rounding of rates to parts per billion."""


class DemoSize(StrEnum):
    """How large the demo's pictures are."""

    SMALL = "small"
    HD = "720p"
    FULL_HD = "1080p"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """Where the demo incident is.

    Attributes:
        case_folder: the case.
        media_folder: the recordings, as they would come on a disc.
        truth_file: when every frame was really taken.
    """

    case_folder: Path
    media_folder: Path
    truth_file: Path


def default_demo_folder() -> Path:
    """Return where the demo incident is kept for this user."""
    return user_data_path("sightline", appauthor=False) / "demo"


def make_demo_case(
    folder: Path,
    size: DemoSize,
    progress: Progress,
    cancelled: IsCancelled,
    *,
    with_codes: bool = False,
    duration_s: int = 60,
) -> DemoCase:
    """Make the demo incident in `folder`, or find it there; a case that is there is kept with all that was done to it.

    Raises:
        Cancelled: the user did not want to wait; what was finished before is kept for the next time.
    """
    name = f"{size.value} {duration_s} s{' with codes' if with_codes else ''}"
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    request = DemoRequest(home / _MEDIA_NAME, duration_s=duration_s, size=size.value, with_codes=with_codes)
    made = make_demo(request, progress, cancelled)
    case_folder = home / _CASE_NAME
    if not made.was_cached and case_folder.exists():
        case_folder.rename(home / f"Demo incident before {time.strftime('%Y-%m-%d %H%M%S')}.sightline")
    if not _is_complete(case_folder, len(made.cameras)):
        _fill_case(case_folder, made, progress, cancelled)
    return DemoCase(case_folder, made.folder, made.folder / TRUTH_NAME)


def _is_complete(case_folder: Path, cameras: int) -> bool:
    """Tell whether a demo case is there and was finished; one that was interrupted is taken away, it is only ours."""
    if not case_folder.exists():
        return False
    try:
        with Case.open(case_folder, read_only=True) as case:
            finished = len(case.clock_settings()) >= cameras
    except SightlineError:
        finished = False
    if not finished:
        shutil.rmtree(case_folder)
    return finished


def _fill_case(case_folder: Path, made: DemoResult, progress: Progress, cancelled: IsCancelled) -> None:
    Case.create(case_folder, title="Demo incident", reference="DEMO/1", by=_BY, time_zone="Europe/London").close()
    for camera in made.cameras:
        paths = tuple(os.fsencode(file.path) for file in camera.files)
        result = add_files(AddRequest(case_folder, paths, _BY, camera.name, camera.kind, ""), progress, cancelled)
        if result.cancelled or cancelled():
            shutil.rmtree(case_folder)
            raise Cancelled("Making the demo case was cancelled.", meaning="Its recordings are kept for the next time.")
    with Case.open(case_folder) as case:
        _say_what_is_known(case, made.cameras)


def _say_what_is_known(case: Case, cameras: Sequence[DemoCamera]) -> None:
    """Set owners, exhibit references and clocks, as a person would from papers."""
    ids = {camera.name: camera.id for camera in case.cameras()}
    recordings = {recording.path_bytes: recording.id for recording in case.recordings()}
    for camera in cameras:
        case.set_camera_owner(ids[camera.name], camera.owner, by=_BY)
        for file in camera.files:
            case.set_exhibit(recordings[os.fsencode(file.path)], file.exhibit, by=_BY)
        setting = ClockSetting(
            camera_id=ids[camera.name],
            pieces=camera.clock,
            sigma_ns=TRUTH_SIGMA_NS,
            method="truth of the demo incident",
            basis=f"{camera.clock_text}, from the demo's truth file",
            by=_BY,
            set_ns=time.time_ns(),
        )
        case.set_clock(setting)
