"""Somebody who moves about and waves, seen by fixed cameras from several sides: small pictures, with true times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from evidence.times import NS_PER_S

_HIGH, _WIDE = 64, 96
_STEPS = 100
_NOISE = 1.5
_PARTS = ((0.0, 0.0, 0.85, 0.26, 70), (0.0, 0.0, 1.6, 0.14, 190), (0.3, 0.0, 1.1, 0.1, 20), (-0.3, 0.0, 1.1, 0.1, 230))
"""Body, head and two hands: where they are (m: right, away, up), how large, how bright."""


@dataclass(frozen=True)
class View:
    """A fixed camera that looks at the middle of the place.

    Attributes:
        degrees: from which side.
        rate: frames a second.
        start_s: true time of its first frame.
        length_s: how long it records.
    """

    degrees: float
    rate: Fraction
    start_s: float
    length_s: float


@dataclass(frozen=True, eq=False)
class Mover:
    """Somebody who moves.

    Attributes:
        places: of each part, m: float64[parts, steps, 3], `_STEPS` a second.
    """

    places: NDArray[np.float64]

    def at(self, true_s: float) -> NDArray[np.float64]:
        """Return where each part is: float64[parts, 3]."""
        return self.places[:, min(round(true_s * _STEPS), self.places.shape[1] - 1)]


def make_mover(seed: int, length_s: float) -> Mover:
    """Make somebody who moves for a time, unlike anybody of another seed."""
    chance = np.random.default_rng([seed, 71])
    count = int(length_s * _STEPS)
    walk = _wander(chance, count, 0.9 * _STEPS) * np.array([1.6, 1.6, 0.0])
    reach = np.array([[0.05, 0.05, 0.0], [0.08, 0.08, 0.05], [0.7, 0.7, 0.6], [0.7, 0.7, 0.6]])
    parts = [
        np.array(part[:3]) + walk + _wander(chance, count, 0.35 * _STEPS) * far
        for part, far in zip(_PARTS, reach, strict=True)
    ]
    return Mover(np.stack(parts))


def frames_of(
    mover: Mover | None, view: View, *, seed: int, sways: bool = False
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield stamps, ns from the first frame, and luma uint8[64, 96] of what a camera sees; of nobody where it is None.

    Args:
        mover: who moves.
        view: the camera.
        seed: of its ground and noise.
        sways: whether it is carried.
    """
    chance = np.random.default_rng([seed, 72])
    ground = scipy.ndimage.gaussian_filter(chance.uniform(0, 255, (2 * _HIGH, 2 * _WIDE)), 2) * 2.5 - 190
    count = int(view.length_s * view.rate)
    sway = 5 * _wander(chance, count, 2.0)[:, :2] if sways else np.zeros((count, 2))
    turn = np.deg2rad(view.degrees)
    across, away = np.array([np.cos(turn), np.sin(turn), 0]), np.array([-np.sin(turn), np.cos(turn), 0])
    rows, columns = np.mgrid[:_HIGH, :_WIDE]
    for number in range(count):
        stamp_ns = round(number / view.rate * NS_PER_S)
        down, right = (np.rint(sway[number]) + np.array([_HIGH / 2, _WIDE / 2])).astype(int)
        picture = ground[down : down + _HIGH, right : right + _WIDE].copy()
        parts = np.zeros((0, 3)) if mover is None else mover.at(view.start_s + stamp_ns / NS_PER_S)
        seen = [(float(place @ away) + 5.5, place, part) for place, part in zip(parts, _PARTS, strict=False)]
        for far, place, (*_, size, bright) in sorted(seen, key=lambda one: -one[0]):
            scale = 90 / max(far, 1.0)
            x, y = _WIDE / 2 + scale * float(place @ across), 0.75 * _HIGH - scale * (float(place[2]) - 0.4)
            tall = 2.4 if bright == _PARTS[0][-1] else 1.0
            picture[((columns - x) / (scale * size)) ** 2 + ((rows - y) / (scale * size * tall)) ** 2 < 1] = bright
        picture += _NOISE * chance.standard_normal(picture.shape)
        yield stamp_ns, np.clip(picture, 0, 255).astype(np.uint8)


def write_view(path: Path, mover: Mover, view: View, *, seed: int) -> Path:
    """Write what a camera sees as H.264 in MP4 without sound, twice as large."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=view.rate)
        stream.width, stream.height, stream.pix_fmt = 2 * _WIDE, 2 * _HIGH, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
        stream.options = {"crf": "23", "preset": "ultrafast", "threads": "1"}
        for stamp_ns, luma in frames_of(mover, view, seed=seed):
            picture = np.full((3 * _HIGH, 2 * _WIDE), 128, dtype=np.uint8)
            picture[: 2 * _HIGH] = luma.repeat(2, 0).repeat(2, 1)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = round(stamp_ns * 90_000 / NS_PER_S), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _wander(chance: np.random.Generator, count: int, smooth: float) -> NDArray[np.float64]:
    """Return a smooth way of about one metre to all sides: float64[count, 3]; `smooth` is in samples."""
    rough = scipy.ndimage.gaussian_filter1d(chance.standard_normal((count, 3)), smooth, axis=0)
    return np.asarray(rough / (rough.std(axis=0) + 1e-9) * 0.6)
