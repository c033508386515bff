"""The child process that looks at pictures of evidence: takes tasks from a pipe, answers each. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from evidence.jobs import IsCancelled
from sync.child_loop import serve


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


def run(pipe: Connection[object, ReadTask]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process."""
    serve(pipe, lambda: _read)


def _read(task: ReadTask, _cancelled: IsCancelled) -> object:
    from sync.overlay_clock.pictures import PictureReader
    from sync.overlay_clock.read import read_overlay
    from sync.overlay_clock.recogniser import shared_recogniser

    recogniser = shared_recogniser()
    with PictureReader(task.path_bytes, task.display_name, task.stream_index) as looks:
        return read_overlay(looks, recogniser, task.first_ns, task.last_ns)
