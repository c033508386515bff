"""The laws of the mixing desk: decibels, places, who is heard; no click, no clipping, nothing changed that fits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.sound_mix import MOST_HEARD, CameraLevel, SoundMix, factor_of, matrix_of
from player.sound_mixer import CEILING, Limiter, Mixer, Samples, from_pcm, to_pcm
from player.sound_protocol import CHUNK_SAMPLES

ALL = ("a", "b", "c")


def test_decibels_are_of_amplitude() -> None:
    assert factor_of(0) == 1
    assert factor_of(20) == pytest.approx(10)
    assert factor_of(-6) == pytest.approx(0.5012, abs=1e-4)


@given(st.integers(-100, 100))
def test_the_power_of_one_microphone_is_the_same_wherever_it_is_placed(placement: int) -> None:
    left, right = np.array([1.0, 1.0]) @ matrix_of(CameraLevel(placement=placement))
    assert left**2 + right**2 == pytest.approx(2, abs=1e-5)
    assert (left > right) == (placement < 0)


@given(st.integers(-100, 0))
def test_left_mirrors_right(placement: int) -> None:
    one, other = (matrix_of(CameraLevel(placement=place)) for place in (placement, -placement))
    assert np.allclose(one, other[::-1, ::-1])


def test_at_a_side_nothing_of_a_stereo_recording_is_lost() -> None:
    matrix = matrix_of(CameraLevel(placement=-100))
    assert np.allclose(matrix[:, 1], 0, atol=1e-6)
    assert np.allclose(matrix[0], matrix[1])


def test_mute_beats_solo_and_solo_silences_the_others() -> None:
    mix = SoundMix()
    assert mix.heard(ALL) == ALL
    muted = mix.with_level("b", CameraLevel(is_muted=True))
    assert muted.heard(ALL) == ("a", "c")
    soloed = muted.toggle_solo("b").toggle_solo("c")
    assert soloed.heard(ALL) == ("c",)
    assert soloed.toggle_solo("c").heard(ALL) == ()
    assert soloed.hear_all().heard(ALL) == ("a", "c")
    assert soloed.hear_alone("b").heard(ALL) == ("b",)
    assert soloed.hear_nothing().heard(ALL) == ()
    assert soloed.hear_nothing().hear_all().heard(ALL) == ("a", "c")


def test_levels_stay_in_range_and_so_does_the_number_of_cameras() -> None:
    mix = SoundMix().with_level("a", CameraLevel(99, -300))
    assert mix.level("a") == CameraLevel(20, -100)
    assert len(mix.heard([str(number) for number in range(200)])) == MOST_HEARD


def _tone(chunks: int, amplitude: float = 0.4) -> Samples:
    at = np.arange(chunks * CHUNK_SAMPLES)
    wave = amplitude * np.sin(2 * np.pi * 300 * at / 48_000)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def _chunks(samples: Samples) -> list[Samples]:
    return [samples[at : at + CHUNK_SAMPLES] for at in range(0, len(samples), CHUNK_SAMPLES)]


def test_one_camera_as_recorded_leaves_as_it_came_to_the_bit() -> None:
    rng = np.random.default_rng(1)
    packed = rng.integers(-32_768, 32_768, (CHUNK_SAMPLES * 3, 2)).astype("<i2")
    mixer, limiter = Mixer(), Limiter()
    plain = {"a": matrix_of(CameraLevel())}
    mixer.restart(plain)
    mixed = [mixer.mix({"a": packed[at : at + CHUNK_SAMPLES].tobytes()}, plain) for at in (0, 960, 1920)]
    out = [to_pcm(limiter.apply(mixed[0], mixed[1])), to_pcm(limiter.apply(mixed[1], mixed[2]))]
    assert b"".join(out) == packed[: 2 * CHUNK_SAMPLES].tobytes()


def test_no_change_of_the_mix_makes_a_click() -> None:
    """The steepest step between two samples is hardly steeper than the tone's own."""
    plain, loud = matrix_of(CameraLevel()), matrix_of(CameraLevel(6, 100))
    mixer = Mixer()
    mixer.restart({"a": plain})
    plans = [{"a": plain}, {}, {"a": loud}, {"a": plain, "b": plain}, {"b": plain}]
    out = [
        mixer.mix({name: to_pcm(chunk) for name in ("a", "b")}, plan)
        for chunk, plan in zip(_chunks(_tone(5, 0.2)), plans, strict=True)
    ]
    steps = np.abs(np.diff(np.concatenate(out), axis=0)).max()
    own = 0.2 * 2 * np.pi * 300 / 48_000
    assert steps < own * 2 * 2**0.5 * 1.1


def test_a_camera_that_comes_late_fades_in() -> None:
    mixer = Mixer()
    plain = {"a": matrix_of(CameraLevel()), "b": matrix_of(CameraLevel())}
    mixer.restart(plain)
    first, second = _chunks(_tone(2))
    mixer.mix({"a": to_pcm(first)}, plain)
    mixed = mixer.mix({"a": to_pcm(second), "b": to_pcm(second)}, plain)
    assert np.abs(mixed[:20] - second[:20]).max() < 0.02
    assert np.abs(mixed[-20:] - 2 * second[-20:]).max() < 0.02


def test_what_is_too_loud_together_is_turned_down_and_never_cut_off() -> None:
    quiet, loud = _tone(10, 0.5), _tone(10, 3.0)
    chunks = _chunks(np.concatenate([quiet, loud, np.concatenate([quiet] * 5)]))
    limiter = Limiter()
    limiter.restart(chunks[0])
    out = np.concatenate([limiter.apply(*pair) for pair in pairwise(chunks)])
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.array_equal(out[: 9 * CHUNK_SAMPLES], quiet[: 9 * CHUNK_SAMPLES])
    assert np.array_equal(out[-5 * CHUNK_SAMPLES :], quiet[4 * CHUNK_SAMPLES : 9 * CHUNK_SAMPLES])
    assert np.abs(np.diff(out, axis=0)).max() < 0.06


def test_a_meter_tells_the_peak_behind_the_level() -> None:
    mixer = Mixer()
    mixer.restart({"a": matrix_of(CameraLevel(6))})
    mixer.mix({"a": to_pcm(_tone(1, 0.25))}, {"a": matrix_of(CameraLevel(6))})
    assert mixer.take_peaks()["a"] == pytest.approx(0.25 * factor_of(6), abs=0.001)
    assert mixer.take_peaks() == {}


@given(st.integers(-32_768, 32_767))
def test_sixteen_bits_survive_the_way_through(value: int) -> None:
    packed = np.full((1, 2), value, dtype="<i2").tobytes()
    assert to_pcm(from_pcm(packed)) == packed
