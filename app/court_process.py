"""Starts court mode as a program of its own, beside the window, so that neither can take the other along."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess

_START = "from app.cli.main import run; run()"


def program() -> list[str]:
    """Return the words that start this program, before its arguments."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-c", _START]


def start_court(pack: Path) -> bool:
    """Start court mode on a pack; return whether a program was started. It outlives this one."""
    words = [*program(), "open", str(pack), "--court", "last"]
    is_started, _process_id = QProcess.startDetached(words[0], words[1:])
    return is_started
