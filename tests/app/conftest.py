"""The demo incident as a case, small and with its frames' numbers in the pictures, made once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo_case import DemoCase, DemoSize, make_demo_case
from evidence.jobs import never_cancelled, no_progress


@pytest.fixture(scope="session")
def demo_case(tmp_path_factory: pytest.TempPathFactory) -> DemoCase:
    """Return a demo case of 16 seconds; a test that changes it works on a copy."""
    folder: Path = tmp_path_factory.mktemp("demo")
    return make_demo_case(folder, DemoSize.SMALL, no_progress, never_cancelled, with_codes=True, duration_s=16)
