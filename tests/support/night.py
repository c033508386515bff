"""Scenes by night: blue strobes, headlights, lamps, flashes, torches, seen by cameras with clocks of their own.

Each camera sees each light by its own share and place in its picture, adapts its exposure, has noise, people who walk
through its picture, and (where it is worn) sways. Times of light are true to a millisecond; a frame gathers light over
its exposure, which begins at its stamp.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from evidence.times import NS_PER_S
from sync.light.decode import COLUMNS, ROWS, Light

_STEPS = 1000
_WIDE, _HIGH = 48, 32
_BLUE = np.array([0.15, 0.3, 1.0])
_WARM = np.array([1.0, 0.85, 0.6])
_WHITE = np.array([1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Source:
    """A light.

    Attributes:
        colour: red, green, blue.
        power: float64[milliseconds of the scene], 0 to 1 and more.
    """

    colour: NDArray[np.float64]
    power: NDArray[np.float64]


@dataclass(frozen=True)
class Lens:
    """A camera.

    Attributes:
        rate: frames a second.
        start_s: true time of its first frame.
        length_s: how long it records, by its own clock.
        ppm: how fast its clock runs.
        exposure: share of a frame's time for which it gathers light.
        is_worn: whether it sways.
        skips: share of frames that are missing, as at a variable rate.
    """

    rate: Fraction
    start_s: float
    length_s: float
    ppm: float
    exposure: float
    is_worn: bool
    skips: float = 0.0

    def true_s(self, device_s: float) -> float:
        """Return the true time of the camera's own time (0 at its first frame)."""
        return self.start_s + device_s / (1 + self.ppm * 1e-6)

    def device_s(self, true_s: float) -> float:
        """Return the camera's own time at a true time."""
        return (true_s - self.start_s) * (1 + self.ppm * 1e-6)


