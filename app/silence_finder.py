"""Looks beside the window where recordings are silent, as far as their waveforms were made. Lives on the UI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.jobs import Job, JobRunner
from app.session import CaseSession
from app.silences import preview_stores, read_silences
from evidence.records import Recording
from sync.sound_kept import Silence


class SilenceFinder(QObject):
    """Looks up silence for the open case; what was found is kept until it is closed.

    Signals:
        found: more is known now; see `silences`.

    Attributes:
        silences: what is known, by id of recording.
    """

    found = Signal()

    def __init__(self, jobs: JobRunner, session: CaseSession) -> None:
        super().__init__()
        self._jobs = jobs
        self._session = session
        self._job: Job | None = None
        self._waiting: tuple[Recording, ...] = ()
        self.silences: dict[str, tuple[Silence, ...]] = {}
        session.opened.connect(self._forget)
        session.closed.connect(self._forget)

    def look(self, recordings: tuple[Recording, ...]) -> None:
        """Look at these, after what is being looked at now; `found` tells when that brought something."""
        snapshot = self._session.snapshot
        wanted = tuple(one for one in recordings if one.id not in self.silences)
        if self._job is not None:
            self._waiting = wanted
            return
        if snapshot is None or not wanted:
            return
        self._job = job = self._jobs.start(
            "Looking for silence",
            partial(read_silences, wanted, preview_stores(snapshot.folder)),
            on_done=lambda result: self._on_done(job, result),
            on_failed=lambda _error: self._on_done(job, {}),
            on_cancelled=lambda: self._on_done(job, {}),
            is_quiet=True,
        )

    def close(self) -> None:
        """Stop; nothing is looked for after this."""
        self._forget()

    def _on_done(self, job: Job, result: dict[str, tuple[Silence, ...]]) -> None:
        if job is not self._job:
            return
        self._job = None
        self.silences = self.silences | result
        waiting, self._waiting = self._waiting, ()
        if result:
            self.found.emit()
        if waiting and self._job is None:
            self.look(waiting)

    def _forget(self) -> None:
        job, self._job = self._job, None
        self._waiting = ()
        self.silences = {}
        if job is not None:
            job.cancel()
