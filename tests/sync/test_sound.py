"""Matching by sound: what both heard is found to a millisecond; what repeats or is not shared is never believed."""

import os
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from evidence.jobs import never_cancelled, no_progress
from sync.pair_search import PairRequest, PairSource
from sync.sound.confidence import Ground
from sync.sound.decode import RATE as SOUND_RATE
from sync.sound.decode import Sound, read_sound
from sync.sound.job import run
from sync.sound.match import MatchVerdict, match_sounds
from sync.sound.prepared import Prepared, prepare
from tests.support.amr import amr_frames, decoded_amr
from tests.support.sound_files import RATE, Track, write_sound
from tests.support.talk import heard, talk
from tests.support.tune import tune


@pytest.fixture(scope="module")
def words() -> Track:
    return talk(1, 80)


def prepared(samples: Track) -> Prepared:
    low = np.asarray(scipy.signal.resample_poly(samples, 1, 2), dtype=np.float32)
    return prepare(Sound(low, 0, 0))


@pytest.mark.parametrize("codec", ["wav", "amr", "aac16", "aac64", "mp2", "mkv"])
def test_a_sound_is_where_it_was_whatever_codec_kept_it(tmp_path: Path, codec: str, words: Track) -> None:
    path = write_sound(words[: 10 * RATE], codec, tmp_path / "heard")
    sound = read_sound(os.fsencode(path), path.name, 0, never_cancelled)
    original = scipy.signal.resample_poly(words[: 10 * RATE], 1, 2)
    along = scipy.signal.correlate(sound.samples, original, method="fft")
    late = int(np.argmax(along)) - len(original) + 1 + sound.start_ns * SOUND_RATE / 1e9
    assert abs(late) <= 2
    assert sound.path_sigma_ns < (1_000_000 if codec not in {"mp2", "mkv"} else 100_000_000)


@pytest.mark.media
def test_the_sound_of_an_old_phone_with_five_frames_in_a_packet_is_where_it_was(media: Path, tmp_path: Path) -> None:
    """FFmpeg leaves 5 ms out of each frame of such a packet, which put all of the sound 20 ms too early."""
    path = media / "file-type" / "fixture2.3gp"
    sound = read_sound(os.fsencode(path), path.name, 0, never_cancelled)
    whole = decoded_amr(path, tmp_path)
    begin_s = float(amr_frames(path)[0].time) - 0.005  # AMR comes out 5 ms late: its look-ahead
    assert abs(sound.start_ns / 1e9 - begin_s) < 1e-6
    assert np.array_equal(sound.samples[: len(whole)], whole)


def test_two_recorders_are_lined_up_to_a_millisecond_with_their_drift(words: Track) -> None:
    first = prepared(heard(words, start_s=0, seconds=60, ppm=-40, noise=0.02, seed=2))
    second = prepared(heard(words, start_s=17.25, seconds=60, ppm=120, noise=0.02, seed=3))
    match = match_sounds(first, second)
    assert match.verdict is MatchVerdict.FOUND
    assert match.line is not None
    true_s = match.line.at_s / (1 - 40e-6)
    assert abs(match.line.lag_s - ((true_s - 17.25) * (1 + 120e-6) - match.line.at_s)) < 1e-3
    assert abs(match.line.drift - 160e-6) < 20e-6


def test_clipping_a_mute_gap_and_a_bad_microphone_do_not_hide_a_match(words: Track) -> None:
    one = heard(words, start_s=0, seconds=70, ppm=0, noise=0.03, seed=4)
    one = np.clip(one * 8, -0.5, 0.5)
    other = heard(words, start_s=5, seconds=70, ppm=50, noise=0.01, seed=5)
    other[20 * RATE : 35 * RATE] = 0.0
    low = scipy.signal.butter(2, [400, 2500], "bandpass", fs=RATE, output="sos")
    other = np.asarray(scipy.signal.sosfilt(low, other), dtype=np.float32)
    match = match_sounds(prepared(np.asarray(one, dtype=np.float32)), prepared(other))
    assert match.verdict is MatchVerdict.FOUND
    assert match.line is not None
    assert abs(match.line.lag_s + 5) < 0.01


def test_different_talk_is_no_match(words: Track) -> None:
    first = prepared(heard(words, start_s=0, seconds=60, ppm=0, noise=0.02, seed=6))
    second = prepared(heard(talk(2, 60), start_s=0, seconds=60, ppm=0, noise=0.02, seed=7))
    assert match_sounds(first, second).verdict is MatchVerdict.NOTHING


