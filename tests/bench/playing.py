"""Engines and clips for the player's benchmarks, and the bare loops of PyAV that run beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from player.derived.previews import PreviewRequest, make_previews
from player.derived.proxy import proxy_recipe
from player.derived.store import DerivedStore
from player.engine import Engine, TileRequest
from player.limits import PlayerLimits
from player.pictures import TileState
from player.playhead import ManualClock
from tests.support.clips import Clip, ClipPlan, Scene, make_clip

TILE = (640, 360)
_PATIENCE_S = 30


def body_worn_clip(folder: Path, number: int, frames: int = 250) -> Clip:
    """Make a clip like body-worn video: 1080p, 25 frames a second, a key frame every 2 s, some 10 Mbit/s."""
    options = {"preset": "veryfast", "crf": "23", "maxrate": "10000000", "bufsize": "20000000", "threads": "2"}
    plan = ClipPlan(number=number, frames=frames, size=(1920, 1080), step=1_200, gop=50, noise=24, options=options)
    return make_clip(folder, plan)


def make_proxies(scene: Scene, folder: Path) -> dict[str, Path]:
    """Make the proxies of all recordings, as the program does in the background; return them by recording."""
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


@contextmanager
def playing(
    scene: Scene,
    *,
    tile: tuple[int, int] = TILE,
    cameras: int | None = None,
    clock: ManualClock | None = None,
    proxies: Mapping[str, Path] | None = None,
    limits: PlayerLimits | None = None,
) -> Iterator[Engine]:
    """Yield an engine that shows the first pictures of the scene, or of its first cameras."""
    engine = Engine(clock=clock, limits=limits)
    try:
        engine.set_proxies(proxies or {})
        engine.load(scene.timeline, scene.find_index)
        engine.set_tiles([TileRequest(camera.camera.id, *tile) for camera in scene.timeline.cameras[:cameras]])
        pump_until(engine, lambda: is_shown(engine))
        yield engine
    finally:
        engine.close()


def is_shown(engine: Engine) -> bool:
    """Tell whether every tile shows the frame of the instant that was asked for."""
    pictures = engine.pictures()
    is_there = bool(pictures) and all(tile.state is TileState.SHOWN for tile in pictures)
    return is_there and engine.position == engine.target


def pump_until(engine: Engine, is_done: Callable[[], bool]) -> None:
    """Pump as often as it goes until something holds."""
    end = time.monotonic() + _PATIENCE_S
    while not is_done():
        engine.pump()
        if time.monotonic() > end:
            raise TimeoutError(f"the engine did not come to that in {_PATIENCE_S} s")
        time.sleep(0.0002)


def pump_for(engine: Engine, seconds: float) -> None:
    """Pump for a while, as a window does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        engine.pump()
        time.sleep(0.004)


def bare_seeks(clips: Sequence[Clip], frames: Sequence[int]) -> list[float]:
    """Seek and decode to each frame, in all clips at once, and scale it; return how long each took, ms.

    A container of each clip stays open; it decodes with as many threads as FFmpeg takes by itself where there is one
    clip, and with one where there are several, as many as there are processors or more.
    """
    took: list[float] = []
    with ExitStack() as undo, ThreadPoolExecutor(len(clips)) as pool:
        readers = [_BareReader(undo.enter_context(av.open(os.fspath(clip.path))), clip, len(clips)) for clip in clips]
        for frame in frames:
            before = time.perf_counter()
            list(pool.map(lambda reader, at=frame: reader.show(at), readers))
            took.append((time.perf_counter() - before) * 1_000)
    return took


class _BareReader:
    """One open clip, without anything of ours."""

    def __init__(self, container: av.container.InputContainer, clip: Clip, readers: int) -> None:
        self._container = container
        self._pts = clip.index.pts
        self._stream = container.streams.video[0]
        self._stream.codec_context.thread_count = 1 if readers > 1 else 0
        self._scaler = VideoReformatter()

    def show(self, frame: int) -> None:
        """Seek to a frame, decode to it and scale it."""
        wanted = int(self._pts[frame])
        self._container.seek(wanted, stream=self._stream)
        found = next(one for one in self._container.decode(self._stream) if one.pts is not None and one.pts >= wanted)
        bytes(self._scaler.reformat(found, *TILE, "bgra").planes[0])


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent lie."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
