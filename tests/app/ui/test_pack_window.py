"""A court pack in the window: verified beside the work, its faults named by file, copied, and refused where it lies."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.own_keys import own_keys
from app.ui import pack_locks
from app.ui.lock_dialogs import LockDialog, UnlockDialog
from app.ui.pack_locks import PackLocks
from courtroom.pack.locking import LockRequest, lock_pack
from courtroom.pack.make import PackRequest, make_pack
from courtroom.pack.signing import SigningKey
from courtroom.run_sheet import Moving, View
from evidence import locked_file
from evidence.case import Case
from evidence.jobs import never_cancelled, no_progress
from sync.timeline import build_timeline
from tests.app.ui.conftest import BY, PATIENCE_MS, FakeChoosers
from tests.support.run_sheets import item_of, sheet_of

pytestmark = pytest.mark.gui
KEY = SigningKey(bytes(range(32)))


@pytest.fixture
def pack(case_folder: Path, tmp_path: Path) -> Path:
    """A signed pack of one camera's first recording."""
    with Case.open(case_folder) as case:
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
        row = timeline.cameras[0]
        sheet = sheet_of(item_of(Moving(row.placed[0].span, View((row.camera.id,)))))
        make_pack(
            PackRequest(tmp_path / "stick" / "Pack", sheet, 0, BY, with_certificate=False),
            case,
            KEY,
            no_progress,
            never_cancelled,
        )
    return tmp_path / "stick" / "Pack"


def open_checked(window: Window, pack: Path, qtbot: QtBot) -> str:
    """Open a pack and return the words of the badge once all of it was read."""
    window.shell.session.open(pack)
    room = window.main.rooms.packs
    qtbot.waitUntil(lambda: room.verdict is not None, timeout=PATIENCE_MS)
    return window.main.page.header.verified.text()


def test_the_verdict_takes_the_place_of_unknown(empty_window: Window, pack: Path, qtbot: QtBot) -> None:
    titles: list[str] = []
    empty_window.shell.jobs.started.connect(lambda job: titles.append(job.title))
    assert open_checked(empty_window, pack, qtbot) == "Unknown", "nobody has said whose key it is"
    assert "Verifying the court pack Pack" in titles
    assert KEY.public.fingerprint in " ".join(empty_window.main.notices.texts)
    assert not any("being read" in text for text in empty_window.main.notices.texts)

    own_keys().remember(KEY.public, "CPS London")
    assert open_checked(empty_window, pack, qtbot) == "Verified"
    assert any("VERIFIED" in text and "CPS London" in text for text in empty_window.main.notices.texts)


def test_what_is_changed_is_named_by_file_and_verifying_again_finds_what_came_later(
    empty_window: Window, pack: Path, qtbot: QtBot
) -> None:
    own_keys().remember(KEY.public, "CPS London")
    (recording,) = (pack / "data" / "recordings").iterdir()
    content = bytearray(recording.read_bytes())
    content[-1] ^= 1
    recording.write_bytes(content)
    assert open_checked(empty_window, pack, qtbot) == "Mismatch"
    assert any(f"data/recordings/{recording.name}" in text for text in empty_window.main.notices.texts)
    empty_window.main.actions_by_id["court.show"].trigger()
    court = empty_window.main.rooms.court
    qtbot.waitUntil(lambda: court.mode is not None, timeout=PATIENCE_MS)
    assert court.mode is not None
    assert court.mode.source.is_amiss, "a look at the small files finds nothing; reading all of it has"
    assert "MISMATCH" in court.mode.console.trouble_line.words.text()
    court.end()

    content[-1] ^= 1
    recording.write_bytes(content)
    signature = pack / "signature" / "tagmanifest-sha256.txt.sig"
    signature.write_bytes(bytes(64))
    room = empty_window.main.rooms.packs
    before = room.verdict
    empty_window.main.actions_by_id["case.verify"].trigger()
    qtbot.waitUntil(lambda: room.verdict is not before, timeout=PATIENCE_MS)
    assert room.verdict is not None
    assert [one.file for one in room.verdict.findings] == ["signature/tagmanifest-sha256.txt.sig"]
    assert empty_window.main.page.header.verified.text() == "Mismatch"


def test_a_pack_is_copied_to_the_computer_and_the_copy_is_open(
    empty_window: Window, pack: Path, qtbot: QtBot, choosers: FakeChoosers, tmp_path: Path
) -> None:
    open_checked(empty_window, pack, qtbot)
    choosers.folder = tmp_path
    empty_window.main.actions_by_id["pack.copy"].trigger()
    room = empty_window.main.rooms.packs
    qtbot.waitUntil(lambda: room.pack == tmp_path / "Pack" and room.verdict is not None, timeout=PATIENCE_MS)
    names = {path.relative_to(pack) for path in pack.rglob("*")}
    assert {path.relative_to(tmp_path / "Pack") for path in (tmp_path / "Pack").rglob("*")} == names


