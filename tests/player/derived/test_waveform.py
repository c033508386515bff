"""Waveforms hold the least, the greatest and the loudness of exactly the samples of each bin; else there are gaps."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.derived.waveform import (
    FACTOR,
    WaveformFile,
    WaveformWriter,
    bin_ns,
    coarser,
    level_for,
)

Parts = list[tuple[int, NDArray[np.int16]]]


def _written(parts: Parts, rate: int, folder: Path) -> WaveformFile:
    file = io.BytesIO()
    writer = WaveformWriter(file, rate)
    for sample, samples in parts:
        writer.add(sample, samples)
    manifest = writer.finish()
    path = folder / "w.levels"
    path.write_bytes(file.getvalue())
    return WaveformFile(path, manifest)


def _expected(parts: Parts, rate: int, number: int) -> tuple[int, int] | None:
    """Return least and greatest sample of a bin by the definition, sample by sample."""
    values: list[int] = []
    heard = -(10**18)
    for start, samples in parts:
        for place in range(samples.shape[1]):
            sample = start + place
            if sample < heard:
                continue
            if sample * 100 // rate == number:
                values += [int(channel[place]) for channel in samples]
        heard = max(heard, start + samples.shape[1])
    return (min(values), max(values)) if values else None


@st.composite
def _sound(draw: st.DrawFn) -> tuple[Parts, int]:
    rate = draw(st.sampled_from([800, 1_001, 4_800]))
    channels = draw(st.integers(1, 3))
    place = draw(st.integers(-500, 3_000))
    parts: Parts = []
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    for _ in range(draw(st.integers(1, 8))):
        place += draw(st.sampled_from([0, 0, 0, 1, 7, 300, 2_000, -3]))
        count = draw(st.integers(1, 900))
        parts.append((place, rng.integers(-32_768, 32_767, (channels, count), dtype=np.int16, endpoint=True)))
        place += count
    return parts, rate


@given(sound=_sound())
def test_every_bin_is_what_its_samples_are(tmp_path_factory: pytest.TempPathFactory, sound: tuple[Parts, int]) -> None:
    parts, rate = sound
    wave = _written(parts, rate, tmp_path_factory.mktemp("wave"))
    level = wave.levels[0]
    assert level.first_bin == parts[0][0] * 100 // rate
    bins = wave.bins(0, level.first_bin - 2, level.count + 4)
    for place, (least, greatest, loud) in enumerate(bins.tolist()):
        expected = _expected(parts, rate, level.first_bin - 2 + place)
        if expected is None:
            assert least > greatest
        else:
            assert (least, greatest) == expected
            assert 0 <= loud <= 32_767
    wave.close()


@given(sound=_sound())
def test_coarse_levels_are_made_of_whole_multiples(
    tmp_path_factory: pytest.TempPathFactory, sound: tuple[Parts, int]
) -> None:
    wave = _written(*sound, tmp_path_factory.mktemp("wave"))
    for level in range(1, len(wave.levels)):
        upper, lower = wave.levels[level], wave.levels[level - 1]
        assert upper.first_bin == lower.first_bin // FACTOR
        for number in range(upper.first_bin, upper.first_bin + upper.count):
            below = wave.bins(level - 1, number * FACTOR, FACTOR)
            there = below[below[:, 0] <= below[:, 1]]
            least, greatest, _loud = wave.bins(level, number, 1)[0].tolist()
            if len(there):
                assert (least, greatest) == (int(there[:, 0].min()), int(there[:, 1].max()))
            else:
                assert least > greatest
    wave.close()


def test_loudness_of_a_sine_is_its_root_mean_square(tmp_path: Path) -> None:
    samples = (np.sin(np.arange(48_000) / 48_000 * 2 * math.pi * 1_000) * 20_000).astype(np.int16)[None, :]
    wave = _written([(0, samples)], 48_000, tmp_path)
    assert np.allclose(wave.bins(0, 0, 100)[:, 2], 20_000 / math.sqrt(2), rtol=0.01)
    assert np.allclose(wave.bins(2, 0, 6)[:, 2], 20_000 / math.sqrt(2), rtol=0.01)
    wave.close()


def test_a_long_recording_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    import tracemalloc

    second = np.zeros((2, 48_000), dtype=np.int16)
    with (tmp_path / "w").open("w+b") as file:
        writer = WaveformWriter(file, 48_000)
        for number in range(5):
            writer.add(number * 48_000, second)
        tracemalloc.start()
        for number in range(5, 1_000):
            writer.add(number * 48_000, second)
        writer.finish()
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 24 << 20


def test_stamps_that_leap_for_months_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "w").open("w+b") as file:
        writer = WaveformWriter(file, 48_000)
        writer.add(0, np.zeros((1, 48_000), dtype=np.int16))
        writer.add(48_000 * 86_400 * 100, np.zeros((1, 480), dtype=np.int16))
        with pytest.raises(ValueError, match="more time"):
            writer.finish()


@pytest.mark.parametrize("flip", [0, 100, -1])
def test_a_damaged_waveform_is_recognised(tmp_path: Path, flip: int) -> None:
    file = io.BytesIO()
    writer = WaveformWriter(file, 1_000)
    writer.add(0, np.arange(4_000, dtype=np.int16)[None, :])
    manifest = writer.finish()
    data = bytearray(file.getvalue())
    data[flip] ^= 1
    (tmp_path / "w").write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        WaveformFile(tmp_path / "w", manifest)


def test_the_level_fits_the_pixel() -> None:
    assert level_for(1, 8) == 0
    assert level_for(bin_ns(2), 8) == 2
    assert level_for(bin_ns(3) - 1, 8) == 2
    assert level_for(10**15, 4) == 3


def test_no_bins_stay_no_bins() -> None:
    assert coarser(np.empty((0, 3), dtype=np.int16), 0).shape == (0, 3)
