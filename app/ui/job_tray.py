"""The slim tray at the foot of the window: each job's name, bar, time left, and a button to cancel it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from app.jobs import Job, JobRunner, JobState
from app.time_left import time_left_text
from app.time_text import size_text
from app.ui.theme import Theme, set_role
from evidence.jobs import ProgressReport
from evidence.times import NS_PER_S

_QUIET_MS = 1_000
_BAR_STEPS = 1_000


class JobRow(QWidget):
    """One job."""

    def __init__(self, job: Job, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.job = job
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(12)
        self._title = QLabel(job.title, self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._bar.setAccessibleName(job.title)
        self._words = QLabel("", self)
        set_role(self._words, "dim")
        self.cancel_button = QToolButton(self)
        self.cancel_button.setIcon(theme.icon("close", "dim"))
        self.cancel_button.setToolTip("Cancel; what was begun is undone")
        self.cancel_button.setAccessibleName(f"Cancel {job.title}")
        self.cancel_button.clicked.connect(lambda _checked=False: job.cancel())
        for part in (self._title, self._bar):
            row.addWidget(part)
        row.addWidget(self._words, 1)
        row.addWidget(self.cancel_button)
        job.changed.connect(self.refresh)
        self.refresh()

    @property
    def words(self) -> str:
        """What the row says about its progress."""
        return self._words.text()

    def refresh(self) -> None:
        """Show the job as it stands."""
        report, job = self.job.report, self.job
        is_cancelling = job.state is JobState.CANCELLING
        self.cancel_button.setEnabled(not is_cancelling)
        if report is None or report.total is None or report.total <= 0:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _BAR_STEPS)
            self._bar.setValue(min(_BAR_STEPS, _BAR_STEPS * report.done // report.total))
        words = "Cancelling…" if is_cancelling else _progress_words(job)
        self._words.setText(self._words.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, 900))


def _progress_words(job: Job) -> str:
    if job.report is None:
        return ""
    left = time_left_text(job.time_left.estimate_ns(job.report))
    return " · ".join(part for part in (_amount_text(job.report), left, job.report.text) if part)


def _amount_text(report: ProgressReport) -> str:
    if not report.unit:
        return ""
    if report.unit == "bytes":
        return (
            size_text(report.done) if report.total is None else f"{size_text(report.done)} of {size_text(report.total)}"
        )
    return (
        f"{report.done:,} {report.unit}"
        if report.total is None
        else f"{report.done:,} of {report.total:,} {report.unit}"
    )


class JobTray(QFrame):
    """The jobs that run; hidden while there are none.

    Signals:
        shown_changed(bool): there are jobs to show, or none any more; comes before the tray is seen.
    """

    shown_changed = Signal(bool)

    def __init__(self, jobs: JobRunner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "foot")
        self._theme = theme
        self._jobs = jobs
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: dict[Job, JobRow] = {}
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self._add_slow_ones)
        jobs.started.connect(self._on_started)
        jobs.ended.connect(self._on_ended)
        self.setVisible(False)

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """What is shown."""
        return tuple(self._rows.values())

    def _on_started(self, job: Job) -> None:
        if job.is_quiet:
            self._look_again.start(_QUIET_MS)
        else:
            self._add(job)

    def _add_slow_ones(self) -> None:
        is_young = False
        for job in self._jobs.running:
            if job in self._rows:
                continue
            if time.monotonic_ns() - job.started_ns >= NS_PER_S * 9 // 10:
                self._add(job)
            else:
                is_young = True
        if is_young:
            self._look_again.start(_QUIET_MS)

    def _add(self, job: Job) -> None:
        row = JobRow(job, self._theme, self)
        self._rows[job] = row
        self._column.addWidget(row)
        self._show()

    def _on_ended(self, job: Job) -> None:
        row = self._rows.pop(job, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._show()

    def _show(self) -> None:
        has_rows = bool(self._rows)
        if has_rows == self.isHidden():
            self.shown_changed.emit(has_rows)
        self.setVisible(has_rows)
