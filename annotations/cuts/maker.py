"""Has recordings cut in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from annotations.cuts import child
from annotations.cuts.messages import Advanced, Cut, CutOrder, FromCutter, NotCut, ToCutter
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text

SILENCE_S = 120.0
"""How long the child may give no sign of life; a slow drive can stall for a minute."""


class Cutter(ChildOwner[ToCutter, FromCutter]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(child.run, name="cutter", what="the program that cuts it", doing="Cutting", silence_s=silence_s)
        )

    def cut(
        self, order: CutOrder, advance: Callable[[Advanced], None], cancelled: IsCancelled = never_cancelled
    ) -> Cut | NotCut:
        """Have one recording cut. What was written is at `order.out_path`, whole and checked where a `Cut` comes back.

        Args:
            order: what to cut.
            advance: told, in this thread, how far it is.
            cancelled: asked some twenty times a second.

        Raises:
            Cancelled: the user wished it; a draft may be there.
        """

        def take(message: FromCutter) -> Cut | NotCut | None:
            if isinstance(message, Advanced):
                advance(message)
                return None
            return message

        answer: Cut | NotCut | Stopped = self._worker.ask(order, take, cancelled=cancelled)
        if isinstance(answer, Stopped):
            return NotCut(
                f"Cutting {order.display_name} failed: {answer.reason}.",
                "Verify the case; if the recording is as it was added, report this with the file.",
            )
        if isinstance(answer, NotCut):
            return NotCut(clean_text(answer.reason), clean_text(answer.remedy), is_disk=answer.is_disk)
        return answer
