"""Locking a pack with a passphrase: nothing shows without it, everything comes back with it, changes are found."""

from __future__ import annotations

import os
import shutil
from io import BytesIO
from pathlib import Path

import bagit  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtroom.errors import PackError, PackRefusedError
from courtroom.pack.findings import Fault
from courtroom.pack.layout import is_locked_pack
from courtroom.pack.locking import LockRequest, lock_pack, unlock_pack
from courtroom.pack.opening import open_pack
from courtroom.pack.verify import verify_pack
from evidence import locked_file
from evidence.errors import Cancelled
from evidence.jobs import never_cancelled, no_progress
from evidence.locked_file import CHUNK_BYTES, LockedFile, LockedFileError, locked_pieces
from evidence.originals import open_original
from evidence.verify import Verdict

WORDS = "correct horse battery"


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)


@pytest.fixture
def locked(pack: Path, tmp_path: Path) -> Path:
    """The pack, locked."""
    folder = tmp_path / "Locked"
    lock_pack(LockRequest(pack, folder), WORDS, no_progress, never_cancelled)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pack_comes_back_byte_for_byte(pack: Path, locked: Path, tmp_path: Path) -> None:
    assert is_locked_pack(locked)
    assert bagit.Bag(str(locked)).validate()
    unlock_pack(LockRequest(locked, tmp_path / "Plain"), WORDS, no_progress, never_cancelled)
    assert files_of(tmp_path / "Plain") == files_of(pack)
    assert verify_pack(tmp_path / "Plain", lambda _key: "me").verdict is Verdict.VERIFIED


def test_anybody_can_check_that_it_arrived_whole(locked: Path) -> None:
    found = verify_pack(locked, lambda _key: "me")
    assert [one.fault for one in found.findings] == [Fault.LOCKED]
    assert found.verdict is Verdict.UNKNOWN
    with pytest.raises(PackRefusedError, match="locked"):
        open_pack(locked, lambda _key: "me")
    (locked / "data" / "00001.locked").write_bytes(b"of somebody")
    assert verify_pack(locked, lambda _key: "me").verdict is Verdict.MISMATCH


def test_nothing_of_it_shows_without_the_passphrase(locked: Path) -> None:
    everything = b"".join([*files_of(locked).values(), *(name.encode() for name in files_of(locked))])
    for word in (b"Lamppost", b"01AB/23", b"FRONT", b"Front door", b"Door opens", b"recording", b"DC Grey", b"SQLite"):
        assert word not in everything


def test_another_passphrase_unlocks_nothing(locked: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="passphrase"):
        unlock_pack(
            LockRequest(locked, tmp_path / "out" / "Plain"), "correct horse batterY", no_progress, never_cancelled
        )
    assert not (tmp_path / "out").exists()


def test_a_changed_or_exchanged_file_is_named_and_nothing_is_left(locked: Path, tmp_path: Path) -> None:
    largest = max((locked / "data").glob("0*.locked"), key=lambda path: path.stat().st_size)
    before = largest.read_bytes()
    other = next(path for path in (locked / "data").glob("0*.locked") if path != largest)
    for content in (before[:-1], before[:200] + bytes([before[200] ^ 1]) + before[201:], before + b"x"):
        largest.write_bytes(content)
        with pytest.raises(PackError, match=largest.name):
            unlock_pack(LockRequest(locked, tmp_path / "out" / "Plain"), WORDS, no_progress, never_cancelled)
        assert list((tmp_path / "out").iterdir()) == []
    shutil.copy(other, largest)  # a whole file of the same pack in another's place: the hashes inside tell
    unlock_pack(LockRequest(locked, tmp_path / "out" / "Plain"), WORDS, no_progress, never_cancelled)
    assert verify_pack(tmp_path / "out" / "Plain", lambda _key: "me").verdict is Verdict.MISMATCH


def test_cancelling_leaves_nothing(pack: Path, locked: Path, tmp_path: Path) -> None:
    for work, source in ((lock_pack, pack), (unlock_pack, locked)):
        with pytest.raises(Cancelled):
            work(LockRequest(source, tmp_path / "out" / "x"), WORDS, no_progress, lambda: True)
        assert list((tmp_path / "out").iterdir()) == []


def test_a_short_passphrase_locks_nothing(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="at least"):
        lock_pack(LockRequest(pack, tmp_path / "out" / "x"), "short", no_progress, never_cancelled)


@given(st.integers(min_value=0, max_value=2), st.integers(min_value=-1, max_value=1))
@settings(max_examples=9)
def test_any_chunk_can_be_read_by_itself(tmp_path_factory: pytest.TempPathFactory, chunks: int, more: int) -> None:
    plain = os.urandom(max(0, chunks * CHUNK_BYTES + more))
    path, key = tmp_path_factory.mktemp("locked") / "file.locked", bytes(32)
    path.write_bytes(b"".join(locked_pieces(BytesIO(plain), len(plain), key)))
    with open_original(bytes(path)) as original:
        one = LockedFile(original, key)
        for number in reversed(range(one.header.chunks)):
            assert one.chunk(number) == plain[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        if plain:
            with pytest.raises(LockedFileError):
                LockedFile(original, bytes(31) + b"1").chunk(0)


def test_chunks_cannot_change_places(tmp_path: Path) -> None:
    plain, key = os.urandom(2 * CHUNK_BYTES), bytes(32)
    head, first, second = locked_pieces(BytesIO(plain), len(plain), key)
    path = tmp_path / "file.locked"
    path.write_bytes(head + second + first)
    with open_original(bytes(path)) as original, pytest.raises(LockedFileError):
        LockedFile(original, key).chunk(0)
