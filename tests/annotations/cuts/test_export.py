"""Whole exports of a case: what is left after success, cancelling, a kill and a full disk; what the report says."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from annotations.clips.clip import ClipDraft, add_clip, change_clip, delete_clip, find_clip, load_clips
from annotations.clips.exhibits import next_exhibit
from annotations.clips.export import export_clip, request_of
from annotations.cuts.draft_folder import INCOMPLETE, drafting, plain_name, sweep
from annotations.cuts.job import REPORT_HTML, REPORT_JSON, REPORT_PDF, ExportRequest, export_range
from annotations.cuts.messages import Mode
from annotations.journal import revert
from evidence.case import Case
from evidence.errors import Cancelled, MediaError, StorageError, UsageError
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from sync.timeline import build_timeline
from tests.support.cuts import frames_by_ffmpeg
from tests.support.recordings import encode

_SILENT = (no_progress, never_cancelled)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    for name, frames in (("IMG_20260314_213155.mp4", 75), ("IMG_20260314_213200.mp4", 74)):
        encode(folder / name, frames=frames, options={"g": "25"}, with_sound=True, rate=Fraction(25))
    return folder


@pytest.fixture
def case(tmp_path: Path, recordings: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "Case.sightline", title="Export", reference="R/1", by="DC Grey") as made:
        add_files(
            AddRequest(made.folder, (os.fsencode(recordings),), "DC Grey", "Phone", None, ""),
            no_progress, never_cancelled, case=made,
        )  # fmt: skip
        yield made


def _start(case: Case) -> int:
    timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    assert timeline.span is not None
    return timeline.span.start


def _request(case: Case, start_ms: int, end_ms: int, mode: Mode = Mode.COPY) -> ExportRequest:
    base = _start(case)
    span = IncidentRange(IncidentTime(base + start_ms * 1_000_000), IncidentTime(base + end_ms * 1_000_000))
    return ExportRequest(span, None, "DC Grey", 1_800_000_000 * NS_PER_S, name="Door", exhibit="JB/1-A", mode=mode)


def test_a_range_over_a_gap_gives_one_file_for_each_recording(case: Case, recordings: Path) -> None:
    result = export_range(case, _request(case, 1_500, 6_500), no_progress, never_cancelled)
    assert result.folder == case.folder / "exports" / "JB-1-A Door"
    report = json.loads((result.folder / REPORT_JSON).read_text())
    assert [one["verdict"] for one in report["files"]] == ["passed", "passed"]
    assert [one["asked"]["first"]["frame"] for one in report["files"]] == [37, 0]
    assert report["source"] != "single"
    for one, original in zip(report["files"], sorted(recordings.iterdir()), strict=True):
        file = result.folder / one["file"]["name"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == one["file"]["sha256"]
        assert one["original"]["sha256"] == hashlib.sha256(original.read_bytes()).hexdigest()
        asked = one["asked"]
        wanted = frames_by_ffmpeg(original)[asked["first"]["frame"] : asked["last"]["frame"] + 1]
        assert frames_by_ffmpeg(file) == wanted
    assert "SHA-256" in (result.folder / REPORT_HTML).read_text()
    printed = subprocess.run(["pdftotext", result.folder / REPORT_PDF, "-"], capture_output=True, text=True, check=True)
    assert all(one["file"]["name"] in " ".join(printed.stdout.split()) for one in report["files"])
    assert b'"clip.exported"' in (case.folder / "audit.log").read_bytes()
    assert sorted(path.name for path in (case.folder / "exports").iterdir()) == ["JB-1-A Door"]


def test_cancelling_leaves_nothing_behind(case: Case) -> None:
    asked = iter(range(10**6))
    with pytest.raises(Cancelled):
        export_range(case, _request(case, 0, 2_900, Mode.EXACT), no_progress, lambda: next(asked) > 4)
    assert not list((case.folder / "exports").iterdir())


def test_a_full_disk_leaves_nothing_behind(case: Case) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, hard))
    try:
        with pytest.raises(StorageError, match="could not be written"):
            export_range(case, _request(case, 0, 2_900), no_progress, never_cancelled)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((case.folder / "exports").iterdir())


@pytest.mark.soak
def test_a_disk_that_is_really_full_is_said_to_be_one_and_nothing_is_left_on_it(case: Case, tmp_path: Path) -> None:
    """On a file system in memory, at every size from too small for the first byte to large enough for all."""
    disk = tmp_path / "disk"
    disk.mkdir()
    refused, done = 0, False
    for mode in (Mode.COPY, Mode.EXACT):
        for kib in (4, 16, 64, 128, 256, 512, 1_024, 16_384):
            try:
                subprocess.run(
                    ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(disk)], check=True, capture_output=True
                )
            except (OSError, subprocess.CalledProcessError):
                pytest.skip("file systems may not be mounted here")
            try:
                made = export_range(case, replace(_request(case, 0, 2_900, mode), out_folder=disk), *_SILENT)
                done = _is_whole(made.folder)
                assert done
            except StorageError:
                refused += 1
                assert not list(disk.iterdir())
            finally:
                subprocess.run(["umount", str(disk)], check=True)
        assert done, "the largest disk holds all"
    assert refused >= 6


@pytest.mark.soak
@pytest.mark.media
def test_packets_that_no_container_takes_are_refused_with_both_reasons(media: Path, tmp_path: Path) -> None:
    """FFmpeg writes packets of several AMR frames into no 3GP, and H.263 into no Matroska; exact is left."""
    path = media / "file-type" / "fixture2.3gp"
    with Case.create(tmp_path / "Phone.sightline", title="Phone", reference="R/2", by="DC Grey") as made:
        add_files(AddRequest(made.folder, (os.fsencode(path),), "DC Grey", "Phone", None, ""), *_SILENT, case=made)
        with pytest.raises(MediaError, match=r"Operation not permitted.*Nor into Matroska.*cannot hold"):
            export_range(made, _request(made, 1_000, 4_000), *_SILENT)
        assert export_range(made, _request(made, 1_000, 4_000, Mode.EXACT), *_SILENT).failed == ()


def test_a_range_without_recordings_and_one_that_cannot_be_cut_are_told(case: Case) -> None:
    with pytest.raises(UsageError, match="None of the chosen cameras"):
        export_range(case, _request(case, 3_500, 4_500), no_progress, never_cancelled)
    with pytest.raises(MediaError, match="no key frame"):
        export_range(case, _request(case, 100, 300, Mode.SMART), no_progress, never_cancelled)
    assert not list((case.folder / "exports").iterdir())


_ENDLESS = """
import sys
from pathlib import Path
from annotations.cuts.draft_folder import drafting
with drafting(Path(sys.argv[1]), "Killed") as (draft, _final):
    (draft / "half.mp4").write_bytes(b"half")
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
    mine = tmp_path / f"My own notes{INCOMPLETE}"
    mine.mkdir()
    (mine / "notes.txt").write_text("kept")
    with drafting(tmp_path, "Next") as (draft, _final):
        (draft / "whole.mp4").write_bytes(b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, "Next"]
    assert [path.name for path in (tmp_path / "Next").iterdir()] == ["whole.mp4"]


