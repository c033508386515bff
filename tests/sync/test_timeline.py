"""Placing: the strongest claim wins, file system times place nothing, settings move whole cameras."""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evidence.frame_index import FrameIndex, Timing
from evidence.records import (
    Camera,
    CameraKind,
    ClaimMeaning,
    ClaimOrigin,
    ClaimZone,
    ClockPiece,
    ClockSetting,
    ItemClass,
    Recording,
    StreamInfo,
    StreamKind,
    TimeClaim,
)
from evidence.times import NS_PER_S, IncidentTime
from sync.placement import find_start, local_to_utc_ns, rank_claims
from sync.timeline import build_timeline, lone_timeline, place_recording

LONDON = ZoneInfo("Europe/London")
T0 = 1_773_523_927 * NS_PER_S  # 2026-03-14 21:32:07 UTC


def claim(
    origin: ClaimOrigin = ClaimOrigin.CONTAINER,
    instant: int = T0,
    zone: ClaimZone = ClaimZone.UTC,
    meaning: ClaimMeaning = ClaimMeaning.START,
    offset: int = 0,
) -> TimeClaim:
    return TimeClaim(origin, "test", "raw", instant, zone, meaning, NS_PER_S, offset)


def recording(name: str = "a.mp4", camera: str = "cam", start_pts: int = 0, *claims: TimeClaim) -> Recording:
    video = StreamInfo(0, StreamKind.VIDEO, "h264", Fraction(1, 90000), start_pts, start_pts + 900_000, 300)
    return Recording(
        id=name,
        camera_id=camera,
        path_bytes=name.encode(),
        display_name=name,
        size_bytes=1,
        mtime_ns=0,
        sha256="0" * 64,
        item_class=ItemClass.MASTER,
        exhibit="",
        container="mp4",
        duration_ns=10 * NS_PER_S,
        streams=(video,),
        video_stream=0,
        audio_stream=None,
        continues=None,
        added_ns=0,
        claims=claims,
    )


def camera(name: str = "cam") -> Camera:
    return Camera(name, name, CameraKind.BWV, "", "", "", "", 0, 0, "test")


def test_gps_beats_file_name_beats_container() -> None:
    claims = (claim(ClaimOrigin.CONTAINER), claim(ClaimOrigin.FILE_NAME), claim(ClaimOrigin.GPS))
    assert [one.origin for one in rank_claims(claims)] == [
        ClaimOrigin.GPS,
        ClaimOrigin.FILE_NAME,
        ClaimOrigin.CONTAINER,
    ]


def test_a_file_system_time_alone_places_nothing() -> None:
    assert find_start([claim(ClaimOrigin.FILE_SYSTEM)], NS_PER_S, LONDON) is None
    only = recording("a", "cam", 0, claim(ClaimOrigin.FILE_SYSTEM))
    assert build_timeline([camera()], [only], [], "Europe/London").unplaced == (only,)


def test_a_time_of_export_places_nothing() -> None:
    assert find_start([claim(meaning=ClaimMeaning.UNRELATED)], NS_PER_S, LONDON) is None


def test_a_claim_of_the_end_is_brought_to_the_start() -> None:
    start = find_start([claim(meaning=ClaimMeaning.END)], 10 * NS_PER_S, LONDON)
    assert start is not None
    assert start.device_start == T0 - 10 * NS_PER_S


def test_a_claim_at_an_offset_is_brought_to_the_start() -> None:
    start = find_start([claim(meaning=ClaimMeaning.AT_OFFSET, offset=3 * NS_PER_S)], 10 * NS_PER_S, LONDON)
    assert start is not None
    assert start.device_start == T0 - 3 * NS_PER_S


def test_local_digits_are_read_in_the_zone_of_the_case_summer_and_winter() -> None:
    assert local_to_utc_ns(T0, LONDON) == T0
    july = 1_784_064_727 * NS_PER_S
    assert local_to_utc_ns(july, LONDON) == july - 3600 * NS_PER_S


def test_the_first_frame_lies_at_the_claim_wherever_the_stamps_begin() -> None:
    place = place_recording(recording("a", "cam", 126_000, claim()), None, LONDON)
    assert place is not None
    assert place.origin_ns == 1_400_000_000
    assert place.span.start == T0
    assert place.span.end == T0 + 10 * NS_PER_S
    assert place.media_ns_at(IncidentTime(T0)) == 1_400_000_000


