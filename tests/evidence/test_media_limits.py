"""A full disk and read-only media: the case opens, says why it cannot be changed, and loses nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.errors import CaseReadOnlyError, SightlineError, StorageError
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.verify import Verdict, VerifyRequest, check_database, verify_originals
from tests.support.case_dump import actions_of, assert_log_is_whole
from tests.support.examinations import FakeExaminer
from tests.support.old_case import make_old

pytestmark = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


def unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder))
    yield folder
    unmount(folder)


def fill(disk: Path, leave: int = 0) -> Path:
    """Fill a disk up but for `leave` bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(b"\0" * max(0, shutil.disk_usage(disk).free - leave))
    return ballast


def make_originals(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"D_{number:03d}.mp4").write_bytes(f"recording {number}".encode())
    return folder


def add(folder: Path, originals: Path, confirmed: list[str]) -> None:
    request = AddRequest(folder, (bytes(originals),), "me", "Camera")
    add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, on_confirmed=confirmed.append)


def has_three_sentences(error: SightlineError) -> bool:
    return all((error.happened, error.meaning, error.remedy))


@pytest.mark.parametrize("leave", [0, 4_096, 30_000, 60_000, 100_000, 150_000, 200_000])
def test_a_disk_that_fills_up_while_adding(small_disk: Path, tmp_path: Path, leave: int) -> None:
    folder = small_disk / "Case"
    Case.create(folder, title="T", reference="", by="me").close()
    originals = make_originals(tmp_path / "originals", 400)
    ballast = fill(small_disk, leave)
    confirmed: list[str] = []
    with pytest.raises((StorageError, CaseReadOnlyError)) as caught:
        add(folder, originals, confirmed)
    assert has_three_sentences(caught.value)
    assert "full" in str(caught.value)

    with Case.open(folder) as case:  # still full
        recordings = {one.id for one in case.recordings()}
        assert set(confirmed) <= recordings
        assert len(recordings) - len(confirmed) <= 1
        assert check_database(case) == []

    ballast.unlink()
    with Case.open(folder) as case:
        assert not case.is_read_only
        assert {one.id for one in case.recordings()} == recordings
        assert_log_is_whole(case)
        assert actions_of(folder).count("recording.added") == len(recordings)
        assert all(case.frame_index(one) is not None for one in recordings)
    some = make_originals(tmp_path / "some", 20)
    more: list[str] = []
    add(folder, some, more)
    assert len(recordings) + len(more) >= 20


def test_a_full_disk_under_an_open_case(small_disk: Path) -> None:
    folder = small_disk / "Case"
    with Case.create(folder, title="T", reference="", by="me") as case:
        case.set_time_zone("UTC", by="me")
        ballast = fill(small_disk)

        def change_until_it_fails() -> None:
            for number in range(200):
                case.set_time_zone("UTC" if number % 2 else "Europe/Paris", by="x" * 200)

        with pytest.raises(StorageError) as caught:
            change_until_it_fails()
        assert has_three_sentences(caught.value)
        for number in range(5):
            with contextlib.suppress(StorageError):
                case.set_time_zone("UTC" if number % 2 else "Europe/Paris", by="x" * 200)
        assert case.info().time_zone in {"UTC", "Europe/Paris"}
        ballast.unlink()
        case.set_time_zone("Europe/Rome", by="me")
        assert_log_is_whole(case)
        assert check_database(case) == []


def test_a_case_is_not_half_made_on_a_full_disk(small_disk: Path) -> None:
    for leave in (0, 10_000, 100_000, 250_000):
        ballast = fill(small_disk, leave)
        with pytest.raises(StorageError, match="full") as caught:
            Case.create(small_disk / "Case", title="T", reference="", by="me")
        assert has_three_sentences(caught.value)
        ballast.unlink()
        assert list(small_disk.iterdir()) == []
    Case.create(small_disk / "Case", title="T", reference="", by="me").close()


@pytest.fixture
def disc(tmp_path: Path) -> Iterator[Path]:
    """A folder that will be read-only once `seal` is called with it."""
    folder = tmp_path / "disc"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder))
    yield folder
    unmount(folder)


def seal(disc: Path) -> None:
    mount("-o", "remount,ro", str(disc))


def left_by_a_kill(full_case: Case, disc: Path) -> Path:
    """Copy a case as it lies there while it is open: what was committed last is in the write-ahead file alone."""
    camera = full_case.cameras()[0]
    full_case.rename_camera(camera.id, "Committed last", by="me")
    folder = disc / "Case"
    shutil.copytree(full_case.folder, folder)
    assert (folder / "case.db-wal").stat().st_size
    assert b"Committed last" not in (folder / "case.db").read_bytes()
    return folder


@pytest.mark.parametrize("side_files", ["none", "empty", "all", "wal only"])
def test_a_case_on_read_only_media_opens_and_says_so(full_case: Case, disc: Path, side_files: str) -> None:
    if side_files in {"all", "wal only"}:
        folder = left_by_a_kill(full_case, disc)
        if side_files == "wal only":
            (folder / "case.db-shm").unlink()
    else:
        full_case.rename_camera(full_case.cameras()[0].id, "Committed last", by="me")
        full_case.close()
        folder = disc / "Case"
        shutil.copytree(full_case.folder, folder)
        if side_files == "empty":
            (folder / "case.db-wal").write_bytes(b"")
    seal(disc)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with Case.open(folder) as case:
        assert case.is_read_only
        assert case.info().is_read_only
        assert "cannot be written" in case.read_only_reason
        assert case.cameras()[0].name == "Committed last"
        assert len(case.recordings()) == 6
        with pytest.raises(CaseReadOnlyError) as refused:
            case.set_time_zone("UTC", by="me")
        assert has_three_sentences(refused.value)
        with pytest.raises(CaseReadOnlyError):
            add_files(
                AddRequest(folder, (b"/nothing",), "me"),
                no_progress,
                never_cancelled,
                examiner_factory=FakeExaminer,
                case=case,
            )
        result = verify_originals(VerifyRequest(folder, "me"), no_progress, never_cancelled, case=case)
        assert result.verdict is Verdict.VERIFIED
        assert not result.is_kept
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_older_case_on_read_only_media_opens(full_case: Case, disc: Path) -> None:
    full_case.close()
    make_old(full_case.folder)
    shutil.copytree(full_case.folder, disc / "Case")
    seal(disc)
    with Case.open(disc / "Case") as case:
        assert len(case.recordings()) == 6


def test_no_case_is_made_on_read_only_media(disc: Path) -> None:
    seal(disc)
    with pytest.raises(StorageError) as caught:
        Case.create(disc / "Case", title="T", reference="", by="me")
    assert has_three_sentences(caught.value)


def test_private_copies_are_taken_away(full_case: Case, disc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left_by_a_kill(full_case, disc)
    (folder / "case.db-shm").unlink()
    seal(disc)
    copies = disc.parent / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    with Case.open(folder) as case:
        assert len(list(copies.iterdir())) == 1
        assert case.cameras()
    assert list(copies.iterdir()) == []
