"""Instants and pixels: the way there and back, zoom and pan."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.times import IncidentRange, IncidentTime
from player.ui.timeline.time_view import SHORTEST_NS, TimeView, find_ticks, whole_view

S = 1_000_000_000
HOUR = 3_600 * S
views = st.builds(TimeView, st.integers(-(2**61), 2**61), st.integers(SHORTEST_NS, 2**60), st.integers(1, 8_000))


@given(views, st.integers(-10_000, 10_000))
def test_the_first_instant_of_a_pixel_lies_in_it(view: TimeView, x: int) -> None:
    assume(view.length_ns > view.width)
    instant = view.instant_at(x)
    assert view.x_of(instant) == x
    assert view.x_of(instant - 1) == x - 1


@given(views, st.integers(0, 7_999), st.sampled_from([(5, 4), (4, 5), (2, 1), (1, 2)]))
def test_what_lies_under_the_pointer_stays_there_while_zooming(view: TimeView, x: int, step: tuple[int, int]) -> None:
    assume(x < view.width)
    zoomed = view.zoomed(*step, x)
    assert abs(zoomed.x_of(view.start_ns + x * view.length_ns // view.width) - x) <= 1


def test_zoom_ends_at_both_ends() -> None:
    view = TimeView(0, HOUR, 1_000)
    for _ in range(200):
        view = view.zoomed(2, 1, 500)
    assert view.length_ns == SHORTEST_NS
    for _ in range(200):
        view = view.zoomed(1, 2, 500)
    assert view.length_ns == 200 * 366 * 24 * HOUR


@given(views, st.integers(-5_000, 5_000))
def test_panning_there_and_back_ends_where_it_began(view: TimeView, pixels: int) -> None:
    back = view.panned(pixels).panned(-pixels)
    assert abs(back.start_ns - view.start_ns) <= 1


@given(st.integers(-(2**60), 2**60), st.integers(0, 2**50), st.integers(1, 4_000))
def test_the_whole_view_shows_everything(start: int, length: int, width: int) -> None:
    span = IncidentRange(IncidentTime(start), IncidentTime(start + length))
    view = whole_view(span, width)
    assert view.start_ns < span.start
    assert span.end < view.end_ns


@given(views, st.integers(-(2**62), 2**62))
def test_the_page_turns_to_what_is_shown(view: TimeView, instant: int) -> None:
    shown = view.showing(instant)
    assert shown.start_ns <= instant < shown.end_ns
    assert shown.length_ns == view.length_ns
    if view.start_ns <= instant < view.end_ns:
        assert shown is view


@given(views, st.integers(-(2**60), 2**60), st.integers(0, 2**50))
def test_something_of_the_case_always_stays_in_sight(view: TimeView, start: int, length: int) -> None:
    span = IncidentRange(IncidentTime(start), IncidentTime(start + length))
    kept = view.kept_near(span)
    assert kept.start_ns <= span.end
    assert span.start <= kept.end_ns


@given(views, st.sampled_from([0, HOUR, -5 * HOUR, 20_700 * S]))
def test_ticks_have_room_and_lie_on_whole_steps_of_local_time(view: TimeView, offset: int) -> None:
    ticks = find_ticks(view, least_pixels=100, zone_offset_ns=offset)
    assert len(ticks.instants) <= view.width // 100 + 2
    for instant in ticks.instants:
        assert (instant + offset) % ticks.step_ns == 0
        assert view.start_ns <= instant < view.end_ns


def test_labels_tell_two_ticks_apart() -> None:
    close = find_ticks(TimeView(0, SHORTEST_NS, 2_000), least_pixels=100, zone_offset_ns=0)
    assert (close.step_ns, close.decimals) == (1_000_000, 3)
    assert find_ticks(TimeView(0, 10 * S, 1_000), least_pixels=100, zone_offset_ns=0).decimals == 0
