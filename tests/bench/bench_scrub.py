"""From asking for an instant to all tiles showing exactly its frames: proxies by themselves, originals beside PyAV."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evidence.times import IncidentTime
from tests.bench.measurement import Measurement, at_most, is_quick, stays_below
from tests.bench.playing import (
    bare_seeks,
    body_worn_clip,
    is_shown,
    make_proxies,
    percentile,
    playing,
    pump_for,
    pump_until,
)
from tests.support.clips import Clip, Scene, make_scene

_REST_S = 0.02
_FILL_S = 0.8


def measure() -> Iterator[Measurement]:
    """Measure four cameras of 1080p with a key frame every two seconds."""
    turns = 15 if is_quick() else 80
    with tempfile.TemporaryDirectory(prefix="bench-scrub-") as name:
        clips = [body_worn_clip(Path(name), number) for number in range(4)]
        scene = make_scene([[(clip, 0)] for clip in clips])
        chance = random.Random(4)
        frames = [chance.randrange(len(clips[0].index)) for _ in range(turns)]
        proxies = make_proxies(scene, Path(name) / "proxies")
        took = _scrubs(scene, clips, frames, proxies)
        yield stays_below("scrub to all four tiles, proxies, p95", percentile(took, 95), unit="ms", bound=60, beside={})
        for count in (1, 4):
            ours = _seeks(scene, clips[:count], frames)
            bare = bare_seeks(clips[:count], frames)
            for percent in (50, 95):
                yield at_most(
                    f"seek to a random frame, {count} x 1080p originals, p{percent}",
                    percentile(ours, percent),
                    percentile(bare, percent),
                    unit="ms",
                    peer_name="bare seek and decode of the same frames",
                    ratio=1.3,
                )


def _scrubs(scene: Scene, clips: Sequence[Clip], frames: Sequence[int], proxies: Mapping[str, Path]) -> list[float]:
    took: list[float] = []
    with playing(scene, proxies=proxies) as engine:
        for frame in frames:
            pump_for(engine, _REST_S)
            before = time.perf_counter()
            engine.scrub(IncidentTime(engine.span.start + clips[0].index.media_time(frame).ns + 1_000))
            pump_until(engine, lambda: is_shown(engine))
            took.append((time.perf_counter() - before) * 1_000)
    return took


def _seeks(scene: Scene, clips: Sequence[Clip], frames: Sequence[int]) -> list[float]:
    """Return how long each seek took, ms; before each, what the last one left to fill in is done."""
    took: list[float] = []
    with playing(scene, cameras=len(clips)) as engine:
        for frame in frames:
            pump_for(engine, _FILL_S)
            before = time.perf_counter()
            engine.seek(IncidentTime(engine.span.start + clips[0].index.media_time(frame).ns + 1_000))
            pump_until(engine, lambda: is_shown(engine))
            took.append((time.perf_counter() - before) * 1_000)
    return took
