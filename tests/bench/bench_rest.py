"""How soon the originals stand there when a hand that scrubbed with proxies lets go: 1080p with long groups."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TileState
from tests.bench.measurement import Measurement, at_most, below
from tests.bench.playing import TILE, body_worn_clip, make_proxies, percentile, pump_for, pump_until
from tests.support.clips import Clip, Scene, make_scene

_TURNS = 24


def measure() -> Iterator[Measurement]:
    """Measure one camera by itself, and four together."""
    with tempfile.TemporaryDirectory(prefix="bench-rest-") as folder:
        clips = [body_worn_clip(Path(folder), number) for number in range(4)]
        scene = make_scene([[(clip, 0)] for clip in clips])
        proxies = make_proxies(scene, Path(folder) / "proxies")
        for count in (1, 4):
            ours, bare = _after_scrubs(scene, proxies, count), _bare(clips[:count])
            name = f"originals at rest after a scrub, {count} x 1080p"
            if count > 1:
                first = [min(turn) for turn in ours]
                looked_at = [turn[0] for turn in ours]
                each = [took for turn in ours for took in turn]
                yield below(f"{name}, the one that is looked at, p95", percentile(looked_at, 95), unit="ms", bound=150)
                yield below(f"{name}, the first of them, p95", percentile(first, 95), unit="ms", bound=150)
                yield below(f"{name}, each, median", percentile(each, 50), unit="ms", bound=150)
            whole = [max(turn) for turn in ours]
            for percent, words in ((50, "median"), (95, "p95")):
                yield below(f"{name}, all, {words}", percentile(whole, percent), unit="ms", bound=150)
                yield at_most(
                    f"{name}, all, {words}",
                    percentile(whole, percent),
                    percentile(bare, percent),
                    unit="ms",
                    peer_name="bare seek and decode of the same frames, all processors",
                    ratio=1.3,
                )


def _after_scrubs(scene: Scene, proxies: dict[str, Path], count: int) -> list[list[float]]:
    """Return how long after a hand let go each original stood there, ms; the first camera is the one looked at."""
    chance = random.Random(9)
    took: list[list[float]] = []
    engine = Engine()
    try:
        engine.set_proxies(proxies)
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest(camera.camera.id, *TILE) for camera in scene.timeline.cameras[:count]])
        engine.set_focus(scene.timeline.cameras[0].camera.id)
        pump_until(engine, lambda: all(_are_originals(engine)))
        for _ in range(_TURNS):
            place = engine.span.start + chance.randrange(engine.span.duration_ns - NS_PER_S)
            for step in range(8):
                engine.scrub(IncidentTime(place + step * NS_PER_S // 10))
                pump_for(engine, 0.03)
            came: dict[int, float] = {}
            before = time.perf_counter()

            def have_come(came: dict[int, float] = came, before: float = before) -> bool:
                for number, is_there in enumerate(_are_originals(engine)):
                    if is_there:
                        came.setdefault(number, (time.perf_counter() - before) * 1_000)
                return len(came) == count

            engine.end_scrub()
            pump_until(engine, have_come)
            took.append([came[number] for number in range(count)])
    finally:
        engine.close()
    return took


def _are_originals(engine: Engine) -> list[bool]:
    """Return of each tile whether the original of the instant that was asked for stands in it."""
    is_there = engine.position == engine.target
    return [
        is_there and tile.state is TileState.SHOWN and tile.picture is not None and not tile.picture.is_proxy
        for tile in engine.pictures()
    ] or [False]


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
