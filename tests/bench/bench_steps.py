"""Steps at rest: warm ones by what people feel, and a cold step back beside decoding the group of pictures it needs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from evidence.times import NS_PER_S, IncidentTime
from tests.bench.measurement import Measurement, at_most, below, is_quick
from tests.bench.playing import TILE, body_worn_clip, is_shown, percentile, playing, pump_for, pump_until
from tests.support.clips import Clip, make_scene

_PAUSE_S = 0.1
_SETTLE_S = 0.8
_ROUNDS = 4


def measure() -> Iterator[Measurement]:
    """Step through 1080p with a key frame every two seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-steps-") as folder:
        clip = body_worn_clip(Path(folder), 0, frames=500)
        yield from _warm(clip)
        groups = _groups(clip)
        ours, bare = [], []
        for _ in range(1 if is_quick() else _ROUNDS):
            ours += _cold(clip, groups)
            bare += [_decode_group(clip, group) for group in groups]
        yield at_most(
            "cold step back over a key frame, median",
            percentile(ours, 50),
            percentile(bare, 50),
            unit="ms",
            peer_name="decoding the group before it",
            ratio=1.3,
        )


def _warm(clip: Clip) -> Iterator[Measurement]:
    with playing(make_scene([[(clip, 0)]])) as engine:
        engine.seek(IncidentTime(engine.span.start + 8 * NS_PER_S))
        pump_until(engine, lambda: not engine.is_busy)
        for name, step in (("step forward at rest, p95", 1), ("step back at rest, p95", -1)):
            took: list[float] = []
            for _ in range(20 if is_quick() else 90):
                pump_for(engine, _PAUSE_S)
                before = time.perf_counter()
                engine.step(step)
                pump_until(engine, lambda: is_shown(engine))
                took.append((time.perf_counter() - before) * 1_000)
            yield below(name, percentile(took, 95), unit="ms", bound=20)


def _groups(clip: Clip) -> list[tuple[int, int]]:
    """Return the first frames of pairs of neighbouring groups of pictures."""
    is_first = clip.index.is_key[clip.index.order]
    return list(pairwise(int(frame) for frame in np.flatnonzero(is_first)))[1:]


def _cold(clip: Clip, groups: Sequence[tuple[int, int]]) -> list[float]:
    """Go to the first frame of a group, and step back before anything around it was filled in."""
    took: list[float] = []
    with playing(make_scene([[(clip, 0)]])) as engine:
        for _, following in (*groups[::2], *groups[1::2]):
            pump_for(engine, _SETTLE_S)
            engine.seek(IncidentTime(engine.span.start + clip.index.media_time(following).ns))
            pump_until(engine, lambda: is_shown(engine))
            before = time.perf_counter()
            engine.step(-1)
            pump_until(engine, lambda: is_shown(engine))
            took.append((time.perf_counter() - before) * 1_000)
    return took


def _decode_group(clip: Clip, group: tuple[int, int]) -> float:
    """Decode a group to its last picture, as FFmpeg does it by itself, and scale that; ms."""
    first, following = group
    with av.open(os.fspath(clip.path)) as container:
        stream = container.streams.video[0]
        wanted = int(clip.index.pts[following - 1])
        before = time.perf_counter()
        container.seek(int(clip.index.pts[first]), stream=stream)
        found = next(one for one in container.decode(stream) if one.pts is not None and one.pts >= wanted)
        bytes(VideoReformatter().reformat(found, *TILE, "bgra").planes[0])
        return (time.perf_counter() - before) * 1_000
