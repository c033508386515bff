"""Judges where sound lies beside the picture of a cut, by what FFmpeg's own programs decode of both files."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.messages import CutOrder, Mode
from tests.support.amr import FRAME_S, amr_frames, write_amr

_MS = Fraction(1, 1000)
_WARM_UP_S = Fraction(1, 8)
_CHUNK = 2_048
_SILENT = 1e-4
_ALIKE = 0.02
"""Share of the loudness by which the same sound may differ from the original decoded as a whole."""

_SAME = 0.001
"""The same, where both were decoded from the same packet on."""

_RUN_UP_S = Fraction(3, 5)
"""How much before what was asked for a cut's decoder may have begun at most."""

_LEAST_DECODED = Fraction(9, 10)


@dataclass(frozen=True)
class Heard:
    """What FFmpeg's program decodes of a file's first sound.

    Attributes:
        start: seconds of the first sample.
        rate: samples a second.
        samples: float32[samples], all channels one after another in each.
        codec: FFmpeg's name of the coding.
        length: how long the container says it is, in seconds; 0 where it does not.
        alike: share of the loudness by which the same sound may differ from it.
    """

    start: Fraction
    rate: int
    samples: NDArray[np.float32]
    codec: str
    length: Fraction
    alike: float = _ALIKE

    @property
    def is_whole(self) -> bool:
        """Whether FFmpeg's program decodes all of it."""
        return Fraction(len(self.samples), self.rate) >= _LEAST_DECODED * self.length

    @property
    def end(self) -> Fraction:
        """Seconds behind the last sample."""
        return self.start + Fraction(len(self.samples), self.rate)

    def at(self, seconds: Fraction, count: int, shift: int = 0) -> NDArray[np.float32]:
        """Return samples from a moment on, or from `shift` samples later."""
        first = round((seconds - self.start) * self.rate) + shift
        return self.samples[max(0, first) : max(0, first) + count]


