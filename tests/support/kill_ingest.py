"""Adds files in a process of its own that tells each confirmed item, so that a test can kill it at any moment."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.support.examinations import FakeExaminer


def add_slowly(case_folder: Path, originals: Path, told: Connection, pause_s: float) -> None:
    """Add everything in `originals`; send `begun`, the id of each confirmed recording, and `done`."""
    with Case.open(case_folder) as case:
        told.send("begun")
        add_files(
            AddRequest(case_folder, (bytes(originals),), "killed", "Camera"),
            no_progress,
            never_cancelled,
            examiner_factory=lambda: FakeExaminer(before_each=lambda _path: time.sleep(pause_s)),
            case=case,
            on_confirmed=told.send,
        )
    told.send("done")
