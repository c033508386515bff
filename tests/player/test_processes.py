"""Decoder processes are light: neither Qt nor the database, and quick to start."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[2]


def test_decoders_load_neither_qt_nor_the_database() -> None:
    code = (
        "import sys, player.decoder.process, player.decoder.sound;"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'PySide6', 'shiboken6', 'sqlalchemy', 'alembic', 'vlc', 'app', 'cv2', 'scipy'}])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_loading_a_decoder_takes_a_moment() -> None:
    quickest = 9.0
    for _ in range(3):
        before = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import player.decoder.process"], cwd=ROOT, check=True)
        quickest = min(quickest, time.perf_counter() - before)
    assert quickest < 1.0
