"""The player against a bare loop of the library it stands on: frames a second, seeks, steps, the window's thread."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TileState
from player.playhead import ManualClock
from tests.bench.measurement import Measurement, at_least, at_most, below
from tests.support.clips import Clip, ClipPlan, Scene, make_clip, make_scene

_TILE = (640, 360)
_ROUNDS = 3
_SEEKS = 40


def measure() -> Iterable[Measurement]:
    """Run each comparison on clips made for it."""
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder), ClipPlan(number=0, frames=600, size=(1280, 720), gop=60, noise=12))
        yield _frames_a_second(clip)
        yield _seek_time(clip)
        yield from _step_times(clip)
        small = [
            make_clip(Path(folder), ClipPlan(number=number, frames=600, size=(480, 270), gop=60, noise=12))
            for number in range(1, 5)
        ]
        yield _pump_time(small)


@contextmanager
def _playing(scene: Scene, tile: tuple[int, int], clock: ManualClock | None = None) -> Iterator[Engine]:
    engine = Engine(clock=clock)
    try:
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest(camera.camera.id, *tile) for camera in scene.timeline.cameras])
        _wait(engine, lambda: _is_shown(engine))
        yield engine
    finally:
        engine.close()


def _is_shown(engine: Engine) -> bool:
    pictures = engine.pictures()
    is_there = bool(pictures) and all(tile.state is TileState.SHOWN for tile in pictures)
    return is_there and engine.position == engine.target


def _wait(engine: Engine, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_done():
        engine.pump()
        if time.monotonic() > end:
            raise TimeoutError("the engine did not come to that in 30 s")
        time.sleep(0.0002)


def _frames_a_second(clip: Clip) -> Measurement:
    """Decode all frames, scale them and take each through ring and presenter, as fast as it goes."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        ours.append(_through_the_engine(clip))
        bare.append(_bare_loop(clip))
    return at_least(
        "frames through ring and presenter",
        statistics.median(ours),
        statistics.median(bare),
        unit="frames/s",
        peer_name="bare PyAV loop, one thread, same size",
        ratio=0.9,
    )


def _through_the_engine(clip: Clip) -> float:
    clock = ManualClock()
    with _playing(make_scene([[(clip, 0)]]), _TILE, clock) as engine:
        engine.play()
        seen = {engine.pictures()[0].spot}
        before = time.perf_counter()
        while engine.is_playing:
            at = engine.position
            clock.advance(NS_PER_S // 30)
            engine.pump()
            seen.add(engine.pictures()[0].spot)
            if engine.position == at:
                time.sleep(0.0005)
        took = time.perf_counter() - before
    if len(seen) < len(clip.index) - 1:
        raise RuntimeError(f"only {len(seen)} of {len(clip.index)} frames were shown")
    return len(seen) / took


def _bare_loop(clip: Clip) -> float:
    scaler = VideoReformatter()
    before = time.perf_counter()
    count = 0
    with av.open(os.fspath(clip.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            bytes(scaler.reformat(frame, *_TILE, "bgra").planes[0])
            count += 1
    return count / (time.perf_counter() - before)


def _seek_time(clip: Clip) -> Measurement:
    """From asking for a random instant to its frame being there, against a seek and decoding to the same frame."""
    rng = random.Random(4)
    frames = [rng.randrange(len(clip.index)) for _ in range(_SEEKS)]
    with _playing(make_scene([[(clip, 0)]]), _TILE) as engine:
        start = engine.span.start
        ours: list[float] = []
        for frame in frames:
            time.sleep(0.05)
            before = time.perf_counter()
            engine.seek(IncidentTime(start + clip.index.media_time(frame).ns + 1_000))
            _wait(engine, lambda: _is_shown(engine))
            ours.append((time.perf_counter() - before) * 1_000)
    bare = _bare_seeks(clip, frames)
    return at_most(
        "seek to a random frame, p95",
        _p95(ours),
        _p95(bare),
        unit="ms",
        peer_name="bare seek and decode, one thread",
        ratio=1.3,
    )


def _bare_seeks(clip: Clip, frames: list[int]) -> list[float]:
    took: list[float] = []
    scaler = VideoReformatter()
    with av.open(os.fspath(clip.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in frames:
            wanted = int(clip.index.pts[frame])
            before = time.perf_counter()
            container.seek(wanted, stream=stream)
            found = next(one for one in container.decode(stream) if one.pts is not None and one.pts >= wanted)
            bytes(scaler.reformat(found, *_TILE, "bgra").planes[0])
            took.append((time.perf_counter() - before) * 1_000)
    return took


def _step_times(clip: Clip) -> Iterator[Measurement]:
    with _playing(make_scene([[(clip, 0)]]), _TILE) as engine:
        engine.seek(IncidentTime(engine.span.start + 8 * NS_PER_S))
        _wait(engine, lambda: _is_shown(engine))
        for name, step in (("step forward at rest, p95", 1), ("step back at rest, p95", -1)):
            took: list[float] = []
            for _ in range(60):
                time.sleep(0.1)
                engine.pump()
                before = time.perf_counter()
                engine.step(step)
                _wait(engine, lambda: _is_shown(engine))
                took.append((time.perf_counter() - before) * 1_000)
            yield below(name, _p95(took), unit="ms", bound=20)


def _pump_time(clips: list[Clip]) -> Measurement:
    """How long one refresh keeps the window's thread, four cameras playing; painting comes on top."""
    took: list[float] = []
    with _playing(make_scene([[(clip, 0)] for clip in clips]), (320, 180)) as engine:
        engine.play()
        end = time.monotonic() + 8
        while time.monotonic() < end:
            before = time.perf_counter()
            engine.pump()
            took.append((time.perf_counter() - before) * 1_000)
            time.sleep(1 / 60)
    return below("window's thread kept by the player, four cameras, p99", _percentile(took, 99), unit="ms", bound=16)


def _p95(values: list[float]) -> float:
    return _percentile(values, 95)


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
