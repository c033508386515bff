"""Matches the light of many recordings in child processes; a file that breaks one is named, and the rest goes on."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations

from evidence.jobs import IsCancelled, Progress, ProgressReport
from sync.child_pool import ChildPool
from sync.light import child
from sync.light.match import LightMatch

_BROKE_DOWN = "the program that reads its picture broke down over it"


@dataclass(frozen=True, slots=True)
class LightSource:
    """A recording whose light is to be matched.

    Attributes:
        recording_id: id of the recording.
        clock: id of its camera; recordings of one clock are not compared.
        path_bytes: where its original is.
        display_name: for people.
        stream_index: which stream is its picture.
    """

    recording_id: str
    clock: str
    path_bytes: bytes
    display_name: str
    stream_index: int


@dataclass(frozen=True, slots=True)
class LightRequest:
    """What is to be matched.

    Attributes:
        sources: the recordings.
        done: pairs of recording ids that need not be compared again.
        workers: child processes; 0 for one per processor, at most 4.
    """

    sources: tuple[LightSource, ...]
    done: frozenset[frozenset[str]] = frozenset()
    workers: int = 0


@dataclass(frozen=True, slots=True)
class LightPair:
    """Two recordings and what their light says."""

    first: str
    second: str
    match: LightMatch


@dataclass(frozen=True)
class LightResult:
    """What came of it.

    Attributes:
        pairs: every pair that was compared.
        failures: recordings whose picture could not be used, by id, with the reason.
    """

    pairs: tuple[LightPair, ...]
    failures: tuple[tuple[str, str], ...]


def run(request: LightRequest, progress: Progress, cancelled: IsCancelled) -> LightResult:
    """Compare every two recordings of different clocks.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    count = request.workers or min(4, os.cpu_count() or 1)
    failures: dict[str, str] = {}
    ready: set[str] = set()
    found: list[LightPair] = []
    names = {one.recording_id: one.display_name for one in request.sources}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sightline-light-"))
        pool = stack.enter_context(ChildPool[child.Task](child.run, count, "light"))
        tasks: list[child.Task] = [
            child.PrepareTask(folder, one.recording_id, one.path_bytes, one.display_name, one.stream_index)
            for one in request.sources
        ]
        for number, (task, answer) in enumerate(pool.answers(tasks, cancelled)):
            assert isinstance(task, child.PrepareTask)
            if isinstance(answer, child.Prepared):
                ready.add(answer.key)
            else:
                failures[task.key] = answer.reason if isinstance(answer, child.Failed) else _BROKE_DOWN
            progress(ProgressReport(number + 1, len(tasks), "files", f"Reading the light of {names[task.key]}"))
        pairs: list[child.Task] = [
            child.MatchTask(folder, one.recording_id, other.recording_id)
            for one, other in combinations(request.sources, 2)
            if one.clock != other.clock
            and {one.recording_id, other.recording_id} <= ready
            and frozenset((one.recording_id, other.recording_id)) not in request.done
        ]
        for number, (task, answer) in enumerate(pool.answers(pairs, cancelled)):
            assert isinstance(task, child.MatchTask)
            if isinstance(answer, LightMatch):
                found.append(LightPair(task.first, task.second, answer))
            text = f"Comparing the light of {names[task.first]} and {names[task.second]}"
            progress(ProgressReport(number + 1, len(pairs), "", text))
    found.sort(key=lambda one: (one.first, one.second))
    return LightResult(tuple(found), tuple(sorted(failures.items())))
