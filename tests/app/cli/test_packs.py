"""`sightline runsheet`, `pack` and `verify` of a pack: from a case to a checked folder without a window."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from courtroom.pack import key_shelf
from evidence import locked_file
from evidence.case import Case
from tests.support.packs import make_pack_case, make_sheet


def run(*arguments: str | Path) -> tuple[int, Any]:
    """Run a command line with --json in this process; return its exit code and document."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*map(str, arguments), "--json"])
    return code, json.loads(out.getvalue())


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are made quickly, as nobody guesses at them here."""
    monkeypatch.setattr(key_shelf, "_SCRYPT_COST", 2**4)
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A closed case with a run sheet of five items."""
    folder = make_pack_case(tmp_path)
    with Case.open(folder) as opened:
        make_sheet(opened, tmp_path)
    return folder


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """A file with a passphrase, as there is no keyring in tests."""
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


def test_a_run_sheet_is_listed_shown_exported_changed_and_brought_back(case: Path, tmp_path: Path) -> None:
    _code, listed = run("runsheet", case)
    assert [one["title"] for one in listed["run_sheets"]] == ["Opening speech"]
    _code, shown = run("runsheet", case, "opening speech")
    assert [one["kind"] for one in shown["items"]] == ["card", "range", "still", "document", "pause"]
    file = tmp_path / "sheet.json"
    assert run("runsheet", case, "Opening speech", "--export", file)[0] == 0
    file.write_text(file.read_text().replace("Opening speech", "Closing speech"))
    code, saved = run("runsheet", case, "--import", file)
    assert (code, saved["saved"]["number"], saved["saved"]["title"]) == (0, 2, "Closing speech")
    assert run("runsheet", case, "Closing speech", "--current", "1")[0] == 0
    assert run("runsheet", case, "Opening speech", "--version", "2")[1]["title"] == "Closing speech"
    assert run("runsheet", case, "Opening speech", "--delete")[0] == 0
    assert run("runsheet", case)[1]["run_sheets"] == []


def test_a_run_sheet_of_another_case_is_refused(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "sheet.json"
    run("runsheet", case, "Opening speech", "--export", file)
    document = json.loads(file.read_text())
    document["items"][2]["view"]["cameras"] = ["somebody-else"]
    file.write_text(json.dumps(document))
    code, said = run("runsheet", case, "--import", file)
    assert (code, said["error"]["code"]) == (1, "SL-850")
    document["items"] = document["items"][3:4]
    document["items"][0]["file"]["sha256"] = "0" * 64
    file.write_text(json.dumps(document))
    code, said = run("runsheet", case, "--import", file)
    assert code == 1
    assert "Plan of the yard.pdf" in said["error"]["happened"]


def test_a_pack_is_made_signed_and_verified(case: Path, passphrase: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack"
    code, made = run("pack", case, "Opening speech", "--out", out, "--key-passphrase-file", passphrase)
    assert (code, made["ok"], made["recordings"]) == (0, True, 3)
    code, found = run("verify", out)
    assert (code, found["verdict"], found["key_holder"], found["findings"]) == (0, "VERIFIED", "you", [])
    assert found["key_fingerprint"] == made["fingerprint"]
    assert found["manifest_sha256"] == made["manifest_sha256"]
    assert run("verify", out / "data" / "case")[1]["verdict"] == "VERIFIED"
    recording = next((out / "data" / "recordings").iterdir())
    recording.write_bytes(b"of somebody")
    code, found = run("verify", out)
    assert (code, found["verdict"]) == (1, "MISMATCH")
    assert recording.name in found["findings"][0]["file"]


def test_the_run_sheet_of_a_pack_is_shown_and_exported_and_cannot_be_changed(case: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "pack", tmp_path / "sheet.json"
    run("pack", case, "Opening speech", "--out", out, "--unsigned")
    of_case, of_pack = run("runsheet", case, "Opening speech")[1], run("runsheet", out)[1]
    assert of_pack["items"] == of_case["items"]
    assert run("runsheet", out / "data" / "case", "opening speech", "--export", file)[0] == 0
    assert json.loads(file.read_text())["title"] == "Opening speech"
    code, said = run("runsheet", out, "--delete")
    assert (code, "court pack" in said["error"]["happened"]) == (2, True)
    assert run("runsheet", out, "Closing speech")[0] == 1


def test_an_unknown_key_is_known_once_its_fingerprint_was_compared(
    case: Path, passphrase: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "pack"
    made = run("pack", case, "Opening speech", "--out", out, "--key-passphrase-file", passphrase)[1]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another user"))
    assert run("verify", out)[1]["verdict"] == "UNKNOWN"
    assert run("verify", out, "--fingerprint", "0" * 64)[1]["verdict"] == "UNKNOWN"
    named = ("--fingerprint", made["fingerprint"].replace(" ", "").upper(), "--remember", "CPS London")
    assert run("verify", out, *named)[1]["verdict"] == "VERIFIED"
    assert run("verify", out)[1]["key_holder"] == "CPS London"


def test_without_a_keyring_and_a_passphrase_nothing_is_made(case: Path, tmp_path: Path) -> None:
    code, said = run("pack", case, "Opening speech", "--out", tmp_path / "pack")
    assert (code, said["error"]["code"]) == (1, "SL-863")
    assert not (tmp_path / "pack").exists()
    assert run("pack", case, "Opening speech", "--out", tmp_path / "pack", "--unsigned")[0] == 0
    assert run("verify", tmp_path / "pack")[1]["findings"][0]["fault"] == "not-signed"


def test_a_pack_is_locked_and_unlocked(case: Path, passphrase: Path, tmp_path: Path) -> None:
    locked, plain = tmp_path / "locked", tmp_path / "plain"
    key = ("--key-passphrase-file", passphrase)
    code, _made = run("pack", case, "Opening speech", "--out", locked, *key, "--passphrase-file", passphrase)
    assert code == 0
    assert not list(tmp_path.glob(".sightline-pack-*"))
    assert run("verify", locked)[1]["findings"][0]["fault"] == "locked"
    code, found = run("unlock", locked, "--out", plain, "--passphrase-file", passphrase)
    assert (code, found["verdict"]) == (0, "VERIFIED")
