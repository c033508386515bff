"""Runs jobs beside the UI thread and brings progress and results back to it.

A job is a function `work(progress, cancelled)` as `evidence.jobs` describes it, usually a `functools.partial` of one
with its frozen request. It runs in a thread of a small pool. Everything else here, and every callback, runs on the UI
thread; there are no locks. What a job raises ends here, in words: this is the job runner's gate.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from app.time_left import TimeLeft
from evidence.errors import Cancelled, SightlineError, StorageError
from evidence.jobs import IsCancelled, Progress, ProgressReport

R = TypeVar("R")
_LOG = logging.getLogger(__name__)
_THREADS = 4
_REPORT_EVERY_NS = 100_000_000


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    CANCELLING = "being cancelled"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class Job(QObject):
    """One run of a function; lives on the UI thread.

    Signals:
        changed: its progress or its state is another now.
        ended: it is over; its callbacks have run.

    Attributes:
        title: what it does, for people.
        is_quiet: whether the tray shows it only once it has run for a second.
        report: the latest progress, or None.
        error: what went wrong, once it failed.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, title: str, *, is_quiet: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.is_quiet = is_quiet
        self.state = JobState.RUNNING
        self.report: ProgressReport | None = None
        self.error: SightlineError | None = None
        self.time_left = TimeLeft()
        self.started_ns = time.monotonic_ns()
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop and undo what it began; it ends when it has."""
        self._stop.set()
        if self.state is JobState.RUNNING:
            self.state = JobState.CANCELLING
            self.changed.emit()

    @property
    def is_cancelled(self) -> IsCancelled:
        """What the job asks between its steps; may be called from any thread."""
        return self._stop.is_set


@dataclass(frozen=True, slots=True)
class _Report:
    job: Job
    report: ProgressReport
    at_ns: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: Job
    state: JobState
    apply: Callable[[], None] | None = None
    error: SightlineError | None = None


class JobRunner(QObject):
    """Starts jobs and knows those that run.

    Signals:
        started: the `Job`.
        ended: the `Job`, after its callbacks.
    """

    started = Signal(object)
    ended = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="job")
        self._running: list[Job] = []
        self._is_closed = False
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that are not over."""
        return tuple(self._running)

    def start(
        self,
        title: str,
        work: Callable[[Progress, IsCancelled], R],
        *,
        on_done: Callable[[R], None],
        on_failed: Callable[[SightlineError], None],
        on_cancelled: Callable[[], None] = lambda: None,
        is_quiet: bool = False,
    ) -> Job:
        """Run `work` in another thread; exactly one of the callbacks then runs on the UI thread.

        Args:
            title: what it does, for people: "Adding 12 files".
            work: gets a function to report progress and one that says whether to stop.
            on_done: takes the result.
            on_failed: takes what went wrong, in words for people.
            on_cancelled: runs when the job stopped because it was asked to.
            is_quiet: for what is over in a moment: the tray shows it only once it has run for a second.
        """
        job = Job(title, is_quiet=is_quiet, parent=self)
        if self._is_closed:
            job.state = JobState.CANCELLED
            return job
        self._running.append(job)
        future = self._pool.submit(self._run, job, work, on_done, on_failed, on_cancelled)
        future.add_done_callback(_log_fault)
        self.started.emit(job)
        return job

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for job in self.running:
            job.cancel()

    def close(self) -> None:
        """Ask every job to stop, wait until they have, and take no more; no callback runs after this."""
        self._is_closed = True
        self.cancel_all()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()

    def _run(
        self,
        job: Job,
        work: Callable[[Progress, IsCancelled], R],
        on_done: Callable[[R], None],
        on_failed: Callable[[SightlineError], None],
        on_cancelled: Callable[[], None],
    ) -> None:
        """Run in a thread of the pool; everything is handed to the UI thread by a queued signal."""
        try:
            result = work(self._make_progress(job), job.is_cancelled)
        except Cancelled:
            self._posted.emit(_Outcome(job, JobState.CANCELLED, on_cancelled))
        except SightlineError as error:
            _LOG.info("job %r failed: %s", job.title, error)
            self._posted.emit(_failure(job, error, on_failed))
        except OSError as error:
            _LOG.warning("job %r met an error of the system", job.title, exc_info=True)
            self._posted.emit(_failure(job, _from_system(error), on_failed))
        except Exception as error:  # noqa: BLE001 - the job runner's gate: a fault in a job never takes the window along
            _LOG.exception("job %r has a fault", job.title)
            self._posted.emit(_failure(job, _from_fault(job.title, error), on_failed))
        else:
            self._posted.emit(_Outcome(job, JobState.DONE, lambda: on_done(result)))

    def _make_progress(self, job: Job) -> Progress:
        last_ns = 0

        def report(progress: ProgressReport) -> None:
            nonlocal last_ns
            now_ns = time.monotonic_ns()
            if now_ns - last_ns >= _REPORT_EVERY_NS or progress.done == progress.total:
                last_ns = now_ns
                self._posted.emit(_Report(job, progress, now_ns))

        return report

    def _on_posted(self, posted: object) -> None:
        if self._is_closed:
            return
        if isinstance(posted, _Report):
            posted.job.report = posted.report
            posted.job.time_left.add(posted.at_ns, posted.report)
            posted.job.changed.emit()
        elif isinstance(posted, _Outcome):
            self._finish(posted)

    def _finish(self, outcome: _Outcome) -> None:
        job = outcome.job
        self._running.remove(job)
        job.state, job.error = outcome.state, outcome.error
        try:
            if outcome.apply is not None:
                outcome.apply()
        finally:
            job.changed.emit()
            job.ended.emit()
            self.ended.emit(job)
            job.deleteLater()


def _failure(job: Job, error: SightlineError, on_failed: Callable[[SightlineError], None]) -> _Outcome:
    return _Outcome(job, JobState.FAILED, lambda: on_failed(error), error)


def _from_system(error: OSError) -> StorageError:
    where = f" ({error.filename})" if error.filename else ""
    return StorageError(
        f"The operating system refused: {error.strerror or error}{where}.",
        meaning="Nothing that was confirmed before is affected.",
        remedy="Check the disk, its free space and your permissions, then try again.",
    )


def _from_fault(title: str, error: Exception) -> SightlineError:
    return SightlineError(
        f"Sightline has a fault and stopped “{title}” ({type(error).__name__}: {error}).",
        meaning="Originals are untouched, and what was confirmed before is kept.",
        remedy="Try again; if it comes back, please report it with the log.",
    )


def _log_fault(future: Future[None]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        _LOG.error("the job runner itself failed: %s", error)