def test_an_alarm_that_both_heard_on_different_nights_is_never_believed(words: Track) -> None:
    t = np.arange(70 * RATE) / RATE
    alarm = 0.5 * np.sign(np.sin(2 * np.pi * np.cumsum(np.where(t % 1.1 < 0.55, 2400, 1300)) / RATE))
    nights = []
    for number, voice in enumerate((words, talk(3, 70))):
        mixed = np.asarray(voice[: 60 * RATE] + alarm[number * 3000 : number * 3000 + 60 * RATE], dtype=np.float32)
        nights.append(prepared(heard(mixed, start_s=0, seconds=55, ppm=number * 90.0, noise=0.02, seed=8 + number)))
    assert match_sounds(*nights).verdict is MatchVerdict.AMBIGUOUS


def test_an_alarm_over_everything_does_not_hide_what_else_both_heard(words: Track) -> None:
    """The alarm fits at every period; what is said once fits at one lag only."""
    t = np.arange(80 * RATE) / RATE
    alarm = 0.4 * np.sign(np.sin(2 * np.pi * np.cumsum(np.where(t % 0.9 < 0.45, 2300, 1250)) / RATE))
    mixed = np.asarray(words[: 80 * RATE] + alarm, dtype=np.float32)
    first = prepared(heard(mixed, start_s=0, seconds=65, ppm=60, noise=0.02, seed=10))
    second = prepared(heard(mixed, start_s=12.4, seconds=65, ppm=-80, noise=0.02, seed=11))
    match = match_sounds(first, second)
    assert match.verdict is MatchVerdict.FOUND
    assert match.line is not None
    assert abs(match.line.lag_s + 12.4) < 0.01


def test_looped_music_does_not_hide_what_else_both_heard_and_the_answer_says_so(words: Track) -> None:
    music = np.tile(tune(12, bars=6), 10)[: 80 * RATE]
    is_said = np.arange(80 * RATE) % (14 * RATE) < 6 * RATE  # nobody talks all the time
    mixed = np.asarray(words[: 80 * RATE] * is_said + music, dtype=np.float32)
    first = prepared(heard(mixed, start_s=0, seconds=65, ppm=60, noise=0.02, seed=13))
    second = prepared(heard(mixed, start_s=9.1, seconds=65, ppm=-80, noise=0.02, seed=14))
    match = match_sounds(first, second)
    assert match.verdict is MatchVerdict.FOUND
    assert match.line is not None
    assert abs(match.line.lag_s + 9.1) < 0.01


def test_talk_under_a_repeated_announcement_is_found_when_that_is_taken_out(words: Track) -> None:
    """An announcement every eight seconds is louder than all else, and each recorder has a talker beside it."""
    count = 70 * RATE
    announced = 3.0 * np.resize(talk(32, 8)[: 8 * RATE], count)
    mixed = [
        np.asarray(words[:count] + announced + 2.0 * talk(seed, 70)[:count], dtype=np.float32) for seed in (40, 41)
    ]
    first = prepared(heard(mixed[0], start_s=0, seconds=60, ppm=60, noise=0.02, seed=23))
    second = prepared(heard(mixed[1], start_s=9.1, seconds=60, ppm=-80, noise=0.02, seed=24))
    match = match_sounds(first, second)
    assert match.verdict is MatchVerdict.FOUND
    assert match.ground is Ground.LEFT
    assert match.line is not None
    assert abs(match.line.lag_s + 9.1) < 0.01


@pytest.mark.parametrize("is_loop", [True, False])
def test_music_that_both_heard_on_different_nights_is_never_believed(words: Track, *, is_loop: bool) -> None:
    music = np.tile(tune(15, bars=6), 10) if is_loop else tune(16, bars=60)
    nights = []
    for number, voice in enumerate((words, talk(17, 80))):
        part = music[number * 5000 : number * 5000 + 60 * RATE]
        mixed = np.asarray(0.3 * voice[: len(part)] + 2.0 * part, dtype=np.float32)
        nights.append(prepared(heard(mixed, start_s=0, seconds=55, ppm=number * 90.0, noise=0.02, seed=18 + number)))
    assert match_sounds(*nights).verdict is MatchVerdict.AMBIGUOUS


def test_many_recordings_are_compared_in_children_and_a_broken_one_is_named(tmp_path: Path, words: Track) -> None:
    paths = [
        write_sound(
            heard(words, start_s=start, seconds=45, ppm=0, noise=0.02, seed=10 + start), "wav", tmp_path / f"r{start}"
        )
        for start in (0, 6)
    ]
    broken = tmp_path / "broken.wav"
    broken.write_bytes(paths[0].read_bytes()[:60])
    sources = tuple(PairSource(path.stem, path.stem, os.fsencode(path), path.name, 0) for path in (*paths, broken))
    result = run(PairRequest(sources, workers=1), no_progress, never_cancelled)
    (pair,) = result.pairs
    assert (pair.first, pair.second) == ("r0", "r6")
    assert pair.match.line is not None
    assert abs(pair.match.line.lag_s + 6) < 1e-3
    assert [name for name, _ in result.failures] == ["broken"]
