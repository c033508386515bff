"""The child process that decodes pictures and compares their light: takes tasks from a pipe, answers each."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection

from evidence.child_process import limit_this_process


@dataclass(frozen=True, slots=True)
class PrepareTask:
    """Read the light of a recording and keep what is compared under its key in `folder`."""

    folder: str
    key: str
    path_bytes: bytes
    display_name: str
    stream_index: int


@dataclass(frozen=True, slots=True)
class MatchTask:
    """Compare two recordings that were prepared."""

    folder: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording was prepared."""

    key: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A task could not be done.

    Attributes:
        reason: in words for people.
    """

    reason: str


Task = PrepareTask | MatchTask


def run(pipe: Connection[object, Task]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asked: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, asked), name="listener", daemon=True).start()
    from sync.light import shelf

    with contextlib.suppress(OSError):
        while True:
            task = asked.get()
            try:
                answer: object = shelf.do(task)
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about becomes an answer
                answer = Failed(str(error) or type(error).__name__)
            pipe.send(answer)


def _listen(pipe: Connection[object, Task], asked: queue.SimpleQueue[Task]) -> None:
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)
