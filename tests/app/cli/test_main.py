"""The command line: its output, its exit codes, and files on disk."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from app.cli import main as command_line
from app.cli.main import build, every_topic, main

FFMPEG = shutil.which("ffmpeg")
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Done:
    """What a command line did."""

    returncode: int
    stdout: str
    stderr: str


def sightline(*arguments: str | bytes | Path) -> Done:
    """Run one command line through its only gate, in this process."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main([os.fsdecode(argument) for argument in arguments])
    return Done(code, out.getvalue(), errors.getvalue())


def answer(*arguments: str | bytes | Path) -> Any:
    """Run one command with --json and return its document."""
    done = sightline(*arguments, "--json")
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small real recording with sound, made by another program."""
    if FFMPEG is None:
        pytest.skip("ffmpeg is not installed")
    path = tmp_path_factory.mktemp("clips") / "BWV_20260314_213207.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2", "-f", "lavfi", "-i", "sine=440:d=2"]
    tags = ["-metadata", "creation_time=2026-03-14T21:32:07Z", "-pix_fmt", "yuv420p", "-shortest"]
    subprocess.run([FFMPEG, "-v", "error", *sources, *tags, str(path)], check=True)
    return path


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return an empty case."""
    folder = tmp_path / "A case.sightline"
    assert sightline("new", folder, "--title", "High Street", "--reference", "42/26", "--by", "PC 1").returncode == 0
    return folder


def sha256sum(path: Path) -> str:
    """Return the hash by another program's opinion."""
    return subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]


