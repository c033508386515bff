"""Changes of the open case, made one after the other beside the UI thread, in the order in which they were wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.jobs import Job, JobRunner
from evidence.case import Case
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress


@dataclass(frozen=True, slots=True)
class WantedEdit:
    """A change that somebody asked for.

    Attributes:
        doing: for people, for instance "Renaming a camera".
        change: gets the case and who makes the change; runs in another thread.
        by: who makes it.
        done: takes the result, on the UI thread.
        failed: takes what went wrong, on the UI thread.
    """

    doing: str
    change: Callable[[Case, str], object]
    by: str
    done: Callable[[object], None]
    failed: Callable[[SightlineError], None]


class EditQueue:
    """Lives on the UI thread; one change is under way at most."""

    def __init__(self, jobs: JobRunner, started: Callable[[Job], None]) -> None:
        """Make an empty queue.

        Args:
            jobs: runs the changes.
            started: is told of each job.
        """
        self._jobs = jobs
        self._started = started
        self._waiting: deque[tuple[Case, WantedEdit]] = deque()
        self._is_running = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return not self._is_running and not self._waiting

    def add(self, case: Case, wanted: WantedEdit) -> None:
        """Make a change as soon as those before it are made."""
        self._waiting.append((case, wanted))
        self._go_on()

    def _go_on(self) -> None:
        if self._is_running or not self._waiting:
            return
        self._is_running = True
        case, wanted = self._waiting.popleft()

        def work(_progress: Progress, _cancelled: IsCancelled) -> object:
            return wanted.change(case, wanted.by)

        def over(tell: Callable[[], None]) -> None:
            self._is_running = False
            tell()
            self._go_on()

        job = self._jobs.start(
            wanted.doing,
            work,
            on_done=lambda result: over(lambda: wanted.done(result)),
            on_failed=lambda error: over(lambda: wanted.failed(error)),
            on_cancelled=lambda: over(lambda: None),
            is_quiet=True,
        )
        self._started(job)
