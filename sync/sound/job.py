"""Matches the sound of many recordings in child processes; a file that breaks one is named, and the rest goes on."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations

from evidence.jobs import IsCancelled, Progress, ProgressReport
from sync.child_pool import ChildPool
from sync.sound import child
from sync.sound.match import SoundMatch

_BROKE_DOWN = "the program that reads its sound broke down over it"


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
        pool = stack.enter_context(ChildPool[child.Task](child.run, count, "sound"))
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
                failures[task.key] = answer.reason if isinstance(answer, child.Failed) else _BROKE_DOWN
            progress(ProgressReport(number + 1, len(tasks), "files", f"Listening to {names[task.key]}"))
        pairs: list[child.Task] = [
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
