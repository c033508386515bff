"""Sound and picture stay together: measured against a device whose clock is not ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine, TileRequest
from player.sound_mix import CameraLevel, SoundMix
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE
from player.ui.sound_output import SoundOutput
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, Timeline
from tests.support.clips import START_NS, ClipPlan, make_clip, make_scene
from tests.support.sounds import make_sound, make_tone, place_sound

pytestmark = [pytest.mark.gui, pytest.mark.alone]


class FakeDevice:
    """A device that plays by a clock of its own, after a while, and remembers what it was given."""

    def __init__(self, fast_ppm: int = 0, delay_ms: int = 60, trouble: str = "", step_ms: int = 0) -> None:
        self.step = max(1, SOUND_RATE * step_ms // 1000)
        self.starts = 0
        self.rate = SOUND_RATE * (1 + fast_ppm / 1e6)
        self.delay_s = delay_ms / 1000
        self.words = trouble
        self.pcm = bytearray()
        self.began: float | None = None
        self.stops = 0
        self.at = self.played = 0.0

    def start(self) -> bool:
        self.pcm.clear()
        self.starts += 1
        self.began = self.at = time.monotonic()
        self.played = 0.0
        return not self.words

    def stop(self) -> None:
        self.stops += 1
        self.began = None

    def free_samples(self) -> int:
        return SOUND_RATE * 80 // 1000 - (self._written - self.played_samples())

    def write(self, pcm: bytes) -> int:
        if self.began is None:
            return 0
        self.pcm += pcm
        return len(pcm)

    @property
    def samples(self) -> NDArray[np.int16]:
        """All that it was given since it began."""
        return np.frombuffer(bytes(self.pcm), dtype="<i2").reshape(-1, 2)

    def played_samples(self) -> int:
        """Play on since the last question; what was not there in time is not caught up with."""
        if self.began is None:
            return 0
        now = max(self.at, self.began + self.delay_s)
        later = max(now, time.monotonic())
        self.played = min(float(self._written), self.played + (later - now) * self.rate)
        self.at = later
        return int(self.played) // self.step * self.step

    def trouble(self) -> str:
        return self.words

    @property
    def _written(self) -> int:
        return len(self.pcm) // BYTES_PER_SAMPLE


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=300))
    scene = make_scene([[(clip, 0)]])
    sound = place_sound(make_sound(tmp_path / "sound.flac", 10), 10, ClockMap.identity())
    picture = scene.timeline.cameras[0]
    tone = place_sound(make_tone(tmp_path / "tone.flac", 10, 200, is_steady=True), 10, ClockMap.identity())
    microphones = [
        CameraTimeline(replace(picture.camera, id=name), None, (placed,))
        for name, placed in (("sound", sound), ("other", tone))
    ]
    timeline = Timeline((picture, *microphones), ())
    engine = Engine()
    engine.load(timeline, scene.find_index)
    yield engine
    engine.close()


def hear(output: SoundOutput, *cameras: str) -> None:
    """Hear these cameras of the scene."""
    output.set_cameras(["camera-0", "sound", "other"])
    output.set_mix(SoundMix(solo=frozenset(cameras)))


def _run_until(engine: Engine, output: SoundOutput, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_done():
        engine.pump()
        output.tick()
        assert time.monotonic() < end
        time.sleep(0.004)


def _has_played(device: FakeDevice, samples: int) -> bool:
    return device.played_samples() > samples


def _error_ms(engine: Engine, output: SoundOutput) -> float | None:
    heard = output.heard_instant()
    return None if heard is None else abs(heard - engine.position) / 1e6


@pytest.mark.parametrize(
    ("fast_ppm", "delay_ms"),
    [(400, 120), (100, 900), *(pytest.param(*one, marks=pytest.mark.soak) for one in ((0, 0), (-400, 60)))],
)
def test_the_picture_follows_what_is_heard(qapp: QApplication, engine: Engine, fast_ppm: int, delay_ms: int) -> None:
    device = FakeDevice(fast_ppm, delay_ms)
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "sound")
        engine.play()
        good = 0

        def stays_together() -> bool:
            nonlocal good
            error = _error_ms(engine, output)
            good = good + 1 if error is not None and error < 20 else 0
            return good == 100

        _run_until(engine, output, stays_together)
    finally:
        output.close()


@pytest.mark.parametrize(
    "rate", [Fraction(2), *(pytest.param(one, marks=pytest.mark.soak) for one in (Fraction(1), Fraction(1, 2)))]
)
def test_a_device_that_plays_in_steps_is_met_in_their_middle_at_every_speed(
    qapp: QApplication, engine: Engine, rate: Fraction
) -> None:
    device = FakeDevice(step_ms=20)
    output = SoundOutput(engine, lambda: device)
    apart: list[float] = []

    def has_looked() -> bool:
        heard = output.heard_instant()
        if _has_played(device, SOUND_RATE) and heard is not None:
            apart.append(float((heard - engine.position) / rate / 1e6))
        return len(apart) == 150

    try:
        hear(output, "sound")
        engine.set_rate(rate)
        engine.play()
        _run_until(engine, output, has_looked)
        assert abs(median(apart)) < 10
    finally:
        output.close()


@pytest.mark.soak
@pytest.mark.parametrize("fast_ppm", [400, -400])
def test_sound_and_picture_stay_together_for_three_minutes(qapp: QApplication, tmp_path: Path, fast_ppm: int) -> None:
    seconds = 190
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=seconds * 30))
    scene = make_scene([[(clip, 0)]])
    sound = place_sound(make_sound(tmp_path / "sound.flac", seconds), seconds, ClockMap.identity())
    picture = scene.timeline.cameras[0]
    microphone = CameraTimeline(replace(picture.camera, id="sound"), None, (sound,))
    engine = Engine()
    engine.load(Timeline((picture, microphone), ()), scene.find_index)
    device = FakeDevice(fast_ppm, step_ms=10)
    output = SoundOutput(engine, lambda: device)
    apart: list[float] = []
    end = time.monotonic() + 180
    try:
        hear(output, "sound")
        engine.set_tiles([TileRequest("camera-0", 320, 180)])
        engine.play()
        while time.monotonic() < end:
            engine.pump()
            output.tick()
            heard = output.heard_instant()
            if heard is not None and _has_played(device, SOUND_RATE):
                apart.append((heard - engine.position) / 1e6)
            time.sleep(0.01)
        assert engine.is_playing
        assert device.starts <= 3, "sound begins anew only where a picture is waited for"
        assert len(apart) > 9_000
        assert abs(median(apart[-500:])) < 10
        assert np.percentile(np.abs(apart), 99) < 33
    finally:
        output.close()
        engine.close()


def test_it_falls_silent_when_paused_backwards_or_too_fast(qapp: QApplication, engine: Engine) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "sound")
        engine.play()
        _run_until(engine, output, lambda: output.is_sounding)
        engine.pause()
        _run_until(engine, output, lambda: not output.is_sounding)
        engine.play()
        _run_until(engine, output, lambda: output.is_sounding)
        engine.set_rate(Fraction(4))
        _run_until(engine, output, lambda: not output.is_sounding)
        engine.set_rate(Fraction(3, 2))
        engine.seek(IncidentTime(START_NS + 2 * NS_PER_S))
        _run_until(engine, output, lambda: output.is_sounding)
        engine.set_rate(Fraction(-1))
        _run_until(engine, output, lambda: not output.is_sounding)
    finally:
        output.close()


def test_no_device_is_a_state_and_the_picture_plays_on(qapp: QApplication, engine: Engine) -> None:
    output = SoundOutput(engine, lambda: FakeDevice(trouble="No sound device was found."))
    try:
        hear(output, "sound")
        engine.play()
        _run_until(engine, output, lambda: output.state == "No sound device was found.")
        before = engine.position
        _run_until(engine, output, lambda: engine.position > before + NS_PER_S // 4)
    finally:
        output.close()


def test_a_change_of_the_mix_is_heard_at_once_without_a_click_or_losing_step(
    qapp: QApplication, engine: Engine
) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "other")
        engine.play()
        _run_until(engine, output, lambda: device.played_samples() > SOUND_RATE)
        for mix, loudest in (
            (SoundMix({"other": CameraLevel(-20)}, frozenset({"other"})), 1_638),
            (SoundMix(solo=frozenset({"other"})), 16_383),
            (SoundMix({"other": CameraLevel(is_muted=True)}, frozenset({"other"})), 0),
            (SoundMix(solo=frozenset({"other"})), 16_383),
        ):
            before = device.played_samples()
            output.set_mix(mix)
            _run_until(engine, output, partial(_has_played, device, before + SOUND_RATE // 4))
            behind = device.samples[before + SOUND_RATE * 150 // 1000 : before + SOUND_RATE // 4]
            assert abs(int(np.abs(behind).max()) - loudest) < 200
            error = _error_ms(engine, output)
            assert error is not None
            assert error < 40
        assert device.stops == 0
        steps = np.abs(np.diff(device.samples[SOUND_RATE // 2 :, 0].astype(int)))
        assert steps.max() < 1.3 * 16_383 * 2 * np.pi * 200 / SOUND_RATE
    finally:
        output.close()


def test_muting_all_ends_the_sound_and_hearing_again_begins_it(qapp: QApplication, engine: Engine) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "sound", "other")
        engine.play()
        _run_until(engine, output, lambda: output.is_sounding)
        output.set_mix(output.mix.hear_nothing())
        _run_until(engine, output, lambda: not output.is_sounding)
        assert engine.is_playing
        output.set_mix(output.mix.hear_all())
        _run_until(engine, output, lambda: output.is_sounding)
        assert set(output.heard) == {"sound", "other"}
    finally:
        output.close()


def test_another_device_goes_on_from_the_picture(qapp: QApplication, engine: Engine) -> None:
    one, other = FakeDevice(), FakeDevice(delay_ms=100)
    output = SoundOutput(engine, lambda: one)
    try:
        hear(output, "sound")
        engine.play()
        _run_until(engine, output, lambda: one.played_samples() > SOUND_RATE // 2)
        output.change_device(lambda: other)
        _run_until(engine, output, lambda: other.played_samples() > SOUND_RATE // 2)
        assert one.stops == 1
        error = _error_ms(engine, output)
        assert error is not None
        assert error < 40
    finally:
        output.close()


def test_a_device_that_goes_is_told_and_the_picture_plays_on(qapp: QApplication, engine: Engine) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "sound")
        engine.play()
        _run_until(engine, output, lambda: output.is_sounding)
        device.words = "The sound device Headphones does not play."
        _run_until(engine, output, lambda: output.state == device.words)
        before = engine.position
        _run_until(engine, output, lambda: engine.position > before + NS_PER_S // 4)
        device.words = ""
        output.change_device()
        _run_until(engine, output, lambda: output.is_sounding and not output.state)
    finally:
        output.close()


@pytest.mark.parametrize(
    "rate", [Fraction(2), *(pytest.param(one, marks=pytest.mark.soak) for one in (Fraction(1), Fraction(1, 2)))]
)
def test_after_a_seek_while_it_plays_sound_begins_anew_where_the_picture_is(
    qapp: QApplication, engine: Engine, rate: Fraction
) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        hear(output, "sound")
        engine.set_tiles([TileRequest("camera-0", 320, 180)])
        engine.set_rate(rate)
        engine.play()
        _run_until(engine, output, lambda: _has_played(device, SOUND_RATE // 4))
        for seconds in (6, 2, 4):
            stops = device.stops
            engine.seek(IncidentTime(engine.span.start + seconds * NS_PER_S))

            def has_begun_anew(before: int = stops) -> bool:
                return device.stops > before

            _run_until(engine, output, has_begun_anew)
            _run_until(engine, output, lambda: _has_played(device, SOUND_RATE // 3))
            error = _error_ms(engine, output)
            assert error is not None
            assert abs(error) < 40
    finally:
        output.close()
