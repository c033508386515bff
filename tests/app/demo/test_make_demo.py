from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import cv2
import numpy as np
import pytest

from app.demo import DemoRequest, DemoResult, build, find_demo, frame_code, load_truth, make_demo
from app.demo.frame_code import FrameCode
from app.demo.truth import TRUTH_NAME, TrueFile
from evidence.errors import Cancelled, StorageError, UsageError
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from evidence.records import CameraKind
from evidence.times import NS_PER_S, ticks_to_ns_array
from sync.clock_map import ClockMap
from sync.placement import find_start

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Remade:
    """A demo that was made, and what was reported meanwhile."""

    result: DemoResult
    reports: tuple[ProgressReport, ...]


def path_of(demo: DemoResult, file: TrueFile) -> Path:
    return demo.folder / file.path


def test_the_truth_names_the_pts_that_ffprobe_sees(demo: DemoResult) -> None:
    for file in demo.truth.files:
        asked = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts:stream=time_base"]
        answer = subprocess.run(
            [*asked, "-of", "json", str(path_of(demo, file))], capture_output=True, check=True, timeout=60
        )
        found = json.loads(answer.stdout)
        assert Fraction(found["streams"][0]["time_base"]) == file.time_base
        assert tuple(frame["pts"] for frame in found["frames"]) == file.pts


