"""Runs the validation pack: makes each clip, plays it in every way, and gathers what came of it.

1. Each clip is made in a folder of its own, with its frames' numbers in the pictures.
2. It is examined as adding it to a case would, and its frame table compared with what was written.
3. The player plays it forwards and backwards, seeks, steps and plays fast; every picture that comes up is read.
4. Four clips of different kinds are played together; every tile must show the frame of the common instant.
5. Four clips are played in real time, to say whether this machine keeps up; that decides nothing.
6. Only where every kind was tested and every picture was right is the verdict a pass.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import av

from app.validation.clips import ClipKind, make_clip
from app.validation.exercises import EXERCISES, Occasion, Report
from app.validation.kinds import KINDS
from app.validation.machine import machine_facts
from app.validation.rig import PlayerRig
from app.validation.scene import Stage, examine_clip, stage_of
from app.validation.together import TOGETHER, Pace, measure_pace, play_together
from evidence.errors import Cancelled, SightlineError, UsageError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.scratch import Scratch

_BOX = (480, 320)
_CODE_NUMBERS = 16


class Verdict(StrEnum):
    """What is said of a clip, and of the whole."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """What to validate.

    Attributes:
        clip_folder: where the clips are made and kept, or None for a folder that is removed afterwards.
        is_quick: a part of everything instead of all.
        only: names of the kinds to test, or () for all; a pass is then said to be one of a part.
    """

    clip_folder: Path | None = None
    is_quick: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipReport:
    """What came of one clip.

    Attributes:
        name: short name of the kind.
        title: what it is, in words.
        verdict: PASSED only where every exercise was done and passed.
        frames: how many the file shows.
        sha256: of the clip, or "" where it could not be made.
        exercises: what was done to it.
        reason: why it was not tested, in words; else "".
        seconds: how long all took, the making included.
    """

    name: str
    title: str
    verdict: Verdict
    frames: int
    sha256: str
    exercises: tuple[Report, ...]
    reason: str
    seconds: float

    @property
    def faults(self) -> tuple[str, ...]:
        """What was wrong, in words."""
        return tuple(f"{one.name}: {fault}" for one in self.exercises for fault in one.faults)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What came of all.

    Attributes:
        verdict: PASSED only where every clip is.
        machine: facts of the machine, by name.
        begun: when, ISO 8601 in UTC by this machine's clock.
        seconds: how long it took.
        is_quick: whether only a part of everything was done.
        kinds_known: how many kinds there are; fewer clips mean that a part was chosen.
        clips: one a kind, and one for those that were played together.
        pace: how real-time play went.
    """

    verdict: Verdict
    machine: dict[str, str]
    begun: str
    seconds: float
    is_quick: bool
    kinds_known: int
    clips: tuple[ClipReport, ...]
    pace: Pace | None

    @property
    def is_complete(self) -> bool:
        """Whether all that there is was done, and in full."""
        return not self.is_quick and len(self.clips) > self.kinds_known


def run_validation(request: ValidationRequest, progress: Progress, cancelled: IsCancelled) -> Certificate:
    """Validate, as the module describes. What is wrong is in the result; it is not raised.

    Raises:
        UsageError: a kind was asked for that does not exist.
        Cancelled: the user wished it; the clips made so far are gone unless a folder was named for them.
    """
    kinds = _chosen(request.only)
    begun, begun_at = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    clips: list[ClipReport] = []
    stages: dict[str, Stage] = {}
    total = len(kinds) + 1
    with _folder(request.clip_folder) as folder:
        for place, kind in enumerate(kinds):
            progress(ProgressReport(place, total, "clips", kind.title))
            if cancelled():
                raise Cancelled("The validation was cancelled.", meaning="There is no certificate.")
            report, stage = validate_clip(kind, place % _CODE_NUMBERS, folder, is_quick=request.is_quick)
            clips.append(report)
            if stage is not None:
                stages[kind.name] = stage
        pace = None
        if all(kind.name in {one.name for one in kinds} for kind in TOGETHER):
            progress(ProgressReport(total - 1, total, "clips", "four clips together"))
            clips.append(_together(folder, is_quick=request.is_quick))
            pace = _pace(stages, seconds=1.0 if request.is_quick else 4.0)
    progress(ProgressReport(total, total, "clips", ""))
    return Certificate(
        verdict=_worst(clips),
        machine=machine_facts(),
        begun=begun_at,
        seconds=time.monotonic() - begun,
        is_quick=request.is_quick,
        kinds_known=len(KINDS),
        clips=tuple(clips),
        pace=pace,
    )


