"""An experiment with movement on real silent recordings (decision 23): pairs of one event, and pairs that share none.

It needs `../shared/media`. The calibration set's four cameras are paired with one another, with one another run
backwards, and with stretches of another fixed camera, backwards and forwards, and of cameras that are carried; the
stretches with one another too. Run backwards, a camera of the same event meets its own rival, so those cannot pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.measurement import Measurement, below
from tests.bench.movement.compare import Standing, compare
from tests.bench.movement.moving import Array, read_movement, read_pictures

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
_BAR, _MOVING_S = 3.0, 10.0


def measure() -> Iterator[Measurement]:
    """Yield the measurements; none where the recordings are not there."""
    if not _FIXED.exists():
        return
    pictures = [read_pictures(path) for path in _SET]
    cameras = [read_movement(*one) for one in pictures]
    same = [_known(compare(one, other)) for one, other in combinations(cameras, 2)]
    right = sum(abs(one.lag_s) <= _FRAME_S for one in same)
    yield Measurement(
        "pairs of one event, likeliest lag within a frame", right, 6, "pairs", "all", right / 6, "-", True
    )
    yield from _figures("pairs of one event", same)
    times, film = read_pictures(_FIXED)
    begins = np.arange(0.0, _LAST_S, _STEP_S)
    parts = [
        read_movement(times[one], film[one]) for one in ((times >= at) & (times < at + _LENGTH_S) for at in begins)
    ]
    others = [*parts, *(_backwards(times[:185], film[one : one + 185]) for one in range(0, 1200, 190))]
    others += [read_movement(*read_pictures(path)) for path in _CARRIED]
    strange = [compare(one, other) for one, other in product(cameras, others)]
    strange += [compare(one, _backwards(*other)) for one, other in product(cameras, pictures)]
    strange += [compare(parts[one], parts[two]) for one, two in combinations(range(len(parts)), 2) if two > one + 1]
    yield from _figures("pairs that share no event", [one for one in strange if one is not None])


def _figures(name: str, found: list[Standing]) -> Iterator[Measurement]:
    moving = [one for one in found if one.moving_s >= _MOVING_S]
    passed = sum(one.margin >= _BAR for one in moving)
    margins = [one.margin for one in moving]
    if name.endswith("no event"):
        yield below(f"{name}: over the bar", passed, unit="pairs", bound=0)
        yield Measurement(
            f"{name}: best margin", max(margins), _BAR, "deviations", "bar", max(margins) / _BAR, "-", True
        )
        still = max(one.margin for one in found)
        yield Measurement("  with those that hardly move", still, _BAR, "deviations", "bar", still / _BAR, "-", True)
    else:
        yield Measurement(f"{name}: over the bar", passed, len(found), "pairs", "all", passed / len(found), "-", True)
        yield Measurement(
            f"{name}: least margin", min(margins), _BAR, "deviations", "bar", min(margins) / _BAR, "-", True
        )
    yield Measurement(f"{name}: that move for 10 s", len(moving), len(found), "pairs", "all", 1.0, "-", True)


def _backwards(times: NDArray[np.float64], pictures: Array) -> Array:
    return read_movement(times[0] + times[-1] - times[::-1], pictures[::-1])


def _known(standing: Standing | None) -> Standing:
    assert standing is not None
    return standing
