"""A case with two recordings of one camera and one of another, without media."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.examinations import FakeExaminer


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Three recordings: two of BWV A1, one of BWV B2."""
    originals = tmp_path / "originals"
    originals.mkdir()
    with Case.create(tmp_path / "Case.sightline", title="Words", reference="", by="DC Harper") as made:
        for camera, number in (("A1", 0), ("A1", 1), ("B2", 0)):
            path = originals / f"{camera}_{number}.mp4"
            path.write_bytes(f"recording {camera} {number}".encode())
            request = AddRequest(made.folder, (os.fsencode(path),), "DC Harper", f"BWV {camera}")
            add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=made)
        yield made
