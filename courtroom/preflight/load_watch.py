"""Watches what the processors do while an item is decoded, so that a busy moment can be told from a slow machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import psutil

from courtroom.preflight.pace import Load
from evidence.jobs import IsCancelled

_SETTLE_S = 6.0
"""How long to wait for other programs to be done before an item is measured again."""

_LOOK_S = 0.5


class WatchesLoad(Protocol):
    """What tells of the load; `LoadWatch` does, tests have another."""

    def begin(self) -> None:
        """A try begins."""
        ...

    def end(self, used_ns: int) -> Load:
        """A try is over; `used_ns` is the processor time that its decoders used."""
        ...

    def settle(self, cancelled: IsCancelled) -> None:
        """Wait a little for other programs to be done."""
        ...


@dataclass(frozen=True, slots=True)
class _Reading:
    busy_ns: int
    own_ns: int
    at_ns: int


class LoadWatch:
    """Reads the system's own counters of processor time (psutil). From one thread."""

    def __init__(self) -> None:
        self._processors = psutil.cpu_count() or 1
        self._begun = self._read()

    def begin(self) -> None:
        """A try begins."""
        self._begun = self._read()

    def end(self, used_ns: int) -> Load:
        """A try is over; return what others did meanwhile."""
        return self._load(self._begun, self._read(), used_ns)

    def settle(self, cancelled: IsCancelled) -> None:
        """Wait until others are quiet, a few seconds at the most."""
        until = time.monotonic() + _SETTLE_S
        while time.monotonic() < until and not cancelled():
            before = self._read()
            time.sleep(_LOOK_S)
            if not self._load(before, self._read(), 0).is_busy:
                return

    def _load(self, before: _Reading, after: _Reading, used_ns: int) -> Load:
        whole = max(1, (after.at_ns - before.at_ns) * self._processors)
        others = after.busy_ns - before.busy_ns - (after.own_ns - before.own_ns) - used_ns
        return Load(max(0, min(100, others * 100 // whole)), self._processors)

    def _read(self) -> _Reading:
        try:
            times = psutil.cpu_times()
        except (OSError, RuntimeError, ValueError):
            return _Reading(0, 0, time.monotonic_ns())
        waits = times.idle + getattr(times, "iowait", 0.0)
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted in user and nice, too
        busy = sum(times) - waits - guests
        return _Reading(int(busy * 1e9), time.process_time_ns(), time.monotonic_ns())
