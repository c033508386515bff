"""One street of 100 m: who sounds where and when, and what each recorder hears of it by its own clock.

Recorders stand anywhere; each has its own wind and hiss, its own talker beside it, its own clock (150 ppm either way),
its own start, and a codec. Everything follows from a seed. Truth: when each recorder's first sample was taken, its
rate, and for each source by how much its sound is late at each recorder.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.demo import sounds

RATE = 16_000
SPEED_OF_SOUND = 343.0
STREET_M = 100.0

Track = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Recorder:
    """A recorder and what it heard.

    Attributes:
        place: metres along and across the street.
        start_s: true time of its first sample.
        rate_ppm: how fast its clock runs.
        samples: by its own clock, 16 kHz nominal.
        codec: name of how it is stored.
        is_worn: whether its wearer speaks beside it.
    """

    place: tuple[float, float]
    start_s: float
    rate_ppm: float
    samples: Track
    codec: str
    is_worn: bool

    def device_s(self, true_s: float) -> float:
        """Return the recorder's own time (0 at its first sample) at a true time."""
        return (true_s - self.start_s) * (1 + self.rate_ppm * 1e-6)

    @property
    def end_s(self) -> float:
        """True time of its end."""
        return self.start_s + len(self.samples) / RATE / (1 + self.rate_ppm * 1e-6)


@dataclass(frozen=True, eq=False)
class _Source:
    place: tuple[float, float]
    at_s: float
    samples: Track
    gain: float


@dataclass(frozen=True, eq=False)
class Street:
    """One incident.

    Attributes:
        sources: places from which something sounded, with the true time from and until when.
    """

    recorders: tuple[Recorder, ...]
    sources: tuple[tuple[tuple[float, float], float, float], ...] = field(default=())


CODECS = ("amr", "aac16", "aac32", "aac64", "amr", "aac24", "mp2", "wav")
"""How recorders store their sound, as `files` knows them."""


def make_street(
    seed: int, *, recorders: int, span_s: float = 780.0, shortest_s: float = 90.0, longest_s: float = 420.0
) -> Street:
    """Make one incident of the hard kind."""
    chance = np.random.default_rng([seed, 77])
    places = [(float(chance.uniform(0, STREET_M)), float(chance.uniform(-6, 6))) for _ in range(recorders)]
    worn = [bool(chance.random() < 0.6) for _ in places]
    sources = _sources(chance, span_s, [place for place, is_worn in zip(places, worn, strict=True) if is_worn])
    made = []
    for place, is_worn in zip(places, worn, strict=True):
        length = float(chance.uniform(shortest_s, longest_s))
        start = float(chance.uniform(0, min(600.0, span_s - length)))
        rate = float(chance.uniform(-150, 150))
        samples = _hear(chance, sources, place, start, length, rate)
        codec = CODECS[int(chance.integers(len(CODECS)))]
        made.append(Recorder(place, start, rate, samples, codec, is_worn))
    spans = tuple((one.place, one.at_s, one.at_s + len(one.samples) / RATE) for one in sources)
    return Street(tuple(made), spans)


def make_trap(seed: int, kind: str, *, nights: int = 2, length_s: float = 150.0) -> tuple[Recorder, ...]:
    """Make recordings of different nights that share only a sound: `alarm`, `loop`, `song`, or nothing (`none`)."""
    made = []
    maker = {"alarm": _alarm, "loop": _loop, "song": _song}.get(kind)
    shared = None if maker is None else maker(seed, 600.0)
    for number in range(nights):
        chance = np.random.default_rng([seed, 99, number])
        place = (float(chance.uniform(0, STREET_M)), 0.0)
        sources = _sources(chance, length_s, [place])
        if shared is not None:
            cut = shared[int(chance.uniform(0, 300) * RATE) :]
            sources.append(_Source((place[0] + 8.0, 3.0), 0.0, cut, float(chance.uniform(2, 8))))
        rate = float(chance.uniform(-150, 150))
        samples = _hear(chance, sources, place, 5.0, length_s - 15, rate)
        made.append(Recorder(place, 5.0, rate, samples, CODECS[int(chance.integers(len(CODECS)))], is_worn=True))
    return tuple(made)