def test_every_frame_carries_its_code_also_in_a_tile_200_pixels_wide(demo: DemoResult) -> None:
    for file in demo.truth.files:
        code = demo.truth.camera(file.camera).code
        with av.open(str(path_of(demo, file))) as container:
            for number, frame in enumerate(container.decode(video=0)):
                shown = np.rot90(frame.to_ndarray(format="gray"), -file.rotation // 90)
                assert shown.shape == (file.height, file.width)
                wide = min(200, round(112 * file.width / file.height))
                tile = cv2.resize(shown, (wide, round(wide * file.height / file.width)), interpolation=cv2.INTER_AREA)
                assert frame_code.read(shown) == frame_code.read(tile) == FrameCode(code, file.number, number)
        assert number + 1 == len(file.pts)


def test_a_case_that_knows_the_true_clocks_places_every_frame_exactly(demo: DemoResult) -> None:
    for file in demo.truth.files:
        examined = examine_file(os.fsencode(path_of(demo, file)), lambda _: None)
        assert examined.frame_index is not None
        assert examined.sha256 == file.sha256
        index = FrameIndex.from_bytes(examined.frame_index)
        start = find_start(examined.claims, examined.duration_ns, LONDON)
        assert start is not None
        assert start.device_start == file.device_start_ns, file.claim
        device = ticks_to_ns_array(index.pts, index.time_base) + file.device_start_ns - int(index.start_ns[0])
        clock = ClockMap(demo.truth.camera(file.camera).clock)
        assert tuple(clock.to_incident_array(device)) == file.incident_ns
        assert index.end_pts == file.end_pts


def test_the_phone_is_turned_upright_by_its_display_matrix(demo: DemoResult) -> None:
    (phone,) = demo.truth.files_of("phone")
    assert (phone.width, phone.height, phone.rotation) == (180, 320, 90)
    asked = ["ffmpeg", "-v", "error", "-i", str(path_of(demo, phone)), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt"]
    upright = subprocess.run([*asked, "gray", "-"], capture_output=True, check=True, timeout=60).stdout
    shown = np.frombuffer(upright, dtype=np.uint8).reshape(320, 180)
    assert frame_code.read(shown) == FrameCode(demo.truth.camera("phone").code, 0, 0)


def test_gops_and_b_frames_are_as_devices_make_them(demo: DemoResult) -> None:
    longest, has_b_frames = {}, {}
    for file in demo.truth.files:
        with av.open(str(path_of(demo, file))) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        keys = [place for place, packet in enumerate(packets) if packet.is_keyframe]
        longest[file.camera] = max(
            after - before for before, after in zip(keys, [*keys[1:], len(packets)], strict=True)
        )
        has_b_frames[file.camera] = any(
            int(after.pts or 0) < int(before.pts or 0) for before, after in pairwise(packets)
        )
    assert longest["bwv-412"] == 30
    assert longest["bwv-88"] == 60
    assert longest["cctv-3"] <= 50
    assert has_b_frames == {
        "bwv-412": True, "bwv-88": True, "bwv-31": False, "cctv-3": False, "phone": True, "dashcam": True,
    }  # fmt: skip


def test_the_cctv_is_silent_and_the_others_have_aac_at_48_khz(demo: DemoResult) -> None:
    for file in demo.truth.files:
        with av.open(str(path_of(demo, file))) as container:
            assert container.streams.video[0].codec_context.name == "h264"
            found = [
                (stream.codec_context.name, stream.codec_context.sample_rate) for stream in container.streams.audio
            ]
        assert found == ([] if file.camera == "cctv-3" else [("aac", 48_000)])
        assert file.sample_rate == (0 if file.camera == "cctv-3" else 48_000)


def test_the_dashcams_gps_lines_tell_its_clock_at_every_second(demo: DemoResult) -> None:
    (file,) = demo.truth.files_of("dashcam")
    with av.open(str(path_of(demo, file))) as container:
        lines = [
            (int(packet.pts or 0), bytes(packet)[2:].decode())
            for packet in container.demux(subtitles=0)
            if packet.size > 2
        ]
    assert len(lines) >= 4
    for number, (pts, line) in enumerate(lines):
        match = re.fullmatch(
            r"\$(GPRMC,(\d{6}\.\d{3}),A,[\d.]+,N,[\d.]+,W,[\d.]+,[\d.]+,(\d{6}),,,A)\*([0-9A-F]{2})", line
        )
        assert match is not None, line
        check = 0
        for sign in match[1].encode():
            check ^= sign
        assert check == int(match[4], 16)
        said = datetime.strptime(match[3] + match[2], "%d%m%y%H%M%S.%f").replace(tzinfo=UTC)
        assert pts == number * 1000
        assert round(said.timestamp() * 1000) * 1_000_000 == file.device_start_ns + number * NS_PER_S


@pytest.fixture(scope="module")
def again(demo: DemoResult, tmp_path_factory: pytest.TempPathFactory) -> Remade:
    """The same demo once more, elsewhere, over a copy of it in which a file was cut short."""
    folder = tmp_path_factory.mktemp("again") / "é 😀 again"
    shutil.copytree(demo.folder, folder)
    victim = folder / demo.truth.files[3].path
    victim.write_bytes(victim.read_bytes()[:1000])
    reports: list[ProgressReport] = []
    result = make_demo(DemoRequest(folder, 8, "small", with_codes=True), reports.append, never_cancelled)
    return Remade(result, tuple(reports))


@pytest.mark.soak
def test_the_same_request_makes_the_same_bytes_anywhere(demo: DemoResult, again: Remade) -> None:
    folder = again.result.folder
    assert not again.result.was_cached
    assert (folder / TRUTH_NAME).read_bytes() == (demo.folder / TRUTH_NAME).read_bytes()
    for file in demo.truth.files:
        assert (folder / file.path).read_bytes() == path_of(demo, file).read_bytes()


@pytest.mark.soak
def test_a_damaged_demo_is_made_anew_and_the_old_one_is_gone(demo: DemoResult, again: Remade) -> None:
    folder = again.result.folder
    assert list(folder.parent.iterdir()) == [folder]
    assert len([path for path in folder.rglob("*") if path.is_file()]) == len(demo.truth.files) + 1


@pytest.mark.soak
def test_progress_counts_every_frame(demo: DemoResult, again: Remade) -> None:
    frames = sum(len(file.pts) for file in demo.truth.files)
    done = [report.done for report in again.reports]
    assert [done[0], done[-1]] == [0, frames]
    assert done == sorted(done)
    assert all(report.total == frames and report.unit == "frames" for report in again.reports)


def test_a_second_call_finds_the_demo_made(demo: DemoResult) -> None:
    before = {path: path.stat().st_mtime_ns for path in demo.folder.rglob("*")}
    again = make_demo(DemoRequest(demo.folder, 8, "small", with_codes=True), no_progress, never_cancelled)
    assert again.was_cached
    assert again.truth == demo.truth == load_truth(demo.folder)
    assert again.cameras == demo.cameras
    assert before == {path: path.stat().st_mtime_ns for path in demo.folder.rglob("*")}


@pytest.mark.parametrize("other", [{"duration_s": 9}, {"size": "720p"}, {"with_codes": False}, {"seed": 2}])
def test_another_request_is_not_taken_for_the_same(demo: DemoResult, other: dict[str, object]) -> None:
    wanted = {"duration_s": 8, "size": "small", "with_codes": True, **other}
    assert find_demo(DemoRequest(demo.folder, **wanted)) is None  # type: ignore[arg-type] # mixed on purpose


def test_the_cameras_say_all_that_a_case_needs(demo: DemoResult) -> None:
    assert [camera.kind for camera in demo.cameras] == [
        CameraKind.BWV, CameraKind.BWV, CameraKind.BWV, CameraKind.CCTV, CameraKind.MOBILE, CameraKind.DASHCAM,
    ]  # fmt: skip
    exhibits = [file.exhibit for camera in demo.cameras for file in camera.files]
    assert len(set(exhibits)) == 7
    assert all(file.path.is_file() for camera in demo.cameras for file in camera.files)
    assert len({camera.name for camera in demo.cameras}) == len(demo.cameras)
    assert all(camera.owner and camera.make and camera.clock and camera.clock_text for camera in demo.cameras)


def test_cancelling_leaves_nothing_and_no_process_behind(tmp_path: Path) -> None:
    reports: list[ProgressReport] = []
    with pytest.raises(Cancelled):
        make_demo(DemoRequest(tmp_path / "demo", 6, "small"), reports.append, lambda: len(reports) > 1)
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []


def test_cancelling_keeps_the_demo_that_was_there(demo: DemoResult) -> None:
    with pytest.raises(Cancelled):
        make_demo(DemoRequest(demo.folder, 7, "small"), no_progress, lambda: True)
    assert find_demo(DemoRequest(demo.folder, 8, "small", with_codes=True)) is not None


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a demo incident"):
        make_demo(DemoRequest(tmp_path, 6, "small"), no_progress, never_cancelled)
    assert list(tmp_path.iterdir()) == [tmp_path / "holiday.txt"]


def test_what_a_killed_run_left_an_hour_ago_is_swept_away(tmp_path: Path) -> None:
    old, new = tmp_path / ".demo.making-1", tmp_path / ".demo.making-2"
    for left in (old, new):
        (left / "recordings").mkdir(parents=True)
    os.utime(old, (1, 1))
    with pytest.raises(Cancelled):
        make_demo(DemoRequest(tmp_path / "demo", 6, "small"), no_progress, lambda: True)
    assert list(tmp_path.iterdir()) == [new]


def test_a_disk_that_takes_nothing_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="could not be written"):
        make_demo(DemoRequest(tmp_path / "file" / "demo", 6, "small"), no_progress, never_cancelled)


def test_a_worker_that_dies_is_told_in_words(tmp_path: Path) -> None:
    victims: list[BaseProcess] = []

    def kill_one(report: ProgressReport) -> None:
        if report.done and not victims:
            victims.append(multiprocessing.active_children()[0])
            victims[0].kill()

    with pytest.raises(StorageError, match="stopped without a word"):
        make_demo(DemoRequest(tmp_path / "demo", 6, "small"), kill_one, never_cancelled)
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    from app.demo.plan import make_plan

    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    ours.close()
    build.work_off(theirs, make_plan(DemoRequest(tmp_path, 6, "small")), [3], tmp_path)
    theirs.close()


def test_strings_in_files_are_of_the_project_alone(demo: DemoResult) -> None:
    for file in demo.truth.files:
        data = path_of(demo, file).read_bytes()
        assert str(Path.home()).encode() not in data
        assert os.fsencode(demo.folder) not in data
