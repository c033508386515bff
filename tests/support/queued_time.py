"""For how long the system kept processes waiting for a processor, moment by moment (Linux)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    queued_ns: dict[tuple[int, int], int]
    """By process and thread."""


class QueuedTime:
    """Samples processes in a thread; use it as a context manager.

    The second field of `schedstat` (`Documentation/scheduler/sched-stats.rst`) is for how long a thread was ready to
    run while the system ran others; of a process, the thread that waited longest counts. What a picture came late by
    for that reason is not the program's own.

    Args:
        processes: returns the numbers of the processes between the file and the screen; asked again at every sample.
    """

    def __init__(self, processes: Callable[[], Collection[int]]) -> None:
        self._processes = processes
        self._samples: list[_Sample] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_of_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def between(self, start: float, end: float) -> float:
        """Return how long they waited between two moments of the monotonic clock, s; one sample before and after too.

        Pictures pass from one to the next, so that one waits for another: the sum is what a picture may have waited.
        """
        before = [one for one in self._samples if one.at <= start][-1:] or self._samples[:1]
        after = [one for one in self._samples if one.at >= end][:1] or self._samples[-1:]
        if not before or not after:
            return 0.0
        first, last = before[0].queued_ns, after[0].queued_ns
        longest: dict[int, int] = {}
        for (process, thread), waited in last.items():
            own = waited - first.get((process, thread), waited)
            longest[process] = max(longest.get(process, 0), own)
        return sum(longest.values()) / 1e9

    def _run(self) -> None:
        while not self._is_over.wait(_EVERY_S):
            queued = {key: waited for process in self._processes() for key, waited in _queued(process)}
            self._samples.append(_Sample(time.monotonic(), queued))


def _queued(process: int) -> Iterator[tuple[tuple[int, int], int]]:
    for path in Path(f"/proc/{process}/task").glob("[0-9]*/schedstat"):
        with contextlib.suppress(OSError, IndexError):
            yield (process, int(path.parent.name)), int(path.read_text().split()[1])
