"""Compares every two recordings of different clocks in child processes; a file that breaks one is named.

Each recording is read once and what is compared of it is kept in files of a folder of its own, mapped into memory when
two are compared, so that twenty hours of recordings do not stand in memory. By what recordings are compared (sound,
light) is a `Kind`: what its child process makes of the tasks is its own affair.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Generic, TypeVar

from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.scratch import Scratch
from sync.child_loop import Failed
from sync.child_pool import ChildPool
from sync.detour import Bond, Expectation, foretell

MatchT = TypeVar("MatchT")


@dataclass(frozen=True, slots=True)
class PrepareTask:
    """Read a recording and keep what is compared under its key in `folder`; answered by `Prepared`."""

    folder: str
    key: str
    path_bytes: bytes
    display_name: str
    stream_index: int


@dataclass(frozen=True, slots=True)
class MatchTask:
    """Compare two recordings that were prepared; answered by the kind's match.

    Attributes:
        expected: where matches with others put them, to look only there; then answered by None where nothing is there.
    """

    folder: str
    first: str
    second: str
    expected: Expectation | None = None


@dataclass(frozen=True, slots=True)
class LookTask:
    """Look at two recordings that were prepared where many pairs together put them; answered as the kind's own is."""

    folder: str
    first: str
    second: str
    expected: Bond


