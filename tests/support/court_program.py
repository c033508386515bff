"""The real program in court mode on a screen of its own, led by keys from outside and judged by the screen's pixels."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from app.demo.frame_code import FrameCode, read
from courtroom.run_sheet import AtEnd, Item, Moving, RunSheet, View
from courtroom.run_sheet_store import save_run_sheet
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.children import children_of
from tests.support.clips import ClipPlan, make_clip
from tests.support.screen import Screen, screen_environment

DESK = (1366, 768)
COURT = (1280, 720)
PATIENCE_S = 60.0
_PIPE_BYTES = 1 << 20


def make_court_case(
    folder: Path, *, cameras: int = 2, frames: int = 240, items: int = 4, at_end: AtEnd = AtEnd.HOLD
) -> Path:
    """Make a case of cameras with readable frame numbers, and a run sheet of a clip each in turn; return its folder."""
    originals = folder / "originals"
    originals.mkdir(parents=True, exist_ok=True)  # it may be a disk of its own
    for number in range(cameras):
        plan = ClipPlan(number=number, frames=frames, size=(640, 360))
        make_clip(originals, plan, f"X60{number:02d}A12B_20260314_213200_0413.mp4")
    case_folder = folder / "Court.sightline"
    with Case.create(case_folder, title="R v Smith", reference="01AB2345", by="DC Harper") as case:
        added = add_files(
            AddRequest(case_folder, (os.fsencode(originals),), "DC"), no_progress, never_cancelled, case=case
        )
        assert len(added.added) == cameras, added.refused
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
        assert timeline.span is not None
        start = timeline.span.start
        rows = [row.camera.id for row in timeline.cameras]
        sheet = RunSheet(
            "sheet-1",
            "Day one",
            tuple(
                replace(_item(one, rows[one % cameras], start, frames - items), at_end=at_end) for one in range(items)
            ),
        )
        save_run_sheet(case, sheet, by="DC Harper")
    return case_folder


def _item(number: int, camera: str, start: int, end: int) -> Item:
    """Return an item from frame `10 + number` on; no two of them end with the same frame."""
    span = IncidentRange(
        IncidentTime(start + (10 + number) * NS_PER_S // 30), IncidentTime(start + (end + number) * NS_PER_S // 30)
    )
    return Item(f"item-{number}", f"Clip {number}", Moving(span, View((camera,))))


class CourtProgram:
    """`sightline` in court mode. Use it as a context manager: the program is killed at the end.

    Args:
        screen: the Xvfb, of 2646 by 768 pixels or more.
        home: where it keeps settings and data.
        before: what the program is started with, for instance ("unshare", "-n").
        environment: of the program alone.
    """

    def __init__(
        self, screen: Screen, home: Path, before: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        self.screen = screen
        self._before = tuple(before)
        names = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
        self.environment = screen_environment(screen) | {name: str(home / name.lower()) for name in names}
        self.environment["HOME"] = str(home)
        self._own = dict(environment or {})
        self.program: subprocess.Popen[bytes] | None = None
        self._run("xrandr", "--setmonitor", "DESK", f"{DESK[0]}/361x{DESK[1]}/203+0+0", "screen")
        self._run("xrandr", "--setmonitor", "COURT", f"{COURT[0]}/339x{COURT[1]}/190+{DESK[0]}+0", "none")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_of_error: object) -> None:
        self.kill()

    def start(self, *arguments: str) -> None:
        """Start the program with these arguments."""
        self.program = subprocess.Popen(
            [*self._before, str(Path(sys.executable).with_name("sightline")), *arguments],
            env=self.environment | self._own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Kill it as the system would: no farewell."""
        if self.program is not None:
            self.program.send_signal(signal.SIGKILL)
            self.program.wait(10)
            self.program = None

    def ended(self) -> int:
        """Wait until the program has ended by itself, and return its exit code."""
        assert self.program is not None
        code = self.program.wait(PATIENCE_S)
        self.program = None
        return code

    def key(self, *keys: str) -> None:
        """Press keys on the console, by their X names."""
        self.wait(lambda: self._console() != "")
        window = self._console()
        self._run("xdotool", "windowfocus", window)
        self._run("xdotool", "key", "--delay", "30", *keys)

    def seen(self) -> NDArray[np.uint8]:
        """Return what the court's display shows; uint8[height, width, 4]."""
        return self._grab(DESK[0], COURT)

    def desk(self) -> NDArray[np.uint8]:
        """Return what the presenter's display shows; uint8[height, width, 4]."""
        return self._grab(0, DESK)

    def _grab(self, left: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        grabbed = subprocess.run(
            [
                "ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "1", "-video_size", f"{size[0]}x{size[1]}",
                "-i", f"{self.screen.display}+{left},0", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr0", "-",
            ],
            capture_output=True,
            check=True,
        ).stdout  # fmt: skip
        return np.frombuffer(grabbed, dtype=np.uint8).reshape(size[1], size[0], 4)

    def code(self) -> FrameCode | None:
        """Read the frame number off the court's display."""
        return read(self.seen())

    def wait(self, is_done: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until something holds."""
        end = time.monotonic() + patience_s
        while not is_done():
            assert time.monotonic() < end, "it did not come to that"
            assert self.program is None or self.program.poll() is None, "the program has ended"
            time.sleep(0.25)  # each look starts a program of its own

    def processes(self) -> list[int]:
        """Return the program and all that it has started, and the X server: what a picture passes through."""
        if self.program is None:
            return []
        found = [self.program.pid, *children_of(self.screen.server.pid)]
        return found + list(children_of(self.program.pid))

    def _console(self) -> str:
        command = ["xdotool", "search", "--onlyvisible", "--name", "Sightline console"]
        found = subprocess.run(command, env=self.environment, capture_output=True, check=False, timeout=20).stdout
        return (found.decode().split() or [""])[-1]

    def _run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, capture_output=True, check=True, timeout=20
        ).stdout.decode()


@dataclass(frozen=True, slots=True)
class Look:
    """What the court's display showed at a moment.

    Attributes:
        at: seconds of a monotonic clock.
        code: the frame that can be read, or None.
        is_black: whether nothing is lit.
    """

    at: float
    code: FrameCode | None
    is_black: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """A frame that was seen from one moment to another, seconds of a monotonic clock."""

    begun: float
    ended: float
    code: FrameCode | None

    @property
    def took(self) -> float:
        """For how long, s."""
        return self.ended - self.begun


class Film:
    """Films the court's display from outside, frame by frame, in a thread; use it as a context manager.

    The camera stamps a look when it takes it, and takes the next ones meanwhile: how busy this process is does not
    change what is seen when.

    Args:
        court: whose display.
        rate: looks a second.
    """

    def __init__(self, court: CourtProgram, rate: int = 60) -> None:
        self.looks: list[Look] = []
        reading, writing = os.pipe()
        if sys.platform == "linux":
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._camera = subprocess.Popen(
            [
                "ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "1", "-framerate", str(rate),
                "-video_size", f"{COURT[0]}x{COURT[1]}", "-thread_queue_size", "32",
                "-i", f"{court.screen.display}+{DESK[0]},0", "-c", "copy", "-copyts", "-f", "nut", f"pipe:{writing}",
            ],
            stdin=subprocess.DEVNULL,
            pass_fds=[writing],
        )  # fmt: skip
        os.close(writing)
        self._reading = reading
        self.process = self._camera.pid
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        gc.disable()  # a search for refuse among ten thousands of looks would keep the camera waiting
        self._thread.start()
        return self

    def __exit__(self, *_of_error: object) -> None:
        self._camera.terminate()
        self._thread.join()
        os.close(self._reading)
        self._camera.wait()
        gc.enable()

    def _run(self) -> None:
        last = b""
        off = time.monotonic() - time.time()  # the camera stamps by the clock on the wall
        with contextlib.suppress(av.FFmpegError), av.open(f"pipe:{self._reading}", format="nut") as film:
            stream = film.streams.video[0]
            for packet in film.demux(stream):
                if packet.pts is None or packet.time_base is None:
                    return  # the camera was stopped
                at, raw = float(packet.pts * packet.time_base) + off, bytes(packet)
                if raw == last:
                    self.looks.append(Look(at, self.looks[-1].code, self.looks[-1].is_black))
                    continue
                last = raw
                pixels = np.frombuffer(raw, dtype=np.uint8).reshape(COURT[1], COURT[0], 4)
                self.looks.append(Look(at, read(pixels), not pixels[:, :, :3].any()))

    def stands(self) -> list[Stand]:
        """Return each frame with how long it stood, from the first that moved to the last one."""
        changes = [one for before, one in pairwise(self.looks) if one.code != before.code]
        return [Stand(sooner.at, later.at, sooner.code) for sooner, later in pairwise(changes)]
