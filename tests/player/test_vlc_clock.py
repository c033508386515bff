"""The line through what VLC tells of its time, without VLC."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.times import NS_PER_S
from player.vlc.clock import MediaClock, Reading
from player.vlc.deck import has_had_its_time

MS = 1_000_000
PICTURE_NS = 40 * MS


@given(
    start=st.integers(0, 10**13),
    bias=st.integers(-(10**9), 10**9),
    shakes=st.lists(st.integers(-80 * MS, 80 * MS), min_size=1, max_size=12),
    rate=st.sampled_from([Fraction(1), Fraction(2), Fraction(21, 20)]),
    later=st.integers(0, 2_000 * MS),
)
def test_a_guess_is_never_further_off_than_it_says(
    start: int, bias: int, shakes: list[int], rate: Fraction, later: int
) -> None:
    clock = MediaClock(0, rate, bias, PICTURE_NS)
    for number, shake in enumerate(shakes):
        at = 200 * MS + number * 250 * MS
        clock.take(Reading(at, start + bias + int(at * rate) + shake))
    guess = clock.guess(later)
    assert guess is not None
    assert not guess.is_rough
    true = start + int(later * rate)
    most = max(abs(shake) for shake in shakes)
    assert abs(guess.media_ns - true) <= most + 2
    if min(shakes) <= 0 <= max(shakes):
        assert abs(guess.media_ns - true) <= guess.within_ns + 2


@pytest.mark.parametrize(
    ("spent_s", "waited_s", "is_over"),
    [(5, 0, False), (7, 0, True), (7, 3, False), (20, 18, False), (20, 13, True), (31, 90, True)],
)
def test_what_vlc_waits_for_a_busy_machine_does_not_count_until_it_takes_too_long(
    spent_s: int, waited_s: int, is_over: bool
) -> None:
    assert has_had_its_time(spent_s * NS_PER_S, waited_s * NS_PER_S) is is_over


def test_what_vlc_tells_right_after_a_start_is_not_listened_to() -> None:
    clock = MediaClock(1_000 * MS, Fraction(1), 0, PICTURE_NS)
    clock.take(Reading(1_010 * MS, 5_000 * MS))
    assert clock.guess(1_100 * MS) is None
    clock.take(Reading(1_300 * MS, 5_250 * MS))
    guess = clock.guess(1_400 * MS)
    assert guess is not None
    assert guess.media_ns == 5_350 * MS


def test_before_vlc_tells_its_time_a_guess_is_rough_and_says_by_how_much() -> None:
    clock = MediaClock(0, Fraction(1), 700 * MS, PICTURE_NS)
    clock.anchor(100 * MS, 3_000 * MS)
    guess = clock.guess(140 * MS)
    assert guess is not None
    assert (guess.media_ns, guess.is_rough) == (3_040 * MS, True)
    assert guess.within_ns >= 700 * MS + 3 * PICTURE_NS


def test_after_a_change_of_rate_it_goes_on_from_where_it_was_and_is_less_sure() -> None:
    before = MediaClock(0, Fraction(1), 0, PICTURE_NS)
    before.take(Reading(200 * MS, 1_200 * MS))
    after = MediaClock(1_000 * MS, Fraction(21, 20), 0, PICTURE_NS, deaf_ns=1_100 * MS)
    after.carry(before, 1_000 * MS, 1_000 * MS)
    guess = after.guess(1_000 * MS)
    assert guess is not None
    assert guess.media_ns == 2_000 * MS
    assert not guess.is_rough
    assert guess.within_ns >= 50 * MS