def test_a_stated_clock_error_moves_every_recording_of_that_camera_only() -> None:
    setting = ClockSetting(
        "cctv", (ClockPiece(T0, T0 - 432 * NS_PER_S, 0),), NS_PER_S, "stated", "speaking clock", "", 0
    )
    rows = [recording("a", "cctv", 0, claim()), recording("b", "cctv", 0, claim(instant=T0 + 60 * NS_PER_S))]
    timeline = build_timeline(
        [camera("cctv"), camera("bwv")], [*rows, recording("c", "bwv", 0, claim())], [setting], "Europe/London"
    )
    cctv, bwv = timeline.cameras
    assert [place.span.start for place in cctv.placed] == [T0 - 432 * NS_PER_S, T0 - 372 * NS_PER_S]
    assert cctv.placed[0].sigma_ns == NS_PER_S
    assert bwv.placed[0].span.start == T0
    assert timeline.span is not None
    assert timeline.span.start == T0 - 432 * NS_PER_S


def test_finding_what_covers_an_instant_and_what_lies_around_a_gap() -> None:
    first = recording("a", "cam", 0, claim())
    second = recording("b", "cam", 0, claim(instant=T0 + 30 * NS_PER_S))
    row = build_timeline([camera()], [second, first], [], "UTC").cameras[0]
    inside, gap = IncidentTime(T0 + NS_PER_S), IncidentTime(T0 + 20 * NS_PER_S)
    at, before, after = row.find_at(inside), row.find_before(gap), row.find_after(gap)
    assert at is not None
    assert at.recording is first
    assert row.find_at(gap) is None
    assert before is not None
    assert before.recording is first
    assert after is not None
    assert after.recording is second
    assert row.find_after(IncidentTime(T0 + 31 * NS_PER_S)) is None


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=50),
    st.integers(0, 10**6),
    st.integers(-60_000, 60_000),
    st.integers(-(10**12), 10**12),
)
def test_frame_starts_are_each_frame_mapped_by_itself(steps: list[int], start: int, rate: int, error: int) -> None:
    pts = start + np.cumsum(np.array(steps, dtype=np.int64)) - steps[0]
    count = len(pts)
    index = FrameIndex(
        Fraction(1, 90000),
        Timing.STAMPED,
        pts,
        int(pts[-1]) + 1,
        np.arange(count, dtype=np.int64),
        np.ones(count, dtype=np.bool_),
        pts,
        np.full(count, -1, dtype=np.int64),
    )
    setting = ClockSetting("cam", (ClockPiece(T0, T0 - error, rate),), None, "m", "b", "", 0)
    place = place_recording(recording("a", "cam", start, claim()), setting, LONDON)
    assert place is not None
    starts = place.frame_starts(index).tolist()
    assert starts == [place.incident_at_media_ns(int(one)) for one in index.start_ns]
    assert starts[0] == place.span.start
    assert starts == sorted(starts)


def test_an_unplaced_recording_can_be_watched_by_itself_from_its_first_frame() -> None:
    unplaced = recording("a", "cam", 126_000)
    timeline = lone_timeline(camera(), unplaced)
    assert timeline.span is not None
    assert (timeline.span.start, timeline.span.end) == (0, 10 * NS_PER_S)
    assert timeline.cameras[0].placed[0].media_ns_at(IncidentTime(0)) == 1_400_000_000


def test_what_a_person_placed_says_so_and_claims_no_certainty() -> None:
    by_hand = TimeClaim(
        ClaimOrigin.BY_HAND,
        "placed by hand",
        "21:32:07",
        T0,
        ClaimZone.UTC,
        ClaimMeaning.START,
        1,
        note="the door slams",
    )
    setting = ClockSetting("cam", (ClockPiece(T0, T0, 0),), NS_PER_S, "stated", "speaking clock", "", 0)
    for one in (None, setting):
        place = place_recording(recording("a", "cam", 0, by_hand, claim(ClaimOrigin.GPS)), one, LONDON)
        assert place is not None
        assert place.basis == "Placed by hand: the door slams"
        assert place.sigma_ns is None
