"""Memory of the whole program with all its processes, what they share counted once; and a day beside a minute.

The window is as large as a 4K screen, so that each of four tiles has room for a whole 1080p picture. What is told is
the most that was seen while it played, at other speeds, backwards, was scrubbed and stepped, and stood.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av

from app.settings import PreviewChoice
from evidence.times import NS_PER_S
from tests.bench.child import Child
from tests.bench.measurement import Measurement, at_most, is_quick, stays_below
from tests.bench.processes import memory_bytes
from tests.bench.real_case import case_of, until_answer
from tests.bench.screen.display import has_display, own_display
from tests.support.clips import ClipPlan, make_clip

_MB = 1_000_000
_SCREEN = (3840, 2160)
_LOOK_EVERY_S = 0.2
_TURN_FRAMES = 1_500
_FRAMES_A_DAY = 24 * 3_600 * 25


def measure() -> Iterator[Measurement]:
    """Open cases made for it in the real window."""
    if not has_display() or not Path("/proc/self/smaps_rollup").exists():
        sys.stderr.write("  left out: it takes Linux and Xvfb\n")
        return
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name, own_display(_SCREEN) as screen:
        folder = Path(name)
        environment = {**screen, **{f"XDG_{kind}_HOME": name for kind in ("CONFIG", "CACHE", "DATA", "STATE")}}
        yield from _four_cameras(folder, environment)
        yield from _day_beside_minute(folder, environment)


def _four_cameras(folder: Path, environment: Mapping[str, str]) -> Iterator[Measurement]:
    media = folder / "four"
    media.mkdir()
    for number in range(4):
        plan = ClipPlan(number=number, frames=120 if is_quick() else 450, size=(1920, 1080), gop=60, noise=8)
        make_clip(media, plan, f"X6039A1{number}B_20260314_213200_0413.mp4")
    for previews, what in ((PreviewChoice.OFF, "no previews"), (PreviewChoice.ALL, "previews being made")):
        case = case_of(media, folder / f"{previews.value}.sightline")
        window = Child("window_child", [str(case), *map(str, _SCREEN), previews.value], environment)
        try:
            peak = _peak(window, length_s=len(range(120 if is_quick() else 450)) / 30)
        finally:
            window.close()
        yield stays_below(f"four cameras of 1080p, {what}", peak / _MB, unit="MB", bound=1_200, beside={})


def _day_beside_minute(folder: Path, environment: Mapping[str, str]) -> Iterator[Measurement]:
    frames = _FRAMES_A_DAY // 12 if is_quick() else _FRAMES_A_DAY
    minute, minute_opened = _played(folder, environment, "minute", _TURN_FRAMES)
    day, day_opened = _played(folder, environment, "day", frames)
    tables = day_opened - minute_opened
    name = "two hours" if is_quick() else "a day"
    yield at_most(
        f"{name} of video, tables apart", (day - tables) / _MB, minute / _MB, unit="MB", peer_name="a minute", ratio=1.1
    )
    yield stays_below(f"tables of {name}, a frame", tables / frames, unit="bytes", bound=400, beside={})


def _played(folder: Path, environment: Mapping[str, str], name: str, frames: int) -> tuple[int, int]:
    """Return the most memory that a recording of so many frames takes, and what it takes once it is open."""
    media = folder / name
    media.mkdir()
    _long_recording(media / "X6039A12B_20260314_000000_0413.mp4", frames)
    case = case_of(media, folder / f"{name}.sightline")
    window = Child("window_child", [str(case), "1366", "768", PreviewChoice.OFF.value], environment)
    try:
        window.tell("seek", frames // 2 * NS_PER_S // 25)
        until_answer(window, "settled", "done")
        time.sleep(1)
        opened = memory_bytes([window.process_id])
        return _peak(window, length_s=frames / 25), opened
    finally:
        window.close()


def _peak(window: Child, *, length_s: float) -> int:
    """Do everything that a person does with a recording; return the most memory seen, bytes."""
    most = 0

    def look_for(seconds: float) -> None:
        nonlocal most
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            most = max(most, memory_bytes([window.process_id]))
            time.sleep(_LOOK_EVERY_S)

    span_ns = int(length_s * NS_PER_S)
    seconds = 1 if is_quick() else 4
    for place in (0.0, 0.4):
        window.tell("seek", int(place * span_ns))
        for rate in (1, 8, -1, -4):
            window.tell("rate", rate)
            window.tell("play")
            look_for(seconds)
        window.tell("pause")
    for turn in range(20):
        window.tell("scrub", span_ns * turn // 20)
        look_for(seconds / 20)
    window.tell("end_scrub")
    for step in (1, 1, -1, -1, -1):
        window.tell("step", step)
        look_for(0.1)
    look_for(seconds)
    return most


def _long_recording(path: Path, frames: int) -> None:
    """Repeat the packets of a minute of small pictures, with sharp seeks every two seconds."""
    clip = make_clip(
        path.parent,
        ClipPlan(frames=_TURN_FRAMES, size=(128, 72), time_base=Fraction(1, 25), step=1, gop=50, b_frames=0),
        "turn.mp4",
    )
    with av.open(os.fspath(clip.path)) as reading, av.open(os.fspath(path), "w") as writing:
        stream = reading.streams.video[0]
        copy = writing.add_stream_from_template(stream)
        models = [(bytes(packet), packet.is_keyframe) for packet in reading.demux(stream) if packet.dts is not None]
        assert stream.time_base is not None
        ticks = int(1 / (25 * stream.time_base))
        for number in range(frames):
            content, is_keyframe = models[number % len(models)]
            packet = av.Packet(content)
            packet.pts = packet.dts = number * ticks
            packet.duration, packet.time_base = ticks, stream.time_base
            packet.is_keyframe = is_keyframe
            packet.stream = copy
            writing.mux(packet)
    clip.path.unlink()
