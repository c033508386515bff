"""A clip of some seconds is found in a long recording; what may be the same on another day is only possible."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from evidence.jobs import never_cancelled
from evidence.observations import ObservationState
from sync.finder import Finder
from sync.pair_search import ComparedPair
from sync.sound.decode import Sound, read_sound
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.observe import bonds_of, observe_match
from sync.sound.prepared import Prepared, prepare
from tests.support.sound_files import RATE, Track
from tests.support.talk import heard, talk
from tests.support.tune import tune

_LONG_S = 90.0


@pytest.fixture(scope="module")
def words() -> Track:
    return talk(51, 100)


@pytest.fixture(scope="module")
def long(words: Track) -> Prepared:
    return prepared(heard(words, start_s=0, seconds=_LONG_S, ppm=80, noise=0.02, seed=1))


def prepared(samples: Track) -> Prepared:
    low = np.asarray(scipy.signal.resample_poly(samples, 1, 2), dtype=np.float32)
    return prepare(Sound(low, 0, 0))


def clip(of: Track, start_s: float, seconds: float, *, noise: float = 0.02, seed: int = 2) -> Prepared:
    return prepared(heard(of, start_s=start_s, seconds=seconds, ppm=-60, noise=noise, seed=seed))


@pytest.mark.parametrize(("start_s", "seconds"), [(0.0, 4), (31.7, 3), (60.2, 5), (82.0, 7), (40.0, 9)])
def test_a_clip_of_some_seconds_is_found_to_a_millisecond_whichever_comes_first(
    words: Track, long: Prepared, start_s: float, seconds: float
) -> None:
    short = clip(words, start_s, seconds)
    for first, second in ((short, long), (long, short)):
        match = match_sounds(first, second)
        assert match.verdict is MatchVerdict.FOUND, match.why
        assert match.line is not None
        at_s, there_s = match.line.at_s, match.line.at_s + match.line.lag_at(match.line.at_s)
        short_s, long_s = (at_s, there_s) if first is short else (there_s, at_s)
        assert abs(start_s + short_s / (1 - 60e-6) - long_s / (1 + 80e-6)) < 1e-3
        observed = observe_match(ComparedPair("a", "b", match), Finder("program", 0, lambda: "id"))
        assert {one.state for one in observed} == {ObservationState.PROPOSED}
        assert "Right in at least" in observed[0].evidence


def test_a_clip_that_begins_before_the_other_recording_is_found_by_what_they_share(words: Track) -> None:
    late = prepared(heard(words, start_s=21.5, seconds=60, ppm=0, noise=0.02, seed=3))
    match = match_sounds(clip(words, 20.0, 5), late)
    assert match.verdict is MatchVerdict.FOUND
    assert match.line is not None
    assert abs(match.line.lag_s + 1.5) < 1e-3


def test_a_clip_of_something_else_is_no_match(long: Prepared) -> None:
    for seed in range(60, 66):
        assert match_sounds(clip(talk(seed, 10), 1.0, 5), long).verdict is MatchVerdict.NOTHING


def test_a_clip_of_an_alarm_fits_everywhere_and_so_nowhere() -> None:
    t = np.arange(100 * RATE) / RATE
    alarm = np.asarray(0.5 * np.sign(np.sin(2 * np.pi * np.cumsum(np.where(t % 1.1 < 0.55, 2400, 1300)) / RATE)))
    night = prepared(heard(alarm.astype(np.float32), start_s=0, seconds=60, ppm=0, noise=0.05, seed=4))
    for seconds in (3, 6, 10):
        match = match_sounds(clip(alarm.astype(np.float32), 7.3, seconds, noise=0.05), night)
        assert match.verdict in {MatchVerdict.NOTHING, MatchVerdict.AMBIGUOUS}


@pytest.mark.parametrize("seconds", [3, 6, 10])
def test_a_clip_of_a_song_is_possible_and_proposed_to_nobody(seconds: float) -> None:
    song = tune(71, bars=40)
    nights = [
        np.asarray(0.3 * talk(seed, 80)[: 70 * RATE] + 2 * song[: 70 * RATE], dtype=np.float32) for seed in (8, 9)
    ]
    whole = prepared(heard(nights[0], start_s=0, seconds=60, ppm=0, noise=0.02, seed=5))
    match = match_sounds(clip(nights[1], 23.0, seconds), whole)
    assert match.verdict in {MatchVerdict.POSSIBLE, MatchVerdict.AMBIGUOUS}
    assert match.ground is None


def test_a_beep_that_every_device_makes_joins_nothing() -> None:
    """A tone is the same on every day, and sharp; but it does not last."""
    t = np.arange(RATE // 2) / RATE
    beep = np.asarray(np.sin(2 * np.pi * (900 * t + 500 * t**2)) * np.hanning(len(t)), dtype=np.float32)
    days = []
    for seed in (81, 82):
        day = 0.2 * talk(seed, 60)
        day[20 * RATE : 20 * RATE + len(beep)] += 2 * beep
        days.append(np.asarray(day, dtype=np.float32))
    whole = prepared(heard(days[0], start_s=0, seconds=55, ppm=0, noise=0.01, seed=6))
    for seconds in (2, 4, 8):
        assert match_sounds(clip(days[1], 19.0, seconds, noise=0.01), whole).verdict is not MatchVerdict.FOUND


def test_two_clips_that_fit_at_one_place_are_possible_and_foretell_nothing(words: Track) -> None:
    match = match_sounds(clip(words, 30.0, 4), clip(words, 31.0, 4, seed=7))
    assert match.verdict is MatchVerdict.POSSIBLE, match.why
    assert match.line is not None
    assert abs(match.line.lag_s + 1.0) < 1e-3
    assert "Listen" in match.why
    (one,) = observe_match(ComparedPair("a", "b", match), Finder("program", 0, lambda: "id"))
    assert one.state is ObservationState.POSSIBLE
    assert "Too short to tell drift" in one.evidence
    assert bonds_of([one]) == ()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("one_s", "other_s"), [(2, 10), (10, 2), (0.5, 3), (1, 1), (9, 9), (0.1, 0.1)])
def test_sounds_of_any_length_are_compared_without_a_fault(words: Track, one_s: float, other_s: float) -> None:
    match_sounds(clip(words, 5.0, one_s), clip(talk(90, 12), 1.0, other_s))


def test_a_clip_without_anything_in_it_is_no_match(long: Prepared) -> None:
    for samples in (np.zeros(3 * RATE), np.zeros(RATE // 10), 1e-7 * np.ones(5 * RATE)):
        assert match_sounds(prepared(samples.astype(np.float32)), long).verdict is MatchVerdict.NOTHING


@pytest.mark.media
def test_four_microphones_that_recorded_two_seconds_of_one_talk_are_found(media: Path) -> None:
    """Their true delays are 3 to 5 ms (`ground_truth.json`); so little is possible, not believed."""
    known_ms = {"other1": 2.9, "other2": 3.5, "other3": 4.9}
    folder = media / "fast-align-audio" / "multi_mic1"
    main = _read(folder / "main.flac")
    for name, late_ms in known_ms.items():
        match = match_sounds(main, _read(folder / f"{name}.flac"))
        assert match.verdict is MatchVerdict.POSSIBLE
        assert match.line is not None
        assert abs(match.line.lag_s * 1e3 - late_ms) < 1.0


@pytest.mark.media
def test_a_talk_of_which_two_parts_were_kept_is_found(media: Path) -> None:
    """Known of FFmpeg's samples; the first file's begin 1,105 samples of encoder delay after its stamps do."""
    matches = {
        pair: match_sounds(*(_read(media / "audio-offset-finder" / f"timbl_{one}.mp3") for one in pair))
        for pair in ((1, 2), (1, 3), (2, 3))
    }
    begins_s = {1: 1105 / 48_000, 2: 0.0, 3: 0.0}
    known_s = {1: 0.0, 2: 12.254, 3: 12.231}
    for (first, second), match in matches.items():
        assert match.verdict is MatchVerdict.FOUND
        assert match.line is not None
        true_s = (begins_s[second] - known_s[second]) - (begins_s[first] - known_s[first])
        assert abs(_at_zero(match) - true_s) < 2e-3


@pytest.mark.media
def test_shots_that_far_sensors_heard_are_not_given_as_certain(media: Path) -> None:
    """Sensors up to 1.2 km apart, exact clocks: a match by sound would contradict them by seconds."""
    sensors = [_read(one) for one in sorted((media / "shotspotter").glob("*/*.wav"))]
    assert len(sensors) > 4
    found = [match_sounds(one, other).verdict for number, one in enumerate(sensors) for other in sensors[number + 1 :]]
    assert MatchVerdict.FOUND not in found


def _at_zero(match: SoundMatch) -> float:
    assert match.line is not None
    return match.line.lag_at(0.0)


def _read(path: Path) -> Prepared:
    return prepare(read_sound(os.fsencode(path), path.name, 0, never_cancelled))
