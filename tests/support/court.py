"""A court of two displays on an Xvfb, a run sheet of clips with readable frame numbers, and what the court sees."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from shiboken6 import isValid

from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import Cue, Transcript, TranscriptBook, TranscriptKind
from app.demo.frame_code import FrameCode, read
from courtroom.run_sheet import AtEnd, Card, Item, KeyMoment, Layout, Moving, Pause, RunSheet, Still, View
from courtroom.show.cue import cue_of
from courtroom.show.source import CourtSource, SourceKind
from courtroom.ui.court_mode import CourtMode
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from tests.support.clips import START_NS, ClipPlan, Scene, make_clip, make_scene

FRAME_NS = NS_PER_S // 30
COURT = "COURT"


def add_display(name: str = COURT, at: str = "1280/339x720/190+1366+0") -> None:
    """Plug a display in."""
    subprocess.run(["xrandr", "--setmonitor", name, at, "none"], check=True, capture_output=True)


def add_desk(at: str = "1366/361x768/203+0+0") -> None:
    """Let the presenter's display be a part of the test's screen instead of all of it."""
    subprocess.run(["xrandr", "--setmonitor", "DESK", at, "screen"], check=True, capture_output=True)


def remove_display(name: str = COURT) -> None:
    """Unplug a display."""
    subprocess.run(["xrandr", "--delmonitor", name], check=False, capture_output=True)


def court_scene(folder: Path, frames: int = 150) -> Scene:
    """Return three cameras of some seconds at 30 frames a second, all from `START_NS` on."""
    clips = [make_clip(folder, ClipPlan(number=number, frames=frames, size=(640, 360))) for number in range(3)]
    return make_scene([[(clip, 0)] for clip in clips])


def clip_item(
    number: int,
    first: int,
    last: int,
    cameras: Sequence[int] = (0,),
    *,
    at_end: AtEnd = AtEnd.HOLD,
    speed: Fraction = Fraction(1),
    loops: bool = False,
) -> Item:
    """Return an item of the frames `first` to `last`, both shown."""
    start = IncidentTime(START_NS + frame_start(first))
    span = IncidentRange(start, IncidentTime(START_NS + frame_start(last + 1)))
    view = View(tuple(f"camera-{one}" for one in cameras), Layout.AUTO)
    moments = (KeyMoment(IncidentTime(START_NS + frame_start((first + last) // 2)), "The middle"),)
    return Item(
        f"item-{number}",
        f"Clip {number}",
        Moving(span, view),
        exhibit=f"AB/{number}",
        notes=f"Notes for clip {number}.\nAsk the witness who comes through the door.",
        at_end=at_end,
        speed=speed,
        loops=loops,
        key_moments=moments,
    )


def frame_start(frame: int) -> int:
    """Return when a frame of a clip begins, ns after its start; the stamps are thirtieths of a second."""
    return frame * NS_PER_S // 30


def still_item(number: int, frame: int, camera: int = 0) -> Item:
    """Return an item that is one frame."""
    view = View((f"camera-{camera}",))
    return Item(f"item-{number}", f"Still {number}", Still(IncidentTime(START_NS + frame_start(frame)), view))


def card_item(number: int, *lines: str) -> Item:
    """Return a title card."""
    return Item(f"item-{number}", lines[0], Card(lines))


def pause_item(number: int) -> Item:
    """Return a pause."""
    return Item(f"item-{number}", "Pause", Pause())


def source_of(
    scene: Scene, items: Sequence[Item], folder: Path, paths: Mapping[str, Path] | None = None
) -> CourtSource:
    """Return a run sheet with all it needs; `paths` are those of the files of pages, by item."""
    sheet = RunSheet("sheet-1", "Day one", tuple(items))
    return CourtSource(
        kind=SourceKind.CASE,
        folder=folder,
        id="case-1",
        title="R v Smith",
        reference="01AB2345",
        sheet=sheet,
        cues=tuple(cue_of(item, str((paths or {}).get(item.id, ""))) for item in items),
        timeline=scene.timeline,
        indexes=scene.indexes,
        zone="Europe/London",
        is_writable=True,
    )


@dataclass
class Court:
    """Court mode in its two windows.

    Attributes:
        settle: lets Qt work until something holds.
    """

    mode: CourtMode
    log: Path
    journal: Path
    captures: Path
    settle: Callable[[Callable[[], bool]], None]

    def seen(self) -> NDArray[np.uint8]:
        """Return what the X server shows where the court's display is; uint8[height, width, 4]."""
        place = self.mode.screen.geometry()
        return grab(place.x(), place.y(), place.width(), place.height())

    def code(self) -> FrameCode | None:
        """Read the frame number of an item of one camera off the court's display."""
        return read(self.seen())

    def is_black(self) -> bool:
        """Tell whether the court's display is black."""
        return not self.seen()[:, :, :3].any()

    def wait_for(self, frame: int, camera: int = 0) -> None:
        """Wait until the court sees this frame of this camera."""
        self.settle(lambda: self.code() == FrameCode(camera, 0, frame))


def grab(x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
    """Return what the X server shows in a place of the desktop; uint8[height, width, 4]."""
    screen = QGuiApplication.primaryScreen()
    corner = screen.geometry().topLeft()
    at = QPoint(x, y) - corner
    shot = screen.grabWindow(0, at.x(), at.y(), width, height).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(shot.constBits(), dtype=np.uint8).reshape(shot.height(), shot.bytesPerLine() // 4, 4)
    return pixels[:, : shot.width()].copy()


def without_file(scene: Scene, camera: int) -> Scene:
    """Return the scene with a camera whose file is not where the case says."""
    rows = list(scene.timeline.cameras)
    gone = [
        replace(one, recording=replace(one.recording, path_bytes=b"/nowhere/gone.mp4")) for one in rows[camera].placed
    ]
    rows[camera] = replace(rows[camera], placed=tuple(gone))
    return Scene(replace(scene.timeline, cameras=tuple(rows)), scene.indexes)


class Onlooker:
    """Looks at the court's display again and again, by its pixels, while Qt works.

    Attributes:
        seen: what was seen, in order: a frame's number, "black", or "bad" for anything else.
    """

    def __init__(self, court: Court, every_ms: int = 15) -> None:
        self._court = court
        self.seen: list[int | str] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self.look)
        self._timer.start(every_ms)

    def look(self) -> None:
        """Look once; where a test failed, the court's screen may be gone before the onlooker is."""
        if not isValid(self._court.mode.screen):
            self._timer.stop()
            return
        pixels = self._court.seen()
        code = read(pixels)
        now = code.number if code is not None else ("bad" if pixels[:, :, :3].any() else "black")
        if not self.seen or self.seen[-1] != now:
            self.seen.append(now)

    def stop(self) -> list[int | str]:
        """Look once more, stop, and return what was seen."""
        self.look()
        self._timer.stop()
        return self.seen


def captions_of(scene: Scene, first: int, end: int, text: str, *, is_whole: bool = True) -> CueTimes:
    """Return captions of the first camera's frames from `first` to before `end`; broken where they are not whole."""
    recording = scene.timeline.cameras[0].placed[0].recording.id
    said = Cue("cue-1", "words-1", recording, frame_start(first), frame_start(end), "", text, 0, "PC Harper", 0)
    words = Transcript(
        "words-1", "Words", "camera-0", TranscriptKind.WRITTEN, "", True, TranscriptFormat.WEBVTT,
        "", "", "", "", 0, "", (), (), 0, "PC Harper", 0, "PC Harper", 0,
    )  # fmt: skip
    return cue_times(TranscriptBook((words,) if is_whole else (), (said,)), scene.timeline)
