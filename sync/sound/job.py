"""Matches the sound of many recordings in child processes; a file that breaks one is named, and the rest goes on."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Self

from evidence.child_process import start_child
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from sync.sound import child
from sync.sound.match import SoundMatch

_LOOK_EVERY_S = 0.1
_HANG_S = 900.0


@dataclass(frozen=True, slots=True)
class SoundSource:
    """A recording whose sound is to be matched.

    Attributes:
        recording_id: id of the recording.
        clock: id of its camera; recordings of one clock are not compared.
        path_bytes: where its original is.
        display_name: for people.
        stream_index: which stream is its sound.
    """

    recording_id: str
    clock: str
    path_bytes: bytes
    display_name: str
    stream_index: int


@dataclass(frozen=True, slots=True)
class SoundRequest:
    """What is to be matched.

    Attributes:
        sources: the recordings.
        done: pairs of recording ids that need not be compared again.
        workers: child processes; 0 for one per processor, at most 4.
    """

    sources: tuple[SoundSource, ...]
    done: frozenset[frozenset[str]] = frozenset()
    workers: int = 0


@dataclass(frozen=True, slots=True)
class PairResult:
    """Two recordings and what their sounds say.

    Attributes:
        path_sigma_ns: standard uncertainty of the stamps of both, ns.
    """

    first: str
    second: str
    match: SoundMatch
    path_sigma_ns: int


@dataclass(frozen=True)
class SoundResult:
    """What came of it.

    Attributes:
        pairs: every pair that was compared.
        failures: recordings whose sound could not be used, by id, with the reason.
    """

    pairs: tuple[PairResult, ...]
    failures: tuple[tuple[str, str], ...]


def run(request: SoundRequest, progress: Progress, cancelled: IsCancelled) -> SoundResult:
    """Compare every two recordings of different clocks.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    count = request.workers or min(4, os.cpu_count() or 1)
    failures: dict[str, str] = {}
    sigmas: dict[str, int] = {}
    found: list[PairResult] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sightline-sound-"))
        pool = stack.enter_context(_Pool(count))
        tasks: list[child.Task] = [
            child.PrepareTask(folder, one.recording_id, one.path_bytes, one.display_name, one.stream_index)
            for one in request.sources
        ]
        names = {one.recording_id: one.display_name for one in request.sources}
        for number, (task, answer) in enumerate(pool.answers(tasks, cancelled)):
            assert isinstance(task, child.PrepareTask)
            if isinstance(answer, child.Prepared):
                sigmas[answer.key] = answer.path_sigma_ns
            else:
                failures[task.key] = answer.reason if isinstance(answer, child.Failed) else "no answer"
            progress(ProgressReport(number + 1, len(tasks), "files", f"Listening to {names[task.key]}"))
        pairs = [
            child.MatchTask(folder, one.recording_id, other.recording_id)
            for one, other in combinations(request.sources, 2)
            if one.clock != other.clock
            and {one.recording_id, other.recording_id} <= sigmas.keys()
            and frozenset((one.recording_id, other.recording_id)) not in request.done
        ]
        for number, (task, answer) in enumerate(pool.answers(pairs, cancelled)):
            assert isinstance(task, child.MatchTask)
            if isinstance(answer, SoundMatch):
                sigma = round((sigmas[task.first] ** 2 + sigmas[task.second] ** 2) ** 0.5)
                found.append(PairResult(task.first, task.second, answer, sigma))
            text = f"Comparing {names[task.first]} with {names[task.second]}"
            progress(ProgressReport(number + 1, len(pairs), "", text))
    found.sort(key=lambda one: (one.first, one.second))
    return SoundResult(tuple(found), tuple(sorted(failures.items())))


class _Pool:
    """A few child processes; one that dies costs its task and is started anew."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[tuple[SpawnProcess, Connection[child.Task, object]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process, pipe in self._workers:
            pipe.close()
            process.kill()
            process.join()
        self._workers.clear()

    def answers(
        self, tasks: list[child.Task] | list[child.MatchTask], cancelled: IsCancelled
    ) -> Iterator[tuple[child.Task, object]]:
        """Yield each task with its answer, as they come."""
        waiting: deque[child.Task] = deque(tasks)
        busy: dict[Connection[child.Task, object], tuple[SpawnProcess, child.Task, float]] = {}
        idle = list(self._workers)
        while waiting or busy:
            if cancelled():
                raise Cancelled("Matching the sound was cancelled.", meaning="Nothing was changed.")
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
                if answer is None:
                    self._drop(process, pipe)
                    answer = child.Failed("the program that reads its sound broke down over it")
                else:
                    idle.append((process, pipe))
                yield task, answer

    def _start(self) -> tuple[SpawnProcess, Connection[child.Task, object]]:
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        process = start_child(child.run, theirs, name="sound matcher")
        theirs.close()
        self._workers.append((process, ours))
        return process, ours

    def _drop(self, process: SpawnProcess, pipe: Connection[child.Task, object]) -> None:
        self._workers = [one for one in self._workers if one[1] is not pipe]
        pipe.close()
        process.kill()
        process.join()
