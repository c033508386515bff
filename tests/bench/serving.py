"""How a player in a child process takes its commands: lines on standard input, each answered, on Qt's own loop."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

Do = Callable[[str, float], str]
"""Carries a command out; returns the answer, for instance "done", or "cannot" where the player cannot."""


class Commands:
    """Reads commands as they come; ends the program when the benchmark closes the pipe."""

    def __init__(self, application: QApplication, do: Do) -> None:
        self._application = application
        self._do = do
        self._rest = b""
        self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_readable)

    def _on_readable(self) -> None:
        arrived = os.read(sys.stdin.fileno(), 65_536)
        if not arrived:
            self._notifier.setEnabled(False)
            self._application.quit()
            return
        *lines, self._rest = (self._rest + arrived).split(b"\n")
        for line in lines:
            word, value = json.loads(line)
            say(self._do(word, value or 0))


def say(word: str) -> None:
    """Answer."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()
