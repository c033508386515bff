"""Child processes that take tasks from a pipe and answer them: for reading and comparing what strangers recorded."""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, Self, TypeVar

from evidence.child_process import start_child
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled
from sync.child_loop import Alive

_LOOK_EVERY_S = 0.1
_HANG_S = 900.0

TaskT = TypeVar("TaskT")


class ChildPool(Generic[TaskT]):
    """A few child processes; one that dies costs its task and is started anew. Use it as a context manager.

    Args:
        target: what runs in each child: it answers the tasks that come through its pipe until that closes.
        count: how many children at most.
        matter: what is matched, for people: "sound", "light".
    """

    def __init__(self, target: Callable[..., None], count: int, matter: str) -> None:
        self._target, self._count, self._matter = target, count, matter
        self._workers: list[tuple[BaseProcess, Connection[TaskT, object]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process, pipe in self._workers:
            pipe.close()
            process.kill()
            process.join()
        self._workers.clear()

    def answers(self, tasks: Sequence[TaskT], cancelled: IsCancelled) -> Iterator[tuple[TaskT, object]]:
        """Yield each task with its answer, as they come; None where its child broke down over it or hung.

        A child hangs where neither an answer nor a sign of life came for a quarter of an hour.

        Raises:
            Cancelled: as asked.
        """
        waiting: deque[TaskT] = deque(tasks)
        busy: dict[Connection[TaskT, object], tuple[BaseProcess, TaskT, float]] = {}
        idle = list(self._workers)
        while waiting or busy:
            if cancelled():
                raise Cancelled(f"Matching the {self._matter} was cancelled.", meaning="Nothing was changed.")
            while waiting and (idle or len(self._workers) < self._count):
                process, pipe = idle.pop() if idle else self._start()
                task = waiting.popleft()
                pipe.send(task)
                busy[pipe] = (process, task, time.monotonic())
            ready = wait(list(busy), _LOOK_EVERY_S)
            for pipe in [one for one in busy if one in ready or time.monotonic() - busy[one][2] > _HANG_S]:
                process, task, _ = busy.pop(pipe)
                try:
                    answer = pipe.recv() if pipe in ready else None
                except (EOFError, OSError):
                    answer = None
                if isinstance(answer, Alive):
                    busy[pipe] = (process, task, time.monotonic())
                    continue
                if answer is None:
                    self._drop(process, pipe)
                else:
                    idle.append((process, pipe))
                yield task, answer

    def _start(self) -> tuple[BaseProcess, Connection[TaskT, object]]:
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        process = start_child(self._target, theirs, name=f"{self._matter} matcher")
        theirs.close()
        self._workers.append((process, ours))
        return process, ours

    def _drop(self, process: BaseProcess, pipe: Connection[TaskT, object]) -> None:
        self._workers = [one for one in self._workers if one[1] is not pipe]
        pipe.close()
        process.kill()
        process.join()
