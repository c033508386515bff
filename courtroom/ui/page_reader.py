"""Has pages of documents, and picture files, drawn in a child process: they are untrusted, and Qt reads them there."""

from __future__ import annotations

import os
from pathlib import Path

from courtroom.errors import DocumentError
from courtroom.run_sheet import FileKind
from courtroom.ui import page_child
from courtroom.ui.page_messages import (
    CountOrder,
    FromPageChild,
    NoPage,
    PageCount,
    PageOrder,
    PagePicture,
    ToPageChild,
)
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text, display_name

SILENCE_S = 30.0
"""How long a page may take to draw before the child is held to hang."""


class PageReader(ChildOwner[ToPageChild, FromPageChild]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(
                page_child.run,
                name="pages",
                what="the program that draws it",
                doing="Drawing a page",
                silence_s=silence_s,
            )
        )

    def count(self, path: Path, kind: FileKind, cancelled: IsCancelled = never_cancelled) -> int:
        """Return how many pages a file has; 1 for a picture that can be read.

        Raises:
            DocumentError: it cannot be read, or reading it stopped or hung the child.
            Cancelled: the user wished it.
        """
        name = os.fsencode(path)
        answer = self._ask(CountOrder(name, kind is FileKind.PDF), path, cancelled)
        if isinstance(answer, PageCount) and answer.pages > 0:
            return answer.pages
        raise _refused(path, "it has no pages")

    def draw(
        self,
        path: Path,
        kind: FileKind,
        page: int,
        size: tuple[int, int],
        cancelled: IsCancelled = never_cancelled,
    ) -> PagePicture:
        """Return a page, or a picture, as large as it fits into `size` (width and height in pixels).

        Raises:
            DocumentError: it cannot be drawn, or drawing it stopped or hung the child.
            Cancelled: the user wished it.
        """
        order = PageOrder(os.fsencode(path), kind is FileKind.PDF, page, *size)
        answer = self._ask(order, path, cancelled)
        if isinstance(answer, PagePicture) and 0 < answer.width * answer.height * 3 == len(answer.pixels):
            return answer
        self.close()
        raise _refused(path, "the program that draws it answered with something else")

    def _ask(self, order: ToPageChild, path: Path, cancelled: IsCancelled) -> PageCount | PagePicture:
        answer: FromPageChild | Stopped = self._worker.ask(order, lambda message: message, cancelled=cancelled)
        if isinstance(answer, NoPage | Stopped):
            raise _refused(path, clean_text(answer.reason, limit=300))
        return answer


def _refused(path: Path, why: str) -> DocumentError:
    return DocumentError(
        f"{display_name(os.fsencode(path))} cannot be shown: {why}.",
        meaning="Nothing of it was drawn; the file is as it was.",
        remedy="Save or print it anew as a PDF, and choose that.",
    )