PairTask = PrepareTask | MatchTask | LookTask


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording was prepared.

    Attributes:
        stamp_sigma_ns: standard uncertainty of its stamps, ns; 0 where the match itself says it.
    """

    key: str
    stamp_sigma_ns: int = 0


@dataclass(frozen=True)
class Kind(Generic[MatchT]):
    """By what recordings are compared.

    Attributes:
        matter: in one word for people: "sound".
        run: what runs in the child processes.
        match: the class of its matches.
        reading: what is said while a recording is read, its name to follow: "Listening to".
        broke_down: why a recording failed whose child process ended over it.
        bond: how two recordings stand by a match that is believed, or None. Where it is given, the other pairs are
            looked at again where these put them.
        gather: makes more of what was found of all pairs together: of the pairs, of what is known besides, and of a
            function that has pairs looked at where they are expected and returns the answers, None where there is none.
    """

    matter: str
    run: Callable[..., None]
    match: type[MatchT]
    reading: str
    broke_down: str
    bond: Callable[[ComparedPair[MatchT]], Bond | None] | None = None
    gather: Callable[[Pairs[MatchT], tuple[Bond, ...], Ask], Pairs[MatchT]] | None = None


@dataclass(frozen=True, slots=True)
class PairSource:
    """A recording that is to be matched.

    Attributes:
        recording_id: id of the recording.
        clock: id of its camera; recordings of one clock are not compared.
        path_bytes: where its original is.
        display_name: for people.
        stream_index: which stream is compared.
    """

    recording_id: str
    clock: str
    path_bytes: bytes
    display_name: str
    stream_index: int


@dataclass(frozen=True, slots=True)
class PairRequest:
    """What is to be matched.

    Attributes:
        sources: the recordings.
        done: pairs of recording ids that need not be compared again.
        workers: child processes; 0 for one per processor, at most 4.
        known: how recordings stand that were matched before.
    """

    sources: tuple[PairSource, ...]
    done: frozenset[frozenset[str]] = frozenset()
    workers: int = 0
    known: tuple[Bond, ...] = ()


@dataclass(frozen=True)
class ComparedPair(Generic[MatchT]):
    """Two recordings and what comparing them says.

    Attributes:
        first: id of a recording.
        second: id of another.
        match: how they stand to one another.
        stamp_sigma_ns: standard uncertainty of the stamps of both together, ns.
    """

    first: str
    second: str
    match: MatchT
    stamp_sigma_ns: int = 0


Pairs = list[ComparedPair[MatchT]]
Ask = Callable[[Sequence[Bond]], list[object]]


@dataclass(frozen=True)
class PairResult(Generic[MatchT]):
    """What came of it.

    Attributes:
        pairs: every pair that was compared.
        failures: recordings that could not be used, by id, with the reason.
    """

    pairs: tuple[ComparedPair[MatchT], ...]
    failures: tuple[tuple[str, str], ...]


def compare_pairs(
    kind: Kind[MatchT], request: PairRequest, progress: Progress, cancelled: IsCancelled
) -> PairResult[MatchT]:
    """Compare every two recordings of different clocks; then weak pairs again, where matches with others put them.

    Raises:
        Cancelled: as asked; nothing is left behind.
    """
    count = request.workers or min(4, os.cpu_count() or 1)
    failures: dict[str, str] = {}
    sigmas: dict[str, int] = {}
    found: list[ComparedPair[MatchT]] = []
    names = {one.recording_id: one.display_name for one in request.sources}
    with ExitStack() as stack:
        folder = str(stack.enter_context(Scratch(kind.matter)))
        pool = stack.enter_context(ChildPool[PairTask](kind.run, count, kind.matter))
        tasks: list[PairTask] = [
            PrepareTask(folder, one.recording_id, one.path_bytes, one.display_name, one.stream_index)
            for one in request.sources
        ]
        for number, (task, answer) in enumerate(pool.answers(tasks, cancelled)):
            assert isinstance(task, PrepareTask)
            if isinstance(answer, Prepared):
                sigmas[answer.key] = answer.stamp_sigma_ns
            else:
                failures[task.key] = answer.reason if isinstance(answer, Failed) else kind.broke_down
            progress(ProgressReport(number + 1, len(tasks), "files", f"{kind.reading} {names[task.key]}"))
        pairs: list[PairTask] = [
            MatchTask(folder, one.recording_id, other.recording_id)
            for one, other in combinations(request.sources, 2)
            if one.clock != other.clock
            and {one.recording_id, other.recording_id} <= sigmas.keys()
            and frozenset((one.recording_id, other.recording_id)) not in request.done
        ]
        for number, (task, answer) in enumerate(pool.answers(pairs, cancelled)):
            assert isinstance(task, MatchTask)
            if isinstance(answer, kind.match):
                sigma = round((sigmas[task.first] ** 2 + sigmas[task.second] ** 2) ** 0.5)
                found.append(ComparedPair(task.first, task.second, answer, sigma))
            text = f"Comparing the {kind.matter} of {names[task.first]} and {names[task.second]}"
            progress(ProgressReport(number + 1, len(pairs), "", text))

        def ask(bonds: Sequence[Bond]) -> list[object]:
            looks: list[PairTask] = [LookTask(folder, one.first, one.second, one) for one in bonds]
            answers: dict[tuple[str, str], object] = {}
            for number, (task, answer) in enumerate(pool.answers(looks, cancelled)):
                assert isinstance(task, LookTask)
                answers[task.first, task.second] = answer
                text = f"Comparing {names[task.first]} with {names[task.second]} where many put them"
                progress(ProgressReport(number + 1, len(looks), "", text))
            return [answers[one.first, one.second] for one in bonds]

        if kind.gather is not None:
            found = kind.gather(found, request.known, ask)
        again: list[PairTask] = [
            MatchTask(folder, one.bond.first, one.bond.second, one) for one in _expected(kind, request, found, names)
        ]
        for number, (task, answer) in enumerate(pool.answers(again, cancelled)):
            assert isinstance(task, MatchTask)
            if isinstance(answer, kind.match):
                pair = (task.first, task.second)
                found = [replace(one, match=answer) if (one.first, one.second) == pair else one for one in found]
            text = f"Comparing {names[task.first]} with {names[task.second]} where others put them"
            progress(ProgressReport(number + 1, len(again), "", text))
    found.sort(key=lambda one: (one.first, one.second))
    return PairResult(tuple(found), tuple(sorted(failures.items())))


def _expected(
    kind: Kind[MatchT], request: PairRequest, found: list[ComparedPair[MatchT]], names: dict[str, str]
) -> list[Expectation]:
    """Return where pairs that are not believed are put by those that are, by names of the others for people."""
    if kind.bond is None:
        return []
    bonds = {(one.first, one.second): kind.bond(one) for one in found}
    believed = [bond for bond in bonds.values() if bond is not None]
    weak = [pair for pair, bond in bonds.items() if bond is None]
    return [
        replace(one, through=tuple(names.get(other, other) for other in one.through))
        for one in foretell([*request.known, *believed], weak)
    ]
