"""Sound comes from the right place of the right file: measured by clicks at known times."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import scipy.signal
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from evidence.records import Camera, CameraKind, ClockPiece
from evidence.times import NS_PER_S, IncidentTime
from player.decoder import sound_reader
from player.decoder.sound import SoundWorker
from player.sound_mix import CameraLevel, matrix_of
from player.sound_mixer import Mixer, to_pcm
from player.sound_pieces import sound_voices
from player.sound_protocol import (
    CHUNK_SAMPLES,
    FromSoundDecoder,
    SoundChunk,
    SoundFailed,
    SoundNeed,
    SoundVoices,
    SoundWant,
)
from player.tracks import Track
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording
from tests.support.amr import amr_frames, decoded_amr
from tests.support.clips import START_NS
from tests.support.sounds import RATE, clicks_in, make_sound, make_tone, place_sound, write_sound

Pcm = NDArray[np.int16]


def _track(*placed: PlacedRecording) -> Track:
    camera = Camera("camera-0", "Camera 0", CameraKind.AUDIO, "", "", "", "", 0, 0, "")
    return Track(CameraTimeline(camera, None, placed), lambda _id: None)


def _voices(tracks: Mapping[str, Track], start: int = START_NS) -> SoundWant:
    voices = sound_voices(tracks, IncidentTime(start - NS_PER_S), IncidentTime(start + 60 * NS_PER_S))
    return SoundWant(1, IncidentTime(start), Fraction(1), voices, 0, 0)


def _deliver(want: SoundWant) -> list[FromSoundDecoder]:
    got: list[FromSoundDecoder] = []
    worker = SoundWorker(got.append)
    worker.set_want(want)
    while worker.work():
        pass
    worker.close()
    return got


def _joined(messages: list[FromSoundDecoder], camera_id: str, chunks: int) -> Pcm:
    """Put a camera's chunks together; zeros where none came or it was silent."""
    samples = np.zeros((chunks * CHUNK_SAMPLES, 2), dtype="<i2")
    for message in messages:
        if isinstance(message, SoundChunk):
            for stem in message.stems:
                if stem.camera_id == camera_id and stem.samples:
                    at = message.number * CHUNK_SAMPLES
                    samples[at : at + CHUNK_SAMPLES] = np.frombuffer(stem.samples, dtype="<i2").reshape(-1, 2)
    return samples


def _render(track: Track, start: int, chunks: int, speed: Fraction = Fraction(1)) -> Pcm:
    voices = _voices({"a": track}, start).voices
    return _joined(_deliver(SoundWant(1, IncidentTime(start), speed, voices, 0, chunks)), "a", chunks)


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
    voices = _voices({"a": _track(place_sound(path, 2, ClockMap.identity()))}).voices
    path.unlink()
    got = _deliver(SoundWant(1, IncidentTime(START_NS), Fraction(1), voices, 0, 5))
    reasons = [message.reason for message in got if isinstance(message, SoundFailed)]
    assert len(reasons) == 1
    assert reasons[0].startswith("sound.flac is not")
    assert sum(isinstance(message, SoundChunk) for message in got) == 5


