"""Cases made for the real window, and waiting for what that does."""

from __future__ import annotations

import os
import time
from pathlib import Path

from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from tests.bench.child import Child

_BY = "Bench"


def case_of(media: Path, case_folder: Path) -> Path:
    """Make a case of all recordings in a folder."""
    with Case.create(case_folder, title="Bench", reference="B/1", by=_BY) as case:
        request = AddRequest(case_folder, (os.fsencode(media),), _BY)
        result = add_files(request, no_progress, never_cancelled, case=case)
        if result.refused or not result.added:
            raise RuntimeError(f"the recordings were not added: {result.refused}")
    return case_folder


def until_answer(window: Child, word: str, answer: str, patience_s: float = 60) -> None:
    """Ask again and again until the window answers as wanted."""
    end = time.monotonic() + patience_s
    while window.tell(word) != answer:
        if time.monotonic() > end:
            raise TimeoutError(f"the window did not come to {word} in {patience_s} s")
        time.sleep(0.05)
