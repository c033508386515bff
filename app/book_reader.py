"""Lets jobs read the transcripts of the open case, and stops them from it before the case is closed."""

from __future__ import annotations

import threading

from annotations.transcripts.records import TranscriptBook
from annotations.transcripts.store import book_stamp, load_book
from evidence.case import Case


class BookReader:
    """The transcripts of one case, for any thread, until `shut`."""

    def __init__(self, case: Case) -> None:
        self._case: Case | None = case
        self._door = threading.Lock()

    def read(self, known: TranscriptBook) -> TranscriptBook | None:
        """Return the transcripts, the same object where nothing changed; None where the case is closed.

        Raises:
            SightlineError: the case cannot be read.
        """
        with self._door:
            if self._case is None:
                return None
            return known if book_stamp(self._case) == known.stamp else load_book(self._case)

    def shut(self) -> None:
        """Give nothing more; waits for a book that is being read."""
        with self._door:
            self._case = None
