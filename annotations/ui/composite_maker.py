"""Has videos composed in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.process import BaseProcess

from annotations.composite import tile_child
from annotations.composite.far_feed import TilePipe
from annotations.composite.messages import (
    ComposeAdvanced,
    Composed,
    CompositeOrder,
    FromComposer,
    NotComposed,
    PreviewOrder,
    PreviewPicture,
    ToComposer,
)
from annotations.ui import composite_child
from evidence.child_process import start_child
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text

_END_WAIT_S = 1.0
SILENCE_S = 120.0
"""How long the child may give no sign of life; a slow drive can stall for a minute."""


class Composer(ChildOwner[ToComposer, FromComposer]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(_worker(silence_s, ()))
        self._silence_s = silence_s
        self._decoders: list[BaseProcess] = []

    @property
    def decoder_ids(self) -> tuple[int | None, ...]:
        """The operating system's numbers of the processes that decode, in the order of the tiles."""
        return tuple(one.pid for one in self._decoders)

    def compose(
        self,
        order: CompositeOrder,
        advance: Callable[[ComposeAdvanced], None],
        cancelled: IsCancelled = never_cancelled,
    ) -> Composed | NotComposed:
        """Have a video made. It is at `order.out_path`, whole and checked, where a `Composed` comes back.

        Raises:
            Cancelled: the user wished it; the draft may be there and is to be deleted.
        """

        def take(message: FromComposer) -> Composed | NotComposed | None:
            if isinstance(message, ComposeAdvanced):
                advance(message)
                return None
            return None if isinstance(message, PreviewPicture) else message

        with self._decoding(len(order.tiles)) as worker:
            answer: Composed | NotComposed | Stopped = worker.ask(order, take, cancelled=cancelled)
        if isinstance(answer, Stopped):
            return _stopped(answer)
        return _clean(answer) if isinstance(answer, NotComposed) else answer

    @contextlib.contextmanager
    def _decoding(self, count: int) -> Iterator[ChildWorker[ToComposer, FromComposer]]:
        """Start a decoder for each tile and a composer that is joined to them; end them all after."""
        pipes: list[TilePipe] = []
        self.close()
        try:
            for _tile in range(count):
                ours, theirs = multiprocessing.get_context("spawn").Pipe()
                pipes.append(ours)
                self._decoders.append(start_child(tile_child.run, theirs, name="composer-tile"))
                theirs.close()
            self._worker = _worker(self._silence_s, tuple(pipes))
            yield self._worker
        finally:
            self.close()
            self._worker = _worker(self._silence_s, ())
            for process in self._decoders:
                process.kill()
                process.join(_END_WAIT_S)
            self._decoders.clear()
            for pipe in pipes:
                pipe.close()

    def preview(self, wanted: PreviewOrder, cancelled: IsCancelled = never_cancelled) -> PreviewPicture | NotComposed:
        """Have one frame made. Raises Cancelled."""

        def take(message: FromComposer) -> PreviewPicture | NotComposed | None:
            return message if isinstance(message, (PreviewPicture, NotComposed)) else None

        answer: PreviewPicture | NotComposed | Stopped = self._worker.ask(wanted, take, cancelled=cancelled)
        if isinstance(answer, Stopped):
            return _stopped(answer)
        return _clean(answer) if isinstance(answer, NotComposed) else answer


def _worker(silence_s: float, pipes: tuple[TilePipe, ...]) -> ChildWorker[ToComposer, FromComposer]:
    return ChildWorker(
        partial(composite_child.run, decoders=pipes),
        name="composer",
        what="the program that composes",
        doing="Composing",
        silence_s=silence_s,
    )


def _stopped(answer: Stopped) -> NotComposed:
    return NotComposed(
        f"The video was not made: {answer.reason}.",
        "Leave cameras out one by one; if a file is as it was added, report this with the file.",
    )


def _clean(answer: NotComposed) -> NotComposed:
    return NotComposed(clean_text(answer.reason), clean_text(answer.remedy), is_disk=answer.is_disk)
