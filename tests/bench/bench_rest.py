"""How soon the originals stand there when a hand that scrubbed with proxies lets go: 1080p with long groups.

The clips are like body-worn video: 25 frames a second, a key frame every 2 s, some 10 Mbit/s.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import av

from evidence.times import NS_PER_S, IncidentTime
from player.derived.previews import PreviewRequest, make_previews
from player.derived.proxy import proxy_recipe
from player.derived.store import DerivedStore
from player.engine import Engine, TileRequest
from player.pictures import TileState
from tests.bench.measurement import Measurement, at_most, below
from tests.support.clips import Clip, ClipPlan, Scene, make_clip, make_scene

_TILE = (640, 360)
_TURNS = 24
_FRAMES = 250


def measure() -> Iterator[Measurement]:
    """Measure one camera by itself, and four together."""
    with tempfile.TemporaryDirectory(prefix="bench-rest-") as folder:
        clips = [_clip(Path(folder), number) for number in range(4)]
        scene = make_scene([[(clip, 0)] for clip in clips])
        proxies = _make_proxies(scene, Path(folder) / "proxies")
        for count in (1, 4):
            ours, bare = _after_scrubs(scene, proxies, count), _bare(clips[:count])
            name = f"originals at rest after a scrub, {count} x 1080p"
            yield below(f"{name}, median", _percentile(ours, 50), unit="ms", bound=150)
            yield below(f"{name}, p95", _percentile(ours, 95), unit="ms", bound=150)
            yield at_most(
                f"{name}, median",
                _percentile(ours, 50),
                _percentile(bare, 50),
                unit="ms",
                peer_name="bare seek and decode of the same frames, all processors",
                ratio=1.3,
            )


def _clip(folder: Path, number: int) -> Clip:
    options = {"preset": "veryfast", "crf": "23", "maxrate": "10000000", "bufsize": "20000000", "threads": "2"}
    plan = ClipPlan(number=number, frames=_FRAMES, size=(1920, 1080), step=1_200, gop=50, noise=24, options=options)
    return make_clip(folder, plan)


def _make_proxies(scene: Scene, folder: Path) -> dict[str, Path]:
    recordings = []
    for camera in scene.timeline.cameras:
        recording = camera.placed[0].recording
        digest = sha256(recording.path.read_bytes()).hexdigest()
        recordings.append(replace(recording, sha256=digest, mtime_ns=recording.path.stat().st_mtime_ns))
    store = DerivedStore(folder, 10 << 30)
    made = make_previews(
        PreviewRequest(tuple(recordings)), store, scene.find_index, lambda _report: None, lambda: False
    )
    if made.not_made:
        raise RuntimeError(f"no proxies: {made.not_made}")
    return {one.id: store.path(proxy_recipe(one.sha256, 0)) for one in recordings}


def _after_scrubs(scene: Scene, proxies: dict[str, Path], count: int) -> list[float]:
    """Return how long after a hand let go every original stood there, ms."""
    chance = random.Random(9)
    took: list[float] = []
    engine = Engine()
    try:
        engine.set_proxies(proxies)
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest(camera.camera.id, *_TILE) for camera in scene.timeline.cameras[:count]])
        _pump_until(engine, lambda: _are_originals(engine))
        for _ in range(_TURNS):
            place = engine.span.start + chance.randrange(engine.span.duration_ns - NS_PER_S)
            for step in range(8):
                engine.scrub(IncidentTime(place + step * NS_PER_S // 10))
                _pump_for(engine, 0.03)
            before = time.perf_counter()
            engine.end_scrub()
            _pump_until(engine, lambda: _are_originals(engine))
            took.append((time.perf_counter() - before) * 1_000)
    finally:
        engine.close()
    return took


def _are_originals(engine: Engine) -> bool:
    tiles = engine.pictures()
    are_shown = all(tile.state is TileState.SHOWN and tile.picture is not None for tile in tiles)
    is_there = are_shown and bool(tiles) and engine.position == engine.target
    return is_there and not any(tile.picture is not None and tile.picture.is_proxy for tile in tiles)


def _pump_until(engine: Engine, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_done():
        engine.pump()
        if time.monotonic() > end:
            raise TimeoutError("the engine did not come to that in 30 s")
        time.sleep(0.002)


def _pump_for(engine: Engine, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        engine.pump()
        time.sleep(0.004)


def _bare(clips: list[Clip]) -> list[float]:
    """Return how long seeking and decoding the same frames of all clips at once takes, ms."""
    chance = random.Random(9)
    span_ns = clips[0].index.end.ns - clips[0].index.start.ns
    took: list[float] = []
    with ThreadPoolExecutor(len(clips)) as pool:
        for _ in range(_TURNS):
            at_ns = chance.randrange(span_ns - NS_PER_S) + 7 * NS_PER_S // 10
            containers = [av.open(os.fspath(clip.path)) for clip in clips]
            before = time.perf_counter()
            list(pool.map(lambda container, at=at_ns: _decode_to(container, at), containers))
            took.append((time.perf_counter() - before) * 1_000)
            for container in containers:
                container.close()
    return took


def _decode_to(container: av.container.InputContainer, at_ns: int) -> None:
    stream = container.streams.video[0]
    assert stream.time_base is not None
    wanted = int(at_ns / stream.time_base / NS_PER_S)
    container.seek(wanted, stream=stream)
    next(one for one in container.decode(stream) if one.pts is not None and one.pts + 1_200 > wanted)


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
