"""The child process that reads untrusted bytes: takes paths from a pipe, answers with progress and examinations.

Light to import; what it needs is loaded in the child. A thread of its own listens to the pipe, so that the process
ends at once when its parent asks or is gone, whatever a hostile file makes the reading thread do.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from evidence.child_process import limit_this_process
from evidence.examination import Examination

_REPORT_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Ready:
    """The child has loaded what it needs."""


@dataclass(frozen=True, slots=True)
class BytesRead:
    """How many bytes of the file have been read; also a sign of life."""

    count: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Reading ended in an error that nobody foresaw.

    Attributes:
        reason: in words.
    """

    reason: str


FromExaminer = Ready | BytesRead | Broken | Examination
ToExaminer = bytes
"""A path to examine."""


def run(pipe: Connection[FromExaminer, ToExaminer]) -> None:
    """Examine what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, asked), name="listener", daemon=True).start()
    from evidence.examine import examine_file

    with contextlib.suppress(OSError):
        pipe.send(Ready())
        while True:
            path_bytes = asked.get()
            try:
                answer: FromExaminer = examine_file(path_bytes, _Reporter(pipe))
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about becomes a finding
                answer = Broken(f"{type(error).__name__}: {error}")
            pipe.send(answer)


class _Reporter:
    """Tells the parent how far reading is, some twenty times a second."""

    def __init__(self, pipe: Connection[FromExaminer, ToExaminer]) -> None:
        self._pipe = pipe
        self._next = 0.0

    def __call__(self, count: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPORT_EVERY_S
            self._pipe.send(BytesRead(count))


def _listen(pipe: Connection[FromExaminer, ToExaminer], asked: queue.SimpleQueue[bytes]) -> None:
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)
