"""An ideal painter: it decodes nothing and draws the true frame code of all four cameras in one paint, at 62.5 Hz.

What it falls short of, no player can be asked for: it shows what the machine, the screen and the captures allow.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.demo.frame_code import FrameCode, draw
from tests.bench.screen.grid import SIZE, TILE, TILES
from tests.bench.screen.reading import frame_bounds
from tests.bench.serving import Commands, say
from tests.support.clips import ClipPlan, open_clip

_PERIOD_MS = 16


class IdealPainter(QWidget):
    """Draws by a clock."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__()
        clips = [open_clip(Path(path), ClipPlan(number=number)) for number, path in enumerate(paths)]
        self._bounds = [frame_bounds(clip) for clip in clips]
        self._tiles = [np.full((TILE[1], TILE[0]), 90, dtype=np.uint8) for _ in clips]
        self._at = 0.0
        self._rate = 1.0
        self._since: int | None = None
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.update)
        self._timer.start(_PERIOD_MS)

    def do(self, word: str, value: float) -> str:
        """Carry a command out."""
        self._at, self._since = self._now(), None if self._since is None else time.monotonic_ns()
        if word == "play":
            self._since = time.monotonic_ns()
        elif word == "pause":
            self._since = None
        elif word == "seek":
            self._at = value
        elif word == "rate":
            self._rate = value
        return "done"

    def _now(self) -> float:
        return self._at if self._since is None else self._at + self._rate * (time.monotonic_ns() - self._since)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw all tiles for one instant."""
        now = self._now()
        painter = QPainter(self)
        for camera, (bounds, pixels, place) in enumerate(zip(self._bounds, self._tiles, TILES, strict=True)):
            frame = int(np.searchsorted(bounds, now, side="right")) - 1
            draw(pixels, FrameCode(camera, 0, min(max(frame, 0), len(bounds) - 2)))
            image = QImage(pixels, TILE[0], TILE[1], TILE[0], QImage.Format.Format_Grayscale8)  # type: ignore[call-overload]
            painter.drawImage(QRect(*place), image)
        painter.end()


def main(paths: list[str]) -> None:
    """Paint until told to end."""
    application = QApplication(sys.argv[:1])
    painter = IdealPainter(paths)
    painter.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint)
    painter.setGeometry(0, 0, *SIZE)
    painter.show()
    commands = Commands(application, painter.do)
    QTimer.singleShot(500, lambda: say("ready"))
    application.exec()
    del commands


if __name__ == "__main__":
    main(sys.argv[1:])
