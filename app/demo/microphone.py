"""What each microphone records: every sound late by its path, weaker by its distance, by the device's own clock.

For every sample the time at which it was taken follows from the device's clock; for every source, distance over the
speed of sound says what was sent how long before. One echo off either row of houses is added. Noise, equalisation,
automatic gain and clipping are the microphone's own. Nothing in that chain shifts the sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.demo import sounds
from app.demo.plan import FilePlan, Plan
from app.demo.rig import Rig
from app.demo.script import NOISES, PEOPLE, PERSON, SIREN_END, SPEECH, WALL_Y, Person, police_car
from app.demo.sounds import RATE, Samples
from app.demo.truth import Heard, Point
from evidence.times import NS_PER_S, IncidentTime

SPEED_OF_SOUND = 343.0
"""Metres a second in air of 20 degrees."""

_NEAREST_M = 0.3
_ECHO = 0.22
_PATH_HZ = 100
_MOUTH_M = 0.32

Track = NDArray[np.float64]
"""float64[moments, 3]: places."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sound that starts at second `at` of the story, from a place that may move.

    Attributes:
        place: from seconds of the story to places, float64[n] to float64[n, 3].
    """

    at: float
    samples: Samples
    gain: float
    place: Callable[[Track], Track]
    who: str = ""


@dataclass(frozen=True, slots=True)
class _SampleClock:
    """When samples are taken: the first at `start`, the others every `pace`, seconds of the story."""

    start: float
    pace: float


@dataclass(frozen=True, eq=False)
class _Ear:
    """A microphone.

    Attributes:
        places: float64[n, 4], seconds of the story and where it was.
        carrier: who carries it, and speaks right beside it.
    """

    places: Track
    carrier: Person | None


@dataclass(frozen=True, slots=True)
class _Tone:
    """How a device's microphone sounds."""

    low_hz: float
    high_hz: float
    tilt_db: float
    hiss: float
    wind: float
    gain: float


_TONES = {
    "bwv-412": _Tone(110, 7200, 1.0, 0.0022, 0.012, 0.62),
    "bwv-88": _Tone(90, 7800, 2.0, 0.0018, 0.008, 0.66),
    "bwv-31": _Tone(140, 6300, -1.5, 0.0034, 0.016, 0.74),
    "phone": _Tone(70, 12000, 1.5, 0.0012, 0.006, 0.9),
    "dashcam": _Tone(60, 5200, -5.0, 0.004, 0.02, 1.0),
}


def record_sound(plan: Plan, file: FilePlan) -> Samples:
    """Return what a file's microphone recorded: 48 kHz by the device's clock, from the first frame on."""
    count = file.duration_ns * RATE // NS_PER_S
    start = (file.incident_ns[0] - plan.origin_ns) / NS_PER_S
    pace = 1 / RATE / (1 + file.clock[0].rate_ppb / 1e9)
    heard = np.zeros(count, dtype=np.float64)
    rig = Rig(file.camera.key)
    microphone = _tabulate(rig.position, start - 0.5, start + count * pace + 0.5)
    for source in sources(plan.request.seed):
        _add(heard, source, _SampleClock(start, pace), _Ear(microphone, rig.carrier))
    return _recorded(heard, file, plan.request.seed)


def hear(plan: Plan, file: FilePlan) -> tuple[Heard, ...]:
    """Return when the short sounds reached a file's microphone, as far as it was recording."""
    rig = Rig(file.camera.key)
    end = file.instant_of(file.end_pts)
    found = []
    for noise in NOISES:
        arrival = noise.at
        for _ in range(4):  # the microphone moves while the sound is under way; four rounds settle it to below a ns
            arrival = noise.at + _distance(noise.position, rig.position(arrival)) / SPEED_OF_SOUND
        instant = plan.origin_ns + round(arrival * NS_PER_S)
        if file.incident_ns[0] <= instant < end:
            found.append(Heard(noise.key, IncidentTime(instant), round((arrival - noise.at) * NS_PER_S)))
    return tuple(found)


@cache
def sources(seed: int) -> tuple[Source, ...]:
    """Return every sound of the story, in the same order and of the same samples every time."""
    return tuple(_make_sources(seed))


def _make_sources(seed: int) -> Iterator[Source]:
    makers = {"clap": sounds.make_clap, "slam": sounds.make_slam, "thud": sounds.make_thud}
    for number, noise in enumerate(NOISES):
        made = makers[noise.kind](np.random.default_rng([seed, 1, number]))
        yield Source(noise.at, made, noise.gain * 1.6, _fixed(noise.position))
    for number, words in enumerate(SPEECH):
        made = sounds.make_speech(np.random.default_rng([seed, 2, number]), words.syllables, words.pitch_hz)
        yield Source(words.at, made, words.gain, _mouth(PERSON[words.who]), words.who)
    yield Source(0.0, sounds.make_siren(SIREN_END), 5.0, _car)
    for number, person in enumerate(PEOPLE):
        chance = np.random.default_rng([seed, 3, number])
        for at, place in _steps(person):
            yield Source(at, sounds.make_step(chance), 0.11, _fixed(place), person.key)