def _sources(chance: np.random.Generator, span_s: float, wearers: list[tuple[float, float]]) -> list[_Source]:
    found: list[_Source] = []
    talkers = [(place, 1.0) for place in wearers]
    talkers += [((float(chance.uniform(0, STREET_M)), float(chance.uniform(-6, 6))), 2.0) for _ in range(4)]
    for place, loud in talkers:
        at = float(chance.uniform(0, 20))
        pitch = float(chance.uniform(90, 230))
        while at < span_s - 6:
            speech = sounds.make_speech(chance, int(chance.integers(3, 12)), pitch)
            is_shout = chance.random() < 0.25
            beside = (place[0] + 0.25, place[1])
            found.append(_Source(beside, at, _narrow(speech), loud * (6.0 if is_shout else 1.0)))
            at += len(speech) / sounds.RATE + float(chance.exponential(9.0))
    for _ in range(int(span_s / 45)):
        maker = (sounds.make_slam, sounds.make_clap, sounds.make_thud)[int(chance.integers(3))]
        place = (float(chance.uniform(0, STREET_M)), float(chance.uniform(-8, 8)))
        found.append(_Source(place, float(chance.uniform(0, span_s - 2)), _narrow(maker(chance)), 15.0))
    if chance.random() < 0.6:
        length = float(chance.uniform(30, 90))
        siren = _narrow(sounds.make_siren(length))
        found.append(
            _Source((STREET_M * float(chance.random()), 0.0), float(chance.uniform(0, span_s / 2)), siren, 25.0)
        )
    if chance.random() < 0.3:
        found.append(_Source((50.0, 8.0), 0.0, _alarm(int(chance.integers(1 << 30)), span_s), 5.0))
    if chance.random() < 0.3:
        found.append(_Source((30.0, 8.0), 0.0, _loop(int(chance.integers(1 << 30)), span_s), 4.0))
    return found


