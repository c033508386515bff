"""`sightline info CASE --coverage`: real files, their gaps and their silence, as a document and as words."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.jobs import never_cancelled, no_progress
from player.derived.previews import PreviewRequest, make_previews
from player.derived.store import DerivedStore
from tests.app.cli.test_main import answer, sightline

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def clip(folder: Path, name: str, seconds: int, sound_from: int | None, colour: str = "black") -> Path:
    path = folder / name
    picture = ["-f", "lavfi", "-i", f"color={colour}:size=64x48:rate=5:duration={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=440:d={seconds},volume=0:enable='lt(t,{sound_from})'"]
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    inputs = picture if sound_from is None else picture + sound
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *codec, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cameras: 20 s with sound from the fourth on; 5 s without, and 5 s more after a gap of 10 s."""
    folder = tmp_path_factory.mktemp("coverage")
    case = folder / "A.sightline"
    assert sightline("new", case, "--title", "A").returncode == 0
    files = [
        clip(folder, "X6039A12B_20260314_213200_0413.mp4", 20, 4),
        clip(folder, "X5117C03F_20260314_213202_0413.mp4", 5, None),
        clip(folder, "X5117C03F_20260314_213217_0414.mp4", 5, None, "red"),
    ]
    assert sightline("add", case, *files).returncode == 0
    return case


def test_a_range_is_answered_by_camera_with_what_the_clocks_leave_open(case: Path) -> None:
    document = answer("info", case, "--coverage", "--from", "21:32:01", "--to", "2026-03-14T21:32:10Z")
    assert document["ok"] is True
    found = document["coverage"]
    assert (found["from"][:23], found["to"][:23]) == ("2026-03-14T21:32:01.000", "2026-03-14T21:32:10.000")
    cameras = {one["name"][-9:]: one for one in found["cameras"]}
    first, second = cameras["X6039A12B"], cameras["X5117C03F"]
    assert (first["covers"], second["covers"]) == ("all", "part")
    assert [part["from"][17:20] for part in second["parts"]] == ["02."]
    assert second["covered"] == {"nominal_ns": 5 * 10**9, "at_least_ns": 0, "at_most_ns": 5 * 10**9}
    assert second["clock_within_ns"] == 61 * 10**9
    (gap,) = second["gaps"]
    assert (gap["length_ns"], gap["is_certain"]) == (10 * 10**9, True)
    assert [one["lack"] for one in second["without_sound"]] == ["no sound stream"]
    assert (found["nobody"], found["nobody_ns"], found["is_whole_case"]) == ([], 0, False)
    assert [len(one["cameras"]) for one in found["stretches"]] == [1, 2, 1]
    assert found["together_ns"] == 5 * 10**9
    assert (found["busiest"]["from"][17:20], len(found["busiest"]["cameras"])) == ("02.", 2)


def test_people_read_who_covered_what_and_when_nobody_did(case: Path) -> None:
    done = sightline("info", case, "--coverage", "--from", "21:32:21", "--to", "21:33")
    assert done.returncode == 0
    assert "Sat 14 Mar 2026, 21:32:21.000 to 21:33:00.000 GMT (39.0 s)" in done.stdout
    assert "For 38.0 s no camera was recording" in done.stdout
    assert "No two cameras were recording at once" in done.stdout
    assert "until 21:32:22.000" in done.stdout
    assert "Recordings of 2 cameras end within 15.0 s; no camera was recording after that" in done.stdout
    assert "its end does not tell which" in done.stdout


def test_the_report_answers_the_same_questions(case: Path, tmp_path: Path) -> None:
    told = tmp_path / "coverage.html"
    done = sightline("report", case, "coverage", "--from", "21:32:05", "--to", "21:33", "--out", told)
    assert done.returncode == 0
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", told.read_text())))
    for said in (
        "For 38.0 s no camera was recording",
        "For 5.0 s two or more cameras were recording at once (at most 2, first 21:32:05.000 to",
        "Part of it (2)",
        "until 21:32:20.000",
        "Gaps of each camera (1)",
        "10.0 s",
        "whole recording: no sound stream",
        "Recordings of 2 cameras end within 15.0 s; no camera was recording after that 21:32:07.000 BWV X5117C03F",
    ):
        assert said in text, said


def test_silence_is_unknown_until_there_is_a_waveform_and_then_told(case: Path) -> None:
    before = sightline("info", case, "--coverage").stdout
    assert "sound of 1 recording not looked at yet" in before
    assert "digital silence" not in before
    make_waveform(case)
    after = sightline("info", case, "--coverage").stdout
    assert "first 4.0 s: digital silence" in after
    assert "not looked at" not in after


def test_what_makes_no_sense_is_refused(case: Path) -> None:
    assert sightline("info", case, "--from", "21:32:01").returncode == 2
    assert sightline("info", case, "--coverage", "--from", "21:32:05", "--to", "21:32:05").returncode == 2
    assert sightline("info", case, "--coverage", "--from", "soon").returncode == 1


def test_an_empty_case_covers_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "E.sightline"
    sightline("new", empty, "--title", "E")
    assert answer("info", empty, "--coverage")["coverage"] is None
    assert "No recording has a place in time yet" in sightline("info", empty, "--coverage").stdout


def make_waveform(case: Path) -> None:
    """Make what the window makes in the background."""
    with Case.open(case, read_only=True) as opened:
        heard = tuple(one for one in opened.recordings() if one.audio_stream is not None)
    store = DerivedStore(case / "derived", 1 << 30)
    make_previews(PreviewRequest(heard, with_proxies=False), store, lambda _id: None, no_progress, never_cancelled)