def _add(heard: NDArray[np.float64], source: Source, clock: _SampleClock, ear: _Ear) -> None:
    """Add one source, straight and by its echoes, to what is heard."""
    start, pace, microphone, carrier = clock.start, clock.pace, ear.places, ear.carrier
    is_own = carrier is not None and carrier.key == source.who
    begin, end = source.at, source.at + len(source.samples) / RATE
    first = max(0, int((begin - start) / pace))
    last = min(len(heard), int((end + 0.7 - start) / pace))
    if first >= last:
        return
    seconds = start + np.arange(first, last) * pace
    coarse = np.arange(seconds[0] - 0.02, seconds[-1] + 0.03, 1 / _PATH_HZ)
    here = np.stack([np.interp(coarse, microphone[:, 0], microphone[:, axis]) for axis in (1, 2, 3)], axis=1)
    there = source.place(coarse)
    for mirror, share in ((None, 1.0), (WALL_Y, _ECHO), (-WALL_Y, _ECHO)):
        if mirror is not None and is_own:
            continue
        image = there if mirror is None else there * (1, -1, 1) + (0, 2 * mirror, 0)
        distance = np.sqrt(((image - here) ** 2).sum(axis=1))
        if is_own:
            distance = np.full_like(distance, _MOUTH_M)
        path = np.interp(seconds, coarse, distance)
        gain = source.gain * share / np.maximum(path, _NEAREST_M)
        heard[first:last] += gain * _sampled(source.samples, (seconds - path / SPEED_OF_SOUND - begin) * RATE)


def _sampled(samples: Samples, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a signal between its samples, by third-order (Catmull-Rom) interpolation; nothing outside of it."""
    whole = np.floor(at).astype(np.int64)
    part = at - whole
    padded = np.concatenate([np.zeros(2), samples, np.zeros(3)]).astype(np.float64)
    place = np.clip(whole + 1, 0, len(padded) - 4)
    a, b, c, d = (padded[place + shift] for shift in range(4))
    curve = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
    return np.where((whole >= -1) & (whole < len(samples)), curve, 0.0)


def _recorded(heard: NDArray[np.float64], file: FilePlan, seed: int) -> Samples:
    """Put sound through a device: city and wind, its tone, automatic gain, clipping."""
    tone = _TONES[file.camera.key]
    chance = np.random.default_rng([seed, 4, file.camera.code, file.number])
    sound = heard + tone.wind * sounds.make_air(chance, len(heard), 2.0, 2.2)
    sound += 0.006 * sounds.make_air(chance, len(heard), 1.0, 9.0)
    shaped = sounds.shape(sound.astype(np.float32), tone.low_hz, tone.high_hz, tone.tilt_db)
    shaped += np.asarray(tone.hiss * chance.standard_normal(len(shaped)), dtype=np.float32)
    levelled = shaped * _auto_gain(shaped) * tone.gain
    return np.asarray(np.tanh(levelled * 1.3) / 1.3, dtype=np.float32)


def _auto_gain(sound: Samples) -> Samples:
    """Return the gain of a device that turns loud passages down and quiet ones up within half a second."""
    block = RATE // 20
    blocks = -(-len(sound) // block)
    padded = np.pad(sound, (0, blocks * block - len(sound))).reshape(blocks, block)
    level = np.sqrt((padded.astype(np.float64) ** 2).mean(axis=1))
    kernel = np.hanning(13)[1:-1]
    smooth = np.convolve(np.pad(level, 5, mode="edge"), kernel / kernel.sum(), mode="valid")
    gain = np.clip(0.11 / np.maximum(smooth, 1e-4), 0.25, 4.0) ** 0.7
    at = (np.arange(blocks) + 0.5) * block
    return np.asarray(np.interp(np.arange(len(sound)), at, gain), dtype=np.float32)


def _tabulate(position: Callable[[float], Point], begin: float, end: float) -> Track:
    """Return times and places, a hundred a second; float64[n, 4]."""
    moments = np.arange(begin, end + 1 / _PATH_HZ, 1 / _PATH_HZ)
    return np.array([(t, *position(float(t))) for t in moments])


def _fixed(place: Point) -> Callable[[Track], Track]:
    return lambda seconds: np.tile(np.array(place), (len(seconds), 1))


def _mouth(person: Person) -> Callable[[Track], Track]:
    def place(seconds: Track) -> Track:
        spots = [person.at(float(t)) for t in seconds]
        return np.array([(x, y, person.height * 0.9) for x, y in spots])

    return place


def _car(seconds: Track) -> Track:
    return np.array([(*police_car(float(t))[:2], 1.5) for t in seconds])


def _steps(person: Person) -> list[tuple[float, Point]]:
    """Return when and where a person's feet come down: every 75 cm walked."""
    grid = np.arange(0.0, 66.0, 0.02)
    walked = np.array([person.gait(float(t))[0] for t in grid])
    numbers = np.floor(walked / 0.75)
    hits = grid[1:][np.diff(numbers) > 0]
    return [(float(t), (*person.at(float(t)), 0.03)) for t in hits]


def _distance(one: Point, other: Point) -> float:
    return float(np.sqrt(sum((a - b) ** 2 for a, b in zip(one, other, strict=True))))
