"""When the labels over pictures are seen: while somebody moves the mouse over them, and for a few seconds after.

A label may lie over what a camera wrote into its own picture, often the clock. So it goes when the mouse rests.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, QVariantAnimation, Signal

REST_MS = 3_000
_MOTION_MS = 120


class LabelRest(QObject):
    """Shows and hides the labels. Lives on the UI thread.

    Signals:
        changed: how much of the labels is seen now, 0 to 1.
    """

    changed = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.rest)
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(_MOTION_MS)
        self._motion.valueChanged.connect(self._on_moved)
        self._shown = self._wanted = 1.0

    def stir(self) -> None:
        """Show the labels: the mouse moved, or something else is looked at."""
        self._timer.start()
        self._go_to(1.0)

    def rest(self) -> None:
        """Let the labels go now."""
        self._timer.stop()
        self._go_to(0.0)

    def _go_to(self, shown: float) -> None:
        if shown == self._wanted:
            return
        self._wanted = shown
        self._motion.stop()
        self._motion.setStartValue(self._shown)
        self._motion.setEndValue(shown)
        self._motion.start()

    def _on_moved(self, shown: float) -> None:
        if shown != self._shown:
            self._shown = shown
            self.changed.emit(shown)
