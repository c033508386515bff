"""How long this thread stood ready to work while other threads had the processors, as the Linux kernel counts it.

`/proc/thread-self/schedstat` holds three numbers: ns on a processor, ns waiting for one, and time slices
(https://docs.kernel.org/scheduler/sched-stats.html, "/proc/<pid>/schedstat").
"""

from __future__ import annotations

import os

_FILE = "/proc/thread-self/schedstat"
_LONGEST = 200


class QueueTime:
    """Counts from `begin` on. Used by one thread."""

    def __init__(self) -> None:
        self._descriptor = -1
        self._before_ns = 0

    def begin(self) -> None:
        """Count from now on."""
        self.close()
        try:
            self._descriptor = os.open(_FILE, os.O_RDONLY)
        except OSError:
            return  # another system, or one that does not tell
        self._before_ns = self._read() or 0

    def waited_ns(self) -> int | None:
        """Return how long it has been since `begin`, or None where the system does not tell."""
        now = self._read()
        return None if now is None else now - self._before_ns

    def close(self) -> None:
        """Count no more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self) -> int | None:
        if self._descriptor < 0:
            return None
        try:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            return int(os.read(self._descriptor, _LONGEST).split()[1])
        except (OSError, ValueError, IndexError):
            return None
