"""The playhead follows its clock exactly, whatever the rate, and never leaves the case."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.times import IncidentRange, IncidentTime
from player.playhead import DisciplinedClock, ManualClock, Playhead

S = 1_000_000_000


def _head(clock: ManualClock) -> Playhead:
    head = Playhead(clock)
    head.span = IncidentRange(IncidentTime(100 * S), IncidentTime(200 * S))
    head.move_to(IncidentTime(150 * S))
    return head


@given(
    rate=st.fractions(Fraction(1, 8), Fraction(16), max_denominator=64),
    is_backwards=st.booleans(),
    ticks=st.lists(st.integers(0, 50_000_000), max_size=60),
)
def test_time_at_any_rate_adds_up_without_drift(rate: Fraction, is_backwards: bool, ticks: list[int]) -> None:
    clock = ManualClock()
    head = _head(clock)
    head.set_rate(-rate if is_backwards else rate)
    head.play()
    for tick in ticks:
        clock.advance(tick)
        head.accept(head.proposed(), is_held_up=False)
    moved = sum(ticks) * head.rate
    assert head.position == head.clamp(IncidentTime(150 * S + (moved.numerator // moved.denominator)))


def test_held_up_it_goes_on_from_there_without_a_jump() -> None:
    clock = ManualClock()
    head = _head(clock)
    head.play()
    clock.advance(S)
    head.accept(IncidentTime(150 * S + 5), is_held_up=True)
    clock.advance(10)
    assert head.proposed() == 150 * S + 15


@pytest.mark.parametrize("rate", ["0", "1/9", "17", "-1/9", "-17"])
def test_speeds_outside_of_the_range_are_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="speed"):
        _head(ManualClock()).set_rate(Fraction(rate))


def test_at_the_end_it_starts_again_from_the_beginning() -> None:
    head = _head(ManualClock())
    head.move_to(IncidentTime(500 * S))
    assert head.position == 200 * S - 1
    assert head.is_at_end(head.position)
    head.play()
    assert head.position == 100 * S


def test_a_disciplined_clock_follows_without_ever_going_back() -> None:
    base = ManualClock()
    clock = DisciplinedClock(base)
    told = [clock.now_ns()]
    for number in range(200):
        clock.set_rate((-1) ** number * 4_000)
        base.advance(1_000_000)
        told.append(clock.now_ns())
    assert all(one < other for one, other in itertools.pairwise(told))
    assert abs(told[-1] - 200_000_000) < 10_000


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(-1)])
def test_a_loop_over_all_there_is_turns_at_its_end(rate: Fraction) -> None:
    """Nothing is proposed beyond the end, so the end itself is where it turns."""
    clock = ManualClock()
    head = Playhead(clock)
    head.span = IncidentRange(IncidentTime(0), IncidentTime(1_000))
    head.loop = head.span
    head.set_rate(rate)
    head.move_to(IncidentTime(500))
    head.play()
    clock.advance(700)
    restart = head.loop_start(head.proposed())
    assert restart == (0 if rate > 0 else 999)
