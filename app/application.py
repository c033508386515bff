"""Qt's application and the program's log: what every window needs, and what loads in a moment."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path
from PySide6.QtWidgets import QApplication

_LOG_BYTES = 2_000_000


def make_application() -> QApplication:
    """Return the program's Qt application; there is one in a process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    os.environ.setdefault("QT_API", "pyside6")
    os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.symbolsresolver=false")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("sightline")
    application.setApplicationDisplayName("Sightline")
    application.setDesktopFileName("sightline")
    return application


def begin_log() -> Path | None:
    """Keep a log in the user's own folder; without one where it cannot be written."""
    path = user_log_path("sightline", appauthor=False) / "sightline.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return path
