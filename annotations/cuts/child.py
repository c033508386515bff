"""The child process that cuts: takes orders from a pipe, writes a draft for each, checks it, and answers.

Light to import; what it needs is loaded in the child. It ends when the pipe closes. Hostile bytes can break it and
nothing else: it opens originals read-only and writes only the file that it was told to write.
"""

from __future__ import annotations

import contextlib
import time
from multiprocessing.connection import Connection

from annotations.cuts.messages import Advanced, FromCutter, NotCut, ToCutter
from evidence.child_process import limit_this_process

_TELL_EVERY_S = 0.1


def run(pipe: Connection[FromCutter, ToCutter]) -> None:
    """Cut what is ordered until the pipe closes. Runs in the child process."""
    limit_this_process()
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = pipe.recv()
            teller = _Teller(pipe)
            try:
                pipe.send(_answer(order, teller))
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about is told
                pipe.send(NotCut(f"Cutting {order.display_name} met an error ({type(error).__name__}: {error})."))


def _answer(order: ToCutter, teller: _Teller) -> FromCutter:
    from annotations.cuts.cutting import cut

    return cut(order, teller)


class _Teller:
    """Tells the parent how far it is, some ten times a second."""

    def __init__(self, pipe: Connection[FromCutter, ToCutter]) -> None:
        self._pipe = pipe
        self._next = 0.0

    def __call__(self, thousandths: int, doing: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TELL_EVERY_S
            self._pipe.send(Advanced(thousandths, doing))
