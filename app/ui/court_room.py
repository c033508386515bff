"""Court mode from the review window: the run sheet that is open, or a pack, is shown; the window is back when it ends.

The case stays open meanwhile; court mode reads it once and does not use it. Lives on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.court_show import CourtStart, court_files, court_journal, open_court, start_again
from app.jobs import JobRunner
from app.own_keys import own_keys
from app.pack_verdicts import PackVerdicts
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.ui.actions import Binding
from app.ui.pack_desk import PackStage
from app.ui.playback import Playback
from app.ui.run_sheet_wiring import PackStep, RunSheetRoom
from app.unlocked_packs import check_unlocked
from courtroom.pack.layout import find_pack
from courtroom.show.resume import find_interrupted
from courtroom.show.source import CourtSource, SourceKind, load_from_case, load_from_pack
from courtroom.ui.court_mode import CourtMode
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, Progress
from player.ui.sound_device import Sink, SoundDevices


class CourtRoom(QObject):
    """Begins and ends court mode.

    Signals:
        ended: the window is back.
        pack_shown(object): the folder of a pack that was shown in court mode, once that has ended.

    Attributes:
        mode: court mode while it is on, else None.
    """

    ended = Signal()
    pack_shown = Signal(object)

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        settings: Settings,
        playback: Playback,
        run_sheet: RunSheetRoom,
        verdicts: PackVerdicts,
        make_sink: Callable[[], Sink] | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._settings = settings
        self._playback = playback
        self._run_sheet = run_sheet
        self._verdicts = verdicts
        self._devices: SoundDevices | None = None
        self._make_sink = make_sink or self._default_sink
        self._hidden: list[QWidget] = []
        self._was_active: QWidget | None = None
        self.mode: CourtMode | None = None
        hint = "Show the pack as the court will see it."
        run_sheet.add_step(PackStep(PackStage.REHEARSE, "Rehearse in court mode", hint, self.show_pack))

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {"court.show": self.show}

    def show(self) -> None:
        """Show the run sheet that is being worked on, or the one saved last; of a pack that is open, the pack's."""
        snapshot = self._session.snapshot
        if snapshot is None or self.mode is not None:
            return
        pack = find_pack(snapshot.folder)
        if pack is not None:
            self.show_pack(pack)
            return
        sheet = self._run_sheet.desk.sheet
        self._load(partial(load_from_case, snapshot.folder, "" if sheet is None else sheet.id))

    def resume(self) -> None:
        """Go on where court mode was interrupted: same item, same frame."""
        stood = find_interrupted(court_journal())
        if stood is None or self.mode is not None:
            return

        def load() -> CourtSource:
            check_unlocked(stood.folder, item=stood.place + 1)
            pack = find_pack(stood.folder)
            if pack is None:
                return load_from_case(stood.folder, stood.sheet)
            return load_from_pack(pack, own_keys().knows)

        self._load(load, lambda source: start_again(stood, source))

    def show_pack(self, folder: Path) -> None:
        """Show a pack."""
        if self.mode is None:
            self._load(lambda: self._verdicts.told(load_from_pack(folder, own_keys().knows)))

    def fault(self, error: SightlineError) -> None:
        """Hand a fault that reached the gate to court mode, while that is on."""
        if self.mode is not None:
            self.mode.fault(error)

    def end(self) -> None:
        """End court mode, where it is on."""
        if self.mode is not None:
            self.mode.end()

    def _load(self, load: Callable[[], CourtSource], start: Callable[[CourtSource], CourtStart] | None = None) -> None:
        def work(_progress: Progress, _cancelled: IsCancelled) -> CourtSource:
            return load()

        self._jobs.start(
            "Opening court mode",
            work,
            on_done=lambda source: self._begin(source, self._start() if start is None else start(source)),
            on_failed=self._session.failed.emit,
            is_quiet=True,
        )

    def _start(self) -> CourtStart:
        return CourtStart(self._settings.get(YOUR_NAME) or "Unnamed user")

    def _begin(self, source: CourtSource, start: CourtStart) -> None:
        application = QApplication.instance()
        if self.mode is not None or not isinstance(application, QApplication):
            return
        self._playback.stop()
        self.mode = open_court(application, source, court_files(source), start, make_sink=self._make_sink)
        self.mode.ended.connect(self._on_ended)
        self._was_active = QApplication.activeWindow()
        self._hidden = [one for one in QApplication.topLevelWidgets() if one.isVisible() and _is_ours(one, self.mode)]
        self.mode.begin()
        for one in self._hidden:
            one.hide()

    def _on_ended(self) -> None:
        mode, self.mode = self.mode, None
        for one in self._hidden:
            one.show()
        back = self._was_active if self._was_active in self._hidden else self._window
        self._hidden, self._was_active = [], None
        back.raise_()
        back.activateWindow()
        if mode is not None:
            if mode.source.kind is SourceKind.PACK:
                self.pack_shown.emit(mode.source.folder)
            mode.deleteLater()
        self.ended.emit()

    def _default_sink(self) -> Sink:
        if self._devices is None:
            self._devices = SoundDevices()
        return self._devices.make_sink("")


def _is_ours(widget: QWidget, mode: CourtMode) -> bool:
    return widget not in {mode.screen, mode.console}
