"""Instants and lengths of time as people read them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recording_facts import error_words
from app.time_text import (
    LocalTimes,
    at_most_text,
    digits_text,
    duration_text,
    error_text,
    offset_text,
    sigma_text,
    size_text,
)
from player.ui.tile_words import span_words
from sync.words import speed_words

LONDON = LocalTimes(ZoneInfo("Europe/London"))
MARCH_NIGHT = 1_773_523_927_489_999_999
S = 1_000_000_000


def test_an_instant_in_full() -> None:
    assert LONDON.full(MARCH_NIGHT) == "Sat 14 Mar 2026 21:32:07.489 GMT"


def test_a_clock_is_rounded_down_and_never_up() -> None:
    assert LONDON.clock(MARCH_NIGHT, 2) == "21:32:07.48"
    assert LONDON.clock(MARCH_NIGHT, 0) == "21:32:07"
    assert LONDON.clock(MARCH_NIGHT, 9) == "21:32:07.489999999"


def test_summer_time_and_other_zones_are_named() -> None:
    assert LONDON.full(1_784_000_000 * S, 0) == "Tue 14 Jul 2026 04:33:20 BST"
    assert LocalTimes(ZoneInfo("Asia/Dubai")).zone_name(MARCH_NIGHT) == "UTC+04"


@given(st.integers(-(2**70), 2**70))
def test_no_instant_is_too_wild_to_write(instant: int) -> None:
    assert LONDON.full(instant)
    assert digits_text(instant)
    assert isinstance(LONDON.offset_ns(instant), int)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 ms"),
        (480_000_000, "480 ms"),
        (3_199_000_000, "3.1 s"),
        (432 * S, "7 min 12 s"),
        (7_500 * S, "2 h 05 min"),
        (-12 * S, "-12.0 s"),
        (273_700 * S, "3 d 4 h"),
    ],
)
def test_lengths_of_time(length: int, words: str) -> None:
    assert duration_text(length) == words


def test_errors_of_clocks_and_uncertainties() -> None:
    assert offset_text(432_250_000_000) == "+00:07:12.250"
    assert offset_text(-500_000_000) == "-00:00:00.500"
    assert sigma_text(20_000_000) == "±40 ms"
    assert sigma_text(None) == "uncertainty unknown"


def test_the_error_of_a_clock_is_the_same_to_the_millisecond_wherever_it_is_told() -> None:
    for error in (462_616_104, -42_075_442_370, 432_000_499_999, 432_000_500_000, 59_999_700_000):
        told = error_text(abs(error))[1:]
        assert error_words(error) == f"{told} {'fast' if error > 0 else 'slow'}"
        said = speed_words(error).split()[0]
        assert said == (told if abs(error) >= 60 * S else f"{float(told[6:]) + 60 * int(told[3:5]):.3f}")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (40_000_000, "40 ms"),
        (40_000_001, "41 ms"),
        (999_000_001, "1.0 s"),
        (1_008_400_000, "1.1 s"),
        (9_950_000_000, "10 s"),
        (60_800_000_000, "61 s"),
        (125 * S, "3 min"),
    ],
)
def test_an_uncertainty_in_a_tile_is_rounded_up(length: int, words: str) -> None:
    assert span_words(length) == words


def test_an_uncertainty_is_never_shown_smaller_than_it_is() -> None:
    assert sigma_text(20_000_001) == "±41 ms"
    assert sigma_text(1) == "±1 ms"
    assert sigma_text(1_098_300_000) == "±2.2 s"
    assert sigma_text(504_200_000) == "±1.01 s"
    assert sigma_text(1_030_000_000) == "±2.06 s"
    assert sigma_text(5_030_000_000) == "±10.1 s"
    assert sigma_text(29_990_000_000) == "±1 min 00 s"
    assert sigma_text(45_400_000_000) == "±1 min 31 s"
    assert sigma_text(3_601 * 1_000_000_000) == "±2 h 01 min"
    assert sigma_text(90_001 * 500_000_000) == "±1 d 2 h"


@pytest.mark.parametrize(
    "length", [1, 999_999_999, 10**9, 1_000_000_001, 59_900_000_001, 59 * 60 * 10**9, 10**13, 10**15 + 1]
)
def test_a_length_that_is_at_most_so_long_is_rounded_up_where_another_is_rounded_down(length: int) -> None:
    up, down = at_most_text(length), duration_text(length)
    assert (up == down) == (length in {10**9, 59 * 60 * 10**9})


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (3 * 10**10, "30.0 GB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes_of_files(size: int, words: str) -> None:
    assert size_text(size) == words
