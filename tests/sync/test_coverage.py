"""Who was recording when: against a count of every nanosecond, and against every place that the clocks may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, TimeClaim
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.coverage import Coverage, Covers
from sync.timeline import Timeline
from tests.support.timelines import START_NS, make_timeline

Spans = list[tuple[int, int]]
END = 40
ALL = IncidentRange(IncidentTime(0), IncidentTime(END))
a_camera = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=4)
cameras_with_sigmas = st.lists(st.tuples(a_camera, st.integers(0, 2)), min_size=1, max_size=3)
a_range = st.tuples(st.integers(0, END - 1), st.integers(1, END)).map(
    lambda ends: IncidentRange(IncidentTime(min(ends[0], ends[1] - 1)), IncidentTime(max(ends[0] + 1, ends[1])))
)


def claim(resolution_ns: int, origin: ClaimOrigin = ClaimOrigin.FILE_NAME) -> TimeClaim:
    return TimeClaim(origin, "test", "", 0, ClaimZone.UTC, ClaimMeaning.START, resolution_ns)


def timeline_of(
    cameras: Sequence[tuple[Spans, int | None]],
    start_ns: int = 0,
    resolution_ns: int = 0,
    origin: ClaimOrigin = ClaimOrigin.FILE_NAME,
) -> Timeline:
    """Return a timeline whose clocks have the sigma given beside the spans (start, length)."""
    made = make_timeline([spans for spans, _sigma in cameras], start_ns)
    rows = []
    for row, (_spans, sigma) in zip(made.cameras, cameras, strict=True):
        dated = claim(resolution_ns, origin)
        rows.append(replace(row, placed=tuple(replace(one, sigma_ns=sigma, claim=dated) for one in row.placed)))
    return Timeline(tuple(rows), ())


def seconds(*cameras: tuple[Spans, float | None]) -> Timeline:
    """The same in whole seconds, on a day in March."""
    scaled = [
        (
            [(start * NS_PER_S, length * NS_PER_S) for start, length in spans],
            None if sigma is None else int(sigma * NS_PER_S),
        )
        for spans, sigma in cameras
    ]
    return timeline_of(scaled, START_NS)


def at(second: float) -> IncidentTime:
    return IncidentTime(START_NS + int(second * NS_PER_S))


def between(start: float, end: float) -> IncidentRange:
    return IncidentRange(at(start), at(end))


def instants(spans: Spans, late: int = 0) -> set[int]:
    return {instant for start, length in spans for instant in range(start + late, start + late + length)}


@given(cameras_with_sigmas, a_range)
def test_every_nanosecond_is_counted_once(cameras: list[tuple[Spans, int]], asked: IncidentRange) -> None:
    coverage = Coverage(timeline_of(cameras))
    answer = coverage.in_range(asked)
    inside = set(range(asked.start, asked.end))
    for one, (spans, _sigma) in zip(answer.cameras, cameras, strict=True):
        brute = instants(spans) & inside
        assert one.covered.nominal_ns == len(brute)
        assert {instant for part in one.parts for instant in range(part.start, part.end)} == brute
        assert one.covers is (Covers.NONE if not brute else Covers.ALL if brute == inside else Covers.PART)
    stretches = coverage.stretches(asked)
    assert [one.span.start for one in stretches[1:]] == [one.span.end for one in stretches[:-1]]
    for stretch in stretches:
        for instant in range(stretch.span.start, stretch.span.end):
            on = tuple(f"camera-{n}" for n, (spans, _sigma) in enumerate(cameras) if instant in instants(spans))
            assert stretch.camera_ids == on
    everybody = set().union(*(instants(spans) for spans, _sigma in cameras))
    assert answer.nobody_ns == len(inside - everybody)
    on_at = {instant: sum(instant in instants(spans) for spans, _sigma in cameras) for instant in inside}
    assert answer.together_ns == sum(count > 1 for count in on_at.values())
    most = max(on_at.values())
    assert (answer.busiest is None) == (most == 0)
    if answer.busiest is not None:
        assert len(answer.busiest.camera_ids) == most
        assert answer.busiest.span.start == min(instant for instant, count in on_at.items() if count == most)
    if everybody:
        silent = set(range(min(everybody), max(everybody))) - everybody
        gaps = [gap for gap in answer.nobody if gap.start is not None and gap.end is not None]
        found = {i for gap in gaps for i in range(gap.start or 0, gap.end or 0)}
        assert found & inside == silent & inside


@given(a_camera, st.integers(0, 4), a_range)
def test_at_least_and_at_most_are_the_extremes_over_all_places_of_the_clock(
    spans: Spans, sigma: int, asked: IncidentRange
) -> None:
    (one,) = Coverage(timeline_of([(spans, sigma)])).in_range(asked).cameras
    inside = set(range(asked.start, asked.end))
    counts = [len(instants(spans, late) & inside) for late in range(-2 * sigma, 2 * sigma + 1)]
    assert (one.covered.at_least_ns, one.covered.at_most_ns) == (min(counts), max(counts))
    kinds = {Covers.NONE if not n else Covers.ALL if n == len(inside) else Covers.PART for n in counts}
    assert one.is_certain == (len(kinds) == 1)


@given(cameras_with_sigmas)
def test_a_gap_is_as_long_as_said_wherever_the_clocks_are(cameras: list[tuple[Spans, int]]) -> None:
    places = list(product(*({-2 * sigma, 0, 2 * sigma} for _spans, sigma in cameras)))
    for gap in Coverage(timeline_of(cameras)).in_range(ALL).nobody:
        assert gap.start is not None
        assert gap.end is not None
        assert gap.at_least_ns is not None
        assert gap.at_most_ns is not None
        for late in places:
            ends = [
                s + n + d
                for (spans, _), d in zip(cameras, late, strict=True)
                for s, n in spans
                if n and s + n <= gap.start
            ]
            starts = [
                s + d for (spans, _), d in zip(cameras, late, strict=True) for s, n in spans if n and s >= gap.end
            ]
            length = max(0, min(starts) - max(ends))
            assert gap.at_least_ns <= length <= gap.at_most_ns


def test_touching_recordings_leave_no_gap_and_a_nanosecond_is_one() -> None:
    touching = Coverage(timeline_of([([(0, 10), (10, 10)], 0)])).in_range(ALL)
    apart = Coverage(timeline_of([([(0, 10), (11, 9)], 0)])).in_range(ALL)
    assert touching.nobody == touching.cameras[0].gaps == ()
    assert [(gap.start, gap.end, gap.at_least_ns, gap.at_most_ns) for gap in apart.nobody] == [(10, 11, 1, 1)]


def test_a_gap_of_one_camera_keeps_its_length_though_its_clock_may_be_a_minute_out() -> None:
    (gap,) = Coverage(seconds(([(0, 60), (70, 60)], 30.0))).in_range(between(0, 130)).nobody
    assert gap.at_least_ns == 10 * NS_PER_S - 2_000_000
    assert gap.at_most_ns == 10 * NS_PER_S + 2_000_000
    assert gap.is_certain


def test_a_gap_between_two_clocks_is_uncertain_when_they_may_close_it() -> None:
    unsure = Coverage(seconds(([(0, 60)], 2.0), ([(67, 60)], 2.0))).in_range(between(0, 127)).nobody[0]
    sure = Coverage(seconds(([(0, 60)], 0.5), ([(67, 60)], 0.5))).in_range(between(0, 127)).nobody[0]
    unknown = Coverage(seconds(([(0, 60)], 0.5), ([(67, 60)], None))).in_range(between(0, 127)).nobody[0]
    assert (unsure.is_certain, unsure.at_least_ns, unsure.at_most_ns) == (False, 0, 15 * NS_PER_S)
    assert (sure.is_certain, sure.at_least_ns, sure.at_most_ns) == (True, 5 * NS_PER_S, 9 * NS_PER_S)
    assert (unknown.is_certain, unknown.at_least_ns, unknown.at_most_ns) == (False, None, None)
    assert (sure.before, sure.after) == ("camera-0", "camera-1")


def test_times_written_to_the_second_cannot_prove_a_gap_of_half_a_second() -> None:
    half = [(0, 10 * NS_PER_S), (10 * NS_PER_S + NS_PER_S // 2, NS_PER_S)]
    coarse = Coverage(timeline_of([(half, NS_PER_S)], START_NS, resolution_ns=NS_PER_S)).whole()
    fine = Coverage(timeline_of([(half, NS_PER_S)], START_NS, resolution_ns=1_000_000)).whole()
    assert coarse is not None
    assert fine is not None
    assert [gap.is_certain for gap in (*coarse.cameras[0].gaps, *fine.cameras[0].gaps)] == [False, True]


def test_recordings_placed_one_by_one_by_hand_say_nothing_sure_of_the_gap_between_them() -> None:
    by_hand = timeline_of([([(0, 10), (20, 10)], None)], origin=ClaimOrigin.BY_HAND)
    (gap,) = Coverage(by_hand).in_range(ALL).cameras[0].gaps
    assert (gap.length_ns, gap.at_least_ns, gap.is_certain) == (10, None, False)


def test_a_camera_whose_recording_has_no_place_may_have_covered_it() -> None:
    made = seconds(([(0, 60)], 1.0), ([], 1.0))
    other = replace(made.cameras[0].placed[0].recording, id="lost", camera_id="camera-1")
    answer = Coverage(Timeline(made.cameras, (other,))).in_range(between(10, 20))
    assert [(one.covers, one.is_certain, one.unplaced) for one in answer.cameras] == [
        (Covers.ALL, True, 0),
        (Covers.NONE, False, 1),
    ]
    assert answer.unplaced == 1


def test_cameras_that_end_within_a_minute_are_told_with_times_and_how_many_went_on() -> None:
    timeline = seconds(([(0, 100)], 1.0), ([(0, 139)], 1.0), ([(0, 500)], 1.0), ([(0, 300)], 1.0))
    answer = Coverage(timeline).in_range(between(0, 500))
    starts, ends = answer.same_minute
    assert (starts.is_end, len(starts.edges), starts.cameras_before, starts.is_everybody) == (False, 4, 0, True)
    assert [(edge.camera_id, edge.instant) for edge in ends.edges] == [("camera-0", at(100)), ("camera-1", at(139))]
    assert (ends.spread_ns, ends.at_least_ns, ends.at_most_ns) == tuple(n * NS_PER_S for n in (39, 35, 43))
    assert ends.is_certain
    assert (ends.cameras_before, ends.cameras_after, ends.is_everybody) == (4, 2, False)


def test_a_minute_is_not_certain_when_the_clocks_are_a_minute_out() -> None:
    answer = Coverage(seconds(([(0, 100)], 30.0), ([(200, 10)], 30.0), ([(0, 110)], 30.0))).whole()
    assert answer is not None
    assert [(one.is_end, one.is_certain) for one in answer.same_minute] == [(False, False), (True, False)]


def test_sixty_seconds_apart_is_not_within_a_minute() -> None:
    answer = Coverage(seconds(([(0, 100)], 0.0), ([(70, 90)], 0.0))).whole()
    assert answer is not None
    assert answer.same_minute == ()


def test_a_file_change_is_no_stop() -> None:
    """One camera writes files with a hundredth of a second between stamps written to the second; another stops then."""
    files = [(0, 100 * NS_PER_S), (100 * NS_PER_S + NS_PER_S // 100, 400 * NS_PER_S)]
    stops = [(0, 101 * NS_PER_S)]
    made = timeline_of([(files, NS_PER_S), (stops, NS_PER_S)], START_NS, resolution_ns=NS_PER_S)
    answer = Coverage(made).whole()
    assert answer is not None
    assert [one.is_end for one in answer.same_minute] == [False]


def test_a_range_without_length_is_no_question() -> None:
    with pytest.raises(ValueError, match="length"):
        Coverage(seconds(([(0, 1)], 0.0))).in_range(between(1, 1))
    assert Coverage(Timeline((), ())).whole() is None
