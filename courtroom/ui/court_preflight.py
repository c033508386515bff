"""Preflight from the presenter's console, beside the show: it stops the moment an item plays.

It runs in a thread of its own; what it tells arrives on the UI thread. The court's display is left alone: items are
not brought on it. Everything else is checked as in the preflight's own window.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from evidence.errors import Cancelled, SightlineError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.times import NS_PER_S

Work = Callable[[Progress, IsCancelled], str]
"""Checks everything, from any thread, and returns the outcome in words. Raises SightlineError, Cancelled."""

Prepare = Callable[[], Work]
"""Reads what only the UI thread can, and returns the work."""

_TELL_EVERY_NS = NS_PER_S
_END_WAIT_S = 10.0


class CourtPreflight(QObject):
    """Runs one preflight at a time. Lives on the UI thread.

    Signals:
        told(str): how far it is, or what came of it, for the console.
    """

    told = Signal(str)
    _posted = Signal(str, bool)

    def __init__(self, prepare: Prepare | None, parent: QObject | None = None) -> None:
        """Make it.

        Args:
            prepare: makes the work; None where what is shown is no pack.
            parent: Qt's.
        """
        super().__init__(parent)
        self._prepare = prepare
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._why = ""
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether one runs."""
        return self._thread is not None

    def press(self, *, is_playing: bool) -> None:
        """Begin one, or stop the one that runs; while an item plays none is begun."""
        if self.is_running:
            self.stop("Preflight was stopped; it says nothing.")
        elif self._prepare is None:
            self.told.emit("Only a court pack can be preflighted; this is a case.")
        elif is_playing:
            self.told.emit("Preflight needs the machine to itself: pause first.")
        else:
            self._begin(self._prepare())

    def stop(self, why: str) -> None:
        """Stop the one that runs, and say why."""
        if self.is_running:
            self._why = why
            self._stop.set()

    def close(self) -> None:
        """Stop for good; nothing more is told."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_END_WAIT_S)

    def _begin(self, work: Work) -> None:
        self._stop = threading.Event()
        self._why = ""
        self._thread = threading.Thread(target=self._run, args=(work, self._stop), name="court preflight", daemon=True)
        self._thread.start()
        self.told.emit("Preflight has begun; it stops when an item plays.")

    def _run(self, work: Work, stop: threading.Event) -> None:
        told_ns = time.monotonic_ns()

        def progress(report: ProgressReport) -> None:
            nonlocal told_ns
            if time.monotonic_ns() - told_ns > _TELL_EVERY_NS and report.total:
                told_ns = time.monotonic_ns()
                self._posted.emit(f"Preflight: {report.done * 100 // report.total} %. {report.text}.", False)

        try:
            words = work(progress, stop.is_set)
        except Cancelled:
            words = ""
        except (SightlineError, OSError) as error:
            words = f"Preflight could not be done: {error}"
        self._posted.emit(words, True)

    def _on_posted(self, words: str, is_over: bool) -> None:  # noqa: FBT001 - a signal's value
        if self._thread is None:
            return
        if is_over:
            self._thread.join(_END_WAIT_S)
            self._thread = None
        if words or self._why:
            self.told.emit(self._why or words)
