"""Reads the burnt-in clocks of many recordings in child processes; one that breaks its child is named."""

from __future__ import annotations

import os
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import cast

from evidence.child_worker import ChildWorker, Stopped
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from sync.child_loop import Failed
from sync.overlay_clock import child
from sync.overlay_clock.read import OverlayReading
from sync.overlay_clock.recogniser import find_models, missing

_SILENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class OverlaySource:
    """A recording whose pictures are to be looked at.

    Attributes:
        recording_id: id of the recording.
        task: where its pictures are.
    """

    recording_id: str
    task: child.ReadTask


@dataclass(frozen=True, slots=True)
class OverlayRequest:
    """What is to be read.

    Attributes:
        sources: the recordings.
        workers: child processes; 0 for one per processor, at most 4.
    """

    sources: tuple[OverlaySource, ...]
    workers: int = 0


@dataclass(frozen=True)
class OverlayResult:
    """What came of it.

    Attributes:
        readings: by id of recording, in the order that was asked for.
        failures: recordings whose pictures could not be looked at, by id, with the reason.
    """

    readings: tuple[tuple[str, OverlayReading], ...]
    failures: tuple[tuple[str, str], ...]


def run(request: OverlayRequest, progress: Progress, cancelled: IsCancelled) -> OverlayResult:
    """Read the clock of each recording.

    Raises:
        UsageError: what reads text in pictures is not installed.
        Cancelled: as asked; nothing is left behind.
    """
    if find_models() is None:
        raise missing()
    count = max(1, min(request.workers or min(4, os.cpu_count() or 1), len(request.sources)))
    stop = threading.Event()
    free: list[ChildWorker[child.ReadTask, object]] = [_worker() for _ in range(count)]

    def read(source: OverlaySource) -> object:
        worker = free.pop()
        try:
            return worker.ask(source.task, lambda message: message, cancelled=stop.is_set)
        finally:
            free.append(worker)

    answers: dict[str, object] = {}
    try:
        with ThreadPoolExecutor(count, thread_name_prefix="burnt-in clock") as pool:
            waiting: dict[Future[object], OverlaySource] = {pool.submit(read, one): one for one in request.sources}
            try:
                while waiting:
                    if cancelled():
                        raise Cancelled("Reading burnt-in clocks was cancelled.", meaning="Nothing was changed.")
                    done, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
                    for one in done:
                        source = waiting.pop(one)
                        answers[source.recording_id] = one.result()
                        text = f"Read the clock of {source.task.display_name}"
                        progress(ProgressReport(len(answers), len(request.sources), "files", text))
            finally:
                stop.set()
                for one in waiting:
                    one.cancel()
    finally:
        for worker in free:
            worker.close()
    failures = []
    for source in request.sources:
        answer = answers[source.recording_id]
        if not isinstance(answer, OverlayReading):
            reason = cast("Failed | Stopped", answer).reason
            failures.append((source.recording_id, reason))
    readings = [(key, one) for key, one in answers.items() if isinstance(one, OverlayReading)]
    order = {one.recording_id: number for number, one in enumerate(request.sources)}
    return OverlayResult(tuple(sorted(readings, key=lambda one: order[one[0]])), tuple(failures))


def _worker() -> ChildWorker[child.ReadTask, object]:
    return ChildWorker(
        child.run,
        name="clock reader",
        what="the program that looks at its pictures",
        doing="Reading burnt-in clocks",
        silence_s=_SILENCE_S,
    )
