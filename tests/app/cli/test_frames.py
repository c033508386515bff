"""`sightline frames`: the frames of the common instant, what they say of themselves, and what is said where none is."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app.cli.main import main
from app.demo.frame_code import read
from app.demo.truth import TrueFile, load_truth
from app.demo_case import DemoCase
from evidence.case import Case
from evidence.times import iso_utc


@dataclass(frozen=True)
class Done:
    """What a command line did."""

    code: int
    document: Any
    errors: str


def frames(case: Path, *arguments: str | Path) -> Done:
    """Run `sightline frames` with --json, in this process."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main(["frames", str(case), *map(str, arguments), "--by", "PC 1", "--json"])
    return Done(code, json.loads(out.getvalue()), errors.getvalue())


@pytest.fixture(scope="module")
def own(demo_case: DemoCase, tmp_path_factory: pytest.TempPathFactory) -> DemoCase:
    """Return a copy of the demo, with its recordings beside it, that these tests may write to."""
    folder = tmp_path_factory.mktemp("frames") / "demo"
    shutil.copytree(demo_case.case_folder.parent, folder)
    case = folder / demo_case.case_folder.name
    return DemoCase(case, folder / demo_case.media_folder.name, folder / demo_case.media_folder.name / "truth.json")


@pytest.fixture
def apart(own: DemoCase, tmp_path: Path) -> Path:
    """Return a case that a test may damage, recordings included."""
    shutil.copytree(own.case_folder.parent, tmp_path / "demo")
    case = tmp_path / "demo" / own.case_folder.name
    with Case.open(case) as opened:
        for recording in opened.recordings():
            (here,) = (tmp_path / "demo" / own.media_folder.name).rglob(recording.display_name)
            opened.relocate_original(recording.id, here, by="PC 1")
    return case


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def code_of(file: Path) -> tuple[int, int]:
    with av.open(str(file)) as container:
        (picture,) = container.decode(video=0)
        code = read(picture.to_ndarray(format="rgb24"))
    assert code is not None
    return code.part, code.number


def test_every_still_shows_the_frame_that_the_truth_names(own: DemoCase, tmp_path: Path) -> None:
    truth = load_truth(own.media_folder)
    by_name: dict[str, TrueFile] = {file.path.rpartition("/")[2]: file for file in truth.files}
    rng = np.random.default_rng(8)
    saved = 0
    for turn in range(6):
        done = frames(own.case_folder, "--at", f"+{rng.uniform(1, 14):.6f}", "--out", tmp_path / str(turn))
        assert done.document["audited"] is True
        for one in done.document["cameras"]:
            if one["state"] != "saved":
                continue
            saved += 1
            file = by_name[one["recording"]]
            starts = [iso_utc(start) for start in file.incident_ns]
            assert one["frame"] == bisect_right(starts, done.document["at"]) - 1
            assert code_of(Path(one["file"])) == (file.number, one["frame"])
            assert (
                one["provenance"]["time"]["frame_starts"]
                <= done.document["at"]
                < one["provenance"]["time"]["frame_ends"]
            )
            assert one["source_hash_verified"] is True
    assert saved > 20


def test_a_still_says_where_it_comes_from_and_is_the_same_again(own: DemoCase, tmp_path: Path) -> None:
    first = frames(own.case_folder, "--at", "+6", "--out", tmp_path / "a").document
    again = frames(own.case_folder, "--at", "+6", "--out", tmp_path / "b").document
    assert [one["sha256"] for one in first["cameras"]] == [one["sha256"] for one in again["cameras"]]
    assert frames(own.case_folder, "--at", "+6", "--out", tmp_path / "a").code == 0
    assert names_in(tmp_path / "a") == sorted(Path(one["file"]).name for one in first["cameras"])
    for one in first["cameras"]:
        said = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "frame_tags", "-of", "json", one["file"]],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        tags = json.loads(said)["frames"][0]["tags"]
        assert json.loads(tags["Provenance"]) == one["provenance"]
        (original,) = own.media_folder.rglob(one["recording"])
        by_other = subprocess.run(["sha256sum", original], capture_output=True, text=True, check=True).stdout[:64]
        assert tags["Source SHA-256"] == f"{by_other} (verified when this still was made)"
        assert tags["Frame"].startswith(f"{one['frame']} of ")
        assert tags["Camera"] == one["camera"]
        assert tags["Software"].startswith("Sightline ")
    log = (own.case_folder / "audit.log").read_text()
    assert first["cameras"][0]["sha256"] in log


