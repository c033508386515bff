"""Broken files and dying decoders: the window goes on, and the tile says what happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evidence.times import NS_PER_S, IncidentTime
from player.decoder_link import DecoderPool, ProcessLink
from player.engine import Engine, TileRequest
from player.pictures import TileState
from tests.player.conftest import StartEngine
from tests.support.clips import ClipPlan, Scene, make_clip, make_scene
from tests.support.engine_driver import check_pictures, is_settled, pump_for, pump_until, settle, summary

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[2]


class _Started:
    """A pool that remembers which processes it started."""

    def __init__(self) -> None:
        self.links: list[ProcessLink] = []

    def __call__(self) -> ProcessLink:
        link = ProcessLink()
        self.links.append(link)
        return link

    def kill_one(self, rng: random.Random) -> None:
        alive = [link for link in self.links if link.is_alive]
        if alive:
            process_id = rng.choice(alive).process_id
            assert process_id is not None
            os.kill(process_id, signal.SIGKILL)


def _engine_on(scene: Scene, started: _Started) -> Engine:
    engine = Engine(pool=DecoderPool(started))
    engine.load(scene.timeline, scene.find_index)
    engine.set_tiles([TileRequest(camera.camera.id, 320, 180) for camera in scene.timeline.cameras])
    return engine


def test_decoders_killed_while_playing_are_replaced_and_no_picture_is_ever_wrong(four_cameras: Scene) -> None:
    started = _Started()
    engine = _engine_on(four_cameras, started)
    rng = random.Random(3)
    slowest = 0.0
    try:
        settle(engine)
        for _ in range(8):
            engine.seek(IncidentTime(engine.span.start + rng.randrange(engine.span.duration_ns * 3 // 4)))
            engine.play()
            pump_for(engine, 0.2)
            started.kill_one(rng)
            for _ in range(60):
                before = time.thread_time()
                engine.pump()
                slowest = max(slowest, time.thread_time() - before)
                check_pictures(engine)
                time.sleep(0.008)
        engine.pause()
        engine.seek(IncidentTime(engine.span.start + 2 * NS_PER_S))
        settle(engine)
        assert check_pictures(engine)[TileState.SHOWN] == 4
        assert slowest < 0.1
    finally:
        engine.close()
    assert not any(link.is_alive for link in started.links)


def test_a_decoder_that_hangs_is_replaced(four_cameras: Scene) -> None:
    started = _Started()
    engine = _engine_on(four_cameras, started)
    try:
        settle(engine)
        engine.seek(IncidentTime(engine.span.start + 2 * NS_PER_S))
        settle(engine)
        stopped = [link.process_id for link in started.links[:4] if link.process_id is not None]
        for process_id in stopped:
            os.kill(process_id, signal.SIGSTOP)
        engine.seek(IncidentTime(engine.span.start + 5 * NS_PER_S))
        pump_until(engine, lambda: engine.position == engine.target)
        assert TileState.LATE in {tile.state for tile in engine.pictures()}
        settle(engine)
        assert check_pictures(engine)[TileState.SHOWN] >= 3
    finally:
        engine.close()


def test_a_missing_file_is_told_in_its_tile_and_the_others_play_on(start_engine: StartEngine, tmp_path: Path) -> None:
    clips = [make_clip(tmp_path, ClipPlan(number=number, frames=90)) for number in range(2)]
    scene = make_scene([[(clip, 0)] for clip in clips])
    clips[0].path.rename(tmp_path / "elsewhere.mp4")
    engine = start_engine(scene)
    settle(engine)
    first, second = engine.pictures()
    assert first.state is TileState.FAILED
    assert "clip-0-0.mp4 is not there" in first.reason
    assert second.state is TileState.SHOWN
    engine.play()
    pump_until(engine, lambda: engine.position > engine.span.start + NS_PER_S // 2)
    (tmp_path / "elsewhere.mp4").rename(clips[0].path)
    engine.seek(engine.position)
    pump_until(engine, lambda: engine.pictures()[0].state is TileState.SHOWN)


def test_a_file_cut_short_after_it_was_added_plays_to_where_it_ends_and_says_so(
    start_engine: StartEngine, tmp_path: Path
) -> None:
    plan = ClipPlan(number=0, frames=120, noise=60, suffix=".mkv")
    clip = make_clip(tmp_path, plan)
    scene = make_scene([[(clip, 0)]])
    whole = clip.path.read_bytes()
    os.truncate(clip.path, len(whole) // 2)
    engine = start_engine(scene)
    engine.seek(IncidentTime(engine.span.start + NS_PER_S // 2))
    settle(engine)
    assert engine.pictures()[0].state is TileState.SHOWN
    engine.seek(IncidentTime(engine.span.end - 1))
    settle(engine)
    tile = engine.pictures()[0]
    assert tile.state is TileState.FAILED
    assert "cannot be decoded" in tile.reason
    clip.path.write_bytes(whole)
    engine.seek(IncidentTime(engine.span.end - 1))
    pump_until(engine, lambda: engine.pictures()[0].state is TileState.SHOWN)  # what was lost is read again
    os.truncate(clip.path, len(whole) // 2)
    engine.seek(engine.span.start)
    engine.play()
    pump_until(engine, lambda: not engine.is_playing)


def test_a_file_that_is_no_recording_any_more_is_told(start_engine: StartEngine, tmp_path: Path) -> None:
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=30))
    scene = make_scene([[(clip, 0)]])
    clip.path.write_bytes(b"not a recording any more" * 500)
    engine = start_engine(scene)
    settle(engine)
    assert engine.pictures()[0].state is TileState.FAILED
    assert "can no longer be understood" in engine.pictures()[0].reason


def test_bit_flips_in_the_file_never_stop_the_engine(start_engine: StartEngine, tmp_path: Path) -> None:
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=60, noise=80, codec="mpeg4", b_frames=0))
    scene = make_scene([[(clip, 0)]])
    whole = bytearray(clip.path.read_bytes())
    rng = random.Random(11)
    for _ in range(200):
        whole[rng.randrange(4_000, len(whole) - 6_000)] ^= 1 << rng.randrange(8)
    clip.path.write_bytes(whole)
    engine = start_engine(scene)
    for frame in range(0, 60, 7):
        engine.seek(IncidentTime(engine.span.start + frame * NS_PER_S // 30))
        end = time.monotonic() + 60
        while not is_settled(engine):
            engine.pump()
            assert time.monotonic() < end, summary(engine)
            time.sleep(0.002)


def test_no_decoder_outlives_a_killed_window(tmp_path: Path) -> None:
    script = tmp_path / "window.py"
    script.write_text(
        "import time\n"
        "from player.decoder_link import DecoderPool\n"
        "if __name__ == '__main__':\n"
        "    pool = DecoderPool(spares=2)\n"
        "    pool.warm_up(); pool.warm_up()\n"
        "    print(*[link.process_id for link in pool._ready], flush=True)\n"
        "    time.sleep(60)\n"
    )
    window = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert window.stdout is not None
    children = [int(word) for word in window.stdout.readline().split()]
    assert len(children) == 2
    window.kill()
    window.wait()
    window.stdout.close()
    end = time.monotonic() + 60
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < end, "a decoder outlived its window"
        time.sleep(0.02)


def _shared_blocks() -> set[Path]:
    return set(Path("/dev/shm").glob("psm_*"))


def test_shared_memory_has_no_name_left_once_pictures_are_there(start_engine: StartEngine, four_cameras: Scene) -> None:
    before = _shared_blocks()
    engine = start_engine(four_cameras)
    settle(engine)
    pump_until(engine, lambda: not _shared_blocks() - before)


def test_what_failed_is_tried_again_when_the_same_place_is_sought_again(
    start_engine: StartEngine, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=30))
    scene = make_scene([[(clip, 0)]])
    whole = clip.path.read_bytes()
    clip.path.write_bytes(b"not a recording any more" * 500)
    engine = start_engine(scene)
    for _ in range(3):
        engine.seek(engine.span.start)
        settle(engine)
        assert engine.pictures()[0].state is TileState.FAILED
    clip.path.write_bytes(whole)
    engine.seek(engine.span.start)
    pump_until(engine, lambda: engine.pictures()[0].state is TileState.SHOWN)
