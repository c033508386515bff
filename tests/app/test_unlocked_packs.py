"""Packs unlocked for now: private, removed at the end and after a crash, kept for a show that can be gone on with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.court import resume_court
from app.cli.output import Output
from app.cli.unlocking import unlocked_for_now
from app.court_show import court_journal
from app.unlocked_packs import UnlockedPacks
from courtroom.errors import WrongPassphraseError
from courtroom.pack.locking import LockRequest, lock_pack
from courtroom.pack.verify import nobody_known, verify_pack
from evidence import locked_file
from evidence.atomic_file import write_bytes
from evidence.case import Case
from evidence.errors import NoSuchItemError, StorageError, UsageError
from evidence.jobs import never_cancelled, no_progress
from tests.support.packs import make_pack_case, make_sheet, pack_of

_CRASH = """
import os, sys
from pathlib import Path
from app.unlocked_packs import UnlockedPacks
place = UnlockedPacks(Path(sys.argv[1])).place("Pack")
place.mkdir()
(place / "recording.mp4").write_bytes(b"in the open")
print(place, flush=True)
os._exit(9) if sys.argv[2] == "crash" else sys.exit(0)
"""
_OUTPUT = Output(is_json=True)


def run_and_end(root: Path, how: str) -> Path:
    command = [sys.executable, "-c", _CRASH, str(root), how]
    return Path(subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip())


def test_what_a_crash_left_is_removed_at_the_next_start_and_what_runs_is_left_alone(tmp_path: Path) -> None:
    left = run_and_end(tmp_path, "crash")
    assert (left / "recording.mp4").is_file()
    with UnlockedPacks(tmp_path) as running, UnlockedPacks(tmp_path) as starting:
        mine = running.place("Pack")
        mine.mkdir()
        assert starting.sweep() == 1
        assert not left.parent.exists()
        assert mine.is_dir(), "that run is still there"
        assert running.owns(mine)
        assert not starting.owns(mine)
        assert tmp_path.stat().st_mode & 0o077 == mine.parent.stat().st_mode & 0o077 == 0
        assert running.place("Pack") != mine
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_ends_leaves_nothing(tmp_path: Path) -> None:
    left = run_and_end(tmp_path, "end")
    assert not left.parent.exists()


def test_the_pack_of_a_show_that_broke_off_is_there_to_go_on_with_and_gone_after_that(tmp_path: Path) -> None:
    left = run_and_end(tmp_path, "crash")
    with UnlockedPacks(tmp_path) as resumed:
        assert resumed.sweep(keep=left) == 0
        assert resumed.owns(left)
        assert (left / "recording.mp4").is_file()
    assert list(tmp_path.iterdir()) == []


def test_a_show_of_a_locked_pack_whose_plain_files_are_gone_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.court.has_display", lambda: True)
    with UnlockedPacks() as places:
        gone = places.place("Day one")
    standing = {
        "source": "pack", "folder": str(gone), "sheet": "sheet-1", "by": "DC Harper", "display": "COURT",
        "item": "item-2", "place": 1, "at_ns": 0, "focus": None, "screen": "live",
    }  # fmt: skip
    court_journal().parent.mkdir(parents=True, exist_ok=True)
    write_bytes(court_journal(), json.dumps(standing).encode())
    with pytest.raises(NoSuchItemError, match="the locked court pack “Day one”") as refused:
        resume_court()
    assert "passphrase" in refused.value.remedy
    assert "Item 2" in refused.value.meaning


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A locked pack; its passphrase is “correct horse”."""
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)
    with Case.open(make_pack_case(tmp_path)) as case:
        plain = tmp_path / "Plain"
        pack_of(case, make_sheet(case, tmp_path), plain)
    lock_pack(LockRequest(plain, tmp_path / "Locked"), "correct horse", no_progress, never_cancelled)
    return tmp_path / "Locked"


class _Terminal:
    @staticmethod
    def isatty() -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody types at the terminal, in order."""
    words: list[str] = []
    monkeypatch.setattr("sys.stdin", _Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: words.pop(0))
    return words


def test_a_locked_pack_asks_three_times_waits_longer_each_time_and_opens(
    locked: Path, typed: list[str], tmp_path: Path
) -> None:
    waited: list[float] = []
    typed += ["correct house", "Correct horse", "correct horse"]
    with UnlockedPacks(tmp_path / "own") as places:
        plain = unlocked_for_now(locked, places, _OUTPUT, wait=waited.append)
        assert waited == [1.0, 2.0]
        assert verify_pack(plain, nobody_known).is_complete
        assert unlocked_for_now(plain, places, _OUTPUT) == plain, "what is not locked is taken as it is"
        typed += ["wrong"] * 4
        with pytest.raises(WrongPassphraseError):
            unlocked_for_now(locked, places, _OUTPUT, wait=waited.append)
        assert len(typed) == 1, "three tries"
    assert not plain.exists()


def test_without_a_terminal_a_file_is_needed_and_room_is_looked_for_first(
    locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with UnlockedPacks(tmp_path / "own") as places:
        with pytest.raises(UsageError):
            unlocked_for_now(locked, places, _OUTPUT)
        file = tmp_path / "words.txt"
        file.write_text("correct horse\n")
        assert (unlocked_for_now(locked, places, _OUTPUT, file) / "bagit.txt").is_file()
        file.write_text("another one\n")
        with pytest.raises(WrongPassphraseError):
            unlocked_for_now(locked, places, _OUTPUT, file)
        monkeypatch.setattr("courtroom.pack.drafts.SPARE_BYTES", 1 << 60)
        with pytest.raises(StorageError):
            unlocked_for_now(locked, places, _OUTPUT, file)