def make_sources(
    seed: int, length_s: float, *, events_per_minute: float = 8.0, strobe: int | None = None
) -> list[Source]:
    """Make the lights of a night.

    Args:
        seed: which night.
        length_s: how long it is.
        events_per_minute: how many lights come, go or flash at no fixed time.
        strobe: which make of strobe; None for one of the night's own; the same make has the same pattern and period.
    """
    chance = np.random.default_rng([seed, 31])
    count = int(length_s * _STEPS)
    t = np.arange(count) / _STEPS
    make = np.random.default_rng([seed if strobe is None else strobe, 32])
    sources = []
    for number in range(int(chance.integers(1, 3)) if strobe is None else 1):
        period, lit, pulses = float(make.uniform(0.4, 0.8)), float(make.uniform(0.03, 0.07)), int(make.integers(1, 4))
        phase = (t * (1 + chance.uniform(-20, 20) * 1e-6) + chance.uniform(0, 5)) % period
        is_lit = (phase % (2 * lit) < lit) & (phase < 2 * lit * pulses)
        on, off = (0.0, length_s) if number == 0 else np.sort(chance.uniform(0, length_s, 2))
        wander = 0.7 + 0.3 * np.sin(2 * np.pi * t / chance.uniform(30, 90) + chance.uniform(0, 6))
        sources.append(Source(_BLUE, np.where((t > on) & (t < off), is_lit * wander, 0.0)))
    for _ in range(int(chance.poisson(events_per_minute * length_s / 60))):
        at, kind = float(chance.uniform(0, length_s)), int(chance.integers(4))
        power = np.zeros(count)
        if kind == 0:  # headlights that pass
            width = float(chance.uniform(0.2, 0.8))
            power = np.exp(-0.5 * ((t - at) / width) ** 2)
        elif kind == 1:  # a lamp switched on, and off again
            until = at + float(chance.exponential(6.0)) + 0.3
            power[int(at * _STEPS) : int(until * _STEPS)] = 0.5
        elif kind == 2:  # the flash of a camera
            power[int(at * _STEPS) : int(at * _STEPS) + 4] = 12.0
        else:  # a torch that is waved about
            length = int(chance.uniform(0.5, 2.5) * _STEPS)
            steps = chance.random(length // 120 + 2)
            wave = np.interp(np.arange(length) / 120, np.arange(len(steps)), steps)[: max(0, count - int(at * _STEPS))]
            power[int(at * _STEPS) : int(at * _STEPS) + len(wave)] = wave
        sources.append(Source(_WARM if kind < 2 else _WHITE, power * float(chance.uniform(0.4, 1.0))))
    return sources


def make_lens(chance: np.random.Generator, kind: str, *, start_s: float, length_s: float) -> Lens:
    """Make a camera: `bwv` (30 frames a second, worn), or `cctv12`, `cctv15`, `cctv25`."""
    rate = {"bwv": Fraction(30000, 1001), "cctv12": Fraction(25, 2), "cctv15": Fraction(15), "cctv25": Fraction(25)}[
        kind
    ]
    exposure = float(chance.uniform(0.3, 1.0))
    skips = 0.03 if kind == "cctv15" else 0.0
    return Lens(rate, start_s, length_s, float(chance.uniform(-100, 100)), exposure, kind == "bwv", skips)


def film(seed: int, sources: list[Source], lens: Lens) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return what a camera records: stamps in ns of its own time, and uint8[frames, height, width, 3], red first."""
    chance = np.random.default_rng([seed, 33])
    count = int(lens.length_s * float(lens.rate))
    kept = np.flatnonzero((chance.random(count) >= lens.skips) | (np.arange(count) == 0))
    stamps = np.array([int(one / lens.rate * NS_PER_S) for one in kept.tolist()], dtype=np.int64)
    starts = lens.start_s + stamps * 1e-9 / (1 + lens.ppm * 1e-6)
    ends = starts + lens.exposure / float(lens.rate)
    light = np.zeros((len(kept), len(sources)))
    for number, source in enumerate(sources):
        gathered = np.concatenate([[0.0], np.cumsum(source.power)]) / _STEPS
        edges = np.arange(len(gathered)) / _STEPS
        light[:, number] = (np.interp(ends, edges, gathered) - np.interp(starts, edges, gathered)) / (ends - starts)
    rows, columns = np.mgrid[0:_HIGH, 0:_WIDE] / _HIGH
    ground = _texture(chance)
    colours = np.array([one.colour for one in sources]).reshape(-1, 3)
    maps = np.stack([_spot(chance, rows, columns) for _ in sources]) if sources else np.zeros((0, _HIGH, _WIDE))
    walkers = [(chance.uniform(0, 1.5), chance.uniform(-0.2, 0.2), chance.uniform(0.3, 0.8)) for _ in range(3)]
    sway = np.cumsum(chance.standard_normal((len(kept), 2)), axis=0) if lens.is_worn else np.zeros((len(kept), 2))
    sway -= np.cumsum(sway, axis=0) / np.arange(1, len(kept) + 1)[:, None]
    pictures = np.zeros((len(kept), _HIGH, _WIDE, 3), dtype=np.uint8)
    gain = 1.0
    for number in range(len(kept)):
        fallen = 0.25 + np.tensordot(light[number, :, None] * colours, maps, axes=(0, 0)).transpose(1, 2, 0)
        shift = np.rint(sway[number] * 0.35).astype(int)
        picture = np.roll(ground, tuple(shift), axis=(0, 1))[:, :, None] * fallen
        for x, speed, y in walkers:
            place = (x + speed * starts[number] * 0.3) % 1.7 - 0.1
            inside = (np.abs(columns - place) < 0.05) & (np.abs(rows - y) < 0.2)
            picture[inside] *= 0.4
        gain += 0.1 * (np.clip(0.3 / (picture.mean() + 1e-3), 0.4, 3.0) - gain)
        noisy = 255 * np.clip(gain * picture, 0, 1) + chance.standard_normal((_HIGH, _WIDE, 1)) * 6
        pictures[number] = np.clip(noisy, 0, 255)
    return stamps, pictures


def as_light(stamps: NDArray[np.int64], pictures: NDArray[np.uint8]) -> Light:
    """Return what `read_light` would make of the pictures if they were not compressed."""
    red, green, blue = (pictures[..., one].astype(np.float32) for one in range(3))
    luma = 16 + (65.7 * red + 129.1 * green + 25.1 * blue) / 256
    chroma = (-37.9 * red - 74.5 * green + 112.4 * blue) / 256
    made = []
    for plane in (luma, chroma):
        cells = plane.reshape(len(stamps), ROWS, _HIGH // ROWS, COLUMNS, _WIDE // COLUMNS).mean(axis=(2, 4))
        made.append(np.asarray(cells.reshape(len(stamps), -1), dtype=np.float32))
    return Light(stamps, int(stamps[-1] + np.median(np.diff(stamps))), made[0], made[1])


def write_film(path: Path, stamps: NDArray[np.int64], pictures: NDArray[np.uint8], *, quality: int = 30) -> Path:
    """Write it as H.264 in MP4 without sound, four times as large; `quality` is x264's rate factor."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 4 * _WIDE, 4 * _HIGH, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
        stream.options = {"crf": str(quality), "preset": "ultrafast", "threads": "1"}
        for stamp, picture in zip(stamps, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture.repeat(4, 0).repeat(4, 1)), format="rgb24")
            frame.pts, frame.time_base = round(int(stamp) * 90_000 / NS_PER_S), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _texture(chance: np.random.Generator) -> NDArray[np.float64]:
    coarse = chance.uniform(0.2, 0.9, (_HIGH // 4, _WIDE // 4))
    return coarse.repeat(4, 0).repeat(4, 1) * chance.uniform(0.9, 1.1, (_HIGH, _WIDE))


def _spot(chance: np.random.Generator, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a light falls where: a little everywhere, most around a place, or next to nothing at all."""
    y, x, width = chance.uniform(0, 1), chance.uniform(0, 1.5), chance.uniform(0.15, 0.5)
    near = np.exp(-0.5 * ((rows - y) ** 2 + (columns - x) ** 2) / width**2)
    strength = float(chance.choice([1.0, 0.5, 0.15, 0.02]))
    return np.asarray(strength * (0.1 + near))
