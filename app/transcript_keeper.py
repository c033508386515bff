"""The words of the open case on its clock: read beside the window whenever words or clocks changed.

Lives on the UI thread; `times` is frozen and may go anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from annotations.journal import Step
from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.records import TranscriptBook
from annotations.transcripts.states import CUES, TRANSCRIPTS
from app.book_reader import BookReader
from app.jobs import JobRunner
from app.session import CaseSession
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from sync.timeline import Timeline

_KINDS = frozenset({CUES.name, TRANSCRIPTS.name})


@dataclass(frozen=True, slots=True)
class _Wanted:
    reader: BookReader
    known: CueTimes | None
    known_timeline: Timeline | None
    timeline: Timeline

    def read(self, _progress: Progress, _cancelled: IsCancelled) -> CueTimes | None:
        """Return the words on their clock, the same object where nothing changed; None where the case is closed."""
        book = self.reader.read(TranscriptBook() if self.known is None else self.known.book)
        if book is None:
            return None
        if self.known is not None and book is self.known.book and self.timeline is self.known_timeline:
            return self.known
        return cue_times(book, self.timeline)


class TranscriptKeeper(QObject):
    """Reads and keeps.

    Signals:
        changed: `times` are others.
        failed: `SightlineError`: they could not be read.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, session: CaseSession) -> None:
        super().__init__()
        self._jobs = jobs
        self._session = session
        self._timeline: Timeline | None = None
        self._is_reading = False
        self._is_stale = False
        self.times: CueTimes | None = None
        session.opened.connect(self._on_opened)
        session.changed.connect(self._read)
        session.annotated.connect(self._on_annotated)
        session.closed.connect(self._forget)

    def _on_opened(self) -> None:
        self._forget()
        self._read()

    def _on_annotated(self, step: Step) -> None:
        if any(one.keeper.name in _KINDS for one in step.changes):
            self._read()

    def _forget(self) -> None:
        self._timeline = None
        if self.times is not None:
            self.times = None
            self.changed.emit()

    def _read(self) -> None:
        snapshot, reader = self._session.snapshot, self._session.books
        if snapshot is None or reader is None:
            return
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        wanted = _Wanted(reader, self.times, self._timeline, snapshot.timeline)

        def done(times: CueTimes | None) -> None:
            self._end()
            if times is None or reader is not self._session.books:
                return
            is_other = self.times is not times
            self._timeline, self.times = wanted.timeline, times
            if is_other:
                self.changed.emit()

        def failed(error: SightlineError) -> None:
            self._end()
            self.failed.emit(error)

        title = "Reading the transcripts"
        self._jobs.start(title, wanted.read, on_done=done, on_failed=failed, on_cancelled=self._end, is_quiet=True)

    def _end(self) -> None:
        self._is_reading = False
        if self._is_stale:
            self._is_stale = False
            self._read()
