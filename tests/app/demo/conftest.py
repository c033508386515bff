"""One small demo incident for all tests of this room, made once."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from app.demo import DemoRequest, DemoResult, make_demo
from evidence.jobs import never_cancelled, no_progress


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> DemoResult:
    """The middle eight seconds of the story, small, with frame codes; made once for all processes."""
    shared: Path = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    home = shared / "demo-incident"
    with (shared / "demo-incident.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file closes, however that comes about
        return make_demo(DemoRequest(home, 8, "small", with_codes=True), no_progress, never_cancelled)
