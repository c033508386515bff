"""Decoder processes are light: neither Qt nor the database, and quick to start."""

from __future__ import annotations

import os
import subprocess
import sys
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
        before = _children_s()
        subprocess.run([sys.executable, "-c", "import player.decoder.process"], cwd=ROOT, check=True)
        quickest = min(quickest, _children_s() - before)
    assert quickest < 1.0


def _children_s() -> float:
    """Return the processor time of children that have ended, s: a busy machine takes nothing from that."""
    times = os.times()
    return times.children_user + times.children_system