@pytest.mark.parametrize("speed", ["1/2", "3/4", "3/2", "2"])
def test_at_other_speeds_every_sound_stays_within_a_frame_of_its_instant(tmp_path: Path, speed: str) -> None:
    rng = np.random.default_rng(3)
    samples = (0.02 * rng.standard_normal(12 * RATE)).astype(np.float32)
    marks = np.arange(RATE // 2, 11 * RATE, RATE // 2)
    for mark in marks:
        samples[mark - RATE // 50 : mark + RATE // 50] += 0.3 * rng.standard_normal(RATE // 25)
    track = _track(place_sound(write_sound(tmp_path / "a.flac", samples), 12, ClockMap.identity()))
    factor = float(Fraction(speed))
    power = _render(track, START_NS, int(500 / factor), Fraction(speed))[:, 0].astype(np.float64) ** 2
    at = np.arange(len(power)) * factor / RATE
    for mark in marks[marks < 9.5 * RATE] / RATE:
        near = np.abs(at - mark) < 0.15
        assert abs(float(np.average(at[near], weights=power[near])) - mark) <= 0.030


def test_cameras_stay_together_to_the_sample_at_every_speed(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    samples = (0.3 * rng.standard_normal(6 * RATE)).astype(np.float32)
    path = write_sound(tmp_path / "a.flac", samples)
    one, other = (_track(place_sound(path, 6, ClockMap.identity())) for _ in range(2))
    for speed in (Fraction(1), Fraction(3, 2)):
        got: list[FromSoundDecoder] = []
        worker = SoundWorker(got.append)
        voices = _voices({"a": one, "b": other}).voices
        worker.set_want(SoundWant(1, IncidentTime(START_NS), speed, voices[:1], 0, 30))
        while worker.work():
            pass
        worker.set_voices(SoundVoices(1, voices, 12))
        worker.allow(SoundNeed(1, 50))
        while worker.work():
            pass
        worker.close()
        first, second = _joined(got, "a", 50), _joined(got, "b", 50)
        assert not second[: 12 * CHUNK_SAMPLES].any()
        assert np.array_equal(first[12 * CHUNK_SAMPLES :], second[12 * CHUNK_SAMPLES :])


def test_a_stream_with_a_long_gap_is_silent_there_and_right_behind_it(tmp_path: Path) -> None:
    path = _with_gap(tmp_path / "gap.mka", 2, 7)
    samples = _render(_track(place_sound(path, 10, ClockMap.identity())), START_NS, 450)
    heard = clicks_in(samples)
    assert [at for at in heard if RATE * 2 < at < RATE * 7 - 48] == []
    assert len(clicks_in(samples[: RATE * 2])) == 20
    behind = [at for at in heard if at >= RATE * 7 - 48]
    assert abs(behind[0] - RATE * 7) <= 48
    assert len(behind) == 20


def test_a_camera_that_begins_late_or_ends_early_is_not_sought_for_at_every_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _with_gap(tmp_path / "late.mka", 0, 4)
    track = _track(place_sound(path, 30, ClockMap.identity()))
    seeks: list[int] = []
    before = sound_reader.SoundReader._seek

    def count(reader: sound_reader.SoundReader, sample: int) -> None:
        seeks.append(sample)
        before(reader, sample)

    monkeypatch.setattr(sound_reader.SoundReader, "_seek", count)
    _render(track, START_NS, 1_000)
    assert len(seeks) <= 10


def test_a_mix_is_what_ffmpeg_makes_of_it(tmp_path: Path) -> None:
    """Another program's opinion: two recordings, one later by 0.7 s, one quieter."""
    rng = np.random.default_rng(9)
    paths = [
        write_sound(tmp_path / f"{name}.flac", (0.2 * rng.standard_normal(4 * RATE)).astype(np.float32))
        for name in "ab"
    ]
    tracks = {
        "a": _track(place_sound(paths[0], 4, ClockMap.identity())),
        "b": _track(place_sound(paths[1], 4, ClockMap.identity(), START_NS + 700_000_000)),
    }
    voices = _voices(tracks).voices
    got = _deliver(SoundWant(1, IncidentTime(START_NS), Fraction(1), voices, 0, 150))
    levels = {"a": matrix_of(CameraLevel()), "b": matrix_of(CameraLevel(gain_db=-6))}
    mixer = Mixer()
    mixer.restart(levels)
    ours = b"".join(
        to_pcm(mixer.mix({stem.camera_id: stem.samples for stem in message.stems}, levels))
        for message in got
        if isinstance(message, SoundChunk)
    )
    stereo = "aformat=sample_fmts=flt,pan=stereo|c0=c0|c1=c0"
    graph = (
        f"[0]{stereo}[a];[1]{stereo},volume=-6dB,adelay=700:all=1[b];[a][b]amix=inputs=2:normalize=0:duration=longest"
    )
    command = ["ffmpeg", "-v", "error", "-i", str(paths[0]), "-i", str(paths[1]), "-filter_complex", graph]
    theirs = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout[: len(ours)]
    difference = np.frombuffer(ours, "<i2").astype(int) - np.frombuffer(theirs, "<i2").astype(int)
    assert np.abs(difference).max() <= 2


def _with_gap(path: Path, first_s: int, second_from_s: int) -> Path:
    """Write clicks for `first_s` seconds and again for two seconds from `second_from_s` on, with nothing between."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        assert isinstance(stream, AudioStream)
        second = np.zeros(RATE // 10, dtype=np.int16)
        second[:24] = 30_000
        for tenth in [*range(first_s * 10), *range(second_from_s * 10, second_from_s * 10 + 20)]:
            frame = av.AudioFrame.from_ndarray(second.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = tenth * RATE // 10
            frame.time_base = Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.media
@pytest.mark.parametrize("first", [0, RATE, 5 * RATE])
def test_the_sound_of_an_old_phone_with_five_frames_in_a_packet_is_where_it_was(
    first: int, media: Path, tmp_path: Path
) -> None:
    path = media / "file-type" / "fixture2.3gp"
    reader = sound_reader.SoundReader(bytes(path), path.name, 0)
    samples = reader.samples(first, RATE)[:, 0]
    reader.close()
    whole = decoded_amr(path, tmp_path)
    begin = round((first / RATE - float(amr_frames(path)[0].time)) * 8000)
    low = scipy.signal.resample_poly(samples, 1, RATE // 8000)[400:-400]  # away from where filters begin and end
    along = scipy.signal.correlate(low, whole[max(0, begin - 200) : begin + 8200], method="fft")
    late = int(np.argmax(along)) - (min(begin + 8200, len(whole)) - max(0, begin - 200)) + 1
    assert late == max(0, begin - 200) - begin - 400
