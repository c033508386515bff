"""Clips that several tests play, made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import pytest

from player.engine import Engine, TileRequest
from player.limits import PlayerLimits
from player.playhead import Clock
from sync.clock_map import ClockMap
from tests.support.clips import ClipPlan as Plan
from tests.support.clips import Scene, make_clip, make_scene

MS = 1_000_000


class StartEngine(Protocol):
    """Starts an engine on a scene."""

    def __call__(self, scene: Scene, clock: Clock | None = None, limits: PlayerLimits | None = None) -> Engine: ...


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def four_cameras(clip_folder: Path) -> Scene:
    """30, 29.97, 12.5 frames a second and a variable rate; the third camera has two files with a gap between."""
    uneven = [0]
    for number in range(239):
        uneven.append(uneven[-1] + (900, 1500, 700, 2400, 1001)[number % 5])
    clips = [
        make_clip(clip_folder, Plan(number=0, frames=240, gop=30)),
        make_clip(clip_folder, Plan(number=1, frames=240, step=1001, gop=60, b_frames=3)),
        make_clip(clip_folder, Plan(number=2, frames=30, step=2400, gop=50)),
        make_clip(clip_folder, Plan(number=2, part=1, frames=50, step=2400, gop=50)),
        make_clip(clip_folder, Plan(number=3, frames=240, pts=tuple(uneven), gop=45, time_base=Fraction(1, 30_000))),
    ]
    clocks = [ClockMap.identity(), ClockMap.from_offset(-37 * MS), ClockMap.identity(), ClockMap.from_offset(11)]
    return make_scene(
        [[(clips[0], 0)], [(clips[1], 250 * MS)], [(clips[2], 0), (clips[3], 3_500 * MS)], [(clips[4], 500 * MS)]],
        clocks,
    )


@pytest.fixture
def start_engine() -> Iterator[StartEngine]:
    """Start engines that are closed at the end."""
    with ExitStack() as undo:

        def start(scene: Scene, clock: Clock | None = None, limits: PlayerLimits | None = None) -> Engine:
            engine = Engine(clock=clock, limits=limits)
            undo.callback(engine.close)
            engine.load(scene.timeline, scene.find_index)
            engine.set_tiles([TileRequest(camera.camera.id, 320, 180) for camera in scene.timeline.cameras])
            return engine

        yield start
