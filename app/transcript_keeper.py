"""The words of the open case on its clock: read beside the window whenever words or clocks changed.

Lives on the UI thread; `times` is frozen and may go anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from annotations.transcripts.cue_times import CueTimes, cue_times
from annotations.transcripts.records import TranscriptBook
from app.book_reader import BookReader
from app.jobs import JobRunner
from app.session import CaseSession
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from sync.timeline import Timeline


@dataclass(frozen=True, slots=True)
class _Wanted:
    reader: BookReader
    known: TranscriptBook
    timeline: Timeline


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
        session.annotated.connect(lambda _step: self._read())
        session.closed.connect(self._forget)

    def _on_opened(self) -> None:
        self._forget()
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
        known = TranscriptBook() if self.times is None else self.times.book
        wanted = _Wanted(reader, known, snapshot.timeline)

        def work(_progress: Progress, _cancelled: IsCancelled) -> CueTimes | None:
            book = wanted.reader.read(wanted.known)
            return None if book is None else cue_times(book, wanted.timeline)

        def done(times: CueTimes | None) -> None:
            self._end()
            if times is None or reader is not self._session.books:
                return
            is_other = self.times is None or self.times.book is not times.book or self._timeline is not wanted.timeline
            self._timeline, self.times = wanted.timeline, times
            if is_other:
                self.changed.emit()

        def failed(error: SightlineError) -> None:
            self._end()
            self.failed.emit(error)

        title = "Reading the transcripts"
        self._jobs.start(title, work, on_done=done, on_failed=failed, on_cancelled=self._end, is_quiet=True)

    def _end(self) -> None:
        self._is_reading = False
        if self._is_stale:
            self._is_stale = False
            self._read()
