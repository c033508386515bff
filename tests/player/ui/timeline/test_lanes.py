"""Lanes against the simplest way to say the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from player.ui.timeline.lanes import Bars, Lane, Lanes, make_lanes
from player.ui.timeline.time_view import TimeView
from tests.support.timelines import START_NS, make_timeline

S = 1_000_000_000
spans = st.lists(st.tuples(st.integers(0, 1_000), st.integers(1, 300)), max_size=8)
cameras = st.lists(spans, max_size=4)
views = st.builds(TimeView, st.integers(START_NS - 300, START_NS + 1_400), st.integers(20, 2_000), st.integers(1, 400))


def _lanes(spans_of: list[list[tuple[int, int]]]) -> Lanes:
    return make_lanes(make_timeline(spans_of))


@dataclass(frozen=True)
class _Row:
    left: int
    right: int
    first: int
    last: int


def _rows(bars: Bars) -> list[_Row]:
    return [
        _Row(*(int(part[one]) for part in (bars.left, bars.right, bars.first, bars.last))) for one in range(len(bars))
    ]


def _bars(lanes: Lanes, view: TimeView, number: int) -> list[_Row]:
    return _rows(lanes.bars(view, range(number, number + 1)))


def _drawn(bars: list[_Row], view: TimeView) -> set[int]:
    return {x for bar in bars for x in range(bar.left, bar.right) if 0 <= x < view.width}


def _pixels_of(lane: Lane, view: TimeView) -> set[int]:
    """Every pixel of the screen on which the lane was recording, from the definition."""
    found: set[int] = set()
    for place in lane.placed:
        left = view.x_of(place.span.start)
        found |= set(range(left, max(left + 1, view.x_of(place.span.end))))
    return {x for x in found if 0 <= x < view.width}


@given(cameras, views)
def test_bars_cover_exactly_the_pixels_on_which_a_camera_was_recording(
    spans_of: list[list[tuple[int, int]]], view: TimeView
) -> None:
    lanes = _lanes(spans_of)
    together = lanes.bars(view, range(len(lanes.lanes)))
    for number, lane in enumerate(lanes.lanes):
        bars = _bars(lanes, view, number)
        assert bars == _rows(together.chosen(together.lane == number))
        assert _drawn(bars, view) >= _pixels_of(lane, view)
        assert len(bars) <= view.width + 2
        for bar, after in pairwise(bars):
            assert bar.right <= after.left
            assert bar.last + 1 == after.first


@given(spans, views)
def test_bars_of_whole_pixels_draw_nothing_else(one: list[tuple[int, int]], view: TimeView) -> None:
    wide = TimeView(view.start_ns, view.width, view.width)
    lanes = _lanes([one])
    assert _drawn(_bars(lanes, wide, 0), wide) == _pixels_of(lanes.lanes[0], wide)


@given(cameras, views)
def test_gaps_are_drawn_where_nothing_was_recorded(spans_of: list[list[tuple[int, int]]], view: TimeView) -> None:
    lanes = _lanes(spans_of)
    together = lanes.gap_bars(view, range(len(lanes.lanes)))
    for lane, left, right, first in zip(together.lane, together.left, together.right, together.first, strict=True):
        start, end = lanes.lanes[lane].gaps[first]
        assert right - left > 2
        assert left == max(view.x_of(int(start)), left)
        assert lanes.lanes[lane].find_gap(int(start)) is not None
        assert lanes.lanes[lane].find_gap(int(end) - 1) is not None


@given(spans, st.integers(-50, 1_400))
def test_what_is_found_at_an_instant_covers_it(one: list[tuple[int, int]], at: int) -> None:
    lane, instant = _lanes([one]).lanes[0], START_NS + at
    covering = [place for place in lane.placed if place.span.start <= instant < place.span.end]
    found = lane.find_at(instant)
    assert (found in covering) if covering else (found is None)
    gap = lane.find_gap(instant)
    inside = bool(lane.placed) and lane.starts[0] <= instant < lane.reach[-1]
    assert (gap is not None) == (inside and not covering)
    if gap is not None:
        assert gap.start <= instant < gap.end


@given(cameras, st.integers(-50, 1_400))
def test_coverage_counts_the_cameras(spans_of: list[list[tuple[int, int]]], at: int) -> None:
    lanes, instant = _lanes(spans_of), START_NS + at
    moments, counts = lanes.coverage
    place = int(np.searchsorted(moments, instant, side="right")) - 1
    counted = int(counts[place]) if place >= 0 else 0
    assert counted == sum(lane.find_at(instant) is not None for lane in lanes.lanes)


@given(cameras, views)
def test_coverage_shows_the_most_of_each_pixel(spans_of: list[list[tuple[int, int]]], view: TimeView) -> None:
    lanes = _lanes(spans_of)
    drawn = [0] * view.width
    for left, right, count in lanes.coverage_bars(view):
        drawn[left:right] = [count] * (right - left)
    for x in range(0, view.width, max(1, view.width // 40)):
        first = view.start_ns + x * view.length_ns // view.width
        last = view.start_ns + (x + 1) * view.length_ns // view.width
        moments = range(first, max(first + 1, last))
        most = max(sum(lane.find_at(moment) is not None for lane in lanes.lanes) for moment in moments)
        assert drawn[x] == most


@given(cameras, st.lists(st.integers(0, 1_300), max_size=5), st.integers(-50, 1_400), st.booleans())
def test_the_nearest_event_is_the_nearest(
    spans_of: list[list[tuple[int, int]]], marks: list[int], at: int, is_forward: bool
) -> None:
    lanes, instant = _lanes(spans_of), START_NS + at
    marked = np.array(sorted(START_NS + one for one in marks), dtype=np.int64)
    events = {edge for lane in lanes.lanes for place in lane.placed for edge in (place.span.start, place.span.end)}
    events |= set(marked.tolist())
    beyond = [one for one in events if (one > instant if is_forward else one < instant)]
    expected = (min(beyond) if is_forward else max(beyond)) if beyond else None
    assert lanes.find_event(instant, marked, is_forward=is_forward) == expected


def test_a_century_on_screen_leaves_no_64_bits() -> None:
    year = 365 * 86_400 * S
    lanes = make_lanes(make_timeline([[(0, year), (90 * year, year)]], start_ns=0))
    view = TimeView(0, 100 * year, 3_840)
    assert [(bar.left, bar.right) for bar in _bars(lanes, view, 0)] == [(0, 38), (3_456, 3_494)]
    assert [one[:2] for one in lanes.coverage_bars(view)] == [(0, 39), (3_456, 3_495)]


def test_nothing_on_the_timeline_is_nothing_on_screen() -> None:
    lanes = _lanes([[], []])
    view = TimeView(0, S, 100)
    assert lanes.span is None
    assert lanes.most_at_once == 0
    assert list(lanes.coverage_bars(view)) == []
    assert _bars(lanes, view, 0) == []
