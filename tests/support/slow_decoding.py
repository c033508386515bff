"""Preflight's decoding child, with a disk that hardly reads, and one that breaks: targets for a `MediaTeam`."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection

from courtroom.preflight import media_child
from courtroom.preflight.media_child import FromChild, Go, ToChild

_WAIT_S = 0.1


def run_slowly(pipe: Connection[FromChild, ToChild]) -> None:
    """Decode from a disk that takes its time over every kilobyte. Runs in the child process."""
    from evidence.originals import OriginalStream

    read = OriginalStream.read

    def wait_and_read(stream: OriginalStream, length: int = -1) -> bytes:
        time.sleep(_WAIT_S)
        return read(stream, min(length, 2_048) if length > 0 else length)

    OriginalStream.read = wait_and_read  # type: ignore[method-assign, assignment]
    media_child.run(pipe)


def run_and_break(pipe: Connection[FromChild, ToChild]) -> None:
    """Get ready, and end the moment decoding begins. Runs in the child process."""
    from courtroom.preflight.media_child import Prepared

    while True:
        if isinstance(pipe.recv(), Go):
            os._exit(3)
        pipe.send(Prepared())
