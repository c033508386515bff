"""What is left of a sound when what it repeats is taken out."""

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.left_over import leave_over, take_out_repeats

Track = NDArray[np.float32]
_PERIOD_S = 1.7


def noise(seed: int, count: int) -> Track:
    return np.random.default_rng(seed).standard_normal(count).astype(np.float32)


def looped(seconds: int) -> Track:
    return np.resize(noise(1, round(_PERIOD_S * RATE)), seconds * RATE)


def said_once(seconds: int) -> Track:
    """Return bursts of half a second below 1 kHz, at places that keep no period."""
    said = np.zeros(seconds * RATE, dtype=np.float32)
    low = scipy.signal.butter(4, 1000, fs=RATE, output="sos")
    for number, at in enumerate(np.random.default_rng(2).uniform(1, seconds - 1, seconds // 3)):
        said[int(at * RATE) : int(at * RATE) + RATE // 2] = 8 * scipy.signal.sosfilt(low, noise(10 + number, RATE // 2))
    return said


def likeness(one: Track, other: Track) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_what_repeats_is_taken_out_and_what_was_said_once_is_left() -> None:
    loop, said = looped(40), said_once(40)
    periods = tuple(_PERIOD_S * number for number in (1, 2, 3, 4))
    left = leave_over(loop + said, periods)
    assert len(left) == len(loop)
    assert likeness(left, said) > 0.9
    is_quiet = (said == 0) & (np.arange(len(said)) > 10 * RATE) & (np.arange(len(said)) < 30 * RATE)
    assert float(np.std(left[is_quiet])) < 0.15 * float(np.std(loop))


def test_a_sound_that_repeats_nothing_is_left_as_it_is() -> None:
    heard = noise(3, 5 * RATE)
    assert leave_over(heard, ()) is heard


def test_what_is_new_stays_where_it_was_to_the_sample() -> None:
    """Bursts far louder than the loop come through whole."""
    said = 100 * said_once(30)
    left = leave_over(looped(30) + said, (_PERIOD_S, 2 * _PERIOD_S, 3 * _PERIOD_S, 4 * _PERIOD_S))
    middle = slice(9 * RATE, 21 * RATE)
    along = np.fft.irfft(np.conj(np.fft.rfft(said[middle])) * np.fft.rfft(left[middle]))
    assert int(np.argmax(along)) == 0
    assert likeness(left[middle], said[middle]) > 0.99


def test_where_too_few_periods_are_known_it_is_silent() -> None:
    """In ten seconds the middle has no other copy of what repeats every eight: nothing can be told of it."""
    left = leave_over(noise(4, 10 * RATE), (8.0, 8.5, 9.0, 9.5))
    assert not left[3 * RATE : 7 * RATE].any()


def test_two_loops_at_once_are_both_taken_out() -> None:
    """They have no period in common within the recording; one of them is louder."""
    count = 60 * RATE
    other = np.resize(noise(5, round(2.3 * RATE)), count)
    loud = looped(60) * 3
    left = take_out_repeats(loud + other, tuple(_PERIOD_S * number for number in (1, 2, 3, 4)))
    assert any(abs(one / 2.3 - round(one / 2.3)) < 0.02 for one in left.periods_s)
    middle = slice(20 * RATE, 40 * RATE)
    assert float(np.std(left.samples[middle])) < 0.2 * float(np.std(loud[middle] + other[middle]))
