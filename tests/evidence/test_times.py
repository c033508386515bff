"""Time is integers and exact fractions; these properties are what everything else stands on."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.times import (
    NS_PER_S,
    IncidentRange,
    IncidentTime,
    MediaTime,
    iso_utc,
    ns_to_ticks_floor,
    ticks_to_ns,
    ticks_to_ns_array,
)

TIME_BASES = st.sampled_from(
    [
        Fraction(1, 90000),
        Fraction(1, 15360),
        Fraction(1, 1000),
        Fraction(1001, 30000),
        Fraction(1, 600),
        Fraction(1, 10**9),
    ]
) | st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**9))
TICKS = st.integers(-(2**33), 2**33)


@given(TICKS, TIME_BASES)
def test_ns_is_the_exact_time_rounded_down(ticks: int, base: Fraction) -> None:
    ns = ticks_to_ns(ticks, base)
    assert ns <= ticks * base * NS_PER_S < ns + 1
    assert MediaTime(ticks, base).ns == ns


@given(st.lists(TICKS, max_size=50), TIME_BASES)
def test_arrays_give_what_single_values_give(ticks: list[int], base: Fraction) -> None:
    got = [ticks_to_ns(tick, base) for tick in ticks]
    if any(abs(one) >= 2**63 for one in got):
        return
    assert ticks_to_ns_array(np.array(ticks, dtype=np.int64), base).tolist() == got


@given(st.integers(-(2**62), 2**62), TIME_BASES)
def test_a_tick_is_found_again_from_any_instant_in_it(ns: int, base: Fraction) -> None:
    tick = ns_to_ticks_floor(ns, base)
    assert tick * base * NS_PER_S <= ns < (tick + 1) * base * NS_PER_S


@given(st.integers(-(10**18), 10**18), st.integers(0, 10**12), st.integers(-(10**18), 10**18))
def test_ranges_hold_their_start_and_not_their_end(start: int, length: int, instant: int) -> None:
    span = IncidentRange(IncidentTime(start), IncidentTime(start + length))
    assert span.contains(IncidentTime(instant)) == (start <= instant < start + length)
    assert not span.contains(span.end)


def test_a_range_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        IncidentRange(IncidentTime(2), IncidentTime(1))


def test_a_time_base_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        MediaTime(1, Fraction(0))


def test_utc_text_cuts_and_does_not_round() -> None:
    assert iso_utc(1_773_523_927_480_999_999, digits=3) == "2026-03-14T21:32:07.480Z"
    assert iso_utc(-1) == "1969-12-31T23:59:59.999999999Z"
    assert iso_utc(0, digits=0) == "1970-01-01T00:00:00Z"
    with pytest.raises(OverflowError, match="calendar"):
        iso_utc(2**80)
