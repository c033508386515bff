"""A lag that stands out over the whole of two recordings is found and believed, and none where nothing is shared."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from sync.sound.contrast import contrast
from sync.sound.decode import RATE as SOUND_RATE
from sync.sound.decode import Sound
from sync.sound.features import BANDS, FEATURE_RATE, Features
from sync.sound.line import Drifts
from sync.sound.match import MatchVerdict, match_sounds
from sync.sound.prepared import Prepared, prepare
from sync.sound.prominence import Peak, Prominence, find_prominence
from sync.sound.search import Searchable, make_searchable
from sync.sound.standing_out import judge_what_stands_out
from tests.bench.streets.made import street_on_disk
from tests.bench.streets.matching import matched, sound_of
from tests.bench.streets.street import make_trap
from tests.support.sound_files import RATE, Track
from tests.support.talk import heard, talk

_MOMENTS = 300 * FEATURE_RATE


def noise(seed: int, count: int = _MOMENTS) -> Features:
    return np.random.default_rng(seed).standard_normal((BANDS, count)).astype(np.float32)


def faint_pair(lag_s: float, share: float, drift: float = 0.0) -> tuple[Searchable, Searchable]:
    """Return two recordings that share that much of their energy, the second's clock running fast by the drift."""
    common, lag = noise(1, 2 * _MOMENTS), round(lag_s * FEATURE_RATE)
    middle = _MOMENTS / 2
    at = np.rint(np.arange(_MOMENTS) + middle - lag - drift * (np.arange(_MOMENTS) - lag - middle)).astype(np.int64)
    first = noise(2) * np.sqrt(1 - share) + common[:, _MOMENTS // 2 : _MOMENTS // 2 + _MOMENTS] * np.sqrt(share)
    second = noise(3) * np.sqrt(1 - share) + common[:, at] * np.sqrt(share)
    return make_searchable(np.asarray(first, dtype=np.float32)), make_searchable(np.asarray(second, dtype=np.float32))


def test_what_is_shared_faintly_all_along_stands_out() -> None:
    """A hundredth and a half of the energy of both."""
    known = find_prominence(*faint_pair(-41.5, share=0.016))
    assert abs(known.peaks[0].lag_s + 41.5) < 0.1
    assert known.peaks[0].deviations > 1.2 * known.rival


@pytest.mark.parametrize("drift", [-250e-6, 250e-6])
def test_a_drift_of_two_devices_does_not_hide_it(drift: float) -> None:
    """A quarter of a thousandth moves the ends of five minutes apart by 75 ms."""
    first, second = faint_pair(20.0, share=0.03, drift=drift)
    known = find_prominence(first, second)
    assert abs(known.peaks[0].lag_s - 20.0) < 0.1
    assert known.peaks[0].deviations > 2 * known.rival


def test_nothing_stands_out_where_nothing_is_shared() -> None:
    known = find_prominence(make_searchable(noise(4)), make_searchable(noise(5)))
    assert known.peaks[0].deviations < 1.3 * known.rival


def test_a_rival_is_never_of_the_same_lag() -> None:
    known = Prominence((Peak(10.0, 9.0), Peak(10.2, 8.9), Peak(-3.0, 4.0)))
    assert known.rival == 4.0
    assert Prominence((Peak(10.0, 9.0),)).rival == 0.0


def test_what_is_longer_than_two_hours_is_left_alone() -> None:
    """It would need gigabytes; such recordings hold enough for windows."""
    nothing = np.broadcast_to(np.float32(0), (BANDS // 2, 121 * 60 * FEATURE_RATE // 2))
    long = Searchable(nothing, np.zeros((1, BANDS // 2, 1), dtype=np.complex64))
    assert find_prominence(long, long) == Prominence()
    assert judge_what_stands_out(_prepared(talk(1, 20)), _prepared(talk(2, 20)), Prominence()) is None


def _prepared(samples: Track) -> Prepared:
    low = np.asarray(scipy.signal.resample_poly(samples, 1, 2), dtype=np.float32)
    return prepare(Sound(low, 0, 0))


def _bursts(seed: int, at_s: list[float]) -> Track:
    """Return a minute of noise with shared bursts of half a second, below the noise."""
    chance = np.random.default_rng(seed)
    track = chance.standard_normal(60 * SOUND_RATE).astype(np.float32)
    for number, at in enumerate(at_s):
        burst = np.random.default_rng(100 + number).standard_normal(SOUND_RATE // 2).astype(np.float32)
        begin = int(at * SOUND_RATE)
        track[begin : begin + len(burst)] += 0.9 * burst
    return track


def test_a_few_faint_bursts_make_a_line_sharper_than_any_beside_it() -> None:
    times = [21.0, 24.5, 29.0, 33.3, 38.1, 41.9, 46.2]
    known = contrast(_bursts(1, times), _bursts(2, [at - 12.25 for at in times]), -12.3, Drifts(), 0.3)
    assert known is not None
    assert known.is_plain


@pytest.mark.parametrize("seed", range(6))
def test_chance_makes_no_line_sharper_than_those_beside_it(seed: int) -> None:
    known = contrast(_bursts(10 + seed, []), _bursts(20 + seed, []), 7.0, Drifts(), 0.3)
    assert known is not None
    assert not known.is_plain


def test_an_alarm_that_runs_on_makes_no_line_sharper_than_those_beside_it() -> None:
    t = np.arange(60 * SOUND_RATE) / SOUND_RATE
    alarm = np.sign(np.sin(2 * np.pi * np.cumsum(np.where(t % 1.1 < 0.55, 2400, 1300)) / SOUND_RATE))
    one, other = (np.asarray(_bursts(seed, []) + alarm, dtype=np.float32) for seed in (31, 32))
    known = contrast(one, other, 2.2, Drifts(), 0.3)
    assert known is not None
    assert not known.is_plain


def test_too_little_to_compare_is_no_contrast() -> None:
    assert contrast(_bursts(1, [])[: 6 * SOUND_RATE], _bursts(2, []), 0.0, Drifts(), 0.3) is None


def _under_an_alarm(words: Track, start_s: float, seed: int) -> Prepared:
    """Return 95 seconds of words under an alarm, heard by a recorder that has a talker beside it."""
    t = np.arange(len(words)) / RATE
    alarm = 0.8 * np.sign(np.sin(2 * np.pi * np.cumsum(np.where(t % 3.4 < 1.7, 2300, 1250)) / RATE))
    mixed = np.asarray(0.5 * words + alarm + talk(seed, 110), dtype=np.float32)
    return _prepared(heard(mixed, start_s=start_s, seconds=95, ppm=60.0 * (-1) ** seed, noise=0.02, seed=seed))


def test_talk_under_an_alarm_is_believed_where_it_stands_out() -> None:
    words = talk(1, 110)
    first, second = _under_an_alarm(words, 0, 41), _under_an_alarm(words, 9, 42)
    known = find_prominence(first.left_searchable, second.left_searchable)
    believed = judge_what_stands_out(first, second, known)
    assert believed is not None
    line, why = believed[0].line, believed[1]
    true_s = line.at_s / (1 - 60e-6)
    assert abs(line.lag_s - ((true_s - 9.0) * (1 + 60e-6) - line.at_s)) < 2e-3
    assert "fits here alone" in why


def test_other_talk_under_the_same_alarm_is_not_believed() -> None:
    first, second = _under_an_alarm(talk(1, 110), 0, 43), _under_an_alarm(talk(2, 110), 9, 44)
    known = find_prominence(first.left_searchable, second.left_searchable)
    assert judge_what_stands_out(first, second, known) is None
    assert match_sounds(first, second).verdict is not MatchVerdict.FOUND


@pytest.mark.soak
@pytest.mark.parametrize(("seed", "nights"), [(3000, (0, 1)), (3001, (0, 6)), (3007, (0, 3)), (3007, (4, 5))])
def test_songs_whose_drums_repeat_exactly_are_not_believed_for_their_tune(seed: int, nights: tuple[int, int]) -> None:
    """With the drums taken out the tune is left, which keeps a beat though what both hear besides hides it."""
    recorders = make_trap(seed, "song", nights=7)
    one, other = (_prepared(recorders[number].samples) for number in nights)
    assert match_sounds(one, other).verdict in {MatchVerdict.AMBIGUOUS, MatchVerdict.POSSIBLE}


@pytest.mark.soak
def test_of_two_lines_at_one_place_that_is_taken_on_which_most_windows_agree(tmp_path: Path) -> None:
    """An alarm made a second line 0.4 s beside the right one; by what is new both are as good a place."""
    street = street_on_disk(tmp_path, 91)
    ((pair, match),) = matched(street)
    assert match.line is not None
    assert match.verdict is MatchVerdict.FOUND
    assert pair.sound_error_s(match.line.at_s, match.line.lag_s) < 2e-3


@pytest.mark.soak
def test_an_alarm_and_a_loop_that_lie_alike_at_two_times_join_nothing(tmp_path: Path) -> None:
    """Street 137: recorders that did not run at once; only the periods of one were known, the other was all new."""
    street = street_on_disk(tmp_path, 137)
    one, other = (prepare(sound_of(each)) for each in street.recorders[1:3])
    assert match_sounds(one, other).verdict not in {MatchVerdict.FOUND, MatchVerdict.SUPPORTED}
