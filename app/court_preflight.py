"""The preflight that the presenter's console begins: of the pack that is shown, on this machine, kept as any other."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from app.preflight import keep_report, preflight
from courtroom.preflight.checks import Outcome
from courtroom.preflight.report import Report
from courtroom.preflight.run import Request
from courtroom.show.source import CourtSource
from courtroom.ui.court_preflight import Prepare, Work
from courtroom.ui.desk_reader import read_desk
from evidence.jobs import IsCancelled, Progress
from player.ui.sound_device import SoundDevices


def prepare_of(application: QGuiApplication, source: CourtSource, *, by: str, display: str) -> Prepare:
    """Return what makes a preflight of a pack, for the console."""

    def prepare() -> Work:
        around = read_desk(application, SoundDevices(), tries_sleep=False)
        request = Request(source.folder, by, display=display)

        def work(progress: Progress, cancelled: IsCancelled) -> str:
            report = preflight(request, around, progress, cancelled)
            keep_report(report)
            return words_of(report)

        return work

    return prepare


def words_of(report: Report) -> str:
    """Return the outcome in a line: the first thing that stands in the way, with what to do."""
    fail = next((one for one in report.results if one.outcome is Outcome.FAIL), None)
    told = "" if fail is None else f" First: {fail} {fail.remedy}"
    return f"Preflight: {report.words}{told}"
