"""The player against a bare loop of the library it stands on: frames a second, the window's thread."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from evidence.times import NS_PER_S
from player.decoder.convert import Converter
from player.limits import PlayerLimits
from player.playhead import ManualClock
from player.protocol import Source
from tests.bench.measurement import Measurement, at_least, below, is_quick
from tests.bench.playing import TILE, percentile, playing
from tests.support.clips import Clip, ClipPlan, make_clip, make_scene

_ROUNDS = 7


def measure() -> Iterator[Measurement]:
    """Run each comparison on clips made for it."""
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder), ClipPlan(number=0, frames=600, size=(1280, 720), gop=60, noise=12))
        yield _frames_a_second(clip)
        small = [
            make_clip(Path(folder), ClipPlan(number=number, frames=600, size=(480, 270), gop=60, noise=12))
            for number in range(1, 5)
        ]
        yield _pump_time(small)


def _frames_a_second(clip: Clip) -> Measurement:
    """Decode all frames, scale them and take each through ring and presenter, as fast as it goes.

    The peer makes the very same pictures in one loop, so that the ratio is what processes, ring and presenter
    cost. Beside it is told what PyAV reaches with its own default scaler, which shares chroma between two pixels.
    """
    ours, same, plain = [], [], []
    for _ in range(1 if is_quick() else _ROUNDS):
        ours.append(_through_the_engine(clip))
        same.append(_bare_loop(clip, _same_picture(clip)))
        plain.append(_bare_loop(clip, _plain_picture()))
    line = at_least(
        "frames through ring and presenter",
        statistics.median(ours),
        statistics.median(same),
        unit="frames/s",
        peer_name="bare PyAV loop, one thread, same pictures",
        ratio=0.9,
    )
    return replace(line, also=(("with PyAV's default scaler", statistics.median(plain)),))


def _through_the_engine(clip: Clip) -> float:
    clock = ManualClock()
    with playing(make_scene([[(clip, 0)]]), clock=clock, limits=PlayerLimits(cores=1)) as engine:
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


def _bare_loop(clip: Clip, make: Callable[[av.VideoFrame], None]) -> float:
    before = time.perf_counter()
    count = 0
    with av.open(os.fspath(clip.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            make(frame)
            count += 1
    return count / (time.perf_counter() - before)


def _same_picture(clip: Clip) -> Callable[[av.VideoFrame], None]:
    converter = Converter(Source(0, os.fsencode(clip.path), clip.path.name, clip.stream.index), *TILE)
    slot = np.zeros(TILE[0] * TILE[1] * 4, dtype=np.uint8)

    def make(frame: av.VideoFrame) -> None:
        converter.write(converter.finish(frame), slot)

    return make


def _plain_picture() -> Callable[[av.VideoFrame], None]:
    scaler = VideoReformatter()

    def make(frame: av.VideoFrame) -> None:
        bytes(scaler.reformat(frame, *TILE, "bgra").planes[0])

    return make


def _pump_time(clips: list[Clip]) -> Measurement:
    """How long one refresh keeps the window's thread, four cameras playing; painting comes on top."""
    took: list[float] = []
    with playing(make_scene([[(clip, 0)] for clip in clips]), tile=(320, 180)) as engine:
        engine.play()
        end = time.monotonic() + 8
        while time.monotonic() < end:
            before = time.perf_counter()
            engine.pump()
            took.append((time.perf_counter() - before) * 1_000)
            time.sleep(1 / 60)
    return below("window's thread kept by the player, four cameras, p99", percentile(took, 99), unit="ms", bound=16)
