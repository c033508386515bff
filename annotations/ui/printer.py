"""Drives the process that sets papers and draws sheets; what breaks there breaks nothing here."""

from __future__ import annotations

from multiprocessing.connection import Connection

from annotations.ui import paper_child
from annotations.ui.paper_child import FromPrinter, Printed, ToPrinter
from evidence.child_worker import ChildWorker, Stopped
from evidence.errors import SightlineError, StorageError
from evidence.jobs import IsCancelled, Progress, ProgressReport

_SILENCE_S = 120.0


class PaperError(SightlineError):
    """A paper could not be set."""

    code = "SL-650"


def print_order(order: ToPrinter, title: str, progress: Progress, cancelled: IsCancelled) -> Printed:
    """Have an order carried out. From any thread.

    Args:
        order: what to do.
        title: of the paper or sheet, for errors.
        progress: told pages.
        cancelled: asked some twenty times a second.

    Raises:
        StorageError: the disk did not take it.
        PaperError: the process broke.
        Cancelled: the user wished it.
    """

    def take(message: FromPrinter) -> Printed | None:
        if isinstance(message, ProgressReport):
            progress(message)
            return None
        return message

    worker: ChildWorker[ToPrinter, FromPrinter] = ChildWorker(
        _run, name="paper", what="the program that sets pages", doing="Printing", silence_s=_SILENCE_S
    )
    try:
        answer = worker.ask(order, take, cancelled=cancelled)
    finally:
        worker.close()
    if isinstance(answer, Stopped):
        raise PaperError(
            f"“{title}” could not be printed: {answer.reason}.",
            meaning="Nothing was written; the case is as it was.",
            remedy="Save it in another form, for instance as HTML, and print that from a browser.",
        )
    if answer.problem:
        raise StorageError(
            f"“{title}” could not be written: {answer.problem}.",
            meaning="Nothing was written; the case is as it was.",
            remedy="Check the disk and its free space.",
        )
    return answer


def _run(pipe: Connection[FromPrinter, ToPrinter]) -> None:
    paper_child.run(pipe)