def test_a_case_from_empty_folder_to_verified(case: Path, clip: Path) -> None:
    added = answer("add", case, clip, "--by", "PC 1")
    assert added["ok"] is True
    assert [one["sha256"] for one in added["added"]] == [sha256sum(clip)]
    info = answer("info", case)
    assert info["case"]["title"] == "High Street"
    (camera,) = info["cameras"]
    (place,) = camera["recordings"]
    assert place["start"].startswith("2026-03-14T21:32:07")
    assert len(place["recording"]["streams"]) == 2
    verified = sightline("verify", case, "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["verdict"] == "VERIFIED"
    audit = sightline("audit", case, "--json")
    assert audit.returncode == 0
    assert json.loads(audit.stdout)["report"]["entries"] >= 3


def test_a_changed_original_is_a_mismatch_and_a_missing_one_is_unknown(case: Path, clip: Path, tmp_path: Path) -> None:
    changed, missing = tmp_path / "one.mp4", tmp_path / "two.mp4"
    shutil.copy(clip, changed)
    missing.write_bytes(clip.read_bytes() + b"\0" * 8)
    assert answer("add", case, changed, missing)["ok"] is True
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    missing.unlink()
    done = sightline("verify", case, "--json")
    assert done.returncode == 1
    verdicts = {item["display_name"]: item["verdict"] for item in json.loads(done.stdout)["items"]}
    assert verdicts == {"one.mp4": "MISMATCH", "two.mp4": "UNKNOWN"}


def test_what_is_refused_is_said_with_its_reason_and_kept_in_the_case(case: Path, clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "statement.mp4"
    text.write_text("I was standing at the corner. " * 50)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    done = sightline("add", case, clip, text, empty)
    assert done.returncode == 1
    assert "statement.mp4" in done.stdout
    assert "empty.mp4" in done.stdout
    info = answer("info", case)
    assert {one["display_name"] for one in info["refusals"]} == {"statement.mp4", "empty.mp4"}
    assert all(one["finding"]["meaning"] for one in info["refusals"])


def test_the_same_file_twice_is_a_duplicate(case: Path, clip: Path, tmp_path: Path) -> None:
    shutil.copy(clip, tmp_path / "copy.mp4")
    answer("add", case, clip)
    again = answer("add", case, tmp_path / "copy.mp4")
    assert again["added"] == []
    assert len(again["duplicates"]) == 1


def test_a_clock_error_moves_a_camera_and_is_audited(case: Path, clip: Path) -> None:
    answer("add", case, clip, "--camera", "CCTV 3", "--kind", "cctv")
    done = sightline(
        "clock", case, "CCTV 3", "--error", "+00:07:12", "--how", "speaking clock", "--within", "2s", "--by", "PC 1"
    )
    assert done.returncode == 0, done.stderr
    (camera,) = answer("info", case)["cameras"]
    assert camera["recordings"][0]["start"].startswith("2026-03-14T21:24:55")
    assert camera["recordings"][0]["sigma_ns"] == 1_000_000_000
    assert "speaking clock" in (case / "audit.log").read_text()
    assert sightline("clock", case, "CCTV 3", "--clear").returncode == 0
    assert answer("info", case)["cameras"][0]["recordings"][0]["start"].startswith("2026-03-14T21:32:07")


def test_the_grouping_can_be_corrected(case: Path, clip: Path) -> None:
    answer("add", case, clip)
    assert sightline("move", case, clip.name, "BWV 88").returncode == 0
    assert (
        sightline("camera", case, "bwv 88", "--name", "BWV 412", "--owner", "PC 412", "--kind", "bwv").returncode == 0
    )
    assert sightline("exhibit", case, clip.name, "ABC/1").returncode == 0
    info = answer("info", case)
    row = next(row for row in info["cameras"] if row["camera"]["name"] == "BWV 412")
    assert row["camera"]["owner"] == "PC 412"
    assert row["recordings"][0]["recording"]["exhibit"] == "ABC/1"


def test_a_recording_without_any_time_is_shown_apart_until_it_is_placed(case: Path, tmp_path: Path) -> None:
    if FFMPEG is None:
        pytest.skip("ffmpeg is not installed")
    bare = tmp_path / "clip.avi"
    source = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=1", "-c:v", "mjpeg", "-fflags", "+bitexact"]
    subprocess.run([FFMPEG, "-v", "error", *source, str(bare)], check=True)
    answer("add", case, bare)
    info = answer("info", case)
    assert [one["display_name"] for one in info["unplaced"]] == ["clip.avi"]
    done = sightline("place", case, "clip.avi", "--at", "2026-03-14 21:32:07.500", "--how", "by the door slam")
    assert done.returncode == 0, done.stderr
    info = answer("info", case)
    assert info["unplaced"] == []
    assert info["cameras"][0]["recordings"][0]["start"].startswith("2026-03-14T21:32:07.5")


def test_errors_are_words_and_codes_and_never_a_stack_trace(case: Path, tmp_path: Path) -> None:
    for arguments, code in (
        (["info", tmp_path / "nowhere"], 1),
        (["new", case, "--title", "Again"], 1),
        (["clock", case, "Nobody", "--error", "1s", "--how", "x"], 1),
        (["add", case, tmp_path / "no such file.mp4"], 1),
        (["add", tmp_path, tmp_path], 1),
        (["frobnicate"], 2),
        (["add"], 2),
    ):
        done = sightline(*arguments)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert len(done.stderr + done.stdout) > 20
    document = answer("info", tmp_path / "nowhere")
    assert document["ok"] is False
    assert document["error"]["code"].startswith("SL-")


def test_a_name_that_is_not_text_is_added_and_shown(case: Path, clip: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9 \n\xf0\x9f\x9a\x93.mp4"
    with open(odd, "wb") as target:  # noqa: PTH123 - the name is bytes
        target.write(clip.read_bytes())
    assert answer("add", case, odd)["ok"] is True
    done = sightline("info", case)
    assert done.returncode == 0
    assert "caf" in done.stdout
    assert sightline("verify", case).returncode == 0


def test_interrupting_leaves_the_case_as_it_was(case: Path, tmp_path: Path, clip: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    content = clip.read_bytes()
    for number in range(150):
        (many / f"{number:03}.mp4").write_bytes(content + number.to_bytes(4, "big"))
    adding = subprocess.Popen(
        [sys.executable, "-c", "from app.cli.main import run; run()", "add", str(case), str(many)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while "recording.added" not in (case / "audit.log").read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    adding.send_signal(signal.SIGINT)
    _, errors = adding.communicate(timeout=60)
    assert adding.returncode == 130, errors
    info = answer("info", case)
    assert info["cameras"] == []
    assert info["interrupted_imports"] == []
    assert sightline("audit", case).returncode == 0


def test_every_command_is_in_the_help_and_in_the_manual() -> None:
    names = [command.name for command in build(every_topic()).registered_commands]
    manual = (ROOT / "docs" / "cli.md").read_text()
    text = sightline("--help").stdout
    assert len(names) > 10
    for name in names:
        assert name is not None
        assert name in text
        assert f"`sightline {name}" in manual


def test_marks_are_made_listed_changed_and_deleted(case: Path, clip: Path) -> None:
    answer("add", case, clip)
    made = answer("mark", case, "--at", "+1.25", "--text", "Door opens", "--by", "PC 1")
    assert made["at"] == "2026-03-14T21:32:08.250000000Z"
    answer("mark", case, "--change", made["made"], "--text", "Door slams")
    (one,) = answer("marks", case)["marks"]
    assert one["mark"]["text"] == "Door slams"
    answer("mark", case, "--delete", made["made"])
    assert answer("marks", case)["marks"] == []
    assert "Door opens" in (case / "audit.log").read_text()
    assert sightline("mark", case).returncode == 2


def test_an_original_that_moved_is_found_again_only_if_it_is_the_same(case: Path, clip: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.mp4", tmp_path / "elsewhere" / "there.mp4"
    shutil.copy(clip, here)
    answer("add", case, here)
    there.parent.mkdir()
    here.rename(there)
    assert sightline("verify", case).returncode == 1
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x" * 100)
    assert sightline("relocate", case, "here.mp4", other).returncode == 1
    assert sightline("relocate", case, "here.mp4", there).returncode == 0
    assert sightline("verify", case).returncode == 0


def test_the_zone_of_a_case_moves_bare_local_times(case: Path, clip: Path) -> None:
    assert sightline("zone", case, "Mars/Olympus").returncode != 0
    assert sightline("zone", case, "Asia/Tokyo").returncode == 0
    assert answer("info", case)["case"]["time_zone"] == "Asia/Tokyo"


def test_the_installed_script_is_the_same_command_line(case: Path) -> None:
    script = Path(sys.executable).with_name("sightline")
    if not script.exists():
        pytest.skip("not installed, only on the path")
    done = subprocess.run([script, "info", case, "--json"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["case"]["title"] == "High Street"


def test_the_windows_log_goes_to_its_file_and_only_trouble_to_the_terminal(tmp_path: Path) -> None:
    """A database that is brought up to date is no news for who opens a case from a terminal."""
    script = (
        "import logging; from app.application import begin_log; from app.cli.main import main; main(['--help'])\n"
        "print(begin_log()); logging.getLogger('alembic').info('quiet'); logging.getLogger('app').warning('told')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "WARNING app: told\n"
    kept = Path(done.stdout.splitlines()[-1]).read_text("utf-8")
    assert "quiet" in kept
    assert "told" in kept


def test_a_start_removes_what_a_killed_program_left(tmp_path: Path) -> None:
    left = tmp_path / "sightline-sound-left"
    left.mkdir()
    for name in ("scratch.lock", "heard.npy"):
        (left / name).touch()
    subprocess.run(
        [sys.executable, "-c", "from app.cli.main import run; run()", "--version"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    assert not left.exists()


def test_stopping_it_while_it_loads_is_a_cancelling_and_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_arguments: Sequence[str]) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "topics_for", stopped)
    assert main(["info", "x"]) == 130
    assert capsys.readouterr().err == "Cancelled.\n"
