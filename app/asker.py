"""Asks the open case beside the window: one question at a time, and the newest wins. Lives on the UI thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from annotations.finding.finder import Found
from annotations.finding.query import FindQuery
from app.case_snapshot import CaseSnapshot
from app.session import CaseSession
from evidence.errors import SightlineError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    number: int
    found: Found
    people: tuple[str, ...]
    tags: tuple[str, ...]


class Asker(QObject):
    """Takes questions and tells answers; an answer to an older question is never told.

    Signals:
        answered: `Found`.
        names_known: the people, and the tags, that stand on most: two tuples of text.
    """

    answered = Signal(object)
    names_known = Signal(object, object)
    _posted = Signal(object)

    def __init__(self, session: CaseSession) -> None:
        super().__init__()
        self._session = session
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="find")
        self._newest = 0
        self._door = threading.Lock()
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._is_waiting

    _is_waiting = False

    def ask(self, query: FindQuery) -> None:
        """Answer a question soon; questions that wait are forgotten."""
        snapshot, finder = self._session.snapshot, self._session.finder
        with self._door:
            self._newest += 1
            number = self._newest
        if snapshot is None or finder is None:
            return
        self._is_waiting = True
        self._pool.submit(self._answer, number, query, snapshot, finder.find, finder.names)

    def forget(self) -> None:
        """Tell no answer that is on its way."""
        with self._door:
            self._newest += 1
        self._is_waiting = False

    def close(self) -> None:
        """Answer no more; waits for a question that is being answered."""
        self.forget()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _answer(
        self,
        number: int,
        query: FindQuery,
        snapshot: CaseSnapshot,
        find: Callable[..., Found],
        names: Callable[[], tuple[tuple[str, ...], tuple[str, ...]]],
    ) -> None:
        with self._door:
            if number != self._newest:
                return
        try:
            found = find(query, snapshot.timeline, snapshot.cameras)
            people, tags = names()
        except SightlineError as error:
            _LOG.warning("a question was not answered: %s", error)
            found, people, tags = Found((), notes=(str(error),)), (), ()
        self._posted.emit(_Answer(number, found, people, tags))

    def _on_posted(self, answer: object) -> None:
        if isinstance(answer, _Answer) and answer.number == self._newest:
            self._is_waiting = False
            self.names_known.emit(answer.people, answer.tags)
            self.answered.emit(answer.found)
