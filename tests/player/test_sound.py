"""Sound comes from the right place of the right file: measured by clicks at known times."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evidence.records import Camera, CameraKind, ClockPiece
from evidence.times import NS_PER_S, IncidentTime
from player.decoder.sound import SoundWorker
from player.sound import SoundFeed, sound_pieces
from player.sound_protocol import CHUNK_SAMPLES, FromSoundDecoder, SoundChunk, SoundFailed, SoundWant
from player.tracks import Track
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording
from tests.support.clips import START_NS
from tests.support.sounds import RATE, clicks_in, make_sound, make_tone, place_sound


def _track(*placed: PlacedRecording) -> Track:
    camera = Camera("camera-0", "Camera 0", CameraKind.AUDIO, "", "", "", "", 0, 0, "")
    return Track(CameraTimeline(camera, None, placed), lambda _id: None)


def _render(track: Track, start: int, chunks: int, speed: Fraction = Fraction(1)) -> NDArray[np.int16]:
    got: list[FromSoundDecoder] = []
    worker = SoundWorker(got.append)
    pieces = sound_pieces(track, IncidentTime(start), IncidentTime(start + 60 * NS_PER_S))
    worker.set_want(SoundWant(1, IncidentTime(start), speed, pieces, chunks))
    while worker.work():
        pass
    worker.close()
    pcm = b"".join(message.samples for message in got if isinstance(message, SoundChunk))
    return np.frombuffer(pcm, dtype="<i2").reshape(-1, 2)


@pytest.mark.parametrize(("codec", "suffix"), [("flac", ".flac"), ("aac", ".mp4"), ("pcm_s16le", ".wav")])
def test_clicks_are_heard_at_their_own_instants(tmp_path: Path, codec: str, suffix: str) -> None:
    path = make_sound(tmp_path / f"sound{suffix}", 6, codec)
    track = _track(place_sound(path, 6, ClockMap.identity()))
    heard = clicks_in(_render(track, START_NS + 2_030_000_000, 60))
    expected = [RATE * (100 * number - 30) // 1000 for number in range(1, 13)]
    assert len(heard) == len(expected)
    assert max(abs(one - other) for one, other in zip(heard, expected, strict=True)) <= 24


def test_a_clock_that_drifts_is_followed_to_the_sample(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "sound.flac", 20)
    drift = ClockMap((ClockPiece(START_NS, START_NS, 2_000_000),))
    track = _track(place_sound(path, 20, drift))
    heard = clicks_in(_render(track, START_NS + 10 * NS_PER_S, 50))
    device = [Fraction(number, 10) for number in range(101, 111)]
    expected = [int((at / Fraction("1.002") - 10) * RATE) for at in device if 0 <= at / Fraction("1.002") - 10 < 1]
    assert len(heard) == len(expected)
    assert max(abs(one - other) for one, other in zip(heard, expected, strict=True)) <= 2


def test_between_two_recordings_it_is_silent(tmp_path: Path) -> None:
    first = place_sound(make_sound(tmp_path / "a.flac", 1), 1, ClockMap.identity())
    second = place_sound(make_sound(tmp_path / "b.flac", 1), 1, ClockMap.identity(), START_NS + 2 * NS_PER_S)
    samples = _render(_track(first, second), START_NS + NS_PER_S // 2, 100)
    assert not samples[RATE // 2 : RATE * 3 // 2].any()
    heard = clicks_in(samples)
    assert next(at for at in heard if at >= RATE) == RATE * 3 // 2


@pytest.mark.parametrize("speed", ["1/2", "3/2", "2"])
def test_other_speeds_change_the_tempo_and_keep_the_pitch(tmp_path: Path, speed: str) -> None:
    path = make_tone(tmp_path / "tone.flac", 12, 440)
    left = _render(_track(place_sound(path, 12, ClockMap.identity())), START_NS, 200, Fraction(speed))[:, 0]
    envelope = np.abs(left.astype(np.float64)).reshape(-1, 480).max(axis=1) > 5_000
    bursts = int(np.count_nonzero(envelope[1:] & ~envelope[:-1])) + int(envelope[0])
    assert abs(bursts - 8 * float(Fraction(speed))) <= 1
    crossings = int(np.count_nonzero((left[1:] > 0) & (left[:-1] <= 0)))
    assert abs(crossings / (envelope.sum() / 100) - 440) < 35


def test_a_missing_file_is_silence_and_a_reason(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "sound.flac", 2)
    track = _track(place_sound(path, 2, ClockMap.identity()))
    path.unlink()
    got: list[FromSoundDecoder] = []
    worker = SoundWorker(got.append)
    pieces = sound_pieces(track, IncidentTime(START_NS), IncidentTime(START_NS + NS_PER_S))
    worker.set_want(SoundWant(1, IncidentTime(START_NS), Fraction(1), pieces, 5))
    while worker.work():
        pass
    assert next(message.reason for message in got if isinstance(message, SoundFailed)).startswith("sound.flac is not")
    assert sum(isinstance(message, SoundChunk) for message in got) == 5


def test_the_feed_hands_out_what_was_fetched_and_knows_its_instant(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "sound.flac", 6)
    feed = SoundFeed()
    try:
        feed.start(_track(place_sound(path, 6, ClockMap.identity())), IncidentTime(START_NS), Fraction(1))
        taken = b""
        end = time.monotonic() + 10
        while len(taken) < RATE * 4 * 2:
            feed.pump()
            if feed.buffered:
                assert feed.next_instant is not None
                assert abs(feed.next_instant - START_NS - len(taken) // 4 * NS_PER_S // RATE) <= 1
            taken += feed.take(CHUNK_SAMPLES // 2 + 7)
            assert time.monotonic() < end
        heard = clicks_in(np.frombuffer(taken, dtype="<i2").reshape(-1, 2))
        assert heard[:20] == [RATE * number // 10 for number in range(20)]
    finally:
        feed.close()
