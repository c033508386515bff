"""The case that is open: opens, reads, changes and closes it beside the UI thread, and tells the views.

Everything here is called on the UI thread and every signal arrives there; the case itself is used in the threads of
the job runner. Views get a frozen `CaseSnapshot` and ask for changes with `edit`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from annotations.categories import CATEGORIES
from annotations.finding.finder import Finder
from annotations.journal import Step
from annotations.mark_book import MOST_AT_ONCE
from annotations.mark_states import MARKS
from annotations.people import PEOPLE
from annotations.transcripts.states import CUES, TRANSCRIPTS
from app.book_reader import BookReader
from app.case_opening import BUSY_ELSEWHERE, NewCase, OpenedCase, create_case, open_case
from app.case_snapshot import CaseSnapshot
from app.clock_preview import PREVIEW_REASON, PREVIEW_REMEDY, ClockPreview
from app.edit_queue import EditQueue, WantedEdit
from app.find import FOUND
from app.frame_tables import FrameTables, nearest_first
from app.index_reader import IndexReader
from app.jobs import Job, JobRunner
from app.recent import RecentCase, RecentCases
from app.snapshot_reading import load_snapshot
from evidence.case import Case
from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from evidence.ingest import AddRequest, AddResult, add_files
from evidence.jobs import IsCancelled, Progress
from evidence.times import IncidentTime
from evidence.verify import VerifyRequest, VerifyResult, verify_originals
from player.second_opinion import SecondOpinion

_R = TypeVar("_R")
_IN_BOOK = frozenset({MARKS.name, CATEGORIES.name, PEOPLE.name})
_OF_WORDS = frozenset({TRANSCRIPTS.name, CUES.name})
_LOG = logging.getLogger(__name__)


class CaseSession(QObject):
    """At most one open case.

    Signals:
        opened: a case is open; `snapshot` holds it.
        changed: `snapshot` is another one.
        annotated: a `Step` of the annotations' journal was made; `snapshot` differs in the marks alone, if at all.
        edited: what a change returned: a `Step`, an `Undoable`, or something else.
        closed: no case is open any more.
        files_added: `AddResult` of a batch that ended.
        verified: `VerifyResult`.
        failed: `SightlineError`: something that was asked for did not happen.
    """

    opened = Signal()
    changed = Signal()
    annotated = Signal(object)
    edited = Signal(object)
    closed = Signal()
    files_added = Signal(object)
    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, recent: RecentCases, user_name: Callable[[], str]) -> None:
        """Make a session without a case.

        Args:
            jobs: runs what takes time.
            recent: is told of every case that is opened.
            user_name: who works here, for the audit log.
        """
        super().__init__()
        self._jobs = jobs
        self._recent = recent
        self._user_name = user_name
        self._case: Case | None = None
        self._index_reader: IndexReader | None = None
        self._finder: Finder | None = None
        self._books: BookReader | None = None
        self._tables: FrameTables | None = None
        self._snapshot: CaseSnapshot | None = None
        self._preview: ClockPreview | None = None
        self._verification: VerifyResult | None = None
        self._readings = 0
        self._is_stale = False
        self._is_opening = False
        self._notes: tuple[str, ...] = ()
        self._busy: list[Job] = []
        self._edits = EditQueue(jobs, self._busy.append)
        self._steps_while_reading: list[Step] = []
        self._after_close: Callable[[], None] | None = None
        jobs.ended.connect(self._on_job_ended)

    @property
    def snapshot(self) -> CaseSnapshot | None:
        """The case as it was read last, or None while none is open; while clocks are previewed, with those."""
        return self._snapshot if self._preview is None else self._preview.of(self._snapshot)

    @property
    def saved_snapshot(self) -> CaseSnapshot | None:
        """The case as it was read last, with the clocks that are in force."""
        return self._snapshot

    def preview_clocks(self, preview: ClockPreview | None) -> None:
        """Show the case with other clocks, without changing it; None for those that are in force."""
        if self._snapshot is not None and preview is not self._preview:
            self._preview = preview
            self.changed.emit()

    @property
    def verification(self) -> VerifyResult | None:
        """What the last check found since the case was opened, or None."""
        return self._verification

    @property
    def read_only_reason(self) -> str:
        """Why the case cannot be changed, or ""."""
        if self._preview is not None:
            return PREVIEW_REASON
        return "" if self._case is None else self._case.read_only_reason

    @property
    def read_only_remedy(self) -> str:
        """What to do so that the case can be changed, or ""."""
        if not self.read_only_reason:
            return ""
        if self._preview is not None:
            return PREVIEW_REMEDY
        if self.read_only_reason == BUSY_ELSEWHERE:
            return "Close it in the other program; then close it here and open it again."
        return "Copy the case to a disk that can be written and has free space, and open the copy."

    @property
    def index_reader(self) -> IndexReader | None:
        """Gives frame tables to jobs for as long as the case is open; None while none is."""
        return self._index_reader

    @property
    def finder(self) -> Finder | None:
        """Answers questions about the case, for any thread; None while none is open."""
        return self._finder

    @property
    def books(self) -> BookReader | None:
        """Gives the transcripts to jobs for as long as the case is open; None while none is."""
        return self._books

    @property
    def opening_notes(self) -> tuple[str, ...]:
        """What people should know of the case from the start, in words: runs that were interrupted."""
        return self._notes

    @property
    def is_busy(self) -> bool:
        """Whether the case is being opened, added to, verified or changed."""
        return self._is_opening or bool(self._busy) or not self._edits.is_empty

    def open(self, folder: Path) -> None:
        """Open a case; the one that is open is closed first."""
        self._replace(f"Opening {folder.name}", partial(open_case, folder))

    def create(self, new: NewCase) -> None:
        """Make a case and open it; the one that is open is closed first."""
        self._replace(f"Making {new.folder.name}", partial(create_case, new))

    def close(self, then: Callable[[], None] | None = None) -> None:
        """Close the case: ask its jobs to stop, wait until they have without blocking, then call `then`."""
        self._after_close = then
        for job in self._busy:
            job.cancel()
        self._close_when_idle()

    def close_now(self) -> None:
        """Let go of the case at once; only when no job can use it any more."""
        if self._case is None:
            return
        case, self._case, self._snapshot, self._preview = self._case, None, None, None
        self._verification = None
        books, self._books = self._books, None
        if books is not None:
            books.shut()
        finder, self._finder = self._finder, None
        if finder is not None:
            finder.close()
        reader, self._index_reader = self._index_reader, None
        if reader is not None:
            reader.shut()
        tables, self._tables = self._tables, None
        if tables is not None:
            tables.close()
        case.close()
        self.closed.emit()

    def edit(
        self,
        doing: str,
        change: Callable[[Case, str], object],
        then: Callable[[], None] | None = None,
        *,
        failed: Callable[[SightlineError], None] | None = None,
        noted: Callable[[object], None] | None = None,
    ) -> None:
        """Change the case, beside the UI thread, after what was asked for before.

        Where the change returns a `Step` of the annotations' journal, only the marks of the snapshot are brought up to
        date; else the case is read anew.

        Args:
            doing: for people, for instance "Renaming a camera".
            change: gets the case and who makes the change; runs in another thread. What it returns, a `Step` or an
                `Undoable`, is what can be taken back.
            then: runs on the UI thread once the new snapshot is there, only where the change was made.
            failed: takes what went wrong, besides `failed` of the session.
            noted: takes what the change returned, on the UI thread and before any change after it begins, instead of
                the signal `edited`.
        """
        case = self._case
        if case is None:
            return

        def done(result: object) -> None:
            if self._case is not case:
                return
            if noted is None:
                self.edited.emit(result)
            else:
                noted(result)
            if isinstance(result, Step):
                self._annotate(result, then)
            else:
                self.refresh(then)

        def not_done(error: SightlineError) -> None:
            self._on_failed(error)
            if failed is not None:
                failed(error)

        self._edits.add(case, WantedEdit(doing, change, self._user_name(), done, not_done))

    def look(self, doing: str, read: Callable[[Case], _R], then: Callable[[_R], None]) -> None:
        """Read something of the case beside the UI thread, and hand it to `then` on the UI thread."""
        case = self._case
        if case is not None:
            job = self._jobs.start(
                doing, lambda _progress, _cancelled: read(case), on_done=then, on_failed=self.failed.emit, is_quiet=True
            )
            self._busy.append(job)

    def run(
        self,
        title: str,
        work: Callable[[Case, Progress, IsCancelled], _R],
        done: Callable[[_R], None],
        failed: Callable[[SightlineError], None],
        stopped: Callable[[], None],
        *,
        is_quiet: bool = False,
    ) -> Job | None:
        """Run a job on the case, in the tray; exactly one of the callbacks follows. None without a case."""
        case = self._case
        if case is None:
            return None
        job = self._jobs.start(
            title,
            lambda progress, cancelled: work(case, progress, cancelled),
            on_done=done,
            on_failed=failed,
            on_cancelled=stopped,
            is_quiet=is_quiet,
        )
        self._busy.append(job)
        return job

    def add_files(self, paths: tuple[bytes, ...]) -> None:
        """Add files and folders as one batch."""
        case = self._case
        if case is None or not paths:
            return
        request = AddRequest(case.folder, paths, self._user_name(), None, None, "")
        what = f"{len(paths)} files and folders" if len(paths) > 1 else "recordings"
        self._start(f"Adding {what}", partial(_add, request, case), self._on_added)

    def verify(self) -> None:
        """Check every original, the audit log and the database."""
        case = self._case
        if case is None:
            return
        request = VerifyRequest(case.folder, self._user_name())
        self._start("Verifying the originals", partial(_verify, request, case), self._on_verified)

    def find_index(self, recording_id: str) -> FrameIndex | None:
        """Return the frame table of a recording, or None where there is none or it cannot be read."""
        if self._tables is None:
            return None
        try:
            return self._tables.find(recording_id)
        except SightlineError as error:
            _LOG.warning("no frame index for %s: %s", recording_id, error)
            self.failed.emit(error)
            return None

    def read_ahead(self, instant: IncidentTime) -> None:
        """Have the frame tables read that will be needed first from an instant on, beside the UI thread."""
        if self._tables is not None and self._snapshot is not None:
            self._tables.read_ahead(nearest_first(self._snapshot.timeline, instant))

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        """Read the case anew, beside the UI thread; what is asked meanwhile is read once more after it."""
        case = self._case
        if case is None:
            return
        if self._readings and then is None:
            self._is_stale = True
            return
        if not self._readings:
            self._steps_while_reading.clear()
        self._readings += 1

        def not_done(error: SightlineError | None = None) -> None:
            self._readings -= 1
            if error is not None:
                self.failed.emit(error)

        job = self._jobs.start(
            "Reading the case",
            lambda _progress, _cancelled: load_snapshot(case),
            on_done=lambda snapshot: self._on_read(case, snapshot, then),
            on_failed=not_done,
            on_cancelled=not_done,
            is_quiet=True,
        )
        self._busy.append(job)

    def _on_read(self, case: Case, snapshot: CaseSnapshot, then: Callable[[], None] | None) -> None:
        self._readings -= 1
        if self._case is not case:
            return
        for step in self._steps_while_reading:
            snapshot = snapshot.after(step)
        self._snapshot = snapshot
        self.changed.emit()
        if then is not None:
            then()
        if self._is_stale and not self._readings:
            self._is_stale = False
            self.refresh()

    def _annotate(self, step: Step, then: Callable[[], None] | None) -> None:
        """Bring the marks of the snapshot up to date after a step; read the case anew after one of other things.

        Transcripts are not in the snapshot: whoever shows them reads them by `books` (`app.transcript_keeper`).
        """
        kinds = {one.keeper.name for one in step.changes}
        if kinds <= _OF_WORDS:
            self._tell_annotated(step, then)
            return
        is_of_marks = kinds <= _IN_BOOK
        if self._snapshot is None or len(step.changes) > MOST_AT_ONCE or not is_of_marks:
            self.refresh(lambda: self._tell_annotated(step, then))
            return
        self._steps_while_reading += [step] if self._readings else []
        self._snapshot = self._snapshot.after(step)
        self._tell_annotated(step, then)

    def _tell_annotated(self, step: Step, then: Callable[[], None] | None) -> None:
        self.annotated.emit(step)
        if then is not None:
            then()

    def _replace(self, title: str, work: Callable[[Progress, IsCancelled], OpenedCase]) -> None:
        def begin() -> None:
            self._is_opening = True
            self._jobs.start(
                title, work, on_done=self._on_opened, on_failed=self._on_not_opened, on_cancelled=self._on_cancelled
            )

        if self._case is None:
            if not self._is_opening:
                begin()
        else:
            self.close(begin)

    def _start(self, title: str, work: Callable[[Progress, IsCancelled], _R], done: Callable[[_R], None]) -> None:
        job = self._jobs.start(title, work, on_done=done, on_failed=self._on_failed, on_cancelled=self.refresh)
        self._busy.append(job)

    def _on_opened(self, opened: OpenedCase) -> None:
        self._is_opening = False
        self._case, self._snapshot = opened.case, opened.snapshot
        self._index_reader = IndexReader(opened.case)
        self._finder = Finder(opened.case, FOUND)
        self._books = BookReader(opened.case)
        self._tables = FrameTables(opened.case.frame_index, opened.tables)
        self._verification = None
        self._notes = opened.notes
        self._is_stale = False
        info = opened.snapshot.info
        try:
            self._recent.add(RecentCase(str(opened.case.folder), info.title, info.reference, time.time_ns()))
        except OSError as error:
            _LOG.warning("the list of recent cases was not kept: %s", error)
        self.opened.emit()

    def _on_not_opened(self, error: SightlineError) -> None:
        self._is_opening = False
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._is_opening = False

    def _on_added(self, result: AddResult) -> None:
        self.refresh(lambda: self.files_added.emit(result))

    def _on_verified(self, result: VerifyResult) -> None:
        self._verification = result
        self.verified.emit(result)

    def _on_failed(self, error: SightlineError) -> None:
        self.failed.emit(error)
        self.refresh()

    def _on_job_ended(self, job: Job) -> None:
        if job in self._busy:
            self._busy.remove(job)
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._busy or not self._edits.is_empty or self._after_close is None:
            return
        then, self._after_close = self._after_close, None
        self.close_now()
        then()


def _add(request: AddRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> AddResult:
    return add_files(request, progress, cancelled, case=case, examiner_factory=SecondOpinion)


def _verify(request: VerifyRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> VerifyResult:
    return verify_originals(request, progress, cancelled, case=case)
