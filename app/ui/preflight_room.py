"""Preflight from the window: reached from the start page, the run sheet and its key; runs beside the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.court_rehearsal import make_rehearsal
from app.jobs import Job, JobRunner
from app.own_keys import own_keys
from app.pack_verdicts import PackVerdicts
from app.preflight import keep_report, make_item_proxies, preflight, preflight_words
from app.settings import YOUR_NAME, Settings
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.preflight_window import PreflightWindow
from app.ui.theme import Theme
from courtroom.pack.layout import find_pack
from courtroom.preflight.certificate import write_certificate
from courtroom.preflight.checks import Result
from courtroom.preflight.heard import heard_result, with_heard
from courtroom.preflight.report import Report
from courtroom.preflight.run import Request, plan_of
from courtroom.show.source import CourtSource, load_from_pack
from courtroom.ui.desk_reader import read_desk
from courtroom.ui.rehearsal import Rehearsal
from courtroom.ui.tone import Tone
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.scratch import Scratch
from player.ui.sound_device import SoundDevices


class PreflightRoom(QObject):
    """Owns the preflight's window.

    Signals:
        show_wanted(object): the folder of a pack that is to be shown in court.
        reported(object, object): the folder of a pack, and the `Report` of its preflight.
    """

    show_wanted = Signal(object)
    reported = Signal(object, object)

    def __init__(
        self,
        window: QWidget,
        *,
        jobs: JobRunner,
        settings: Settings,
        theme: Theme,
        choosers: Choosers,
        verdicts: PackVerdicts,
        say_error: Callable[[SightlineError], None],
        tries_sleep: bool = True,
        devices: SoundDevices | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._jobs = jobs
        self._settings = settings
        self._theme = theme
        self._choosers = choosers
        self._verdicts = verdicts
        self._say_error = say_error
        self._tries_sleep = tries_sleep
        self._devices = devices or SoundDevices()
        self._tone = Tone(lambda: self._devices.make_sink(""), self)
        self._folder = Path()
        self._source: CourtSource | None = None
        self._job: Job | None = None
        self.rehearsal: Rehearsal | None = None
        self.view: PreflightWindow | None = None

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {"court.preflight": self.choose}

    def choose(self) -> None:
        """Ask for a pack, and open its preflight."""
        self._choosers.choose_folder(self._window, "Choose the court pack", Path.home(), self.open)

    def open(self, folder: Path) -> None:
        """Open the window on a pack."""
        if self.view is None:
            self.view = self._make_view()
        self._folder = find_pack(folder) or folder
        self._source = None
        self.view.set_pack(self._folder.name, str(self._folder))
        self.view.show_report(None)
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()
        self.view.check_button.setFocus()
        self._load()

    def close(self) -> None:
        """Stop what runs, and close the window."""
        self._stop()
        if self.view is not None:
            self.view.close()

    def _make_view(self) -> PreflightWindow:
        view = PreflightWindow(self._theme, self._window)
        view.check_wanted.connect(self._check)
        view.proxy_wanted.connect(self._make_proxies)
        view.tone_wanted.connect(self._play_tone)
        view.words_wanted.connect(self._speak)
        view.heard.connect(self._note_heard)
        view.certificate_wanted.connect(self._save)
        view.show_wanted.connect(self._show)
        view.cancel_wanted.connect(self._stop)
        view.closed.connect(self._stop)
        return view

    def _load(self) -> None:
        folder = self._folder

        def work(_progress: Progress, _cancelled: IsCancelled) -> tuple[CourtSource, str]:
            source = load_from_pack(folder, own_keys().knows)
            return source, preflight_words(source)

        def done(loaded: tuple[CourtSource, str]) -> None:
            self._source, why_not = loaded
            if self.view is not None and folder == self._folder:
                standing = why_not or "This pack passed its preflight on this machine."
                self.view.set_pack(folder.name, f"{standing} {plan_of(self._source, is_quick=False).words}")

        self._jobs.start("Opening the pack", work, on_done=done, on_failed=self._on_unreadable, is_quiet=True)

    def _on_unreadable(self, error: SightlineError) -> None:
        if self.view is not None:
            self.view.set_pack(self._folder.name, f"{error.happened} Check it to see everything that is amiss.")

    def _check(self, is_quick: bool) -> None:  # noqa: FBT001 - a signal's value
        application = QApplication.instance()
        if self.view is None or self._job is not None or not isinstance(application, QApplication):
            return
        around = read_desk(application, self._devices, tries_sleep=self._tries_sleep)
        request = Request(self._folder, self._settings.get(YOUR_NAME) or "Unnamed user", is_quick=is_quick)
        verdicts = self._verdicts

        def work(progress: Progress, cancelled: IsCancelled) -> Report:
            return preflight(request, around, progress, cancelled, verdicts.watch(request.folder))

        self._run("Preflight", work, partial(self._rehearse, request))

    def _run(self, title: str, work: Callable[..., object], done: Callable[..., None]) -> None:
        view = self.view
        assert view is not None

        def over() -> None:
            self._job = None
            view.show_running("")

        def on_done(result: object) -> None:
            over()
            done(result)

        def on_failed(error: SightlineError) -> None:
            over()
            view.verdict.setText(str(error))

        view.show_running(f"{title}…")
        job = self._jobs.start(title, work, on_done=on_done, on_failed=on_failed, on_cancelled=over)
        job.changed.connect(lambda: view.show_progress(job) if self._job is job else None)
        self._job = job

    def _rehearse(self, request: Request, report: object) -> None:
        """Let every item really come on the court's display, then show and keep the report."""
        application = QApplication.instance()
        if not isinstance(report, Report) or self.view is None or not isinstance(application, QApplication):
            return
        self.view.show_report(report)
        if self._source is None or not report.pack_id:
            self._finish(report, ())
            return
        scrap = Scratch("preflight")
        rehearsal = make_rehearsal(application, self._verdicts.told(self._source), request, scrap.folder)
        self.rehearsal = rehearsal

        def ended() -> None:
            self.rehearsal = None
            self._finish(report, tuple(rehearsal.results))
            scrap.close()
            rehearsal.deleteLater()

        rehearsal.ended.connect(ended)
        self.view.show_running("Showing the first picture of each item on the court's display…")
        rehearsal.begin()

    def _finish(self, report: Report, seen: tuple[Result, ...]) -> None:
        if self.view is None:
            return
        self.view.show_running("")
        self._keep(_with(report, seen))
        self.view.raise_()
        self.view.activateWindow()
        self.view.table.setFocus()

    def _keep(self, report: Report) -> None:
        if self.view is not None:
            self.view.show_report(report)
        self.reported.emit(self._folder, report)
        try:
            keep_report(report)
        except OSError as error:
            self._say_error(_not_kept(error))
        self._load()

    def _make_proxies(self, places: object) -> None:
        if self.view is None or self._job is not None or not isinstance(places, tuple):
            return
        self._run("Making proxies", partial(make_item_proxies, self._folder, places), lambda _made: self._check(False))

    def _speak(self) -> None:
        self._say_trouble(self._tone.say())

    def _play_tone(self, side: object) -> None:
        self._say_trouble(self._tone.play(1 if side == 1 else 0))

    def _say_trouble(self, trouble: str) -> None:
        if trouble and self.view is not None:
            self.view.left.setText(trouble)

    def _note_heard(self, is_heard: bool) -> None:  # noqa: FBT001 - a signal's value
        report = None if self.view is None else self.view.report
        if report is None:
            return
        by = self._settings.get(YOUR_NAME) or "Unnamed user"
        one = heard_result(by, is_heard=is_heard)
        self._keep(with_heard(report, one))

    def _save(self) -> None:
        report = None if self.view is None else self.view.report
        if report is None or self.view is None:
            return

        def write(path: Path) -> None:
            def work(_progress: Progress, _cancelled: IsCancelled) -> Path:
                write_certificate(report, path)
                return path

            self._jobs.start(
                "Writing the certificate", work, on_done=self._on_saved, on_failed=self._say_error, is_quiet=True
            )

        start = Path.home() / "Preflight certificate.pdf"
        self._choosers.choose_new_file(self.view, "Save the certificate", start, "PDF (*.pdf);;HTML (*.html)", write)

    def _on_saved(self, path: Path) -> None:
        if self.view is not None:
            self.view.left.setText(f"Saved {path}.")

    def _show(self) -> None:
        folder = self._folder
        self.close()
        self.show_wanted.emit(folder)

    def _stop(self) -> None:
        self._tone.stop()
        if self._job is not None:
            self._job.cancel()
        if self.rehearsal is not None:
            self.rehearsal.cancel()


def _with(report: Report, more: tuple[Result, ...]) -> Report:
    results = sorted((*report.results, *more), key=lambda one: (one.check.number, one.place))
    return replace(report, results=tuple(results))


def _not_kept(error: OSError) -> SightlineError:
    return SightlineError(
        f"The result of the preflight could not be kept: {error.strerror or error}.",
        meaning="It is shown, and can be saved as a certificate; court mode will say that there was no preflight.",
        remedy="Make room on the disk of your own data folder, and check again.",
    )
