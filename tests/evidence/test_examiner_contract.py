"""The fake examiner keeps the promises of the real one, as far as adding files relies on them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from evidence.examiner import Examiner
from evidence.ingest import ExaminesFiles
from evidence.jobs import never_cancelled
from tests.support.examinations import FakeExaminer


@pytest.fixture(params=[FakeExaminer, Examiner])
def examiner(request: pytest.FixtureRequest) -> Iterator[ExaminesFiles]:
    """Each in turn."""
    made: AbstractContextManager[ExaminesFiles] = request.param()
    with made as opened:
        yield opened


def test_what_is_no_recording_is_refused_with_its_hash(examiner: ExaminesFiles, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_bytes(b"text that somebody renamed\n" * 10)
    told: list[int] = []
    found = examiner.examine(bytes(path), told.append, never_cancelled)
    assert found.refused is not None
    assert found.refused.code
    assert str(found.refused)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.path_bytes, found.display_name) == (bytes(path), "notes.mp4")
    assert told == sorted(told)


@pytest.mark.parametrize("name", [b"not there.mp4", b"\xff\n.mp4", b"x" * 300, b"d/" * 2_100 + b"deep.mp4"])
def test_what_cannot_be_read_is_refused_and_never_raised(examiner: ExaminesFiles, tmp_path: Path, name: bytes) -> None:
    found = examiner.examine(bytes(tmp_path) + b"/" + name, lambda _done: None, never_cancelled)
    assert found.refused is not None
    assert found.sha256 == ""


def test_an_empty_file_is_refused(examiner: ExaminesFiles, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path / "empty.mp4")
    Path(os.fsdecode(path)).touch()
    found = examiner.examine(path, lambda _done: None, never_cancelled)
    assert found.refused is not None
    assert found.size_bytes == 0