def _export_in_a_fork(folder: Path, span: IncidentRange, out: Path, mode: Mode) -> int:
    """Export in a process of its own; return its id. What is loaded here need not be loaded anew for each kill."""
    made = os.fork()
    if made:
        return made
    try:
        with Case.open(folder) as case:
            request = ExportRequest(span, out, "DC Grey", 1_800_000_000 * NS_PER_S, name="Killed", mode=mode)
            export_range(case, request, no_progress, never_cancelled)
    finally:
        os._exit(0)


@pytest.mark.soak
def test_fifty_random_kills_leave_only_folders_named_incomplete(case: Case, tmp_path: Path) -> None:
    """Each kill comes at a random moment after the export's folder is there, however slow the machine is."""
    chance, out, base = random.Random(50), tmp_path / "out", _start(case)
    span = IncidentRange(IncidentTime(base), IncidentTime(base + 2_900_000_000))
    out.mkdir()
    folder = case.folder
    originals = {one.path_bytes: Path(os.fsdecode(one.path_bytes)).read_bytes() for one in case.recordings()}
    case.close()
    begun = time.monotonic()
    assert os.waitpid(_export_in_a_fork(folder, span, out, Mode.EXACT), 0)[1] == 0
    whole_s = time.monotonic() - begun
    shutil.rmtree(next(out.iterdir()))
    found_half = 0
    for _ in range(50):
        process = _export_in_a_fork(folder, span, out, chance.choice([Mode.COPY, Mode.EXACT]))
        while not any(out.iterdir()) and os.waitpid(process, os.WNOHANG)[0] == 0:
            time.sleep(0.001)
        time.sleep(chance.random() * whole_s)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)
        for made in out.iterdir():
            found_half += made.name.endswith(INCOMPLETE)
            assert made.name.endswith(INCOMPLETE) or _is_whole(made)
            shutil.rmtree(made, ignore_errors=True)
        with Case.open(folder) as opened:
            assert opened.recordings()
    assert found_half > 10, "the kills came too late to prove anything"
    assert all(Path(os.fsdecode(path)).read_bytes() == data for path, data in originals.items())


