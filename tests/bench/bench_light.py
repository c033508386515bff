"""Matching by light on generated nights with exact truth: silent CCTV beside body-worn video, and traps of strobes.

`SIGHTLINE_LIGHT_NIGHTS` says how many nights and traps of each kind (8 where it does not say). Pictures go through
H.264 in every fourth night; the others are taken as they are, which is quicker. Where light says too little movement is
asked, as the program does: it must find none of the traps possible.
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
from sync.movement.laying import lay_along
from sync.movement.likeness import Movement, find_movement
from sync.movement.reading import ChangeReader
from tests.bench.measurement import Measurement, below, is_quick
from tests.support.night import Lens, Source, as_light, film, make_lens, make_sources, write_film

_SPAN_S = 260.0
_KINDS = ("cctv12", "cctv15", "cctv25")


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_LIGHT_NIGHTS", "2" if is_quick() else "8"))
    yield from _nights(count)
    for kind in ("the same make of strobe on another night", "nothing"):
        verdicts = [_trap(seed, is_same=kind != "nothing").verdict for seed in range(count)]
        words = f"of {count} pairs that share only: {kind}"
        joined, possible = (verdicts.count(one) for one in (LightVerdict.FOUND, LightVerdict.POSSIBLE))
        yield below(f"false joins by light {words}", joined, unit="pairs", bound=0)
        yield below(f"possible by movement {words}", possible, unit="pairs", bound=0)


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
    return watched_by(seed, sources, lens)[0]


def watched_by(seed: int, sources: list[Source], lens: Lens) -> tuple[Channels, Movement]:
    """Return the light that a camera records of a night, and what moves before it."""
    stamps, pictures = film(seed, sources, lens)
    reader = ChangeReader()
    if seed // 2 % 4:
        light = as_light(stamps, pictures)
        for stamp, picture in zip(stamps.tolist(), pictures, strict=True):
            grey = picture.mean(axis=2).astype(np.uint8)
            reader.see(stamp, grey.repeat(2, 0).repeat(2, 1))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = write_film(Path(folder) / "night.mp4", stamps, pictures)
            light = read_light(os.fsencode(path), path.name, 0, never_cancelled, reader.see)
    return make_channels(light), find_movement(reader.change())


def _trap(seed: int, *, is_same: bool) -> LightMatch:
    (first, moving), (second, other_moving) = (
        watched_by(
            2 * seed + number, make_sources(2 * seed + number + 5000, _SPAN_S, strobe=seed if is_same else None), lens
        )
        for number, lens in enumerate(lenses_of(seed))
    )
    match = match_light(first, second)
    return match if match.verdict is LightVerdict.FOUND else match.or_possible(lay_along(moving, other_moving))


def _error_s(lenses: tuple[Lens, Lens], at_s: float, lag_s: float) -> float:
    return lag_s - (lenses[1].device_s(lenses[0].true_s(at_s)) - at_s)
