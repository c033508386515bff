"""Watches how long the window's thread is away from its event loop, and whose fault that is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS = 5
_SCHEDULER = Path("/proc/thread-self/schedstat")


def _kept_waiting_ns() -> int:
    """Return for how long this thread has been ready to run without a processor, ns; 0 where the system cannot tell."""
    try:
        return int(_SCHEDULER.read_text().split()[1])
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class _Clocks:
    """What the clocks of this thread say, ns."""

    now_ns: int = field(default_factory=time.monotonic_ns)
    busy_ns: int = field(default_factory=time.thread_time_ns)
    kept_waiting_ns: int = field(default_factory=_kept_waiting_ns)


class LoopWatch(QObject):
    """Ticks on the event loop and keeps the longest time that it was away. Lives on the UI thread.

    The time during which the thread was ready to run but the system gave the processor to others (the second field of
    Linux's `schedstat`, `Documentation/scheduler/sched-stats.rst`) is not the window's own and is taken off: on a
    machine that does other things too, that is most of it.

    Attributes:
        longest_busy_ms: the most processor time between two rounds of the loop: beyond doubt the window's own.
        longest_ms: the longest time away without the time that the system kept the thread waiting. It holds waits for
            other processes too: while one is started, for instance, until that has had a processor.
        longest_seen_ms: the longest time away, whoever caused it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_busy_ms = self.longest_ms = self.longest_seen_ms = 0.0
        self._last = _Clocks()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    def __str__(self) -> str:
        return (
            f"away from the event loop at most {self.longest_busy_ms:.0f} ms busy, {self.longest_ms:.0f} ms with waits,"
            f" {self.longest_seen_ms:.0f} ms in all"
        )

    def begin(self) -> None:
        """Watch from now on; what was before is forgotten."""
        self.longest_busy_ms = self.longest_ms = self.longest_seen_ms = 0.0
        self._last = _Clocks()
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()

    def _on_tick(self) -> None:
        last, self._last = self._last, _Clocks()
        away_ns = self._last.now_ns - last.now_ns - _TICK_MS * 1_000_000
        own_ns = away_ns - (self._last.kept_waiting_ns - last.kept_waiting_ns)
        self.longest_seen_ms = max(self.longest_seen_ms, away_ns / 1e6)
        self.longest_ms = max(self.longest_ms, own_ns / 1e6)
        self.longest_busy_ms = max(self.longest_busy_ms, (self._last.busy_ns - last.busy_ns) / 1e6)
