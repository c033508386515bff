"""The child process that looks at pictures of evidence: takes tasks from a pipe, answers each. Light to import."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection

from evidence.child_process import limit_this_process


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Read the burnt-in clock of a recording.

    Attributes:
        first_ns: stamp of its first frame, media time.
        last_ns: and of about its last.
    """

    path_bytes: bytes
    display_name: str
    stream_index: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A task could not be done.

    Attributes:
        reason: in words for people.
    """

    reason: str


def run(pipe: Connection[object, ReadTask]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with contextlib.suppress(OSError, EOFError):
        while True:
            task = pipe.recv()
            try:
                answer: object = _read(task)
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about becomes an answer
                answer = Failed(str(error) or type(error).__name__)
            pipe.send(answer)


def _read(task: ReadTask) -> object:
    from sync.overlay_clock.pictures import PictureReader
    from sync.overlay_clock.read import read_overlay
    from sync.overlay_clock.recogniser import shared_recogniser

    recogniser = shared_recogniser()
    with PictureReader(task.path_bytes, task.display_name, task.stream_index) as looks:
        return read_overlay(looks, recogniser, task.first_ns, task.last_ns)
