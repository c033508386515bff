"""Where the timeline opens, and where it looks once a clock was changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.ui.timeline.lanes import Lanes, make_lanes
from player.ui.timeline.time_view import TimeView
from player.ui.timeline.where_to_look import find_opening, followed_view
from tests.support.timelines import START_NS, make_timeline

S = 1_000_000_000
HOUR, DAY = 3_600 * S, 86_400 * S
spans = st.lists(st.tuples(st.integers(0, 400 * DAY), st.integers(1, 3 * HOUR)), max_size=6)


def _lanes(*cameras: list[tuple[int, int]]) -> Lanes:
    return make_lanes(make_timeline(cameras))


def _opening(lanes: Lanes) -> tuple[int, int, int]:
    found = find_opening(lanes)
    assert found is not None
    return found.span.start - START_NS, found.span.end - START_NS, found.outside


def test_a_stray_old_clip_does_not_widen_the_opening_view() -> None:
    lanes = _lanes([(0, 20 * S), (300 * DAY, HOUR)], [(300 * DAY + 600 * S, HOUR)])
    assert _opening(lanes) == (300 * DAY, 300 * DAY + HOUR + 600 * S, 1)


def test_the_stretch_with_most_cameras_wins_over_one_as_long() -> None:
    lanes = _lanes([(0, HOUR), (10 * DAY, HOUR)], [(10 * DAY, HOUR)])
    assert _opening(lanes) == (10 * DAY, 10 * DAY + HOUR, 1)


def test_an_incident_of_several_days_is_one() -> None:
    lanes = _lanes([(0, 10 * HOUR), (DAY, 10 * HOUR), (2 * DAY, 10 * HOUR)])
    assert _opening(lanes) == (0, 2 * DAY + 10 * HOUR, 0)


def test_short_pauses_part_nothing() -> None:
    lanes = _lanes([(0, 10 * S), (1_800 * S, 10 * S)])
    assert _opening(lanes) == (0, 1_810 * S, 0)


def test_nothing_is_no_opening() -> None:
    assert find_opening(_lanes([], [])) is None


@given(st.lists(spans, max_size=3))
def test_the_opening_lies_in_the_case_and_counts_what_is_outside(cameras: list[list[tuple[int, int]]]) -> None:
    lanes = _lanes(*cameras)
    found = find_opening(lanes)
    assert (found is None) == (lanes.span is None)
    if found is None or lanes.span is None:
        return
    assert lanes.span.start <= found.span.start < found.span.end <= lanes.span.end
    places = [place.span for lane in lanes.lanes for place in lane.placed]
    assert found.outside == sum(one.end <= found.span.start or one.start >= found.span.end for one in places)
    assert found.outside < len(places)


@pytest.mark.parametrize("shift", [432 * S, -432 * S, 40 * DAY])
def test_a_view_from_which_all_went_follows_it(shift: int) -> None:
    view = TimeView(START_NS + 100 * S, 20 * S, 1_000)
    before = _lanes([(90 * S, 30 * S)], [(100 * S, 2 * S)])
    after = make_lanes(make_timeline([[(90 * S, 30 * S)], [(100 * S, 2 * S)]], start_ns=START_NS + shift))
    moved = followed_view(view, before, after, "camera-0")
    assert abs(moved.start_ns - view.start_ns - shift) <= view.ns_per_pixel


def test_a_view_that_still_shows_something_stays() -> None:
    view = TimeView(START_NS + 100 * S, 20 * S, 1_000)
    before = _lanes([(90 * S, 30 * S)], [(100 * S, 5 * S)])
    after = _lanes([(500 * S, 30 * S)], [(100 * S, 5 * S)])
    assert followed_view(view, before, after, "camera-0") is view
    empty = _lanes([], [])
    assert followed_view(view, empty, after, None) is view