def test_an_extract_whose_recording_lies_elsewhere_is_not_opened(
    empty_window: Window, pack: Path, qtbot: QtBot, originals: Path
) -> None:
    other = next(iter(sorted(originals.iterdir())))
    connection = sqlite3.connect(pack / "data" / "case" / "case.db")
    connection.execute("UPDATE recordings SET path_bytes = ?, path_from_case = X''", (os.fsencode(other),))
    connection.commit()
    connection.close()
    empty_window.shell.session.open(pack)
    qtbot.waitUntil(lambda: "was not opened" in " ".join(empty_window.main.notices.texts), timeout=PATIENCE_MS)
    assert "outside of the pack" in " ".join(empty_window.main.notices.texts)
    assert empty_window.shell.session.snapshot is None


def test_a_pack_is_locked_and_unlocked_in_the_window(
    empty_window: Window, pack: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)
    own_keys().remember(KEY.public, "CPS London")
    locks, notices = empty_window.main.rooms.locks, empty_window.main.notices
    locks.ask_lock(pack)
    asked = locks.dialog
    assert isinstance(asked, LockDialog)
    asked.passphrase.setText("short")
    asked.accept_button.click()
    assert "at least 8 characters" in asked.problem.text()
    asked.passphrase.setText("correct horse")
    asked.accept_button.click()
    assert "not the same" in asked.problem.text()
    asked.again.setText("correct horse")
    asked.accept_button.click()
    locked = pack.with_name("Pack locked")
    qtbot.waitUntil(lambda: any("Locked with" in text for text in notices.texts), timeout=PATIENCE_MS)
    (recording,) = (pack / "data" / "recordings").iterdir()
    assert recording.name.encode() not in b"".join(one.read_bytes() for one in locked.rglob("*") if one.is_file())

    monkeypatch.setattr(pack_locks, "DELAY_MS", 30)
    empty_window.shell.session.open(locked)
    place = Path()
    for words, left in (("correct house", ""), ("Correct horse", "2 tries"), ("correct horse", "One try")):
        dialog = asked_for(locks, left, qtbot)
        assert dialog.passphrase.echoMode() is QLineEdit.EchoMode.Password
        qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=PATIENCE_MS)
        dialog.passphrase.setText(words)
        place = Path(dialog.place.text())
        dialog.accept_button.click()
    room = empty_window.main.rooms.packs
    qtbot.waitUntil(lambda: room.verdict is not None, timeout=PATIENCE_MS)
    assert room.pack == place
    assert empty_window.main.page.header.verified.text() == "Verified"
    assert place.parent.stat().st_mode & 0o077 == 0
    plain = {path.relative_to(pack): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    assert {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()} == plain
    assert place.parent.parent.stat().st_mode & 0o077 == 0
    assert any("removed when Sightline ends" in text for text in notices.texts)
    locks.close()
    assert not place.parent.exists()


def asked_for(locks: PackLocks, words: str, qtbot: QtBot) -> UnlockDialog:
    """Wait until the passphrase is asked for in these words, and return the dialog."""

    def is_there() -> bool:
        return isinstance(locks.dialog, UnlockDialog) and words in locks.dialog.problem.text()

    qtbot.waitUntil(is_there, timeout=PATIENCE_MS)
    assert isinstance(locks.dialog, UnlockDialog)
    return locks.dialog


def test_after_three_wrong_passphrases_it_is_over(
    empty_window: Window, pack: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)
    monkeypatch.setattr(pack_locks, "DELAY_MS", 0)
    locked = pack.with_name("Pack locked")
    lock_pack(LockRequest(pack, locked), "correct horse", no_progress, never_cancelled)
    locks, notices = empty_window.main.rooms.locks, empty_window.main.notices
    empty_window.shell.session.open(locked)
    for left in ("", "2 tries", "One try"):
        dialog = asked_for(locks, left, qtbot)
        qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=PATIENCE_MS)
        dialog.passphrase.setText("wrong house")
        dialog.try_again(1, 60_000)
        assert not dialog.accept_button.isEnabled(), "a wrong passphrase costs time"
        dialog.accept_button.setEnabled(True)
        dialog.accept_button.click()
    qtbot.waitUntil(lambda: any("does not unlock" in text for text in notices.texts), timeout=PATIENCE_MS)
    assert locks.dialog is None
    assert empty_window.main.rooms.packs.pack is None
