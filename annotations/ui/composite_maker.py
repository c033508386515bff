"""Has videos composed in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

from collections.abc import Callable

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
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text

SILENCE_S = 120.0
"""How long the child may give no sign of life; a slow drive can stall for a minute."""


class Composer(ChildOwner[ToComposer, FromComposer]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(
                composite_child.run,
                name="composer",
                what="the program that composes",
                doing="Composing",
                silence_s=silence_s,
            )
        )

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

        answer: Composed | NotComposed | Stopped = self._worker.ask(order, take, cancelled=cancelled)
        if isinstance(answer, Stopped):
            return _stopped(answer)
        return _clean(answer) if isinstance(answer, NotComposed) else answer

    def preview(self, wanted: PreviewOrder, cancelled: IsCancelled = never_cancelled) -> PreviewPicture | NotComposed:
        """Have one frame made. Raises Cancelled."""

        def take(message: FromComposer) -> PreviewPicture | NotComposed | None:
            return message if isinstance(message, (PreviewPicture, NotComposed)) else None

        answer: PreviewPicture | NotComposed | Stopped = self._worker.ask(wanted, take, cancelled=cancelled)
        if isinstance(answer, Stopped):
            return _stopped(answer)
        return _clean(answer) if isinstance(answer, NotComposed) else answer


def _stopped(answer: Stopped) -> NotComposed:
    return NotComposed(
        f"The video was not made: {answer.reason}.",
        "Leave cameras out one by one; if a file is as it was added, report this with the file.",
    )


def _clean(answer: NotComposed) -> NotComposed:
    return NotComposed(clean_text(answer.reason), clean_text(answer.remedy), is_disk=answer.is_disk)
