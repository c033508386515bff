"""For how long the system kept processes waiting for a processor, moment by moment (Linux)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

_EVERY_S = 0.1
_LOOK_ANEW = 10
"""Which processes and threads there are is found out at every tenth sample: that costs more than all the rest."""
_Threads = tuple[tuple[int, int], ...]
"""Process and thread."""


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    threads: _Threads
    queued_ns: NDArray[np.int64]
    """In the order of the threads; an array, since half an hour of them would burden Python's search for refuse."""


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
        first = dict(zip(before[0].threads, before[0].queued_ns, strict=True))
        longest: dict[int, int] = {}
        for (process, thread), waited in zip(after[0].threads, after[0].queued_ns, strict=True):
            own = int(waited - first.get((process, thread), waited))
            longest[process] = max(longest.get(process, 0), own)
        return sum(longest.values()) / 1e9

    def _run(self) -> None:
        threads: _Threads = ()
        while not self._is_over.wait(_EVERY_S):
            if len(self._samples) % _LOOK_ANEW == 0:
                threads = tuple(one for process in self._processes() for one in _threads(process))
            queued = np.fromiter((_queued_ns(*one) for one in threads), np.int64, len(threads))
            self._samples.append(_Sample(time.monotonic(), threads, queued))


def _threads(process: int) -> Iterator[tuple[int, int]]:
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{process}/task").iterdir():
            yield process, int(path.name)


def _queued_ns(process: int, thread: int) -> int:
    try:
        with open(f"/proc/{process}/task/{thread}/schedstat", "rb", buffering=0) as file:  # noqa: PTH123 - ten thousands
            return int(file.read().split()[1])
    except (OSError, IndexError):
        return 0  # it has ended
