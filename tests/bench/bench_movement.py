"""Matching by movement on real silent recordings (decision 23): pairs of one event, and pairs that share none.

It needs `../shared/media`. The calibration set's four cameras are paired with one another, with one another run
backwards or with their quarters in another order, and with stretches of another fixed camera, backwards and forwards,
and of cameras that are carried; the stretches with one another too. Run backwards, a camera of the same event meets
its own rival, so those cannot pass; with its quarters in another order one lag is right for a quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from evidence.times import NS_PER_S
from sync.light.decode import shrink
from sync.movement.laying import MARGIN, Meeting, lay_along
from sync.movement.likeness import LEAST_MOVING_S, Movement, find_movement
from sync.movement.reading import read_change
from tests.bench.measurement import Measurement, below

_MEDIA = Path(__file__).parents[3] / "shared" / "media"
_SET = [_MEDIA / "caliscope/charuco_calibration" / f"cam_{number}.mp4" for number in range(4)]
_FIXED = _MEDIA / "intel-sample-videos/one-by-one-person-detection.mp4"
_CARRIED = (
    _MEDIA / "gpmf-parser/hero7.mp4",
    _MEDIA / "androidx-media/sample_with_increasing_timestamps_320w_240h.mp4",
    _MEDIA / "metadata-extractor-images/FLIR Thermal.mp4",
)
_LENGTH_S, _STEP_S, _LAST_S = 18.5, 9.5, 121.0
_FRAME_S = 1 / 6
_QUARTERS = (1, 0, 3, 2)

Pictures = NDArray[np.uint8]
Times = NDArray[np.int64]


def measure() -> Iterator[Measurement]:
    """Yield the measurements; none where the recordings are not there."""
    if not _FIXED.exists():
        return
    films = [_read(path) for path in _SET]
    cameras = [_movement(*film) for film in films]
    same = [found for one, other in combinations(cameras, 2) if (found := lay_along(one, other)) is not None]
    right = sum(abs(one.lag_s) <= _FRAME_S for one in same)
    yield Measurement(
        "pairs of one event, likeliest lag within a frame", right, 6, "pairs", "all", right / 6, "-", True
    )
    passed, least = sum(one.is_possible for one in same), min(one.margin for one in same)
    yield Measurement("pairs of one event: possible", passed, 6, "pairs", "all", passed / 6, "-", True)
    yield Measurement("pairs of one event: least margin", least, MARGIN, "deviations", "bar", least / MARGIN, "-", True)
    yield from _traps("pairs that share no event", _strangers(cameras, films))
    mixed = [_movement(times, _mixed(pictures)) for times, pictures in films]
    yield from _traps(
        "one event, quarters in another order",
        [lay_along(cameras[one], mixed[other]) for one, other in product(range(4), range(4)) if one != other],
    )


def _strangers(cameras: list[Movement], films: list[tuple[Times, Pictures]]) -> list[Meeting | None]:
    times, film = _read(_FIXED)
    at_s = times / NS_PER_S
    chosen = [(at_s >= begin) & (at_s < begin + _LENGTH_S) for begin in np.arange(0.0, _LAST_S, _STEP_S)]
    parts = [_movement(times[one], film[one]) for one in chosen]
    others = [*parts, *(_movement(times[:185], film[one : one + 185][::-1]) for one in range(0, 1200, 190))]
    others += [_movement(*_read(path)) for path in _CARRIED]
    found = [lay_along(one, other) for one, other in product(cameras, others)]
    found += [
        lay_along(one, _movement(times[0] + times[-1] - times[::-1], pictures[::-1]))
        for one, (times, pictures) in product(cameras, films)
    ]
    return found + [
        lay_along(parts[one], parts[two]) for one, two in combinations(range(len(parts)), 2) if two > one + 1
    ]


def _traps(name: str, found: list[Meeting | None]) -> Iterator[Measurement]:
    known = [one for one in found if one is not None]
    moving = [one.margin for one in known if one.moving_s >= LEAST_MOVING_S]
    yield below(f"{name}: possible", sum(one.is_possible for one in known), unit="pairs", bound=0)
    yield Measurement(
        f"{name}: something moves in both for 10 s", len(moving), len(found), "pairs", "all", len(moving) / len(found),
        "-", True,
    )  # fmt: skip
    for words, margins in (("best margin", moving), ("  with those that hardly move", [one.margin for one in known])):
        best = max(margins)
        yield Measurement(f"{name}: {words}", best, MARGIN, "deviations", "bar", best / MARGIN, "-", True)


def _read(path: Path) -> tuple[Times, Pictures]:
    times, pictures = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            times.append(round(frame.time * NS_PER_S))
            pictures.append(shrink(frame)[0])
    return np.array(times, dtype=np.int64), np.stack(pictures)


def _movement(times: Times, pictures: Pictures) -> Movement:
    return find_movement(read_change(zip(times.tolist(), pictures, strict=True)))


def _mixed(pictures: Pictures) -> Pictures:
    quarters = np.array_split(pictures, len(_QUARTERS))
    return np.concatenate([quarters[one] for one in _QUARTERS])
