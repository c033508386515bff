"""The loop of a child process that takes tasks from a pipe and answers each: for what strangers recorded.

Light to import: what does the work is imported by the child, once it runs.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

from evidence.child_process import limit_this_process
from evidence.jobs import IsCancelled

_TELL_EVERY_S = 5.0

TaskT = TypeVar("TaskT")
Do = Callable[[TaskT, IsCancelled], object]
"""Does a task and returns its answer, raising where that cannot be. What it is handed is asked now and then while the
task gets on, always says no, and tells the parent that the child is alive."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A task could not be done.

    Attributes:
        reason: in words for people.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Alive:
    """The task gets on; its answer is yet to come."""


def serve(pipe: Connection[object, TaskT], find_do: Callable[[], Do[TaskT]]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process.

    Args:
        pipe: where tasks come from and answers go to.
        find_do: imports what does them.
    """
    limit_this_process()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    asked: queue.SimpleQueue[TaskT] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, asked), name="listener", daemon=True).start()
    do = find_do()
    with contextlib.suppress(OSError):
        while True:
            task = asked.get()
            try:
                answer = do(task, _signs_of_life(pipe))
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about becomes an answer
                answer = Failed(str(error) or type(error).__name__)
            pipe.send(answer)


def _listen(pipe: Connection[object, TaskT], asked: queue.SimpleQueue[TaskT]) -> None:
    """Take tasks; where the parent is gone, end at once, whatever the child is busy with."""
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def _signs_of_life(pipe: Connection[object, TaskT]) -> IsCancelled:
    told = time.monotonic()

    def goes_on() -> bool:
        nonlocal told
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            pipe.send(Alive())
        return False

    return goes_on
