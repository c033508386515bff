"""Sound and picture stay together: measured against a device whose clock is not ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from evidence.times import NS_PER_S, IncidentTime
from player.engine import Engine
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE
from player.ui.sound_output import SoundOutput
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, Timeline
from tests.support.clips import START_NS, ClipPlan, make_clip, make_scene
from tests.support.sounds import make_sound, place_sound

pytestmark = [pytest.mark.gui, pytest.mark.alone]


class FakeDevice:
    """A device that plays by a clock of its own, after a while, and remembers what it was given."""

    def __init__(self, fast_ppm: int = 0, delay_ms: int = 60, trouble: str = "") -> None:
        self.rate = SOUND_RATE * (1 + fast_ppm / 1e6)
        self.delay_s = delay_ms / 1000
        self.words = trouble
        self.pcm = bytearray()
        self.began: float | None = None
        self.stops = 0
        self.at = self.played = 0.0

    def start(self) -> bool:
        self.pcm.clear()
        self.began = self.at = time.monotonic()
        self.played = 0.0
        return not self.words

    def stop(self) -> None:
        self.stops += 1
        self.began = None

    def free_samples(self) -> int:
        return SOUND_RATE * 80 // 1000 - (self._written - self.played_samples())

    def write(self, pcm: bytes) -> int:
        self.pcm += pcm
        return len(pcm)

    def played_samples(self) -> int:
        """Play on since the last question; what was not there in time is not caught up with."""
        if self.began is None:
            return 0
        now = max(self.at, self.began + self.delay_s)
        later = max(now, time.monotonic())
        self.played = min(float(self._written), self.played + (later - now) * self.rate)
        self.at = later
        return int(self.played)

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
    microphone = replace(picture.camera, id="sound")
    timeline = Timeline((picture, CameraTimeline(microphone, None, (sound,))), ())
    engine = Engine()
    engine.load(timeline, scene.find_index)
    yield engine
    engine.close()


def _run_until(engine: Engine, output: SoundOutput, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_done():
        engine.pump()
        output.tick()
        assert time.monotonic() < end
        time.sleep(0.004)


def _error_ms(engine: Engine, output: SoundOutput) -> float | None:
    heard = output.heard_instant()
    return None if heard is None else abs(heard - engine.position) / 1e6


@pytest.mark.parametrize(("fast_ppm", "delay_ms"), [(0, 0), (400, 120), (-400, 60), (100, 900)])
def test_the_picture_follows_what_is_heard(qapp: QApplication, engine: Engine, fast_ppm: int, delay_ms: int) -> None:
    device = FakeDevice(fast_ppm, delay_ms)
    output = SoundOutput(engine, lambda: device)
    try:
        output.set_camera("sound")
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


def test_it_falls_silent_when_paused_backwards_or_too_fast(qapp: QApplication, engine: Engine) -> None:
    device = FakeDevice()
    output = SoundOutput(engine, lambda: device)
    try:
        output.set_camera("sound")
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
        output.set_camera("sound")
        engine.play()
        _run_until(engine, output, lambda: output.state == "No sound device was found.")
        before = engine.position
        _run_until(engine, output, lambda: engine.position > before + NS_PER_S // 4)
    finally:
        output.close()
