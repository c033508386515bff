"""How fast four cameras become one video: beside an ffmpeg xstack graph of the same files, size, encoder and threads.

Both decode four 1080p recordings, make them small, put them into a 1080p grid and encode it. Ours labels every picture
besides, decodes each camera in a process of its own, and checks the file, which ffmpeg does not do; the check is told
apart. The cache is warm.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtGui import QGuiApplication

from annotations.composite.messages import Burn, ComposeAdvanced, Composed, CompositeOrder
from annotations.composite.plan import Extras, frame_count, layout_box, plan_tile
from annotations.composite.writing import encoder_options
from annotations.ui.composite_maker import Composer
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from player.tracks import Track
from player.ui.layout import LayoutKind, lay_out
from tests.bench.measurement import Measurement, at_least, is_quick
from tests.support.clips import START_NS, ClipPlan, make_clip, make_scene
from tests.support.clips import Scene as Scenery

_TARGET = 0.8
_SIZE = (1920, 1080)
_RATE = Fraction(30)


def measure() -> Iterator[Measurement]:
    """Measure composing; nothing where the ffmpeg program is not there."""
    if shutil.which("ffmpeg") is None:
        return
    application = QGuiApplication.instance() or QGuiApplication(["bench", "-platform", "offscreen"])
    with tempfile.TemporaryDirectory(prefix="bench-composite-") as name:
        yield from _measured(Path(name), 45 if is_quick() else 300)
    del application


def _measured(folder: Path, frames: int) -> Iterator[Measurement]:
    plans = [ClipPlan(number=number, frames=frames, size=_SIZE, gop=60, noise=12) for number in range(1, 5)]
    clips = [make_clip(folder, plan) for plan in plans]
    order = _order(make_scene([[(clip, 0)] for clip in clips]), frames, folder)
    pairs, checks, starts = [], [], []
    for _round in range(1 if is_quick() else 3):
        start, composing, checking = _composed(order)
        begun = time.perf_counter()
        _xstack([clip.path for clip in clips], folder / "peer.mp4")
        pairs.append((composing, time.perf_counter() - begun))
        checks.append(checking)
        starts.append(start)
    ours, peer = (statistics.median(one) for one in zip(*pairs, strict=True))
    yield at_least(
        "composite of four cameras, 1080p",
        frames / ours, frames / peer, unit="frames/s", peer_name="ffmpeg xstack, same encoder and threads",
        ratio=_TARGET,
    )  # fmt: skip
    yield replace(
        at_least(
            "composite with its check",
            frames / (ours + statistics.median(checks)), frames / peer, unit="frames/s",
            peer_name="ffmpeg xstack, which checks nothing", ratio=_TARGET,
        ),
        also=(
            ("frames/s checked", frames / statistics.median(checks)),
            ("s to start the processes", statistics.median(starts)),
        ),
    )  # fmt: skip


def _composed(order: CompositeOrder) -> tuple[float, float, float]:
    """Make the video as the program does; return how long starting, composing and checking took, in seconds.

    Five processes start once a video; that is told apart, as it does not grow with the video.
    """
    moments: dict[str, float] = {}

    def note(told: ComposeAdvanced) -> None:
        moments.setdefault(told.doing, time.perf_counter())

    begun = time.perf_counter()
    with Composer() as composer:
        answer = composer.compose(order, note)
        done = time.perf_counter()
    assert isinstance(answer, Composed), answer
    first, checking = moments["Composing"], moments["Checking"]
    return first - begun, checking - first, done - checking


def _order(scene: Scenery, frames: int, folder: Path) -> CompositeOrder:
    tracks = [Track(row, scene.find_index) for row in scene.timeline.cameras]
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + frames * NS_PER_S // 30))
    zone = ZoneInfo("Europe/London")
    places = lay_out(LayoutKind.AUTO, [one.camera_id for one in tracks], None, *_SIZE)
    tiles = tuple(
        plan_tile(
            track,
            layout_box(place.x, place.y, place.width, place.height),
            span,
            _RATE,
            zone=zone,
            path_of=lambda recording: recording.path_bytes,
            extras=Extras(),
        )
        for track, place in zip(tracks, places, strict=True)
    )
    return CompositeOrder(
        width=_SIZE[0],
        height=_SIZE[1],
        rate=_RATE,
        start=span.start,
        frames=frame_count(span, _RATE),
        tiles=tiles,
        burns=frozenset({Burn.NAME, Burn.TIME, Burn.FRAME}),
        head=None,
        title="",
        zone=zone.key,
        sound=None,
        out_path=os.fsencode(folder / "ours.mp4"),
        metadata={},
    )


def _xstack(paths: list[Path], out: Path) -> None:
    width, height = _SIZE[0] // 2, _SIZE[1] // 2
    scaled = ";".join(f"[{number}:v]scale={width}:{height}:flags=area[s{number}]" for number in range(len(paths)))
    stack = f"[s0][s1][s2][s3]xstack=inputs=4:layout=0_0|{width}_0|0_{height}|{width}_{height}[v]"
    inputs = [part for path in paths for part in ("-i", str(path))]
    options = [part for name, value in encoder_options(_RATE).items() for part in (f"-{name}", value)]
    command = ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", f"{scaled};{stack}", "-map", "[v]"]
    command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", *options, "-movflags", "+faststart", str(out)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
