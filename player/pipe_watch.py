"""Asks a pipe whether something has arrived, cheaply: `Connection.poll` builds a selector anew at every call."""

from __future__ import annotations

import select
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Sent = TypeVar("Sent")
Received = TypeVar("Received")


class PipeWatch(Generic[Sent, Received]):
    """One end of a pipe, asked many times a second. Used by one thread."""

    def __init__(self, pipe: Connection[Sent, Received]) -> None:
        self._pipe = pipe
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll is not None:
            self._poll.register(pipe.fileno(), select.POLLIN)

    def has_something(self) -> bool:
        """Tell whether `recv` would not wait: something has arrived, or the other end is closed.

        Raises:
            OSError: this end is closed.
        """
        if self._poll is None or self._pipe.closed:
            return self._pipe.poll(0)
        return bool(self._poll.poll(0))