def validate_clip(kind: ClipKind, number: int, folder: Path, *, is_quick: bool) -> tuple[ClipReport, Stage | None]:
    """Make one clip and do every exercise with it; return also the clip, where it could be made and read."""
    begun = time.monotonic()
    try:
        stage = _made(kind, number, folder)
    except (av.error.FFmpegError, ValueError, OSError, SightlineError) as error:
        return _untested(kind, begun, error), None
    exercises: list[Report] = []
    with PlayerRig([stage], _BOX) as rig:
        occasion = Occasion(stage, rig, is_quick)
        exercises.extend(exercise(occasion) for exercise in EXERCISES)
    passed = all(report.is_passed for report in exercises)
    report = ClipReport(
        name=kind.name,
        title=kind.title,
        verdict=Verdict.PASSED if passed else Verdict.FAILED,
        frames=len(stage.index),
        sha256=stage.recording.sha256,
        exercises=tuple(exercises),
        reason="",
        seconds=time.monotonic() - begun,
    )
    return report, stage


def _made(kind: ClipKind, number: int, folder: Path) -> Stage:
    path = make_clip(kind, folder, number)
    return stage_of(kind, number, path, examine_clip(path))


def _untested(kind: ClipKind, begun: float, error: Exception) -> ClipReport:
    why = f"It could not be made or read on this machine: {error}"
    return ClipReport(kind.name, kind.title, Verdict.NOT_TESTED, 0, "", (), why, time.monotonic() - begun)


def _together(folder: Path, *, is_quick: bool) -> ClipReport:
    """Play several clips at once; they are made anew, each with a camera's number of its own."""
    begun = time.monotonic()
    own = folder / "together"
    own.mkdir(exist_ok=True)
    title = f"Together: {', '.join(kind.name for kind in TOGETHER)}"
    try:
        stages = [_made(kind, number, own) for number, kind in enumerate(TOGETHER)]
    except (av.error.FFmpegError, ValueError, OSError, SightlineError) as error:
        why = f"They could not be made or read on this machine: {error}"
        return ClipReport("together", title, Verdict.NOT_TESTED, 0, "", (), why, time.monotonic() - begun)
    with PlayerRig(stages, _BOX) as rig:
        exercises = play_together(rig, stages, is_quick=is_quick)
    passed = all(report.is_passed for report in exercises)
    return ClipReport(
        name="together",
        title=title,
        verdict=Verdict.PASSED if passed else Verdict.FAILED,
        frames=sum(len(stage.index) for stage in stages),
        sha256="",
        exercises=exercises,
        reason="",
        seconds=time.monotonic() - begun,
    )


def _pace(stages: dict[str, Stage], seconds: float) -> Pace | None:
    chosen = [stages[kind.name] for kind in TOGETHER if kind.name in stages]
    return measure_pace(chosen, _BOX, seconds) if chosen else None


def _chosen(only: tuple[str, ...]) -> tuple[ClipKind, ...]:
    known = {kind.name: kind for kind in KINDS}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise UsageError(f"There is no kind of clip “{unknown[0]}”.", remedy=f"The kinds are: {', '.join(known)}.")
    return tuple(kind for kind in KINDS if not only or kind.name in only)


def _worst(clips: list[ClipReport]) -> Verdict:
    verdicts = {clip.verdict for clip in clips}
    for verdict in (Verdict.FAILED, Verdict.NOT_TESTED):
        if verdict in verdicts:
            return verdict
    return Verdict.PASSED


@contextlib.contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted
        return
    with Scratch("validation") as scrap:
        yield scrap
