"""Makes small sound recordings with a click every tenth of a second, and finds clicks in samples."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from evidence.records import ItemClass, Recording, StreamInfo, StreamKind
from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.timeline import PlacedRecording
from tests.support.clips import START_NS

RATE = 48_000


def make_sound(path: Path, seconds: float, codec: str = "flac") -> Path:
    """Write a mono recording with a click at every tenth of a second."""
    samples = np.zeros(int(seconds * RATE), dtype=np.float32)
    for start in range(0, len(samples), RATE // 10):
        samples[start : start + RATE // 2000] = 0.9
    return write_sound(path, samples, codec)


def make_tone(path: Path, seconds: float, hertz: float, *, is_steady: bool = False) -> Path:
    """Write a mono recording of a tone that is on for a quarter of a second and off for the next, or always on."""
    at = np.arange(int(seconds * RATE)) / RATE
    samples = np.where(is_steady | (at % 0.5 < 0.25), 0.5 * np.sin(2 * np.pi * hertz * at), 0).astype(np.float32)
    return write_sound(path, samples)


def write_sound(path: Path, samples: NDArray[np.float32], codec: str = "flac", rate: int = RATE) -> Path:
    """Write a mono recording."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        size = 1024
        for start in range(0, len(samples), size):
            part = (samples[start : start + size] * 32_767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = rate
            frame.pts = start
            frame.time_base = Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def place_sound(path: Path, seconds: float, clock: ClockMap, start_ns: int = START_NS) -> PlacedRecording:
    """Place a sound recording whose device clock read `start_ns` at its first sample."""
    stream = StreamInfo(0, StreamKind.AUDIO, "flac", Fraction(1, RATE), 0, int(seconds * RATE), 1)
    recording = Recording(
        id=path.name,
        camera_id="camera-0",
        path_bytes=os.fsencode(path),
        display_name=path.name,
        size_bytes=path.stat().st_size,
        mtime_ns=0,
        sha256="",
        item_class=ItemClass.MASTER,
        exhibit="",
        container="flac",
        duration_ns=int(seconds * NS_PER_S),
        streams=(stream,),
        video_stream=None,
        audio_stream=0,
        continues=None,
        added_ns=0,
    )
    return PlacedRecording(recording, clock, DeviceTime(start_ns), 0, 1_000_000, "test", None)


def clicks_in(samples: NDArray[np.int16]) -> list[int]:
    """Return where clicks begin in int16[samples, 2]."""
    loud = np.abs(samples[:, 0].astype(np.int32)) > 9_000
    starts = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    starts = np.concatenate([[0], starts]) if loud[0] else starts
    return [int(start) for number, start in enumerate(starts) if number == 0 or start - starts[number - 1] > 1000]
