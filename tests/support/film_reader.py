"""Reads a film through FFmpeg's program, all that is asked for in one run: its start costs as much as a short film."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_WIDTH, _HEIGHT = 64, 36


@dataclass(frozen=True)
class Stamped:
    """A packet.

    Attributes:
        digest: MD5 of its bytes.
        time: seconds at which it is presented, or None where the container says nothing.
    """

    digest: str
    time: Fraction | None


@dataclass(frozen=True)
class Film:
    """What FFmpeg's program shows of a file.

    Attributes:
        pixels: MD5 of every frame's planes, in order.
        times: seconds of every frame.
        small: uint8[frames, 3, height, width], each frame's planes made small.
        packets: MD5 of every packet of the picture in order of decoding, hidden ones too; empty if not asked for.
        sound_packets: every packet of the first sound that is played, by the edit list's time; likewise.
        samples: float32, all channels of the first sound one after another in each; likewise.
    """

    pixels: tuple[str, ...]
    times: tuple[Fraction, ...]
    small: NDArray[np.uint8]
    packets: list[str]
    sound_packets: list[Stamped]
    samples: NDArray[np.float32]


def read_film(path: Path, *, with_packets: bool, with_sound: bool, has_edits: bool) -> Film:
    """Decode a film with FFmpeg's program.

    Args:
        path: the film.
        with_packets: whether packets are wanted.
        with_sound: whether the first sound is.
        has_edits: whether its format hides packets by an edit list.
    """
    with tempfile.TemporaryDirectory(prefix="judge-") as name:
        folder = Path(name)
        each = ["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "-1"]
        shrink = ["-vf", f"scale={_WIDTH}:{_HEIGHT}:flags=area,format=yuv444p", "-f", "rawvideo"]
        command = ["ffmpeg", "-v", "error", "-threads", "2", "-copyts", "-noautorotate", "-i", str(path)]
        command += ["-ignore_editlist", "1", "-i", str(path)] if has_edits and with_packets else []
        command += [*each, "-f", "framemd5", str(folder / "pixels"), *each, *shrink, str(folder / "small")]
        if with_packets:
            command += ["-map", f"{int(has_edits)}:v:0", "-c", "copy", "-f", "framemd5", str(folder / "packets")]
        if with_packets and with_sound:
            command += ["-map", "0:a:0", "-c", "copy", "-f", "framemd5", str(folder / "sound_packets")]
        if with_sound:
            command += ["-map", "0:a:0", "-f", "f32le", str(folder / "samples")]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        frames = _rows(folder / "pixels")
        return Film(
            pixels=tuple(row.digest for row in frames),
            times=tuple(row.time for row in frames if row.time is not None),
            small=np.fromfile(folder / "small", dtype=np.uint8).reshape(-1, 3, _HEIGHT, _WIDTH),
            packets=[row.digest for row in _rows(folder / "packets")],
            sound_packets=_rows(folder / "sound_packets"),
            samples=np.fromfile(folder / "samples", dtype=np.float32) if with_sound else np.zeros(0, np.float32),
        )


def _rows(path: Path) -> list[Stamped]:
    lines = path.read_text().splitlines() if path.exists() else []
    base = next((Fraction(line.split(":")[1].strip()) for line in lines if line.startswith("#tb 0")), Fraction(1))
    rows = [[part.strip() for part in line.split(",")] for line in lines if line and not line.startswith("#")]
    return [Stamped(row[5], int(row[2]) * base if row[2].lstrip("-").isdigit() else None) for row in rows]
