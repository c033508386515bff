"""A long time of painting does not wear Python's `None` and `True` out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_MANY_CALLS = """
import player.ui
from PySide6.QtCore import QObject, QRect, Signal
class Teller(QObject):
    told = Signal(object)
teller, rect = Teller(), QRect()
teller.told.connect(lambda _told: None)
for _ in range(500_000):
    rect.setX(1)
    teller.told.emit(1)
print("alive")
"""


def test_half_a_million_calls_into_qt_leave_python_alive() -> None:
    """On Python 3.11 with PySide6 6.12.0 this ended with "none_dealloc", and signals alone with "bool_dealloc"."""
    ran = subprocess.run(
        [sys.executable, "-c", _MANY_CALLS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout == "alive\n", ran.stderr[-500:]
