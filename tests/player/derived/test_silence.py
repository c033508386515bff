"""Silence is found where a waveform holds nothing but zeros, and holes where it holds nothing at all."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence.times import NS_PER_S
from player.derived.silence import find_silences, silences_of
from player.derived.store import DerivedStore
from player.derived.waveform import WaveformFile, WaveformWriter
from sync.sound_kept import Silence, SoundLack
from tests.support.previews import AUDIO, SHA, make_previews
from tests.support.timelines import make_timeline

RATE = 8000


def found(folder: Path, *parts: tuple[float, NDArray[np.int16]]) -> list[Silence]:
    file = io.BytesIO()
    writer = WaveformWriter(file, RATE)
    for second, samples in parts:
        writer.add(int(second * RATE), samples)
    manifest = writer.finish()
    path = folder / "w.levels"
    path.write_bytes(file.getvalue())
    waveform = WaveformFile(path, manifest)
    try:
        return list(silences_of(waveform))
    finally:
        waveform.close()


def noise(seconds: float, loudness: int) -> NDArray[np.int16]:
    rng = np.random.default_rng(7)
    return rng.integers(-loudness, loudness, (2, int(seconds * RATE)), dtype=np.int16, endpoint=True)


def stretch(start_s: float, end_s: float, lack: SoundLack) -> Silence:
    return Silence(int(start_s * NS_PER_S), int(end_s * NS_PER_S), lack)


def test_zeros_with_the_last_bit_of_rounding_are_silence_and_a_quiet_room_is_not(tmp_path: Path) -> None:
    parts = ((0, noise(2, 1)), (2, noise(3, 20)), (5, noise(1.5, 0)), (6.5, noise(1, 300)), (7.5, noise(0.5, 0)))
    assert found(tmp_path, *parts) == [stretch(0, 2, SoundLack.SILENT), stretch(5, 6.5, SoundLack.SILENT)]


def test_one_channel_that_is_heard_is_sound(tmp_path: Path) -> None:
    half = noise(3, 500)
    half[0] = 0
    assert found(tmp_path, (0, half)) == []


def test_a_hole_in_the_stamps_is_no_silence(tmp_path: Path) -> None:
    assert found(tmp_path, (1, noise(1, 500)), (4, noise(1, 500))) == [stretch(2, 4, SoundLack.NOT_RECORDED)]


def test_a_recording_is_looked_at_once_its_waveform_is_there(tmp_path: Path) -> None:
    made = make_timeline([[(0, 60 * NS_PER_S)]]).cameras[0].placed[0].recording
    recording = replace(made, sha256=SHA, streams=(AUDIO,), audio_stream=1)
    assert find_silences(recording, DerivedStore(tmp_path / "none", 1)) is None
    store = make_previews(tmp_path / "made")
    silences = find_silences(recording, store)
    assert silences is not None
    assert [(one.start_ns, one.lack) for one in silences] == [(0, SoundLack.SILENT)]
    assert abs(silences[0].end_ns - 30 * NS_PER_S) <= NS_PER_S // 100
    assert find_silences(replace(recording, audio_stream=None), store) is None
