"""What a device has taken and not yet played is not counted as heard."""

from __future__ import annotations

from player.sound_heard import HeardCount
from player.sound_protocol import SOUND_RATE

_MS = 1_000_000
_SAMPLES_A_MS = SOUND_RATE // 1000


def test_what_a_device_takes_at_once_is_its_buffer_and_not_heard_yet() -> None:
    count = HeardCount()
    assert count.heard(0, 0) == 0
    assert count.heard(30 * _SAMPLES_A_MS, 1 * _MS) < _SAMPLES_A_MS
    for ms in range(10, 1_000, 10):
        heard = count.heard((30 + ms) * _SAMPLES_A_MS, (1 + ms) * _MS)
        assert abs(heard - ms * _SAMPLES_A_MS) < _SAMPLES_A_MS


def test_between_two_steps_time_goes_on() -> None:
    count = HeardCount()
    count.heard(0, 0)
    count.heard(20 * _SAMPLES_A_MS, 0)
    assert count.heard(20 * _SAMPLES_A_MS, 7 * _MS) == 7 * _SAMPLES_A_MS
    assert count.heard(40 * _SAMPLES_A_MS, 20 * _MS) == 20 * _SAMPLES_A_MS


def test_a_device_that_gets_nothing_more_plays_all_that_it_has_and_stands() -> None:
    count = HeardCount()
    count.heard(0, 0)
    count.heard(20 * _SAMPLES_A_MS, 0)
    assert count.heard(20 * _SAMPLES_A_MS, 500 * _MS) == 20 * _SAMPLES_A_MS


def test_a_first_look_that_comes_late_does_not_take_what_was_played_for_a_buffer() -> None:
    count = HeardCount()
    count.heard(0, 0)
    heard = count.heard(400 * _SAMPLES_A_MS, 400 * _MS)
    assert heard >= 200 * _SAMPLES_A_MS


def test_a_device_that_counts_only_what_is_heard_is_believed() -> None:
    count = HeardCount()
    count.heard(0, 100 * _MS)
    heard = count.heard(2 * _SAMPLES_A_MS, 104 * _MS)
    assert heard >= 0
    assert abs(count.heard(102 * _SAMPLES_A_MS, 204 * _MS) - 102 * _SAMPLES_A_MS) <= 2 * _SAMPLES_A_MS
