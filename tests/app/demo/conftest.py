"""One small demo incident for all tests of this room, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo import DemoRequest, DemoResult, make_demo
from evidence.jobs import never_cancelled, no_progress


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The middle eight seconds of the story, small, with frame codes."""
    folder: Path = tmp_path_factory.mktemp("demo") / "incident"
    return make_demo(DemoRequest(folder, 8, "small", with_codes=True), no_progress, never_cancelled)
