"""The case that is open: opens, reads, changes and closes it beside the UI thread, and tells the views.

Everything here is called on the UI thread and every signal arrives there; the case itself is used in the threads of
the job runner. Views get a frozen `CaseSnapshot` and ask for changes with `edit`.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from annotations.finding.finder import Finder
from annotations.marks import load_marks
from annotations.shapes.record import load_shapes
from app.case_snapshot import CaseSnapshot
from app.clock_preview import PREVIEW_REASON, PREVIEW_REMEDY, ClockPreview
from app.frame_tables import FrameTables, first_tables, nearest_first
from app.index_reader import IndexReader
from app.jobs import Job, JobRunner
from app.recent import RecentCase, RecentCases
from evidence.case import Case
from evidence.errors import CaseBusyError, SightlineError
from evidence.frame_index import FrameIndex
from evidence.ingest import AddRequest, AddResult, add_files
from evidence.jobs import IsCancelled, Progress
from evidence.records import Recording
from evidence.times import IncidentTime
from evidence.verify import VerifyRequest, VerifyResult, verify_originals
from player.second_opinion import SecondOpinion
from player.ui.timeline.lanes import make_lanes
from sync.timeline import build_timeline

_R = TypeVar("_R")
_LOG = logging.getLogger(__name__)
_BUSY_ELSEWHERE = "another program has it open for changes"


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case needs to be made."""

    folder: Path
    title: str
    reference: str
    time_zone: str
    by: str


@dataclass(frozen=True, slots=True)
class _Opened:
    case: Case
    snapshot: CaseSnapshot
    notes: tuple[str, ...]
    tables: dict[str, FrameIndex | None]


