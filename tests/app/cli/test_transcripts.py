"""`sightline transcript`: in, listed and out again, with what was not read as the exit code and in words."""

from __future__ import annotations

import os
from pathlib import Path

import pysubs2
import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.app.cli.test_main import answer, sightline
from tests.support.examinations import FakeExaminer


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """One recording of one camera."""
    path = tmp_path / "A1_0.mp4"
    path.write_bytes(b"recording")
    with Case.create(tmp_path / "A.sightline", title="A", reference="", by="DC Harper") as made:
        request = AddRequest(made.folder, (os.fsencode(path),), "DC Harper", "BWV A1")
        add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=made)
        return made.folder


def test_a_transcript_goes_in_is_listed_and_comes_out(case: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,010 --> 00:00:00,050\nDC HARPER: Stop\n\n2\n00:00:00,060 --> 00:99:00,080\nlost\n")
    done = sightline("transcript", case, "--import", words, "--camera", "bwv a1", "--by", "DC Harper")
    assert done.returncode == 1
    assert "line 6: The times of this cue cannot be read." in done.stdout
    assert "Times were counted from the start of the recording." in done.stdout
    (listed,) = answer("transcript", case, "--list")["transcripts"]
    (cue,) = listed["cues"]
    assert (cue["cue"]["speaker"], cue["cue"]["text"]) == ("DC HARPER", "Stop")
    assert cue["at"].startswith("2026-03-14T21:31:50.010")
    assert listed["transcript"]["problems"][0]["line"] == 6
    out = tmp_path / "out.vtt"
    assert answer("transcript", case, "--export", out, "--recording", "A1_0.mp4")["cues"] == 1
    (event,) = pysubs2.load(str(out), format_="vtt")
    assert (event.start, event.end, event.plaintext) == (10, 50, "Stop")


def test_a_cue_is_corrected_and_comes_back(case: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,010 --> 00:00:00,050\nDC HARPER: Stop\n")
    sightline("transcript", case, "--import", words, "--camera", "BWV A1")

    def now() -> tuple[str, int, int, str, str]:
        cue = answer("transcript", case, "--list")["transcripts"][0]["cues"][0]["cue"]
        return cue["id"], cue["start_ns"], cue["end_ns"], cue["speaker"], cue["text"]

    before = now()
    cue_id, start, end = before[:3]
    changed = sightline("cue", case, cue_id, "--from", "21:31:50.020", "--to", "+0.01", "--text", "Stop!", "--by", "me")
    assert changed.returncode == 0
    assert now() == (cue_id, start + 10_000_000, end + 10_000_000, "DC HARPER", "Stop!")
    assert sightline("cue", case, cue_id, "--from", "21:31:50.0605").returncode == 2
    assert "was not recording then" in sightline("cue", case, cue_id, "--from", "-5", "--to", "-4").stderr
    assert sightline("cue", case, cue_id).returncode == 2
    assert sightline("cue", case, "no such cue", "--delete").returncode == 1
    assert sightline("undo", case).returncode == 0
    assert now() == before
    assert sightline("cue", case, cue_id, "--delete").returncode == 0
    assert answer("transcript", case, "--list")["transcripts"][0]["cues"] == []


def test_wrong_wishes_are_usage_errors(case: Path, tmp_path: Path) -> None:
    for wrong in (
        ["--list", "--delete", "x"],
        ["--import", tmp_path / "a.srt"],
        ["--import", tmp_path / "a.srt", "--camera", "BWV A1", "--times", "sun"],
        ["--export", tmp_path / "a.pdf"],
        ["--export", tmp_path / "a.vtt"],
    ):
        assert sightline("transcript", case, *wrong).returncode == 2, wrong


def test_find_answers_with_times_and_kinds(case: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,010 --> 00:00:00,050\nDC HARPER: Stop there\n")
    assert sightline("transcript", case, "--import", words, "--camera", "BWV A1").returncode == 0
    assert sightline("mark", case, "--at", "21:31:51", "--text", "Stop sign").returncode == 0
    found = answer("find", case, "stop")
    assert [(hit["hit"]["kind"], hit["camera"]) for hit in found["hits"]] == [("mark", None), ("words", "BWV A1")]
    assert found["hits"][1]["at"].startswith("2026-03-14T21:31:50.010")
    only = answer("find", case, "stop", "from:21:31:50.5", "kind:mark")
    assert [hit["hit"]["text"] for hit in only["hits"]] == ["Stop sign"]
    assert sightline("find", case, "nothing").returncode == 1
    assert "not a time" in sightline("find", case, "stop from:noon?").stderr
