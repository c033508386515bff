"""Which frame shows when: look-ups that agree with the timeline, everywhere and at every edge."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.frame_index import FrameIndex, Timing
from evidence.records import Camera, CameraKind, ClockPiece, ItemClass, Recording, StreamInfo, StreamKind
from evidence.times import DeviceTime, IncidentTime
from player.tracks import FrameSpot, Gap, Track
from sync.clock_map import ClockMap
from sync.timeline import CameraTimeline, PlacedRecording

MS = 1_000_000
BASE = Fraction(1, 1000)
_CAMERA = Camera("c", "C", CameraKind.BWV, "", "", "", "", 0, 0, "")


def _index(pts: list[int], end: int) -> FrameIndex:
    count = len(pts)
    order = np.arange(count, dtype=np.int64)
    stamps = np.array(pts, dtype=np.int64)
    return FrameIndex(BASE, Timing.STAMPED, stamps, end, order, order == 0, stamps, order)


def _place(name: str, index: FrameIndex, start_ms: int, clock: ClockMap | None = None) -> PlacedRecording:
    stream = StreamInfo(0, StreamKind.VIDEO, "h264", BASE, int(index.pts[0]), index.end_pts, len(index))
    recording = Recording(
        name, "c", Path(name).as_posix().encode(), name, 1, 0, "", ItemClass.MASTER, "", "mp4",
        index.end.ns - index.start.ns, (stream,), 0, None, None, 0,
    )  # fmt: skip
    return PlacedRecording(
        recording, clock or ClockMap.identity(), DeviceTime(start_ms * MS), index.start.ns, 0, "", None
    )


def _track(*rows: tuple[str, list[int], int, int]) -> Track:
    """Make a track of recordings: name, pts in ms, end in ms, start in ms."""
    tables = {name: _index(pts, end) for name, pts, end, _ in rows}
    placed = [_place(name, tables[name], start) for name, _, _, start in rows]
    placed.sort(key=lambda place: (place.span.start, place.span.end, place.recording.id))
    return Track(CameraTimeline(_CAMERA, None, tuple(placed)), tables.get)


def _names(track: Track, start_ms: int, *, backwards: bool) -> list[str]:
    walk = track.walk(IncidentTime(start_ms * MS), backwards=backwards)
    return [f"{spot.place.recording.id}{spot.frame}" for spot in walk]


def test_a_frame_covers_its_start_and_not_its_end() -> None:
    track = _track(("a", [0, 40, 100], 140, 1000))
    for ms, frame in ((1000, 0), (1039, 0), (1040, 1), (1099, 1), (1100, 2), (1139, 2)):
        spot = track.at(IncidentTime(ms * MS))
        assert isinstance(spot, FrameSpot)
        assert spot.frame == frame
    assert track.at(IncidentTime(1000 * MS - 1)) == Gap(None, IncidentTime(1000 * MS))
    assert track.at(IncidentTime(1140 * MS)) == Gap(IncidentTime(1140 * MS), None)


def test_a_gap_says_when_it_began_and_when_it_ends() -> None:
    track = _track(("a", [0, 40], 80, 0), ("b", [0, 40], 80, 500))
    assert track.at(IncidentTime(200 * MS)) == Gap(IncidentTime(80 * MS), IncidentTime(500 * MS))


def test_walking_goes_over_gaps_in_both_directions() -> None:
    track = _track(("a", [0, 40], 80, 0), ("b", [0, 40], 80, 500))
    assert _names(track, 10, backwards=False) == ["a0", "a1", "b0", "b1"]
    assert _names(track, 200, backwards=False) == ["b0", "b1"]
    assert _names(track, 550, backwards=True) == ["b1", "b0", "a1", "a0"]
    assert _names(track, 200, backwards=True) == ["a1", "a0"]
    assert _names(track, 9999, backwards=True) == ["b1", "b0", "a1", "a0"]


def test_of_two_recordings_that_overlap_the_later_start_shows_and_the_earlier_comes_back() -> None:
    track = _track(("long", [0, 100, 200, 300], 400, 0), ("x", [0, 50], 110, 120))
    assert _names(track, 0, backwards=False) == ["long0", "long1", "x0", "x1", "long2", "long3"]
    resumed = track.at(IncidentTime(235 * MS))
    assert isinstance(resumed, FrameSpot)
    assert (resumed.place.recording.id, resumed.frame) == ("long", 2)
    assert (resumed.start, resumed.frame_start) == (230 * MS, 200 * MS)
    assert _names(track, 399, backwards=True) == ["long3", "long2", "x1", "x0", "long1", "long0"]


def test_a_recording_without_picture_is_sound_only() -> None:
    place = _place("s", _index([0, 40], 80), 0)
    deaf = replace(place, recording=replace(place.recording, video_stream=None, audio_stream=0))
    track = Track(CameraTimeline(_CAMERA, None, (deaf,)), lambda _id: None)
    gap = track.at(IncidentTime(10 * MS))
    assert isinstance(gap, Gap)
    assert gap.is_sound_only


frames = st.lists(st.integers(1, 400), min_size=1, max_size=30)


@given(
    recordings=st.lists(st.tuples(frames, st.integers(0, 3_000)), min_size=1, max_size=4),
    drift=st.integers(-100_000, 100_000),
    first_pts=st.integers(-500, 500),
)
def test_every_spot_covers_its_instant_and_steps_visit_all_frames_in_order(
    recordings: list[tuple[list[int], int]], drift: int, first_pts: int
) -> None:
    clock = ClockMap((ClockPiece(0, 7, drift),))
    tables: dict[str, FrameIndex] = {}
    placed: list[PlacedRecording] = []
    for number, (lengths, start) in enumerate(recordings):
        edges = np.cumsum([first_pts, *lengths]).tolist()
        tables[str(number)] = _index(edges[:-1], edges[-1])
        placed.append(_place(str(number), tables[str(number)], start, clock))
    placed.sort(key=lambda place: (place.span.start, place.span.end, place.recording.id))
    track = Track(CameraTimeline(_CAMERA, None, tuple(placed)), tables.get)
    low, high = min(place.span.start for place in placed), max(place.span.end for place in placed)
    forwards = list(track.walk(IncidentTime(low - 1), backwards=False))
    backwards = list(track.walk(IncidentTime(high), backwards=True))
    assert [(spot.start, spot.frame) for spot in forwards] == [(spot.start, spot.frame) for spot in backwards[::-1]]
    for spot, following in itertools.pairwise(forwards):
        assert spot.start < spot.end <= following.start
        assert track.next_spot(spot.start) == following
        assert track.previous_spot(following.start) == spot
    for spot in forwards:
        for instant in (spot.start, IncidentTime(spot.end - 1)):
            assert track.at(instant) == spot
        covering = [place for place in placed if place.span.contains(spot.start)]
        assert spot.place is covering[-1]
        starts = spot.place.frame_starts(tables[spot.place.recording.id])
        assert int(np.searchsorted(starts, spot.start, side="right")) - 1 == spot.frame


@pytest.mark.alone
def test_a_long_track_is_looked_up_without_being_walked() -> None:
    import time

    index = _index(list(range(0, 4_000_000, 40)), 4_000_000)
    track = Track(CameraTimeline(_CAMERA, None, (_place("a", index, 0),)), {"a": index}.get)
    track.at(IncidentTime(0))
    before = time.thread_time()
    for ms in range(0, 4_000_000, 4_001):
        assert isinstance(track.at(IncidentTime(ms * MS)), FrameSpot)
    assert (time.thread_time() - before) / 1_000 < 0.001


def test_no_index_for_a_picture_is_no_picture() -> None:
    place = _place("a", _index([0], 40), 0)
    track = Track(CameraTimeline(_CAMERA, None, (place,)), lambda _id: None)
    assert isinstance(track.at(IncidentTime(0)), Gap)
    with pytest.raises(StopIteration):
        next(track.walk(IncidentTime(0), backwards=False))


def test_where_a_clock_was_set_back_the_frame_after_the_change_shows() -> None:
    clock = ClockMap((ClockPiece(0, 0, 0), ClockPiece(2_000 * MS, 1_500 * MS, 0)))
    index = _index(list(range(0, 4_000, 40)), 4_000)
    place = _place("set back", index, 0, clock)
    track = Track(CameraTimeline(_CAMERA, None, (place,)), lambda _name: index)
    for instant in range(0, 3_400 * MS, 7 * MS):
        spot = track.at(IncidentTime(instant))
        assert isinstance(spot, FrameSpot)
        assert spot.start <= instant < spot.end
        media = index.find_frame_at_pts(clock.to_device(IncidentTime(instant)) // MS)
        assert spot.frame == media
    steps = [spot.frame for spot in track.walk(IncidentTime(0), backwards=False) if spot.end > spot.start]
    assert steps == [*range(38), *range(50, 100)]