def heard_of(path: Path, samples: NDArray[np.float32] | None = None) -> Heard:
    """Decode a file's first sound, where its samples are not there yet."""
    command = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-read_intervals", "%+#6"]
    command += ["-show_entries", "frame=pts,nb_samples:stream=time_base,sample_rate,channels,codec_name,duration_ts"]
    text = subprocess.run([*command, "-of", "default=nw=1", str(path)], check=True, capture_output=True, text=True)
    facts: dict[str, list[str]] = {}
    for line in text.stdout.splitlines():
        key, _, value = line.partition("=")
        facts.setdefault(key, []).append(value)
    base, rate = Fraction(facts["time_base"][0]), int(facts["sample_rate"][0])
    counts = [int(value) for value in facts["nb_samples"]]
    stated = max(number for number, value in enumerate(facts["pts"]) if value != "N/A")
    before = sum(counts[:stated])  # a first packet that is cut short is decoded whole all the same
    start = int(facts["pts"][stated]) * base - Fraction(before, rate)
    if samples is None:
        raw = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-f", "f32le", "-"]
        data = subprocess.run(raw, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
        samples = np.frombuffer(data, dtype=np.float32)
    limited = samples.clip(-1, 1).reshape(-1, int(facts["channels"][0]))
    ticks = facts["duration_ts"][0]
    return Heard(start, rate, limited, facts["codec_name"][0], int(ticks) * base if ticks.isdigit() else Fraction(0))


@cache
def _heard_of_original(path: Path) -> Heard:
    """Decode the original's first sound; where packets hold several frames of AMR, all of them."""
    heard = heard_of(path)
    if heard.codec != "amr_nb":
        return heard
    frames = amr_frames(path)
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        write_amr(Path(folder) / "whole.amr", frames)
        return replace(heard_of(Path(folder) / "whole.amr"), start=frames[0].time, length=len(frames) * FRAME_S)


def judge_sound(
    original: Path,
    from_: Fraction,
    order: CutOrder,
    out: Path,
    zero: Fraction,
    *,
    samples: NDArray[np.float32] | None = None,
) -> None:
    """Assert that the sound lies where it lay, within a millisecond, at the start and at the end.

    Args:
        original: what was cut.
        from_: the time of the first frame that was asked for, by FFmpeg's program, seconds.
        order: what was asked for.
        out: what was written.
        zero: the time of that frame in it.
        samples: what FFmpeg's program decodes of it, where that is there already.
    """
    there, here = _heard_of_original(original), heard_of(out, samples)
    assert there.is_whole, "FFmpeg's program does not decode the original's sound whole"
    length = order.end - order.start
    assert here.end - zero >= min(length, there.end - from_) - _MS, "the sound ends early"
    if order.out_format in EDIT_LISTS or order.mode is Mode.EXACT:
        assert here.start - zero <= max(Fraction(0), there.start - from_) + _MS, "the sound starts late"
    if order.mode is Mode.EXACT:
        assert here.start - zero >= -_MS, "the sound starts early"
        assert here.end - zero <= length + _MS, "the sound ends late"
    warm_up = Fraction(0) if order.mode is Mode.EXACT else _WARM_UP_S
    begin = max(zero, zero + there.start - from_) + warm_up
    finish = min(zero + length, here.end, zero + there.end - from_) - Fraction(_CHUNK, here.rate)
    moments = [moment for moment in (begin, finish) if moment >= begin]
    faults = _faults(there, from_ - zero, here, moments)
    if faults:
        others = decoded_from_near(original, from_ + moments[0] - zero, from_ + moments[-1] - zero + 1)
        assert any(not _faults(other, from_ - zero, here, moments) for other in others), faults[0]


def _faults(there: Heard, ahead: Fraction, here: Heard, moments: list[Fraction]) -> list[str]:
    """Return of which stretches the sound is not found within a millisecond of its place.

    Args:
        there: the original.
        ahead: by how much its times are larger, in seconds.
        here: the cut.
        moments: where the stretches begin, by the cut's time.
    """
    return [fault for moment in moments if (fault := _fault(there, moment + ahead, here, moment))]


def _fault(there: Heard, then: Fraction, here: Heard, now: Fraction) -> str:
    mine = here.at(now, _CHUNK)
    if not len(mine) or float(np.abs(mine).max()) < _SILENT:
        return ""
    loud = float(np.sqrt(np.mean(np.square(mine, dtype=np.float64))))
    reach = here.rate // 1000
    best = min(_apart(mine, there.at(then, _CHUNK, shift)) for shift in range(-reach, reach + 1))
    if best < there.alike * loud + 1e-4:
        return ""
    return f"the sound at {float(now):.3f} s is not the original's ({best:.5f} of {loud:.5f})"


def decoded_from_near(path: Path, moment: Fraction, until: Fraction) -> Iterator[Heard]:
    """Decode a file's first sound anew from each of the packets shortly before a moment, up to another, in seconds.

    What some decoders give depends on all they decoded before: those of AAC and AC-3 put noise in that they draw
    anew for each band, those of AMR go on from the last frame. Begun at the same packet, they give the same samples.
    So where a cut is unlike the original decoded as a whole, it must be like the original decoded from one of these.
    """
    whole = _heard_of_original(path)
    is_amr = whole.codec == "amr_nb"
    times = [frame.time for frame in amr_frames(path)] if is_amr else _packet_times(path)
    near = [number for number, time in enumerate(times) if moment - _RUN_UP_S <= time <= moment]
    if not near:
        return
    last = max(number for number, time in enumerate(times) if time <= until)
    with tempfile.TemporaryDirectory(prefix="judge-") as name:
        part = _part_amr if is_amr else _part_packets
        parts = part(path, near, last, Path(name))
        inputs = [argument for one in parts for argument in ("-i", str(one))]
        outputs = [("-map", f"{place}:a:0", "-f", "f32le", f"{one}.raw") for place, one in enumerate(parts)]
        command = ["ffmpeg", "-v", "error", *inputs, *(argument for output in outputs for argument in output)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        for number, one in zip(reversed(near), reversed(parts), strict=True):
            data = np.fromfile(f"{one}.raw", dtype=np.float32).clip(-1, 1)
            yield replace(whole, start=times[number], samples=data.reshape(-1, whole.samples.shape[1]), alike=_SAME)


def _part_packets(path: Path, near: list[int], last: int, folder: Path) -> list[Path]:
    """Write the packets from each of some on into a file of its own."""
    parts, command = [folder / f"{number}.nut" for number in near], ["-i", str(path)]
    for number, part in zip(near, parts, strict=True):
        choice = f"noise=drop='lt(n,{number})+gt(n,{last})'"
        command += ["-map", "0:a:0", "-c", "copy", "-bsf:a", choice, "-f", "nut", str(part)]
    subprocess.run(["ffmpeg", "-v", "error", *command], check=True, stdin=subprocess.DEVNULL)
    return parts


def _part_amr(path: Path, near: list[int], last: int, folder: Path) -> list[Path]:
    parts = [folder / f"{number}.amr" for number in near]
    for number, part in zip(near, parts, strict=True):
        write_amr(part, amr_frames(path)[number : last + 1])
    return parts


@cache
def _packet_times(path: Path) -> list[Fraction]:
    command = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "packet=pts:stream=time_base"]
    text = subprocess.run([*command, "-of", "default=nw=1", str(path)], check=True, capture_output=True, text=True)
    lines = [line.split("=") for line in text.stdout.splitlines()]
    base = next(Fraction(value) for key, value in lines if key == "time_base")
    return [int(value) * base for key, value in lines if key == "pts"]


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    count = min(len(one), len(other))
    if count < len(one) // 2 or not count:
        return 1.0
    return float(np.sqrt(np.mean(np.square(one[:count] - other[:count], dtype=np.float64))))
