"""The child process that decodes sound and compares it. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from sync.child_loop import Do, serve
from sync.pair_search import PairTask


@dataclass(frozen=True, slots=True)
class ExcerptTask:
    """Decode a stretch of a recording's sound.

    Attributes:
        start_ns: media time at which it begins.
        duration_ns: how long it is.
        rate: samples a second that are wanted.
    """

    path_bytes: bytes
    display_name: str
    stream_index: int
    start_ns: int
    duration_ns: int
    rate: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of sound, one channel.

    Attributes:
        start_ns: media time of its first sample.
        rate: samples a second.
        samples: 16 bits each, little endian; silence where nothing was recorded.
    """

    start_ns: int
    rate: int
    samples: bytes


Task = PairTask | ExcerptTask


def run(pipe: Connection[object, Task]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process."""
    serve(pipe, _find_do)


def _find_do() -> Do[Task]:
    from sync.sound import shelf

    return shelf.do
