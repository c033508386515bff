"""Sound and picture stay together: measured against a device whose clock is not ours.

Time is the test's: it goes on by steps, and stands while decoders owe something. So the machine's load changes nothing.
"""

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
from player.playhead import Clock, ManualClock
from player.sound import SoundFeed
from player.sound_desk import MixingDesk
from player.sound_mix import CameraLevel, SoundMix
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE
from player.tracks import FindIndex
from player.ui.sound_output import SoundOutput
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, Timeline
from tests.support.clips import START_NS, ClipPlan, Scene, make_clip, make_scene
from tests.support.sounds import make_sound, make_tone, place_sound

pytestmark = pytest.mark.gui
_STEP_NS = 4_000_000
_PATIENCE_NS = 20 * NS_PER_S
_DECODER_PATIENCE_S = 60


class FakeDevice:
    """A device that plays by a clock of its own, after a while, and remembers what it was given."""

    def __init__(
        self, clock: Clock, fast_ppm: int = 0, delay_ms: int = 60, trouble: str = "", step_ms: int = 0
    ) -> None:
        self.clock = clock
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
        self.began = self.at = self.now_s
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
    def now_s(self) -> float:
        return self.clock.now_ns() / NS_PER_S

    @property
    def samples(self) -> NDArray[np.int16]:
        """All that it was given since it began."""
        return np.frombuffer(bytes(self.pcm), dtype="<i2").reshape(-1, 2)

    def played_samples(self) -> int:
        """Play on since the last question; what was not there in time is not caught up with."""
        if self.began is None:
            return 0
        now = max(self.at, self.began + self.delay_s)
        later = max(now, self.now_s)
        self.played = min(float(self._written), self.played + (later - now) * self.rate)
        self.at = later
        return int(self.played) // self.step * self.step

    def trouble(self) -> str:
        return self.words

    @property
    def _written(self) -> int:
        return len(self.pcm) // BYTES_PER_SAMPLE


