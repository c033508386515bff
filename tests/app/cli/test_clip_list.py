"""Kept clips from the command line: listed, changed, exported as they are kept, deleted, and taken back."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from annotations.clips.clip import ClipDraft, add_clip
from app.cli.main import main
from app.cli.options import case_timeline
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from tests.support.cuts import frames_by_ffmpeg
from tests.support.recordings import encode

_FILE = "IMG_20260314_213155.mp4"


def _call(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    encode(tmp_path / "media" / _FILE, frames=40, options={"g": "25"}, rate=Fraction(25))
    with Case.create(tmp_path / "A.sightline", title="A", reference="", by="DC Grey") as made:
        request = AddRequest(made.folder, (os.fsencode(tmp_path / "media"),), "DC Grey", "Phone", None, "")
        add_files(request, no_progress, never_cancelled, case=made)
        return made.folder


def _kept(case: Path) -> str:
    with Case.open(case) as opened:
        span = case_timeline(opened).span
        assert span is not None
        start = span.start
        second = IncidentRange(start, IncidentTime(start + NS_PER_S))
        return add_clip(opened, ClipDraft("Door", second), by="DC Grey")[0]


def test_a_kept_clip_is_changed_exported_deleted_and_taken_back(
    capsys: pytest.CaptureFixture[str], case: Path, tmp_path: Path
) -> None:
    kept = _kept(case)
    changed = _call(
        *(capsys, "clips", case, "--change", kept, "--name", "Door opens", "--from", "+0.2", "--to", "+0.6"),
        *("--camera", "Phone", "--mode", "exact", "--mode-of", "Phone=copy", "--codec", "ffv1", "--exhibit", "JB/1-A"),
        *("--note", "Seen", "--lossless", "--by", "PS Marsh"),
    )["clip"]
    draft = changed["draft"]
    assert (draft["name"], draft["exhibit"], draft["note"]) == ("Door opens", "JB/1-A", "Seen")
    assert (draft["mode"], list(draft["modes"].values()), draft["codec"]) == ("exact", ["copy"], "ffv1")
    assert draft["is_lossless"]
    assert len(draft["camera_ids"]) == 1
    assert draft["span"]["end"] - draft["span"]["start"] == 400_000_000
    assert changed["changed_by"] == "PS Marsh"
    exported = _call(capsys, "clips", case, "--export", kept, "--out", tmp_path / "out")
    (file,) = exported["report"]["files"]
    asked = file["asked"]
    whole = frames_by_ffmpeg(tmp_path / "media" / _FILE)
    assert (
        frames_by_ffmpeg(Path(exported["folder"]) / file["file"]["name"])
        == whole[asked["first"]["frame"] : asked["last"]["frame"] + 1]
    )
    _call(capsys, "clips", case, "--change", kept, "--mode-of", "Phone=", "--all-cameras", "--lossy")
    (listed,) = _call(capsys, "clips", case)["clips"]
    assert (listed["draft"]["modes"], listed["draft"]["camera_ids"]) == ({}, None)
    assert [one["folder"] for one in listed["exports"]] == [exported["folder"]]
    _call(capsys, "clips", case, "--delete", kept)
    assert _call(capsys, "clips", case)["clips"] == []
    _call(capsys, "undo", case)
    assert [one["id"] for one in _call(capsys, "clips", case)["clips"]] == [kept]


def test_what_cannot_be_changed_is_refused_and_nothing_is_changed(
    capsys: pytest.CaptureFixture[str], case: Path
) -> None:
    kept = _kept(case)
    before = _call(capsys, "clips", case)["clips"]
    for wrong in (
        ("--change", kept),
        ("--name", "Nameless"),
        ("--change", kept, "--delete", kept),
        ("--change", kept, "--name", "x", "--out", "here"),
        ("--change", kept, "--name", " "),
        ("--change", kept, "--from", "+5", "--to", "+1"),
        ("--change", kept, "--mode", "quick"),
        ("--change", kept, "--mode-of", "Phone"),
        ("--change", kept, "--camera", "Nobody's"),
        ("--change", kept, "--camera", "Phone", "--all-cameras"),
        ("--change", "missing", "--name", "x"),
        ("--delete", "missing"),
        ("--export", "missing"),
    ):
        capsys.readouterr()
        assert main(["clips", str(case), *wrong, "--json"]) != 0, wrong
        assert not json.loads(capsys.readouterr().out)["ok"]
    assert _call(capsys, "clips", case)["clips"] == before
