"""Matching by light on generated nights with exact truth: silent CCTV beside body-worn video, and traps of strobes.

`SIGHTLINE_LIGHT_NIGHTS` says how many nights and traps of each kind (8 where it does not say). Pictures go through
H.264 in every fourth night; the others are taken as they are, which is quicker.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled
from sync.finder import Finder
from sync.light.channels import Channels, make_channels
from sync.light.decode import read_light
from sync.light.job import LightPair
from sync.light.match import LightMatch, LightVerdict, match_light
from sync.light.observe import observe_light
from tests.bench.measurement import Measurement, below, is_quick
from tests.support.night import Lens, Source, as_light, film, make_lens, make_sources, write_film

_SPAN_S = 260.0
_KINDS = ("cctv12", "cctv15", "cctv25")


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_LIGHT_NIGHTS", "2" if is_quick() else "8"))
    yield from _nights(count)
    for kind in ("the same make of strobe on another night", "nothing"):
        joined = sum(_trap(seed, is_same=kind != "nothing").verdict is LightVerdict.FOUND for seed in range(count))
        yield below(f"false joins by light of {count} pairs that share only: {kind}", joined, unit="pairs", bound=0)


def _nights(count: int) -> Iterator[Measurement]:
    found = right = inside = likeliest = 0
    errors: list[float] = []
    for seed in range(count):
        lenses = lenses_of(seed)
        sources = make_sources(seed, _SPAN_S)
        match = match_light(*(seen_by(2 * seed + number, sources, lens) for number, lens in enumerate(lenses)))
        if match.line is None:
            continue
        frame_s = max(match.frame_s)
        error_s = _error_s(lenses, match.line.at_s, match.line.lag_s)
        likeliest += abs(error_s) <= frame_s
        for one in observe_light(LightPair("a", "b", match), Finder("Sightline", 0, lambda: "id"))[:1]:
            assert one.other is not None
            at = one.one.media_ns / 1e9
            miss_s = _error_s(lenses, at, (one.other.media_ns - one.one.media_ns) / 1e9)
            inside += abs(miss_s) <= 1.96 * float(np.hypot(one.sigma_ns, one.common_sigma_ns)) / 1e9
            found += 1
            right += abs(error_s) <= frame_s
            errors.append(abs(error_s) * 1e3)
    yield below("silent CCTV joined by light more than one of its frames off", found - right, unit="pairs", bound=0)
    yield Measurement("silent CCTV joined by light", found, count, "pairs", "all nights", found / count, "-", True)
    yield Measurement(
        "  likeliest lag within a frame, joined or not", likeliest, count, "pairs", "all nights", likeliest / count,
        "-", True,
    )  # fmt: skip
    if errors:
        yield below("error of light, median", float(np.median(errors)), unit="ms", bound=40)
        share = inside / found
        yield Measurement("truth inside the stated 95 %", inside, found, "pairs", "joined", share, "-", share >= 0.93)


def lenses_of(seed: int) -> tuple[Lens, Lens]:
    """Return the two cameras of a night: one worn or fixed, and silent CCTV."""
    chance = np.random.default_rng([seed, 5])
    made = [
        make_lens(chance, kind, start_s=float(chance.uniform(1, 60)), length_s=float(chance.uniform(90, 180)))
        for kind in ("bwv" if seed % 3 else "cctv25", _KINDS[seed % 3])
    ]
    return made[0], made[1]


def seen_by(seed: int, sources: list[Source], lens: Lens) -> Channels:
    """Return the light that a camera records of a night; through H.264 in every fourth."""
    stamps, pictures = film(seed, sources, lens)
    if seed // 2 % 4:
        return make_channels(as_light(stamps, pictures))
    with tempfile.TemporaryDirectory() as folder:
        path = write_film(Path(folder) / "night.mp4", stamps, pictures)
        return make_channels(read_light(os.fsencode(path), path.name, 0, never_cancelled))


def _trap(seed: int, *, is_same: bool) -> LightMatch:
    made = [
        seen_by(
            2 * seed + number, make_sources(2 * seed + number + 5000, _SPAN_S, strobe=seed if is_same else None), lens
        )
        for number, lens in enumerate(lenses_of(seed))
    ]
    return match_light(made[0], made[1])


def _error_s(lenses: tuple[Lens, Lens], at_s: float, lag_s: float) -> float:
    return lag_s - (lenses[1].device_s(lenses[0].true_s(at_s)) - at_s)
