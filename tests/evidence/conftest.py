"""What tests of the case store stand on: an empty case, a case with recordings, files to add."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.examinations import FakeExaminer


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one, for tests that would mostly wait for a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2**30:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="sightline-test-") as folder:
        yield Path(folder)


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """The folder of a new, closed, empty case."""
    folder = tmp_path / "Op Lamppost.sightline"
    Case.create(folder, title="Op Lamppost", reference="01AB/23", by="DC Grey").close()
    return folder


@pytest.fixture
def case(case_folder: Path) -> Iterator[Case]:
    """A new, empty case, open for changes."""
    with Case.open(case_folder) as opened:
        yield opened


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Six files that the fake examiner takes for recordings of three cameras, and one that it refuses."""
    folder = tmp_path / "originals"
    folder.mkdir()
    for camera in ("A1", "B2", "C3"):
        for number in range(2):
            (folder / f"{camera}_{number}.mp4").write_bytes(f"recording {camera} {number}".encode())
    (folder / "notes.txt").write_bytes(b"text of somebody")
    return folder


@pytest.fixture
def full_case(case: Case, originals: Path) -> Case:
    """An open case with six recordings of three cameras and one refusal."""
    for camera in ("A1", "B2", "C3"):
        paths = tuple(bytes(path) for path in sorted(originals.glob(f"{camera}_*")))
        request = AddRequest(case.folder, paths, "DC Grey", f"BWV {camera}")
        add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    request = AddRequest(case.folder, (bytes(originals / "notes.txt"),), "DC Grey")
    add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    return case
