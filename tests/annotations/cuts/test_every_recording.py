"""A hundred random ranges of every recording there is, real ones and the demo incident's, in every mode (`make soak`).

Each export is judged by FFmpeg's own programs (`tests.support.cut_judge`). The ranges are the same at every run.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from annotations.cuts.cutting import cut
from annotations.cuts.messages import Codec, Cut, Mode, NotCut
from app.demo import DemoRequest, make_demo
from app.demo_case import default_demo_folder
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S
from tests.conftest import MEDIA
from tests.support.cut_judge import judge
from tests.support.cuts import Examined, examined, examined_sound, holds, order_of, packets_by_ffmpeg, sound_order_of
from tests.support.sound_judge import judge_sound

_MODES = ((Mode.COPY, Codec.H264), (Mode.EXACT, Codec.H264), (Mode.EXACT, Codec.FFV1), (Mode.SMART, Codec.H264))
_WAVES = 10
_RANGES_IN_A_WAVE = 10
_IN_DEMO = 7
_PIXELS = 1280 * 720 * 12
"""How much picture a usual range holds."""

_ENDINGS = frozenset({".mp4", ".mov", ".avi", ".mts", ".3gp", ".h264", ".wav", ".flac", ".mp3"})
_CUT_SHORT = frozenset({"fixture-moov.mov"})

pytestmark = [pytest.mark.soak, pytest.mark.media]


def _recordings() -> list[Path]:
    if not MEDIA.is_dir():
        return []
    return [one for one in sorted(MEDIA.rglob("*")) if one.suffix.lower() in _ENDINGS and one.name not in _CUT_SHORT]


def _is_sound(path: Path) -> bool:
    return path.suffix.lower() in {".wav", ".flac", ".mp3"}


@pytest.mark.parametrize("wave", range(_WAVES))
@pytest.mark.parametrize("path", [one for one in _recordings() if not _is_sound(one)], ids=lambda one: one.stem)
def test_random_ranges_of_a_real_recording(path: Path, wave: int, tmp_path: Path) -> None:
    _cut_and_judge(examined(path), wave, tmp_path)


@pytest.fixture(scope="module")
def demo() -> list[Path]:
    """Recordings of the demo incident, as `sightline demo` makes and keeps them."""
    request = DemoRequest(default_demo_folder() / "720p 60 s" / "Recordings", size="720p")
    folder = make_demo(request, no_progress, never_cancelled).folder
    return sorted(one for one in folder.rglob("*") if one.suffix.lower() in _ENDINGS)


@pytest.mark.parametrize("wave", range(_WAVES))
@pytest.mark.parametrize("number", range(_IN_DEMO))
def test_random_ranges_of_the_demo_incident(number: int, wave: int, demo: list[Path], tmp_path: Path) -> None:
    assert len(demo) == _IN_DEMO
    _cut_and_judge(examined(demo[number]), wave, tmp_path)


def _cut_and_judge(one: Examined, wave: int, folder: Path) -> None:
    """Cut and judge the ranges of a wave, all of them: faults are told together at the end."""
    judged, refused, faults = 0, 0, []
    for first, last in _ranges(one, wave):
        for mode, codec in _MODES:
            try:
                is_cut = _is_cut_and_well(one, (first, last), (mode, codec), folder)
            except (AssertionError, subprocess.CalledProcessError) as error:
                faults.append(f"{one.path.name} {first}-{last} {mode} {codec}: {error}")
                print("FAULT", faults[-1])
                continue
            judged += is_cut
            refused += not is_cut
    print(f"wave {wave} of {one.path.name}: {judged} cuts judged, {refused} refused, {len(faults)} faults", flush=True)
    assert not faults, "\n".join(faults)
    assert judged >= 3 * _RANGES_IN_A_WAVE


def _is_cut_and_well(one: Examined, frames: tuple[int, int], how: tuple[Mode, Codec], folder: Path) -> bool:
    """Cut and judge; tell whether there was a cut, and not a refusal that is to be expected."""
    order = order_of(one, *frames, how[0], folder, how[1])
    answer = cut(order, lambda _done, _doing: None)
    if isinstance(answer, NotCut) and order.mode is Mode.COPY:  # as an export does
        out = Path(os.fsdecode(order.out_path)).with_suffix(".mkv")
        order = replace(order, out_format="matroska", out_path=os.fsencode(out))
        answer = cut(order, lambda _done, _doing: None)
    if isinstance(answer, NotCut):
        assert order.mode is Mode.SMART, answer
        return False
    judge(one, order, answer)
    Path(os.fsdecode(order.out_path)).unlink()
    return True


def _ranges(one: Examined, wave: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a wave: usual ones, a single frame, and one that touches start or end."""
    chance = random.Random(f"{one.path.name} {wave}")
    stream = one.recording.video
    assert stream is not None
    usual = max(2, _PIXELS // (stream.width * stream.height))
    for number in range(_RANGES_IN_A_WAVE):
        length = 1 if number == 0 else chance.randrange(1, 2 * usual)
        length = min(length, len(one.index))
        first = chance.randrange(len(one.index) - length + 1)
        if number == 1:
            first = 0 if wave % 2 else len(one.index) - length
        yield first, first + length - 1


@pytest.mark.parametrize("path", [one for one in _recordings() if _is_sound(one)], ids=lambda one: one.stem)
def test_random_ranges_of_sound_alone(path: Path, tmp_path: Path) -> None:
    recording = examined_sound(path)
    chance = random.Random(path.name)
    for _ in range(_WAVES * _RANGES_IN_A_WAVE):
        length = chance.randrange(NS_PER_S // 20, min(recording.duration_ns, 12 * NS_PER_S))
        start = Fraction(chance.randrange(recording.duration_ns - length), NS_PER_S)
        end = start + Fraction(length, NS_PER_S)
        for mode in (Mode.COPY, Mode.EXACT):
            order = sound_order_of(recording, start, end, mode, tmp_path)
            answer = cut(order, lambda _done, _doing: None)
            assert isinstance(answer, Cut), (mode, start, end, answer)
            out = Path(os.fsdecode(order.out_path))
            if mode is Mode.COPY:
                assert _is_part(path, out)
            else:
                judge_sound(path, start, order, out, Fraction(0))
            out.unlink()


def _is_part(path: Path, out: Path) -> bool:
    """Tell whether the packets are the original's; bare samples may be parted elsewhere, so their bytes are."""
    if path.suffix.lower() == ".wav":
        return _samples(out) in _samples(path)
    return holds(packets_by_ffmpeg(path, "a"), packets_by_ffmpeg(out, "a"))


def _samples(path: Path) -> bytes:
    """Return the body of a WAV file's `data` chunk; the word stands in comments, too."""
    data, place = path.read_bytes(), 12
    while data[place : place + 4] != b"data":
        assert place < len(data)
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + length + length % 2
    return data[place + 8 : place + 8 + int.from_bytes(data[place + 4 : place + 8], "little")]