def test_a_camera_that_is_not_recording_is_named_with_its_gap(own: DemoCase, tmp_path: Path) -> None:
    everything = frames(own.case_folder, "--at", "+0.2", "--out", tmp_path)
    away = [one for one in everything.document["cameras"] if one["state"] == "not recording"]
    assert away
    assert everything.code == 0
    assert all(one["since"] is None and one["until"] > everything.document["at"] for one in away)
    named = frames(own.case_folder, "--at", "+0.2", "--out", tmp_path, "--camera", away[0]["camera"])
    assert named.code == 1
    assert named.document["ok"] is False
    nowhere = frames(own.case_folder, "--at", "+100000", "--out", tmp_path / "none")
    assert nowhere.code == 1
    assert nowhere.document["audited"] is False
    assert all(one["since"] is not None for one in nowhere.document["cameras"])


def test_a_changed_original_gives_no_still_and_without_verifying_it_is_said(apart: Path, tmp_path: Path) -> None:
    with Case.open(apart, read_only=True) as opened:
        recording = next(one for one in opened.recordings() if "NVR" in one.display_name)
    content = bytearray(recording.path.read_bytes())
    content[-1] ^= 1
    recording.path.write_bytes(content)
    done = frames(apart, "--at", "+6", "--out", tmp_path / "out")
    assert done.code == 1
    (failed,) = [one for one in done.document["cameras"] if one["state"] == "failed"]
    assert "not the file that was added" in failed["reason"]
    assert failed["file"] is None
    others = [one for one in done.document["cameras"] if one["state"] == "saved"]
    assert len(others) >= 4
    done = frames(apart, "--at", "+6", "--out", tmp_path / "out", "--no-verify", "--camera", "CCTV 3")
    assert done.code == 0
    (one,) = done.document["cameras"]
    assert one["provenance"]["source"]["sha256_check"] == "not verified now"
    assert b"NOT verified" in Path(one["file"]).read_bytes()


def test_a_missing_original_fails_alone(apart: Path, tmp_path: Path) -> None:
    with Case.open(apart, read_only=True) as opened:
        recording = next(one for one in opened.recordings() if "NVR" in one.display_name)
    recording.path.unlink()
    done = frames(apart, "--at", "+6", "--out", tmp_path / "out")
    assert done.code == 1
    states = {one["camera"]: one["state"] for one in done.document["cameras"]}
    assert states["CCTV 3"] == "failed"
    assert set(states.values()) == {"failed", "saved"}


def test_what_is_there_already_is_never_written_over(own: DemoCase, tmp_path: Path) -> None:
    (one,) = frames(own.case_folder, "--at", "+6", "--out", tmp_path, "--camera", "CCTV 3").document["cameras"]
    file = Path(one["file"])
    file.write_bytes(b"somebody else's")
    done = frames(own.case_folder, "--at", "+6", "--out", tmp_path, "--camera", "CCTV 3")
    assert done.code == 1
    assert "already" in done.document["cameras"][0]["reason"]
    assert file.read_bytes() == b"somebody else's"
    assert names_in(tmp_path) == [file.name]


def test_a_case_open_elsewhere_gives_stills_and_says_that_the_log_does_not_tell(own: DemoCase, tmp_path: Path) -> None:
    log = (own.case_folder / "audit.log").read_bytes()
    with Case.open(own.case_folder):
        done = frames(own.case_folder, "--at", "+6", "--out", tmp_path, "--camera", "CCTV 3")
    assert done.code == 0
    assert done.document["audited"] is False
    assert done.document["unaudited_reason"]
    assert "does not tell" in done.errors
    assert (own.case_folder / "audit.log").read_bytes() == log


def test_nonsense_is_told_and_nothing_is_made(own: DemoCase, tmp_path: Path) -> None:
    assert frames(own.case_folder, "--at", "half past nonsense", "--out", tmp_path / "x").code == 1
    assert frames(own.case_folder, "--at", "+6", "--out", tmp_path / "x", "--camera", "Nobody").code == 1
    assert not (tmp_path / "x").exists()
    (tmp_path / "file").touch()
    assert frames(own.case_folder, "--at", "+6", "--out", tmp_path / "file").code == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_takes_nothing_leaves_no_half_file(
    own: DemoCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("evidence.atomic_file.os.fsync", no_space)
    done = frames(own.case_folder, "--at", "+6", "--out", tmp_path, "--camera", "CCTV 3")
    assert done.code == 1
    assert "No space left" in done.document["cameras"][0]["reason"]
    assert names_in(tmp_path) == []