def _hear(
    chance: np.random.Generator,
    sources: list[_Source],
    place: tuple[float, float],
    start_s: float,
    length_s: float,
    rate_ppm: float,
) -> Track:
    first = int((start_s - 1) * RATE)
    count = int((length_s + 2) * RATE)
    heard = np.zeros(count)
    for source in sources:
        for mirror, share in ((None, 1.0), (10.0, 0.25), (-10.0, 0.25)):
            across = source.place[1] if mirror is None else 2 * mirror - source.place[1]
            metres = max(0.3, float(np.hypot(source.place[0] - place[0], across - place[1])))
            at = (source.at_s + metres / SPEED_OF_SOUND) * RATE - first
            _add(heard, source.samples, at, source.gain * share / metres)
    noise = sounds.make_air(chance, count // 2, 1.0, 5.0)
    heard[: len(noise) * 2] += np.repeat(noise, 2) * float(chance.uniform(0.01, 0.05))
    wind = sounds.make_air(chance, count // 3, 2.0, 2.0)
    heard[: len(wind) * 3] += np.repeat(wind, 3) * float(chance.uniform(0.0, 0.15))
    heard += chance.standard_normal(count) * float(chance.uniform(0.001, 0.006))
    tilt = float(chance.uniform(-6, 4))
    toned = _shape(heard, float(chance.uniform(80, 250)), float(chance.uniform(3200, 7000)), tilt)
    taken = (1.0 + np.arange(int(length_s * RATE)) / RATE / (1 + rate_ppm * 1e-6)) * RATE
    samples = _between(toned, taken + (start_s - 1) * RATE - first)
    return _agc(chance, samples)


def _add(heard: NDArray[np.float64], samples: Track, at: float, gain: float) -> None:
    if gain < 1e-3:
        return
    whole = int(np.floor(at))
    part = at - whole
    taps = np.array([-0.5 * part + part**2 - 0.5 * part**3, 1 - 2.5 * part**2 + 1.5 * part**3,
                     0.5 * part + 2 * part**2 - 1.5 * part**3, -0.5 * part**2 + 0.5 * part**3])  # fmt: skip
    begin = max(0, whole - 2)
    first = max(0, begin - whole)
    last = min(len(samples), len(heard) - whole - 3)
    if last <= first or whole + first < 2:
        first = max(first, 2 - whole)
        if last <= first:
            return
    part_of = np.convolve(samples[first:last], taps[::-1])
    heard[whole + first - 2 : whole + first - 2 + len(part_of)] += gain * part_of


def _between(samples: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.clip(np.floor(at).astype(np.int64), 1, len(samples) - 3)
    part = at - whole
    a, b, c, d = (samples[whole + shift] for shift in (-1, 0, 1, 2))
    return b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))


def _agc(chance: np.random.Generator, samples: NDArray[np.float64]) -> Track:
    block = RATE // 4
    level = np.sqrt(np.array([np.mean(samples[at : at + block] ** 2) for at in range(0, len(samples), block)]) + 1e-10)
    smooth = np.convolve(np.pad(level, 4, mode="edge"), np.ones(9) / 9, "valid")
    gain = (0.08 / smooth) ** float(chance.uniform(0.2, 0.8))
    curve = np.interp(np.arange(len(samples)), np.arange(len(gain)) * block + block / 2, gain)
    loud = float(chance.uniform(1.0, 4.0))
    return np.asarray(np.clip(samples * curve * loud, -0.9, 0.9), dtype=np.float32)


def _shape(sound: NDArray[np.float64], low_hz: float, high_hz: float, tilt_db: float) -> NDArray[np.float64]:
    size = 1 << (len(sound) - 1).bit_length()
    frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = 1 / (1 + (low_hz / frequency) ** 4) / (1 + (frequency / high_hz) ** 4)
    gain *= 10 ** (tilt_db / 20 * np.log2(frequency / 1000) / 4)
    return np.fft.irfft(np.fft.rfft(sound, size) * gain)[: len(sound)]


def _narrow(sound: sounds.Samples) -> Track:
    """Return a sound at 16 kHz."""
    import scipy.signal

    return np.asarray(scipy.signal.resample_poly(sound, 1, 3), dtype=np.float32)


def _alarm(seed: int, seconds: float) -> Track:
    """Return a burglar alarm: the same two tones, over and over, exactly periodic."""
    chance = np.random.default_rng([seed, 5])
    period = float(chance.uniform(0.4, 1.6))
    t = np.arange(int(seconds * RATE)) / RATE
    high, low = float(chance.uniform(1800, 3000)), float(chance.uniform(900, 1700))
    is_high = (t % period) < period / 2
    phase = 2 * np.pi * np.cumsum(np.where(is_high, high, low)) / RATE
    return np.asarray(0.4 * np.sign(np.sin(phase)) * 0.6, dtype=np.float32)


def _bar(chance: np.random.Generator, beat_s: float) -> Track:
    bar = np.zeros(int(4 * beat_s * RATE))
    for beat in range(8):
        at = int(beat * beat_s / 2 * RATE)
        drum = chance.standard_normal(int(0.08 * RATE)) * np.exp(-np.arange(int(0.08 * RATE)) / (0.015 * RATE))
        bar[at : at + len(drum)] += drum[: len(bar) - at] * (0.5 if beat % 2 else 0.2)
        note = 110 * 2 ** (int(chance.integers(0, 36)) / 12)
        length = min(int(beat_s / 2 * RATE), len(bar) - at)
        t = np.arange(length) / RATE
        bar[at : at + length] += sum(np.sin(2 * np.pi * note * n * t) / n for n in (1, 2, 3)) * np.exp(-t * 3) * 0.4
    return np.asarray(bar, dtype=np.float32)


def _loop(seed: int, seconds: float) -> Track:
    """Return dance music: eight bars, over and over."""
    chance = np.random.default_rng([seed, 6])
    beat = float(chance.uniform(0.42, 0.6))
    bars = [_bar(chance, beat) for _ in range(8)]
    loop = np.concatenate(bars)
    return np.tile(loop, int(seconds * RATE / len(loop)) + 1)[: int(seconds * RATE)]


def _song(seed: int, seconds: float) -> Track:
    """Return a song that never repeats a bar: the hardest trap, for only the rest of the sound tells."""
    chance = np.random.default_rng([seed, 7])
    beat = float(chance.uniform(0.42, 0.6))
    bars = [_bar(chance, beat) for _ in range(int(seconds / beat / 4) + 1)]
    return np.concatenate(bars)[: int(seconds * RATE)]
