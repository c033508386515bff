"""Frames of AMR (20 ms each), of which a packet may hold several; FFmpeg 5.1 decodes the first of these alone.

So the bytes are taken out of the container by FFmpeg's program, parted by their headers (RFC 4867), and given to it
again as a file of AMR, which it decodes whole.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FRAME_S = Fraction(20, 1000)
_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_MAGIC = b"#!AMR\n"


@dataclass(frozen=True)
class AmrFrame:
    """One frame.

    Attributes:
        time: seconds at which it is presented.
        data: its header and its speech.
    """

    time: Fraction
    data: bytes


@cache
def amr_frames(path: Path) -> tuple[AmrFrame, ...]:
    """Return the frames of a file's first sound, by FFmpeg's program."""
    chosen = ["ffmpeg", "-v", "error", "-copyts", "-i", str(path), "-map", "0:a:0", "-c", "copy", "-f"]
    data = subprocess.run([*chosen, "data", "-"], check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
    text = subprocess.run([*chosen, "framemd5", "-"], check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
    lines = text.decode().splitlines()
    base = next(Fraction(line.split(":")[1].strip()) for line in lines if line.startswith("#tb 0"))
    frames, place = [], 0
    for line in lines:
        if not line or line.startswith("#"):
            continue
        _stream, _dts, pts, _duration, size = (int(part) for part in line.split(",")[:5])
        end, time = place + size, pts * base
        while place < end:
            length = _SIZES[data[place] >> 3 & 15]
            frames.append(AmrFrame(time, data[place : place + length]))
            place, time = place + length, time + FRAME_S
        assert place == end, "a packet of AMR does not end with a frame"
    return tuple(frames)


def write_amr(path: Path, frames: tuple[AmrFrame, ...]) -> None:
    """Write frames as a file that FFmpeg's program reads frame by frame."""
    path.write_bytes(_MAGIC + b"".join(frame.data for frame in frames))


def decoded_amr(path: Path, folder: Path) -> NDArray[np.float32]:
    """Return a file's first sound as FFmpeg's program decodes its frames one by one, at 8 kHz; float32[samples]."""
    parted = folder / "parted.amr"
    write_amr(parted, amr_frames(path))
    command = ["ffmpeg", "-v", "error", "-i", str(parted), "-f", "f32le", "-ac", "1", "-ar", "8000", "-"]
    raw = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
    return np.frombuffer(raw, dtype="<f4")
