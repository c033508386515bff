"""Composites of a whole case: what lies beside the video, what the report says, what is left when it is not made."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import signal
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from annotations.composite.messages import Burn
from annotations.cuts.draft_folder import INCOMPLETE, sweep
from annotations.reports.scope import Maker
from app.cli.main import main
from app.composite_job import CompositeRequest, make_composite
from app.composite_plan import CompositeWish
from app.demo.truth import load_truth
from app.demo_case import DemoCase
from evidence.case import Case
from evidence.errors import Cancelled, OriginalChangedError, StorageError, UsageError
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.case_dump import actions_of, assert_log_is_whole
from tests.support.papers import pdf_text

MAKER = Maker("DC Harper", 1_773_560_000 * NS_PER_S)


@pytest.fixture(scope="module")
def own(demo_case: DemoCase, tmp_path_factory: pytest.TempPathFactory) -> DemoCase:
    """Return a copy of the demo that these tests may write to."""
    folder = tmp_path_factory.mktemp("composite") / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case, media = folder / demo_case.case_folder.name, folder / demo_case.media_folder.name
    with Case.open(case) as opened:
        for recording in opened.recordings():
            (here,) = media.rglob(recording.display_name)
            opened.relocate_original(recording.id, here, by="PC 1")
    return DemoCase(case, media, media / "truth.json")


@pytest.fixture
def case(own: DemoCase) -> Iterator[Case]:
    with Case.open(own.case_folder) as opened:
        yield opened


def span_of(case: Case, start_ms: int, end_ms: int) -> IncidentRange:
    timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    assert timeline.span is not None
    start = timeline.span.start
    return IncidentRange(IncidentTime(start + start_ms * 1_000_000), IncidentTime(start + end_ms * 1_000_000))


def small(case: Case, out: Path, length_ms: int = 400) -> CompositeRequest:
    wish = CompositeWish(span_of(case, 6_000, 6_000 + length_ms), size=(640, 360), rate=Fraction(25))
    return CompositeRequest(wish, out, MAKER, verifies=False)


def test_the_command_line_makes_a_video_with_reports_that_name_true_frames(
    own: DemoCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "All cameras.mp4"
    options = [
        "--size",
        "720p",
        "--rate",
        "25",
        "--sound",
        "mix",
        "--burn",
        "name,time,frame,exhibit,title,shapes,marks",
    ]
    command = ["composite", str(own.case_folder), "--from", "+6", "--to", "+6.6", "--out", str(out), *options, "--json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    report = json.loads((tmp_path / "All cameras report.json").read_text())
    assert told["report"] == report
    assert report["source"] == "multi-source"
    assert report["file"]["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert report["video"]["frames"] == 15
    assert report["check"]["samples"] == 6 * 48_000 // 10
    assert "MULTI-SOURCE" in report["video"]["metadata"]["comment"]
    true = {file.path.rpartition("/")[2]: file for file in load_truth(own.media_folder).files}
    with Case.open(own.case_folder, read_only=True) as opened:
        start = span_of(opened, 6_000, 6_600).start
    seen = 0
    for camera in report["cameras"]:
        names = {one["id"]: one["name"] for one in camera["recordings"]}
        for run in camera["shows"]:
            for which, at in (("first_frame", run["video_frames"][0]), ("last_frame", run["video_frames"][1])):
                if "recording" in run:
                    file = true[names[run["recording"]]]
                    instant = start + at * NS_PER_S // 25
                    assert run[which] == bisect_right(file.incident_ns, instant) - 1
                    seen += 1
    assert seen > 4
    for original in report["originals"]:
        (here,) = own.media_folder.rglob(original["name"])
        assert original["sha256"] == hashlib.sha256(here.read_bytes()).hexdigest()
        assert original["sha256_check"] == "verified just before"
    assert "multi-source composite" in (tmp_path / "All cameras report.html").read_text()
    assert "Multi-source" in pdf_text(tmp_path / "All cameras report.pdf")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".html", ".json", ".mp4", ".pdf"]
    with Case.open(own.case_folder) as opened:
        assert actions_of(opened.folder)[-1] == "composite.made"
        assert_log_is_whole(opened)
    assert main(command) == 2, "what is there already is not replaced"
    capsys.readouterr()


def test_cancelling_and_a_full_disk_leave_nothing(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    request = small(case, folder / "a.mp4")
    asked = iter(range(10**6))
    with pytest.raises(Cancelled):
        make_composite(case, request, no_progress, lambda: next(asked) > 6)
    assert not list(folder.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageError, match="could not be written"):
            make_composite(case, request, no_progress, never_cancelled)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(folder.iterdir())


def test_what_makes_no_sense_is_said_before_anything_is_read(case: Case, own: DemoCase, tmp_path: Path) -> None:
    empty = CompositeWish(IncidentRange(IncidentTime(0), IncidentTime(NS_PER_S)))
    with pytest.raises(UsageError, match="None of the chosen cameras"):
        make_composite(case, CompositeRequest(empty, tmp_path / "a.mp4", MAKER), no_progress, never_cancelled)
    with pytest.raises(UsageError, match="does not say"):
        make_composite(case, small(case, tmp_path / "a.avi"), no_progress, never_cancelled)
    assert not list(tmp_path.iterdir())
    case.close()
    where = ["composite", str(own.case_folder), "--from", "+6", "--to", "+7", "--out", str(tmp_path / "a.mp4")]
    for wrong in (["--size", "9p"], ["--rate", "0"], ["--burn", "fire"], ["--layout", "heap"], ["--level", "X"]):
        assert main([*where, *wrong, "--json"]) == 2


def test_an_original_that_changed_is_refused(own: DemoCase, case: Case, tmp_path: Path) -> None:
    request = small(case, tmp_path / "a.mp4")
    camera = case.cameras()[0]
    recording = next(one for one in case.recordings() if one.camera_id == camera.id)
    (file,) = own.media_folder.rglob(recording.display_name)
    before = file.read_bytes()
    wish = CompositeWish(request.wish.span, (camera.id,), size=(640, 360), burns=frozenset({Burn.NAME}))
    try:
        file.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        with pytest.raises(OriginalChangedError):
            make_composite(case, CompositeRequest(wish, tmp_path / "b.mp4", MAKER), no_progress, never_cancelled)
    finally:
        file.write_bytes(before)
    assert not list(tmp_path.iterdir())


_ENDLESS = """
import sys
from pathlib import Path
from annotations.composite.draft_files import drafting_files
with drafting_files(Path(sys.argv[1]) / "Killed.mp4", ["Killed.mp4"]) as draft:
    (draft / "Killed.mp4").write_bytes(b"half")
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_after_a_kill_only_the_incomplete_folder_is_there_and_it_is_swept(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert not sweep(tmp_path), "a folder that is being written is left alone"
        process.send_signal(signal.SIGKILL)
    assert [path.name for path in tmp_path.iterdir()] == [f"Killed{INCOMPLETE}"]
    assert sweep(tmp_path)
    assert not list(tmp_path.iterdir())
