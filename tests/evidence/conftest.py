"""What tests of the case store stand on: an empty case, a case with recordings, files to add.

Cases are made once and copied for each test, because making one waits for the disk many times.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.examinations import FakeExaminer

_CASE = "Op Lamppost.sightline"


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one, for tests that would mostly wait for a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2**30:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="sightline-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def _empty_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / _CASE
    Case.create(folder, title="Op Lamppost", reference="01AB/23", by="DC Grey").close()
    return folder


@pytest.fixture(scope="session")
def _full_pattern(tmp_path_factory: pytest.TempPathFactory, _empty_pattern: Path) -> Path:
    home = tmp_path_factory.mktemp("full")
    shutil.copytree(_empty_pattern, home / _CASE)
    originals = _make_originals(home / "originals")
    with Case.open(home / _CASE) as case:
        for offered, camera in (("A1_*", "BWV A1"), ("B2_*", "BWV B2"), ("C3_*", "BWV C3"), ("notes.txt", None)):
            paths = tuple(bytes(path) for path in sorted(originals.glob(offered)))
            request = AddRequest(case.folder, paths, "DC Grey", camera)
            add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    return home


@pytest.fixture
def case_folder(tmp_path: Path, _empty_pattern: Path) -> Path:
    """The folder of a closed, empty case."""
    return Path(shutil.copytree(_empty_pattern, tmp_path / _CASE))


@pytest.fixture
def case(case_folder: Path) -> Iterator[Case]:
    """An empty case, open for changes."""
    with Case.open(case_folder) as opened:
        yield opened


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Six files that the fake examiner takes for recordings of three cameras, and one that it refuses."""
    folder = tmp_path / "originals"
    return folder if folder.exists() else _make_originals(folder)


@pytest.fixture
def full_case(tmp_path: Path, _full_pattern: Path) -> Iterator[Case]:
    """An open case with the six recordings of `originals` by three cameras, and one refusal."""
    shutil.copytree(_full_pattern, tmp_path, dirs_exist_ok=True)
    connection = sqlite3.connect(tmp_path / _CASE / "case.db")
    for table in ("recordings", "refusals"):
        for (path,) in connection.execute(f"SELECT path_bytes FROM {table}").fetchall():
            here = bytes(tmp_path / "originals" / Path(os.fsdecode(path)).name)
            connection.execute(f"UPDATE {table} SET path_bytes = ? WHERE path_bytes = ?", (here, path))
    connection.commit()
    connection.close()
    with Case.open(tmp_path / _CASE) as opened:
        yield opened


def _make_originals(folder: Path) -> Path:
    folder.mkdir()
    for camera in ("A1", "B2", "C3"):
        for number in range(2):
            (folder / f"{camera}_{number}.mp4").write_bytes(f"recording {camera} {number}".encode())
    (folder / "notes.txt").write_bytes(b"text of somebody")
    return folder
