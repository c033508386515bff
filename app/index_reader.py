"""Lets jobs read the frame tables of the open case, and stops them from it before the case is closed."""

from __future__ import annotations

import threading

from evidence.case import Case
from evidence.frame_index import FrameIndex


class IndexReader:
    """The frame tables of one case, for any thread, until `shut`."""

    def __init__(self, case: Case) -> None:
        self._case: Case | None = case
        self._door = threading.Lock()

    def find_index(self, recording_id: str) -> FrameIndex | None:
        """Return the frame table of a recording; None where it has none, or where the case is closed.

        Raises:
            SightlineError: the case cannot be read.
        """
        with self._door:
            return None if self._case is None else self._case.frame_index(recording_id)

    def shut(self) -> None:
        """Give nothing more; waits for a table that is being read."""
        with self._door:
            self._case = None
