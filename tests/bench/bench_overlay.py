"""Burnt-in clocks: recordings with a known clock in eight styles, by day and by night, at low bitrates.

Each recording has a style, height, rate, drift, start and bitrate by lot (the same at every run); some have irregular
frames. Asked at moments all over it, the reading must give the second that the device's clock truly showed.

`OVERLAY_ROUNDS` says how many of each style. `OVERLAY_ONLY=0-99,150` does those numbers of them, so that several
processes can share the work. Each recording is told as it is done, and kept in `bench-output/overlay.jsonl`; with
`OVERLAY_KEPT=1` those that lie there are not done again, so that a last run sums all up.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from evidence.times import NS_PER_S
from sync.overlay_clock.pictures import PictureReader
from sync.overlay_clock.read import OverlayReading, OverlayVerdict, read_overlay
from sync.overlay_clock.recogniser import find_models, shared_recogniser
from tests.bench.measurement import Measurement, is_quick, reaches, stays_below
from tests.support.overlay_clips import STYLES, OverlayClip, write_clip

_MOMENTS = 40
_SECONDS = (8, 45)
_KEPT = Path("bench-output/overlay.jsonl")


@dataclass(frozen=True)
class _Outcome:
    """What came of one recording.

    Attributes:
        is_read: whether anything was answered.
        right: at how many moments it was right to a quarter of a second, of `_MOMENTS`.
        off_ms: how far the clock was off at them, most.
        is_inside: whether the truth lay within two sigmas at both ends.
        took_s: how long it took.
    """

    is_read: bool
    right: int = 0
    off_ms: float = 0.0
    is_inside: bool = False
    took_s: float = 0.0


def measure() -> Iterator[Measurement]:
    """Read them all."""
    if find_models() is None:
        sys.stderr.write("  left out: the part that reads text is not installed (the extra `ocr`)\n")
        return
    rounds = int(os.environ.get("OVERLAY_ROUNDS", "1" if is_quick() else "25"))
    numbers = _numbers(os.environ.get("OVERLAY_ONLY") or f"0-{rounds * len(STYLES) - 1}")
    kept = _read_kept() if os.environ.get("OVERLAY_KEPT") == "1" else {}
    outcomes: list[_Outcome] = []
    for number in numbers:
        if number not in kept:
            kept[number] = _try(number)
        outcomes.append(kept[number])
    read = [one for one in outcomes if one.is_read]
    asked = max(1, len(read) * _MOMENTS)
    yield reaches("recordings answered", 100 * len(read) / len(outcomes), unit="%", bound=90, beside={})
    yield reaches(
        "right second where answered", 100 * sum(one.right for one in read) / asked, unit="%", bound=99.5, beside={}
    )
    off = [one.off_ms for one in read] or [float("inf")]
    yield stays_below("clock off, median", float(np.median(off)), unit="ms", bound=40, beside={})
    yield stays_below("clock off, most", max(off), unit="ms", bound=250, beside={})
    inside = 100 * sum(one.is_inside for one in read) / max(1, len(read))
    yield reaches("truth within two sigmas", inside, unit="%", bound=93, beside={})
    took = float(np.median([one.took_s for one in outcomes]))
    yield stays_below("time for one recording, median", took, unit="s", bound=30, beside={})


def _numbers(words: str) -> Iterator[int]:
    for span in words.split(","):
        first, _, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _try(number: int) -> _Outcome:
    """Make a recording and read its clock; tell and keep what came of it."""
    clip = _by_lot(number)
    with tempfile.TemporaryDirectory(prefix="bench-overlay-") as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(clip, path)
        begun = time.perf_counter()
        with PictureReader(os.fsencode(path), path.name, 0) as looks:
            reading = read_overlay(looks, shared_recogniser(), 0, round(clip.seconds * NS_PER_S))
        outcome = _judge(clip, reading, time.perf_counter() - begun)
    sys.stderr.write(f"  {number} {clip.style.name}: {reading.verdict}, {outcome.right} of {_MOMENTS} right, ")
    sys.stderr.write(f"{outcome.off_ms:.0f} ms off, {outcome.took_s:.0f} s\n")
    if outcome.right < _MOMENTS:
        sys.stderr.write(f"    {reading.why} {reading.samples[:6]}\n")
    _KEPT.parent.mkdir(exist_ok=True)
    with _KEPT.open("a") as kept:
        kept.write(json.dumps({"number": number, **asdict(outcome)}) + "\n")
    return outcome


def _read_kept() -> dict[int, _Outcome]:
    lines = [json.loads(line) for line in _KEPT.read_text().splitlines()] if _KEPT.exists() else []
    return {line.pop("number"): _Outcome(**line) for line in lines}


def _by_lot(number: int) -> OverlayClip:
    chance = random.Random(number)
    height = chance.choice((480, 576, 720))
    start = datetime(2026, 3, 14, 21, 30, 7, tzinfo=UTC)
    start += timedelta(days=chance.randint(0, 200), microseconds=chance.randint(0, 86_400_000_000))
    return OverlayClip(
        STYLES[number % len(STYLES)],
        start=start,
        seconds=chance.uniform(*_SECONDS) if not is_quick() else 9.0,
        rate=chance.choice((10, 12, 15, 25, 30)),
        drift_ppm=chance.uniform(-150, 150),
        height=height,
        is_night=chance.random() < 0.5,
        is_variable=chance.random() < 0.4,
        bitrate=chance.choice((120_000, 200_000, 350_000, 600_000)),
        seed=number,
    )


def _judge(clip: OverlayClip, reading: OverlayReading, took_s: float) -> _Outcome:
    if reading.verdict is not OverlayVerdict.READ:
        return _Outcome(is_read=False, took_s=took_s)
    (piece,) = reading.pieces[:1]
    day = datetime.fromtimestamp(clip.device_ns(0) // NS_PER_S, tz=UTC).date()
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * NS_PER_S
    if day not in piece.dates:
        return _Outcome(is_read=True, took_s=took_s)
    right, worst = 0, 0
    for number in range(_MOMENTS):
        media = round((number + 0.5) / _MOMENTS * clip.seconds * NS_PER_S)
        told, true = midnight + piece.rate.device_at(media), clip.device_ns(media)
        worst = max(worst, abs(told - true))
        right += abs(told - true) < NS_PER_S // 4
    ends = [abs(midnight + piece.rate.device_at(one) - clip.device_ns(one)) for one in (piece.first_ns, piece.last_ns)]
    is_inside = max(ends) <= 2 * piece.rate.sigma_ns + 20e-6 * clip.seconds * NS_PER_S * 2
    return _Outcome(is_read=True, right=right, off_ms=worst / 1e6, is_inside=is_inside, took_s=took_s)
