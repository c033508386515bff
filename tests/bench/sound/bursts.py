"""Clips whose sound says where it is: bursts at uneven distances, of pitches that return after 7 s only.

So an error below 3.6 s is never taken for another. Two cameras have other pitches and other moments. The frame codes
of the picture name the frames.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from tests.support.clips import Clip, ClipPlan, make_clip, open_clip
from tests.support.sounds import write_sound

RATE = 48_000
CAMERAS = 2

_SLOT_NS = 300_000_000
_JITTER_NS = 80_000_000
_PITCHES = 12
_LOWEST_HZ, _STEP_HZ = 700, 100
_LASTS_S = 0.03
_RAMP_S = 0.002
_SIZE = (480, 270)
_LOUD = 4_000
_QUIET_SAMPLES = RATE * 4 // 1000
_PART_SAMPLES = RATE // 5
_ONSET_OF_PEAK = 0.25


@dataclass(frozen=True)
class Burst:
    """One burst: of which camera, when in its clip (ns), and its pitch."""

    camera: int
    at_ns: int
    hertz: int


@dataclass(frozen=True)
class HeardBurst:
    """A burst in a recording: number of its first sample, and its pitch."""

    sample: int
    hertz: int


def plan_bursts(camera: int, seconds: float) -> list[Burst]:
    """Return the bursts of a camera."""
    chance = random.Random(camera)
    bursts: list[Burst] = []
    slot = 1 + camera
    while (at_ns := slot * _SLOT_NS + chance.randint(-_JITTER_NS, _JITTER_NS)) < seconds * 1e9 - _SLOT_NS:
        place = len(bursts) * 5 % _PITCHES
        bursts.append(Burst(camera, at_ns, _LOWEST_HZ + _STEP_HZ * (CAMERAS * place + camera)))
        slot += CAMERAS
    return bursts


def draw_burst(hertz: int) -> NDArray[np.float32]:
    """Return the samples of a burst."""
    at = np.arange(int(_LASTS_S * RATE)) / RATE
    shape = np.minimum(1, np.minimum(at, _LASTS_S - at) / _RAMP_S)
    return np.asarray(0.6 * shape * np.sin(2 * np.pi * hertz * at), dtype=np.float32)


def find_bursts(samples: NDArray[np.int16]) -> list[HeardBurst]:
    """Find all bursts of a recording; one that was stretched or broken counts once, from its onset."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _LOUD)
    if not len(loud):
        return []
    cuts = np.flatnonzero(np.diff(loud) > _QUIET_SAMPLES) + 1
    found: list[HeardBurst] = []
    for stretch in np.split(loud, cuts):
        part = samples[max(0, stretch[0] - _QUIET_SAMPLES) : stretch[-1] + 1].astype(np.float64)
        onset = int(np.argmax(np.abs(part) > _ONSET_OF_PEAK * np.abs(part).max()))
        burst = HeardBurst(max(0, int(stretch[0]) - _QUIET_SAMPLES) + onset, _pitch(part))
        if not found or burst.hertz != found[-1].hertz or burst.sample - found[-1].sample > _PART_SAMPLES:
            found.append(burst)
    return found


def make_burst_clips(folder: Path, seconds: int) -> list[Clip]:
    """Write the clips: 30 frames a second, each with its own sound, which both begin at 0."""
    return [_with_sound(folder, number, seconds) for number in range(CAMERAS)]


def clip_plan(number: int) -> ClipPlan:
    """Return what a clip is like but for its length."""
    return ClipPlan(number=number, size=_SIZE, gop=60, noise=12)


def _with_sound(folder: Path, number: int, seconds: int) -> Clip:
    plan = ClipPlan(number=number, frames=seconds * 30, size=_SIZE, gop=60, noise=12)
    picture = make_clip(folder, plan, f"picture-{number}.mp4")
    sound = write_sound(folder / f"sound-{number}.flac", _sound(plan_bursts(number, seconds), seconds))
    path = folder / f"both-{number}.mkv"
    with av.open(str(picture.path)) as one, av.open(str(sound)) as other, av.open(str(path), "w") as both:
        parts: list[tuple[float, int, av.Packet[Any], VideoStream | AudioStream]] = []
        for source, streams in ((one, one.streams.video), (other, other.streams.audio)):
            target = both.add_stream_from_template(streams[0])
            assert isinstance(target, VideoStream | AudioStream)
            for packet in source.demux(streams[0]):
                if packet.dts is not None and packet.time_base is not None:
                    parts.append((float(packet.dts * packet.time_base), len(parts), packet, target))
        for _, _, packet, target in sorted(parts, key=lambda part: part[:2]):
            packet.stream = target
            both.mux(packet)
    return open_clip(path, plan)


def _sound(bursts: Sequence[Burst], seconds: int) -> NDArray[np.float32]:
    samples = np.zeros(seconds * RATE, dtype=np.float32)
    for burst in bursts:
        begin = round(burst.at_ns * RATE / 1e9)
        shape = draw_burst(burst.hertz)
        samples[begin : begin + len(shape)] += shape
    return samples


def _pitch(part: NDArray[np.float64]) -> int:
    """Return the nearest pitch that there is."""
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 16_384))
    hertz = float(np.argmax(spectrum)) * RATE / 16_384
    return _LOWEST_HZ + _STEP_HZ * round((hertz - _LOWEST_HZ) / _STEP_HZ)
