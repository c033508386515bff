"""The demo incident as a case, small and with its frames' numbers in the pictures, made once for all tests."""

from __future__ import annotations

import fcntl
import pickle

import pytest

from app.demo_case import DemoCase, DemoSize, make_demo_case
from evidence.jobs import never_cancelled, no_progress


@pytest.fixture(scope="session")
def demo_case(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> DemoCase:
    """Return a demo case of 16 seconds, made once for all processes; a test that changes it works on a copy."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    kept = shared / "demo-case.pickle"
    with (shared / "demo-case.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file closes, however that comes about
        if kept.exists():
            found: DemoCase = pickle.loads(kept.read_bytes())
            return found
        folder = shared / "demo"
        made = make_demo_case(folder, DemoSize.SMALL, no_progress, never_cancelled, with_codes=True, duration_s=16)
        kept.write_bytes(pickle.dumps(made))
        return made
