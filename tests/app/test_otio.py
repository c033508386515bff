"""The timeline for editing programs, read back: every clip where the incident had it, in each stream's own units."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from annotations.marks import Mark
from annotations.reports.facts import CaseFacts
from annotations.reports.otio import NAME, clips_with_times, otio_timeline
from annotations.reports.scope import WHOLE_CASE, Maker, Scope
from app.cli.main import main
from evidence.case import Case
from evidence.records import CaseInfo, ClockPiece, StreamInfo, StreamKind
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.clock_map import ClockMap
from sync.timeline import PlacedRecording
from tests.support.clips import START_NS, Clip, ClipPlan, Scene, make_clip, make_scene

MAKER = Maker("DC Harper", 1_773_560_000 * NS_PER_S)
FAST = ClockMap((ClockPiece(START_NS - 3 * NS_PER_S, START_NS - 3 * NS_PER_S, 40_000_000),))
INFO = CaseInfo("case-id", "Case <1>", "R/1", "Europe/London", 0, "PC 1", "0", is_read_only=True)

SOUND = StreamInfo(1, StreamKind.AUDIO, "aac", Fraction(1, 48_000), 0, 96_000, 94, sample_rate=48_000, channels=1)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    folder = tmp_path_factory.mktemp("otio clips & more")
    varying = tuple(sum(500 + 700 * (n % 3) for n in range(number)) for number in range(60))
    return (
        make_clip(folder, ClipPlan(frames=60), "even.mp4"),
        make_clip(folder, ClipPlan(frames=60, pts=varying), "varying.mp4"),
        make_clip(folder, ClipPlan(frames=30, time_base=Fraction(1001, 30_000), step=1), "ntsc.mp4"),
        make_clip(folder, ClipPlan(frames=10, time_base=Fraction(1, 25), step=2), "slow.mp4"),
    )


def facts_of(scene: Scene, scope: Scope = WHOLE_CASE, marks: tuple[Mark, ...] = ()) -> CaseFacts:
    recordings = tuple(place.recording for row in scene.timeline.cameras for place in row.placed)
    return CaseFacts(INFO, scene.timeline, recordings, marks, {}, {}, {}, frozenset(), scene.indexes.__getitem__, scope)


def places(scene: Scene) -> list[PlacedRecording]:
    return [place for row in scene.timeline.cameras for place in row.placed]


def test_every_clip_begins_where_it_began_in_the_incident(clips: tuple[Clip, ...]) -> None:
    even, varying, ntsc, _slow = clips
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


def test_a_clips_own_times_are_whole_units_of_its_stream(clips: tuple[Clip, ...]) -> None:
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


def test_where_two_recordings_of_a_camera_overlap_the_later_shows(clips: tuple[Clip, ...]) -> None:
    even, _varying, ntsc, _slow = clips
    scene = make_scene([[(even, 0), (ntsc, 500_000_000)]])
    read = list(clips_with_times(otio_timeline(facts_of(scene), MAKER).json))
    assert [clip.name.partition(".")[0] for clip, _start, _end in read] == ["even", "ntsc", "even"]
    for (_one, _start, end), (_other, start, _end) in pairwise(read):
        assert 0 <= start - end < NS_PER_S // 30
    last = read[-1][0]
    assert last.source_range.start_time.value > read[0][0].source_range.duration.value


def test_a_clock_that_runs_fast_is_told_and_runs_into_nothing(clips: tuple[Clip, ...]) -> None:
    even, _varying, ntsc, _slow = clips
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


def test_marks_are_markers_at_their_instants_and_a_range_cuts(clips: tuple[Clip, ...]) -> None:
    scene = make_scene([[(clips[0], 0)]])
    start = places(scene)[0].span.start
    at = IncidentTime(start + 700_000_000)
    mark = Mark("m", at, "Door & <b>", "PC 1", 1, "PC 1", 1, end=IncidentTime(at + 250_000_000))
    scope = Scope(IncidentRange(IncidentTime(start + 500_000_000), IncidentTime(start + 1_500_000_000)))
    text = otio_timeline(facts_of(scene, scope, (mark,)), MAKER).json
    timeline = otio.adapters.read_from_string(text, "otio_json")
    (marker,) = timeline.tracks.markers
    assert marker.name == "Door & <b>"
    assert start % NS_PER_S == 0
    assert marker.marked_range.start_time.to_seconds() == pytest.approx(0.7)
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


def test_zero_is_the_second_in_which_the_case_starts_and_timecode_is_the_time_of_day(
    clips: tuple[Clip, ...],
) -> None:
    scene = make_scene([[(clips[0], 345_678_901)], [(clips[0], NS_PER_S)]])
    start = places(scene)[0].span.start
    made = otio.adapters.read_from_string(otio_timeline(facts_of(scene), MAKER).json, "otio_json")
    zero = int(made.metadata[NAME]["starts_ns"])
    assert (start - zero, zero % NS_PER_S) == (345_678_901, 0)
    local = datetime.fromtimestamp(zero // NS_PER_S, ZoneInfo(INFO.time_zone))
    assert made.global_start_time.to_timecode() == f"{local:%H:%M:%S}:00"
    gap = made.tracks[0][0]
    assert gap.source_range.duration.rate == made.global_start_time.rate
    assert gap.source_range.duration.to_seconds() == pytest.approx(0.345_678_901, abs=1e-5)


@pytest.mark.parametrize(("kinds", "rate"), [((0, 0, 2), 30), ((2, 2, 0), 30_000 / 1001), ((3, 0), 25), ((), 25)])
def test_timecode_counts_in_the_rate_that_most_clips_have(
    clips: tuple[Clip, ...], kinds: tuple[int, ...], rate: float
) -> None:
    scene = make_scene([[(clips[kind], number * NS_PER_S)] for number, kind in enumerate(kinds)])
    made = otio.adapters.read_from_string(otio_timeline(facts_of(scene), MAKER).json, "otio_json")
    assert made.global_start_time.rate == pytest.approx(rate)


def _with_sound(place: PlacedRecording) -> PlacedRecording:
    recording = place.recording
    return replace(place, recording=replace(recording, streams=(*recording.streams, SOUND), audio_stream=1))


def test_a_camera_with_sound_has_a_track_of_it_beside_its_pictures(clips: tuple[Clip, ...]) -> None:
    scene = make_scene([[(clips[0], 0), (clips[1], 5 * NS_PER_S)], [(clips[2], NS_PER_S)]])
    facts = facts_of(scene)
    heard = places(scene)[1].recording
    rows = tuple(
        replace(row, placed=tuple(_with_sound(one) if one.recording is heard else one for one in row.placed))
        for row in scene.timeline.cameras
    )
    made = otio_timeline(replace(facts, timeline=replace(scene.timeline, cameras=rows)), MAKER)
    timeline = otio.adapters.read_from_string(made.json, "otio_json")
    assert made.clips == 3
    assert [(track.kind, track.name) for track in timeline.tracks] == [
        ("Video", rows[0].camera.name),
        ("Video", rows[1].camera.name),
        ("Audio", f"{rows[0].camera.name} (sound)"),
    ]
    (sound,) = timeline.tracks[2].find_clips()
    picture = list(timeline.tracks[0].find_clips())[1]
    assert (sound.name, sound.source_range) == (picture.name, picture.source_range)
    assert sound.range_in_parent().start_time.to_seconds() == pytest.approx(
        picture.range_in_parent().start_time.to_seconds()
    )