class Room:
    """An engine, its sound, and the time that goes by for both."""

    def __init__(self, timeline: Timeline, find_index: FindIndex) -> None:
        self.clock = ManualClock(NS_PER_S)
        self.engine = Engine(clock=self.clock)
        self.engine.load(timeline, find_index)
        self.desk = MixingDesk(SoundFeed(clock=self.clock))
        self.output: SoundOutput | None = None

    def listen(self, device: FakeDevice, *cameras: str) -> SoundOutput:
        """Hear these cameras from a device."""
        self.output = SoundOutput(self.engine, lambda: device, self.desk, self.clock)
        self.output.set_cameras(["camera-0", "sound", "other"])
        self.output.set_mix(SoundMix(solo=frozenset(cameras)))
        return self.output

    def device(self, fast_ppm: int = 0, delay_ms: int = 60, trouble: str = "", step_ms: int = 0) -> FakeDevice:
        return FakeDevice(self.clock, fast_ppm, delay_ms, trouble, step_ms)

    def run_until(self, is_done: Callable[[], bool], patience_ns: int = _PATIENCE_NS) -> None:
        """Let time go by until something holds; it stands while pictures or sound are owed."""
        assert self.output is not None
        last_ns = self.clock.ns + patience_ns
        owed_until = time.monotonic() + _DECODER_PATIENCE_S
        while not is_done():
            self.engine.pump()
            self.output.tick()
            if self.engine.is_waiting or self.engine.is_owed or self.desk.is_owed:
                assert time.monotonic() < owed_until, "a decoder does not deliver"
                time.sleep(0.001)
            else:
                owed_until = time.monotonic() + _DECODER_PATIENCE_S
                self.clock.advance(_STEP_NS)
                assert self.clock.ns < last_ns, "it never came to that"

    def error_ms(self) -> float | None:
        """Return how far what is heard lies from what is seen."""
        assert self.output is not None
        heard = self.output.heard_instant()
        return None if heard is None else abs(heard - self.engine.position) / 1e6

    def close(self) -> None:
        if self.output is not None:
            self.output.close()
        self.engine.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Ten seconds of one camera and two microphones."""
    folder = tmp_path_factory.mktemp("sound")
    made = make_scene([[(make_clip(folder, ClipPlan(number=0, frames=300)), 0)]])
    sound = place_sound(make_sound(folder / "sound.flac", 10), 10, ClockMap.identity())
    picture = made.timeline.cameras[0]
    tone = place_sound(make_tone(folder / "tone.flac", 10, 200, is_steady=True), 10, ClockMap.identity())
    microphones = [
        CameraTimeline(replace(picture.camera, id=name), None, (placed,))
        for name, placed in (("sound", sound), ("other", tone))
    ]
    return Scene(Timeline((picture, *microphones), ()), made.indexes)


@pytest.fixture
def room(qapp: QApplication, scene: Scene) -> Iterator[Room]:
    made = Room(scene.timeline, scene.find_index)
    yield made
    made.close()


def _has_played(device: FakeDevice, samples: int) -> bool:
    return device.played_samples() > samples


@pytest.mark.parametrize(
    ("fast_ppm", "delay_ms"),
    [(400, 120), (100, 900), *(pytest.param(*one, marks=pytest.mark.soak) for one in ((0, 0), (-400, 60)))],
)
def test_the_picture_follows_what_is_heard(room: Room, fast_ppm: int, delay_ms: int) -> None:
    device = room.device(fast_ppm, delay_ms)
    room.listen(device, "sound")
    room.engine.play()
    good = 0

    def stays_together() -> bool:
        nonlocal good
        error = room.error_ms()
        good = good + 1 if error is not None and error < 20 else 0
        return good == 100

    room.run_until(stays_together)


@pytest.mark.parametrize(
    "rate", [Fraction(2), *(pytest.param(one, marks=pytest.mark.soak) for one in (Fraction(1), Fraction(1, 2)))]
)
def test_a_device_that_plays_in_steps_is_met_in_their_middle_at_every_speed(room: Room, rate: Fraction) -> None:
    device = room.device(step_ms=20)
    output = room.listen(device, "sound")
    apart: list[float] = []

    def has_looked() -> bool:
        heard = output.heard_instant()
        if _has_played(device, SOUND_RATE) and heard is not None:
            apart.append(float((heard - room.engine.position) / rate / 1e6))
        return len(apart) == 150

    room.engine.set_rate(rate)
    room.engine.play()
    room.run_until(has_looked)
    assert abs(median(apart)) < 10


@pytest.mark.soak
@pytest.mark.parametrize("fast_ppm", [400, -400])
def test_sound_and_picture_stay_together_for_three_minutes(qapp: QApplication, tmp_path: Path, fast_ppm: int) -> None:
    seconds = 190
    clip = make_clip(tmp_path, ClipPlan(number=0, frames=seconds * 30))
    scene = make_scene([[(clip, 0)]])
    sound = place_sound(make_sound(tmp_path / "sound.flac", seconds), seconds, ClockMap.identity())
    picture = scene.timeline.cameras[0]
    microphone = CameraTimeline(replace(picture.camera, id="sound"), None, (sound,))
    room = Room(Timeline((picture, microphone), ()), scene.find_index)
    device = room.device(fast_ppm, step_ms=10)
    apart: list[float] = []
    begun_ns = room.clock.ns

    def is_over() -> bool:
        heard = output.heard_instant()
        if heard is not None and _has_played(device, SOUND_RATE):
            apart.append((heard - room.engine.position) / 1e6)
        return room.clock.ns - begun_ns > 180 * NS_PER_S

    try:
        output = room.listen(device, "sound")
        room.engine.set_tiles([TileRequest("camera-0", 320, 180)])
        room.engine.play()
        room.run_until(is_over, 200 * NS_PER_S)
        assert room.engine.is_playing
        assert device.starts <= 3, "sound begins anew only where a picture is waited for"
        assert len(apart) > 30_000
        assert abs(median(apart[-1_000:])) < 10
        assert np.percentile(np.abs(apart), 99) < 33
    finally:
        room.close()


def test_it_falls_silent_when_paused_backwards_or_too_fast(room: Room) -> None:
    device = room.device()
    output = room.listen(device, "sound")
    room.engine.play()
    room.run_until(lambda: output.is_sounding)
    room.engine.pause()
    room.run_until(lambda: not output.is_sounding)
    room.engine.play()
    room.run_until(lambda: output.is_sounding)
    room.engine.set_rate(Fraction(4))
    room.run_until(lambda: not output.is_sounding)
    room.engine.set_rate(Fraction(3, 2))
    room.engine.seek(IncidentTime(START_NS + 2 * NS_PER_S))
    room.run_until(lambda: output.is_sounding)
    room.engine.set_rate(Fraction(-1))
    room.run_until(lambda: not output.is_sounding)


def test_no_device_is_a_state_and_the_picture_plays_on(room: Room) -> None:
    output = room.listen(room.device(trouble="No sound device was found."), "sound")
    room.engine.play()
    room.run_until(lambda: output.state == "No sound device was found.")
    before = room.engine.position
    room.run_until(lambda: room.engine.position > before + NS_PER_S // 4)


def test_a_change_of_the_mix_is_heard_at_once_without_a_click_or_losing_step(room: Room) -> None:
    device = room.device()
    output = room.listen(device, "other")
    room.engine.play()
    room.run_until(lambda: device.played_samples() > SOUND_RATE)
    for mix, loudest in (
        (SoundMix({"other": CameraLevel(-20)}, frozenset({"other"})), 1_638),
        (SoundMix(solo=frozenset({"other"})), 16_383),
        (SoundMix({"other": CameraLevel(is_muted=True)}, frozenset({"other"})), 0),
        (SoundMix(solo=frozenset({"other"})), 16_383),
    ):
        before = device.played_samples()
        output.set_mix(mix)
        room.run_until(partial(_has_played, device, before + SOUND_RATE // 4))
        behind = device.samples[before + SOUND_RATE * 150 // 1000 : before + SOUND_RATE // 4]
        assert abs(int(np.abs(behind).max()) - loudest) < 200
        error = room.error_ms()
        assert error is not None
        assert error < 40
    assert device.stops == 0
    steps = np.abs(np.diff(device.samples[SOUND_RATE // 2 :, 0].astype(int)))
    assert steps.max() < 1.3 * 16_383 * 2 * np.pi * 200 / SOUND_RATE


def test_muting_all_ends_the_sound_and_hearing_again_begins_it(room: Room) -> None:
    device = room.device()
    output = room.listen(device, "sound", "other")
    room.engine.play()
    room.run_until(lambda: output.is_sounding)
    output.set_mix(output.mix.hear_nothing())
    room.run_until(lambda: not output.is_sounding)
    assert room.engine.is_playing
    output.set_mix(output.mix.hear_all())
    room.run_until(lambda: output.is_sounding)
    assert set(output.heard) == {"sound", "other"}


def test_another_device_goes_on_from_the_picture(room: Room) -> None:
    one, other = room.device(), room.device(delay_ms=100)
    output = room.listen(one, "sound")
    room.engine.play()
    room.run_until(lambda: one.played_samples() > SOUND_RATE // 2)
    output.change_device(lambda: other)
    room.run_until(lambda: other.played_samples() > SOUND_RATE // 2)
    assert one.stops == 1
    error = room.error_ms()
    assert error is not None
    assert error < 40


def test_a_device_that_goes_is_told_and_the_picture_plays_on(room: Room) -> None:
    device = room.device()
    output = room.listen(device, "sound")
    room.engine.play()
    room.run_until(lambda: output.is_sounding)
    device.words = "The sound device Headphones does not play."
    room.run_until(lambda: output.state == device.words)
    before = room.engine.position
    room.run_until(lambda: room.engine.position > before + NS_PER_S // 4)
    device.words = ""
    output.change_device()
    room.run_until(lambda: output.is_sounding and not output.state)


@pytest.mark.parametrize(
    "rate", [Fraction(2), *(pytest.param(one, marks=pytest.mark.soak) for one in (Fraction(1), Fraction(1, 2)))]
)
def test_after_a_seek_while_it_plays_sound_begins_anew_where_the_picture_is(room: Room, rate: Fraction) -> None:
    device = room.device()
    room.listen(device, "sound")
    room.engine.set_tiles([TileRequest("camera-0", 320, 180)])
    room.engine.set_rate(rate)
    room.engine.play()
    room.run_until(lambda: _has_played(device, SOUND_RATE // 4))
    for seconds in (6, 2, 4):
        stops = device.stops
        room.engine.seek(IncidentTime(room.engine.span.start + seconds * NS_PER_S))

        def has_begun_anew(before: int = stops) -> bool:
            return device.stops > before

        room.run_until(has_begun_anew)
        room.run_until(lambda: _has_played(device, SOUND_RATE // 3))
        error = room.error_ms()
        assert error is not None
        assert abs(error) < 40