def _is_whole(folder: Path) -> bool:
    """Tell whether an export's files are all there and are what its report says."""
    report = json.loads((folder / REPORT_JSON).read_text())
    files = {folder / one["file"]["name"]: one["file"]["sha256"] for one in report["files"]}
    is_printed = (folder / REPORT_HTML).is_file() and (folder / REPORT_PDF).is_file()
    return is_printed and all(hashlib.sha256(file.read_bytes()).hexdigest() == wanted for file, wanted in files.items())


@pytest.mark.soak
def test_cancelling_at_random_moments_leaves_nothing_behind(case: Case) -> None:
    chance, exports = random.Random(30), case.folder / "exports"
    times = []
    for _ in range(30):
        left = iter(range(chance.randrange(1, 60)))
        try:
            mode = chance.choice([Mode.COPY, Mode.EXACT])
            export_range(case, _request(case, 0, 2_900, mode), no_progress, lambda: next(left, None) is None)  # noqa: B023
        except Cancelled:
            times.append(True)
            assert not [one for one in exports.iterdir() if one.name.endswith(INCOMPLETE)]
        for made in exports.iterdir():
            assert _is_whole(made)
            shutil.rmtree(made)
    assert len(times) > 5


def test_clips_are_kept_changed_exported_and_taken_back(case: Case) -> None:
    request = _request(case, 500, 1_500)
    clip_id, made = add_clip(case, ClipDraft("Door opens", request.span, exhibit="JB/1-A"), by="DC Grey")
    clip = find_clip(case, clip_id)
    wanted = request_of(clip.draft, out_folder=None, by="DC Grey", made_ns=5, clip_id=clip_id)
    result = export_clip(case, clip, wanted, no_progress, never_cancelled)
    (export,) = find_clip(case, clip_id).exports
    assert export.folder == str(result.folder)
    assert export.files[0].sha256 == result.facts.delivered[0].sha256
    changed = change_clip(case, clip_id, ClipDraft("Door", request.span, mode=Mode.EXACT), by="DC Grey")
    assert find_clip(case, clip_id).draft.mode is Mode.EXACT
    assert find_clip(case, clip_id).exports == (export,)
    revert(case, changed, by="DC Grey")
    assert find_clip(case, clip_id).draft.name == "Door opens"
    deleted = delete_clip(case, clip_id, by="DC Grey")
    assert not load_clips(case)
    revert(case, deleted, by="DC Grey")
    assert find_clip(case, clip_id).exports == (export,)
    assert made.changes
    with pytest.raises(UsageError, match="no length"):
        add_clip(case, ClipDraft("x", IncidentRange(request.span.start, request.span.start)), by="DC Grey")


def test_the_next_free_suffix_is_proposed() -> None:
    assert next_exhibit("JB/1", []) == "JB/1-A"
    assert next_exhibit("JB/1", ["jb/1-a", "JB/1-C"]) == "JB/1-B"
    assert next_exhibit("JB/1", [f"JB/1-{chr(65 + place)}" for place in range(26)]) == "JB/1-AA"
    assert next_exhibit(" ", []) == ""


def test_names_are_fit_for_every_system() -> None:
    assert plain_name("JB/1-A: “Door”?", "x") == "JB-1-A- -Door"
    assert plain_name("../..", "clip") == "clip"
    assert plain_name("NUL", "clip") == "clip"
