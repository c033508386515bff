"""Nine cameras of 1080p, 25 frames a second, in the real window with the proxies that it made itself: is it in time?"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import av

from app.settings import PreviewChoice
from tests.bench.child import Child
from tests.bench.measurement import Measurement, is_quick, reaches, stays_below
from tests.bench.playing import body_worn_clip
from tests.bench.processes import processor_seconds
from tests.bench.real_case import case_of, until_answer
from tests.bench.screen.display import has_display, own_display

_CAMERAS = 9
_WARM_UP_S = 2
_WINDOW = ("1366", "768")


def measure() -> Iterator[Measurement]:
    """Play from the beginning once all proxies are there."""
    if not has_display():
        sys.stderr.write("  left out: Xvfb is not installed\n")
        return
    seconds = 8 if is_quick() else 60
    with tempfile.TemporaryDirectory(prefix="bench-nine-") as name, own_display() as screen:
        folder = Path(name)
        environment = {**screen, **{f"XDG_{kind}_HOME": name for kind in ("CONFIG", "CACHE", "DATA", "STATE")}}
        media = folder / "media"
        media.mkdir()
        _make_recordings(media, (seconds + 3 * _WARM_UP_S) * 25)
        case = case_of(media, folder / "Nine.sightline")
        window = Child("window_child", [str(case), *_WINDOW, PreviewChoice.ALL.value], environment)
        try:
            time.sleep(_WARM_UP_S)
            until_answer(window, "has_jobs", "cannot", patience_s=900)
            _check_that_proxies_are_used(window)
            yield from _played(window, seconds)
        finally:
            window.close()


def _check_that_proxies_are_used(window: Child) -> None:
    """Scrub a little: that shows proxies where there are any."""
    before = json.loads(window.tell("told"))[3]
    for turn in range(10):
        window.tell("scrub", turn * 400_000_000)
        time.sleep(0.1)
    window.tell("end_scrub")
    if json.loads(window.tell("told"))[3] == before:
        raise RuntimeError("the window made no proxies, or does not use them")


def _played(window: Child, seconds: float) -> Iterator[Measurement]:
    window.tell("seek", 0)
    until_answer(window, "settled", "done")
    window.tell("play")
    time.sleep(_WARM_UP_S)
    spent, began = processor_seconds([window.process_id]), time.perf_counter()
    before = json.loads(window.tell("told"))
    time.sleep(seconds)
    after = json.loads(window.tell("told"))
    took, spent = time.perf_counter() - began, processor_seconds([window.process_id]) - spent
    moved, tiles, late, proxies = (two - one for one, two in zip(before, after, strict=True))
    yield reaches("nine cameras, true speed", moved / 1e9 / took, unit="x", bound=0.98, beside={})
    yield stays_below("nine cameras, tiles that said late", late, unit="of all shown", bound=0, beside={})
    yield reaches("nine cameras, tiles looked at", tiles, unit="tiles", bound=_CAMERAS * 20 * seconds, beside={})
    yield stays_below("nine cameras, processor", spent / took, unit="cores", bound=os.cpu_count() or 1, beside={})
    sys.stderr.write(f"  {proxies / max(1, tiles):.0%} of the tiles showed a proxy\n")


def _make_recordings(media: Path, frames: int) -> None:
    """Encode one recording, and write it nine times, each with another title, so that none is a duplicate."""
    clip = body_worn_clip(media, 0, frames)
    for number in range(_CAMERAS):
        path = media / f"X6039A1{number}B_20260314_213200_0413.mp4"
        with av.open(os.fspath(clip.path)) as reading, av.open(os.fspath(path), "w") as writing:
            writing.metadata["title"] = f"Camera {number}"
            copy = writing.add_stream_from_template(reading.streams.video[0])
            for packet in reading.demux(reading.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = copy
                    writing.mux(packet)
    clip.path.unlink()
