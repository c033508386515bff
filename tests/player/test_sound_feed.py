"""The feed keeps sound coming: from several cameras, through decoders that die or hang, without the one that kills."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evidence.records import Camera, CameraKind
from evidence.times import NS_PER_S, IncidentTime
from player.decoder.sound import SoundWorker
from player.decoder_link import SoundLink
from player.playhead import ManualClock
from player.sound import SoundFeed
from player.sound_desk import MixingDesk
from player.sound_mix import SoundMix
from player.sound_protocol import (
    CHUNK_SAMPLES,
    FromSoundDecoder,
    SoundNeed,
    SoundReading,
    SoundVoices,
    SoundWant,
    ToSoundDecoder,
)
from player.tracks import Track
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline
from tests.support.clips import START_NS
from tests.support.sounds import RATE, clicks_in, make_sound, place_sound

START = IncidentTime(START_NS)


class FakeDecoder:
    """A decoder in this process that dies, or hangs, as soon as it is to read the bad file."""

    def __init__(self, bad: bytes = b"", *, hangs: bool = False) -> None:
        self._bad = bad
        self._hangs = hangs
        self._out: list[FromSoundDecoder] = []
        self._worker = SoundWorker(self._say)
        self.is_alive = True
        self.is_hanging = False
        self.wants: list[SoundWant] = []

    def _say(self, message: FromSoundDecoder) -> None:
        self._out.append(message)
        if isinstance(message, SoundReading) and message.path_bytes == self._bad:
            raise InterruptedError

    def send(self, message: ToSoundDecoder) -> bool:
        if not self.is_alive or self.is_hanging:
            return False
        match message:
            case SoundWant():
                self.wants.append(message)
                self._worker.set_want(message)
            case SoundVoices():
                self._worker.set_voices(message)
            case SoundNeed():
                self._worker.allow(message)
        return True

    def receive(self) -> list[FromSoundDecoder]:
        try:
            while self.is_alive and not self.is_hanging and self._worker.work():
                pass
        except InterruptedError:
            self.is_alive, self.is_hanging = self._hangs, self._hangs
        taken, self._out = self._out, []
        return taken

    def kill(self) -> None:
        self.is_alive = False

    def close(self) -> None:
        self._worker.close()

    def join(self) -> None:
        pass


def track(path: Path, seconds: float, camera_id: str) -> Track:
    camera = Camera(camera_id, camera_id, CameraKind.AUDIO, "", "", "", "", 0, 0, "")
    return Track(CameraTimeline(camera, None, (place_sound(path, seconds, ClockMap.identity()),)), lambda _id: None)


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Track]:
    folder = tmp_path_factory.mktemp("sounds")
    return {name: track(make_sound(folder / f"{name}.flac", 8), 8, name) for name in ("good", "bad")}


def _path(one: Track) -> bytes:
    return one.camera.placed[0].recording.path_bytes


def _take_all(feed: SoundFeed, seconds: float, clock: ManualClock | None = None) -> dict[str, NDArray[np.int16]]:
    """Play for so long, and put together what each camera gave."""
    parts: dict[str, list[bytes]] = {}
    chunks = int(seconds * 50)
    patience = time.monotonic() + 60
    for number in range(chunks):
        while not feed.buffered_chunks:
            feed.pump()
            if clock is not None:
                clock.advance(NS_PER_S // 20)
            assert time.monotonic() < patience, f"chunk {number} never came"
        stems = feed.take()
        assert stems is not None
        for camera, samples in stems.items():
            silence = bytes(CHUNK_SAMPLES * 4)
            parts.setdefault(camera, [silence] * number).append(samples or silence)
    return {camera: np.frombuffer(b"".join(one), "<i2").reshape(-1, 2) for camera, one in parts.items()}


@pytest.mark.parametrize("hangs", [False, True])
def test_a_file_that_breaks_the_decoder_is_left_out_after_three_times(tracks: dict[str, Track], hangs: bool) -> None:
    made: list[FakeDecoder] = []
    clock = ManualClock()

    def start() -> FakeDecoder:
        made.append(FakeDecoder(_path(tracks["bad"]), hangs=hangs))
        return made[-1]

    feed = SoundFeed(start, clock)
    feed.start(tracks, START, Fraction(1))
    heard = _take_all(feed, 2, clock)
    assert len(made) == 4
    assert clicks_in(heard["good"]) == [RATE * number // 10 for number in range(20)]
    assert "bad.flac" in feed.troubles["bad"]
    assert "three times" in feed.troubles["bad"]
    assert "good" not in feed.troubles
    feed.start(tracks, START, Fraction(1))
    _take_all(feed, 1, clock)
    assert len(made) == 4
    feed.try_again("bad")
    _take_all(feed, 1, clock)
    assert len(made) == 7
    feed.close()


def test_a_decoder_that_was_killed_goes_on_where_the_sound_is(tracks: dict[str, Track]) -> None:
    made: list[FakeDecoder] = []

    def start() -> FakeDecoder:
        made.append(FakeDecoder())
        return made[-1]

    feed = SoundFeed(start, ManualClock())
    feed.start(tracks, START, Fraction(1))
    first = _take_all(feed, 1)
    made[0].kill()
    second = _take_all(feed, 1)
    assert len(made) == 2
    assert made[1].wants[0].first >= 50
    assert clicks_in(np.concatenate([first["good"], second["good"]])) == [RATE * n // 10 for n in range(20)]
    assert not feed.troubles
    feed.close()


def test_a_camera_that_joins_is_heard_from_the_next_chunk_on(tracks: dict[str, Track]) -> None:
    feed = SoundFeed(FakeDecoder, ManualClock())
    feed.start({"good": tracks["good"]}, START, Fraction(1))
    _take_all(feed, 1)
    feed.hear(tracks)
    feed.pump()
    heard = _take_all(feed, 1)
    assert clicks_in(heard["bad"]) == clicks_in(heard["good"]) == [RATE * n // 10 for n in range(10)]
    feed.close()


def test_it_goes_on_beyond_what_was_asked_for_at_first(tmp_path: Path) -> None:
    long = {"a": track(make_sound(tmp_path / "a.flac", 130), 130, "a")}
    feed = SoundFeed(FakeDecoder, ManualClock())
    feed.start(long, START, Fraction(2))
    last_heard = 0
    while feed.next_instant is None or feed.next_instant < START + 128 * NS_PER_S:
        feed.pump()
        instant, stems = feed.next_instant, feed.take()
        if stems is not None and stems["a"]:
            assert instant is not None
            last_heard = instant
    assert last_heard > START + 127 * NS_PER_S
    feed.close()


def test_the_sound_decoder_is_a_process_that_can_be_killed(tracks: dict[str, Track]) -> None:
    links: list[SoundLink] = []

    def start() -> SoundLink:
        links.append(SoundLink())
        return links[-1]

    feed = SoundFeed(start)
    try:
        feed.start(tracks, START, Fraction(1))
        first = _take_all(feed, 1)
        links[0].kill()
        second = _take_all(feed, 1)
        assert clicks_in(np.concatenate([first["good"], second["good"]])) == [RATE * n // 10 for n in range(20)]
    finally:
        feed.close()


def test_many_cameras_are_mixed_and_limited(tmp_path: Path) -> None:
    many = {f"camera-{n}": track(make_sound(tmp_path / f"{n}.flac", 3), 3, f"camera-{n}") for n in range(20)}
    desk = MixingDesk(SoundFeed(FakeDecoder, ManualClock()))
    desk.set_tracks(many)
    desk.set_mix(SoundMix())
    desk.start(START, Fraction(1))
    pcm = b""
    while len(pcm) < 2 * RATE * 4:
        desk.pump()
        assert desk.next_instant == START + len(pcm) // 4 * NS_PER_S // RATE
        pcm += desk.take(777)
    mixed = np.frombuffer(pcm, "<i2").reshape(-1, 2)
    assert clicks_in(mixed)[:20] == [RATE * n // 10 for n in range(20)]
    assert np.abs(mixed.astype(int)).max() <= 32_767
    assert desk.turned_down < 0.1
    desk.close()
