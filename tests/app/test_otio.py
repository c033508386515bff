"""The timeline for editing programs, read back: every clip where the incident had it, in each stream's own units."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from annotations.marks import Mark
from annotations.reports.facts import CaseFacts
from annotations.reports.otio import NAME, clips_with_times, otio_timeline
from annotations.reports.scope import WHOLE_CASE, Maker, Scope
from app.cli.main import main
from evidence.case import Case
from evidence.records import CaseInfo, ClockPiece
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.clock_map import ClockMap
from sync.timeline import PlacedRecording
from tests.support.clips import START_NS, Clip, ClipPlan, Scene, make_clip, make_scene

MAKER = Maker("DC Harper", 1_773_560_000 * NS_PER_S)
FAST = ClockMap((ClockPiece(START_NS - 3 * NS_PER_S, START_NS - 3 * NS_PER_S, 40_000_000),))
INFO = CaseInfo("case-id", "Case <1>", "R/1", "Europe/London", 0, "PC 1", "0", is_read_only=True)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Clip, Clip]:
    folder = tmp_path_factory.mktemp("otio clips & more")
    varying = tuple(sum(500 + 700 * (n % 3) for n in range(number)) for number in range(60))
    return (
        make_clip(folder, ClipPlan(frames=60), "even.mp4"),
        make_clip(folder, ClipPlan(frames=60, pts=varying), "varying.mp4"),
        make_clip(folder, ClipPlan(frames=30, time_base=Fraction(1001, 30_000), step=1), "ntsc.mp4"),
    )


def facts_of(scene: Scene, scope: Scope = WHOLE_CASE, marks: tuple[Mark, ...] = ()) -> CaseFacts:
    recordings = tuple(place.recording for row in scene.timeline.cameras for place in row.placed)
    return CaseFacts(INFO, scene.timeline, recordings, marks, {}, {}, {}, frozenset(), scene.indexes.__getitem__, scope)


def places(scene: Scene) -> list[PlacedRecording]:
    return [place for row in scene.timeline.cameras for place in row.placed]


def test_every_clip_begins_where_it_began_in_the_incident(clips: tuple[Clip, Clip, Clip]) -> None:
    even, varying, ntsc = clips
    scene = make_scene([[(even, 0), (ntsc, 5_000_000_123)], [(varying, 1_234_567_891)]])
    made = otio_timeline(facts_of(scene), MAKER)
    read = list(clips_with_times(made.json))
    assert made.clips == len(read) == 3
    by_name = {place.recording.display_name: place for place in places(scene)}
    for clip, start, end in read:
        place = by_name[clip.name]
        assert abs(start - place.span.start) < 10_000
        assert abs(end - place.span.end) < 10_000
        assert clip.media_reference.target_url == place.recording.path.as_uri()
        assert "%20" in clip.media_reference.target_url
        assert clip.metadata[NAME]["incident_start_ns"] == str(place.span.start)


def test_a_clips_own_times_are_whole_units_of_its_stream(clips: tuple[Clip, Clip, Clip]) -> None:
    scene = make_scene([[(clip, 7 * number * NS_PER_S)] for number, clip in enumerate(clips)])
    for (clip, _start, _end), source in zip(
        clips_with_times(otio_timeline(facts_of(scene), MAKER).json), clips, strict=True
    ):
        index = source.index
        shown = clip.source_range
        assert shown.start_time.value == int(shown.start_time.value)
        assert shown.duration.value == int(shown.duration.value)
        length = Fraction(int(shown.duration.value)) / Fraction(shown.duration.rate).limit_denominator(1001)
        assert length == (index.end_pts - int(index.pts[0])) * index.time_base
        assert clip.available_range() == shown


def test_where_two_recordings_of_a_camera_overlap_the_later_shows(clips: tuple[Clip, Clip, Clip]) -> None:
    even, _varying, ntsc = clips
    scene = make_scene([[(even, 0), (ntsc, 500_000_000)]])
    read = list(clips_with_times(otio_timeline(facts_of(scene), MAKER).json))
    assert [clip.name.partition(".")[0] for clip, _start, _end in read] == ["even", "ntsc", "even"]
    for (_one, _start, end), (_other, start, _end) in pairwise(read):
        assert 0 <= start - end < NS_PER_S // 30
    last = read[-1][0]
    assert last.source_range.start_time.value > read[0][0].source_range.duration.value


def test_a_clock_that_runs_fast_is_told_and_runs_into_nothing(clips: tuple[Clip, Clip, Clip]) -> None:
    even, _varying, ntsc = clips
    first_length = 2 * NS_PER_S
    scene = make_scene([[(even, 0), (ntsc, first_length + 1_000_000)]], [FAST])
    made = otio_timeline(facts_of(scene), MAKER)
    (one, one_start, one_end), (_other, other_start, _end) = clips_with_times(made.json)
    first, second = places(scene)
    assert abs(one_start - first.span.start) < 10_000
    assert abs(other_start - second.span.start) < 10_000
    assert one_end <= other_start
    assert one.metadata[NAME]["clock_rate_ppb"] == 40_000_000
    assert made.drifts == () or made.drifts[0].end_off_ns > 0


def test_marks_are_markers_at_their_instants_and_a_range_cuts(clips: tuple[Clip, Clip, Clip]) -> None:
    scene = make_scene([[(clips[0], 0)]])
    start = places(scene)[0].span.start
    at = IncidentTime(start + 700_000_000)
    mark = Mark("m", at, "Door & <b>", "PC 1", 1, "PC 1", 1, end=IncidentTime(at + 250_000_000))
    scope = Scope(IncidentRange(IncidentTime(start + 500_000_000), IncidentTime(start + 1_500_000_000)))
    text = otio_timeline(facts_of(scene, scope, (mark,)), MAKER).json
    timeline = otio.adapters.read_from_string(text, "otio_json")
    (marker,) = timeline.tracks.markers
    assert marker.name == "Door & <b>"
    assert marker.marked_range.start_time.to_seconds() == pytest.approx(0.2)
    assert marker.marked_range.duration.to_seconds() == pytest.approx(0.25)
    ((clip, clip_start, clip_end),) = clips_with_times(text)
    assert clip_start == start + 500_000_000
    assert abs(clip_end - clip_start - NS_PER_S) <= NS_PER_S // 30
    assert clip.available_range().duration.to_seconds() == 2


def test_the_same_case_gives_the_same_bytes_and_an_empty_one_gives_a_timeline(tmp_path: Path) -> None:
    folder = tmp_path / "Empty.sightline"
    Case.create(folder, title="Empty", reference="", by="PC 1").close()
    for name in ("a", "b"):
        arguments = ["report", str(folder), "timeline", "--out", str(tmp_path / f"{name}.otio"), "--json"]
        assert main([*arguments, "--made", "2026-03-15T07:33:20Z"]) == 0
    assert (tmp_path / "a.otio").read_bytes() == (tmp_path / "b.otio").read_bytes()
    assert list(clips_with_times((tmp_path / "a.otio").read_text())) == []


def test_zero_is_the_start_of_the_case(clips: tuple[Clip, Clip, Clip]) -> None:
    scene = make_scene([[(clips[0], 0)]])
    facts = facts_of(scene)
    made = otio.adapters.read_from_string(otio_timeline(facts, MAKER).json, "otio_json")
    assert int(made.metadata[NAME]["starts_ns"]) == places(scene)[0].span.start