class CaseSession(QObject):
    """At most one open case.

    Signals:
        opened: a case is open; `snapshot` holds it.
        changed: `snapshot` is another one.
        closed: no case is open any more.
        files_added: `AddResult` of a batch that ended.
        verified: `VerifyResult`.
        failed: `SightlineError`: something that was asked for did not happen.
    """

    opened = Signal()
    changed = Signal()
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
        self._tables: FrameTables | None = None
        self._snapshot: CaseSnapshot | None = None
        self._preview: ClockPreview | None = None
        self._verification: VerifyResult | None = None
        self._is_reading = False
        self._is_stale = False
        self._is_opening = False
        self._notes: tuple[str, ...] = ()
        self._busy: list[Job] = []
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
        if self.read_only_reason == _BUSY_ELSEWHERE:
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
    def opening_notes(self) -> tuple[str, ...]:
        """What people should know of the case from the start, in words: runs that were interrupted."""
        return self._notes

    @property
    def is_busy(self) -> bool:
        """Whether the case is being opened, added to, verified or changed."""
        return self._is_opening or bool(self._busy)

    def open(self, folder: Path) -> None:
        """Open a case; the one that is open is closed first."""
        self._replace(f"Opening {folder.name}", partial(_open_case, folder))

    def create(self, new: NewCase) -> None:
        """Make a case and open it; the one that is open is closed first."""
        self._replace(f"Making {new.folder.name}", partial(_create_case, new))

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

    def edit(self, doing: str, change: Callable[[Case, str], object], then: Callable[[], None] | None = None) -> None:
        """Change the case, beside the UI thread.

        Args:
            doing: for people, for instance "Renaming a camera".
            change: gets the case and who makes the change; runs in another thread.
            then: runs on the UI thread once the new snapshot is there, only where the change was made.
        """
        case = self._case
        if case is None:
            return
        by = self._user_name()

        def work(_progress: Progress, _cancelled: IsCancelled) -> None:
            change(case, by)

        def done(_result: None) -> None:
            self.refresh(then)

        self._start(doing, work, done, is_quiet=True)

    def run(
        self,
        title: str,
        work: Callable[[Case, Progress, IsCancelled], _R],
        done: Callable[[_R], None],
        failed: Callable[[SightlineError], None],
        stopped: Callable[[], None],
    ) -> Job | None:
        """Run a long job on the case, in the tray; exactly one of the callbacks follows. None without a case."""
        case = self._case
        if case is None:
            return None
        job = self._jobs.start(
            title,
            lambda progress, cancelled: work(case, progress, cancelled),
            on_done=done,
            on_failed=failed,
            on_cancelled=stopped,
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
        if self._is_reading and then is None:
            self._is_stale = True
            return
        self._is_reading = True

        def done(snapshot: CaseSnapshot) -> None:
            self._is_reading = False
            if self._case is not case:
                return
            self._snapshot = snapshot
            self.changed.emit()
            if then is not None:
                then()
            if self._is_stale:
                self._is_stale = False
                self.refresh()

        self._start("Reading the case", lambda _progress, _cancelled: load_snapshot(case), done, is_quiet=True)

    def _replace(self, title: str, work: Callable[[Progress, IsCancelled], _Opened]) -> None:
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

    def _start(
        self,
        title: str,
        work: Callable[[Progress, IsCancelled], _R],
        done: Callable[[_R], None],
        *,
        is_quiet: bool = False,
    ) -> None:
        job = self._jobs.start(
            title, work, on_done=done, on_failed=self._on_failed, on_cancelled=self._on_stopped, is_quiet=is_quiet
        )
        self._busy.append(job)

    def _on_opened(self, opened: _Opened) -> None:
        self._is_opening = False
        self._case, self._snapshot = opened.case, opened.snapshot
        self._index_reader = IndexReader(opened.case)
        self._finder = Finder(opened.case)
        self._tables = FrameTables(opened.case.frame_index, opened.tables)
        self._verification = None
        self._notes = opened.notes
        self._is_reading = self._is_stale = False
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
        self._is_reading = False
        self.failed.emit(error)
        self.refresh()

    def _on_stopped(self) -> None:
        self._is_reading = False
        self.refresh()

    def _on_job_ended(self, job: Job) -> None:
        if job in self._busy:
            self._busy.remove(job)
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._busy or self._after_close is None:
            return
        then, self._after_close = self._after_close, None
        self.close_now()
        then()


def load_snapshot(case: Case) -> CaseSnapshot:
    """Read everything that the window shows; from any thread.

    Raises:
        CaseDamagedError: the case cannot be read.
    """
    info, cameras, settings = case.info(), case.cameras(), case.clock_settings()
    recordings, missing = _as_they_lie(case)
    timeline = build_timeline(cameras, recordings, settings, info.time_zone)
    return CaseSnapshot(
        folder=case.folder,
        info=info,
        cameras=cameras,
        recordings=recordings,
        refusals=case.refusals(),
        settings=settings,
        marks=load_marks(case),
        timeline=timeline,
        lanes=make_lanes(timeline),
        shapes=load_shapes(case),
        missing=missing,
        last_verification=case.last_verification(),
        observations=case.observations(),
    )


def _as_they_lie(case: Case) -> tuple[tuple[Recording, ...], frozenset[str]]:
    """Return the recordings with the paths at which their originals are now, and the ids of those that are missing."""
    recordings = case.recordings()
    places = case.find_originals(recordings)
    missing = frozenset(one.id for one in recordings if places[one.id] is None)
    return tuple(_at(one, places[one.id]) for one in recordings), missing


def _at(recording: Recording, place: Path | None) -> Recording:
    path_bytes = recording.path_bytes if place is None else os.fsencode(place)
    return recording if path_bytes == recording.path_bytes else replace(recording, path_bytes=path_bytes)


def _open_case(folder: Path, _progress: Progress, _cancelled: IsCancelled) -> _Opened:
    """Open a case; read-only, with the reason, where another program is changing it."""
    try:
        return _opened(Case.open(folder))
    except CaseBusyError as busy:
        case = Case.open(folder, read_only=True)
        case.read_only_reason = _BUSY_ELSEWHERE
        opened = _opened(case)
        note = f"{busy.happened} It was opened read-only here: it can be watched and not changed."
        return replace(opened, notes=(note, *opened.notes[1:]))


def _create_case(new: NewCase, _progress: Progress, _cancelled: IsCancelled) -> _Opened:
    made = Case.create(new.folder, title=new.title, reference=new.reference, by=new.by, time_zone=new.time_zone)
    return _opened(made)


def _opened(case: Case) -> _Opened:
    with ExitStack() as undo:
        undo.callback(case.close)
        snapshot = load_snapshot(case)
        opened = _Opened(case, snapshot, _opening_notes(case), first_tables(snapshot.lanes, case.frame_index))
        undo.pop_all()
    return opened


def _opening_notes(case: Case) -> tuple[str, ...]:
    notes = [f"The case is open read-only: {case.read_only_reason}."] if case.is_read_only else []
    notes.extend(
        f"Adding files was interrupted before it was finished ({batch.confirmed} had been added and are whole). "
        "Add the same files or folders again: it goes on from there."
        for batch in case.interrupted_batches()
    )
    return tuple(notes)


def _add(request: AddRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> AddResult:
    return add_files(request, progress, cancelled, case=case, examiner_factory=SecondOpinion)


def _verify(request: VerifyRequest, case: Case, progress: Progress, cancelled: IsCancelled) -> VerifyResult:
    return verify_originals(request, progress, cancelled, case=case)
