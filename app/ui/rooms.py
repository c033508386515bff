"""The rooms of the window: each is made and joined to the others here, and brings what its commands do.

To add a room: 1. make it in `__init__`; 2. add its bindings; 3. where it needs the page, join it in `join`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.case_snapshot import CaseSnapshot
from app.pack_verdicts import PackVerdicts
from app.ui.actions import ActionSet, Binding
from app.ui.case_desk import CaseDesk
from app.ui.clips_room import ClipsRoom
from app.ui.composite_room import CompositeRoom
from app.ui.court_drawings_desk import CourtDrawingsDesk
from app.ui.court_room import CourtRoom
from app.ui.draw_desk import DrawDesk
from app.ui.draw_wiring import draw_bindings
from app.ui.exchange_desk import ExchangeDesk
from app.ui.find_wiring import FindDesk
from app.ui.marks_desk import MarksDesk
from app.ui.marks_wiring import MarksWiring
from app.ui.notices import NoticeBoard
from app.ui.pack_desk import PackStage
from app.ui.pack_locks import PackLocks
from app.ui.pack_room import PackRoom
from app.ui.preflight_room import PreflightRoom
from app.ui.reports_wiring import ReportsRoom
from app.ui.review_page import ReviewPage
from app.ui.run_sheet_wiring import PackStep, RunSheetRoom
from app.ui.shell import Shell
from app.ui.sync_wiring import SyncRoom
from app.ui.undo_desk import UndoDesk
from app.ui.words_wiring import WordsRoom


@dataclass(frozen=True)
class Reach:
    """What rooms reach of the window when one of their commands runs.

    Attributes:
        drawing: the desk of shapes.
        writable: the case, where it can be changed; says why not where it cannot.
        say: tells a note.
    """

    drawing: Callable[[], DrawDesk]
    writable: Callable[[str], CaseSnapshot | None]
    say: Callable[[str], None]


class Rooms:
    """All rooms of one window. Lives on the UI thread.

    Attributes:
        finding: the finder's desk; there after `join`.
    """

    finding: FindDesk

    def __init__(self, window: QWidget, shell: Shell, reach: Reach) -> None:
        self._shell = shell
        self._reach = reach
        session, playback, settings = shell.session, shell.playback, shell.settings
        self.undo = UndoDesk(session, window)
        self.marks = MarksDesk(session, playback, reach.writable, window)
        self._marks_wiring = MarksWiring(self.marks, session, playback)
        self._exchange = ExchangeDesk(window, session, shell.choosers)
        self._court_drawings = CourtDrawingsDesk(window, session, shell.choosers)
        self.sync = SyncRoom(
            window,
            session=session,
            jobs=shell.jobs,
            settings=settings,
            theme=shell.theme,
            playback=playback,
            choosers=shell.choosers,
            sound=shell.sound,
            undo=self.undo,
        )
        self.reports = ReportsRoom(
            window, session=session, settings=settings, playback=playback, choosers=shell.choosers
        )
        self.words = WordsRoom(
            window, session=session, jobs=shell.jobs, settings=settings, playback=playback, choosers=shell.choosers
        )
        self.clips = ClipsRoom(
            window,
            session=session,
            playback=playback,
            settings=settings,
            choosers=shell.choosers,
            writable=reach.writable,
        )
        self.run_sheet = RunSheetRoom(
            window,
            session=session,
            jobs=shell.jobs,
            settings=settings,
            theme=shell.theme,
            choosers=shell.choosers,
            playback=playback,
            sound=shell.sound,
        )
        verdicts = PackVerdicts()
        self.preflight = PreflightRoom(
            window,
            jobs=shell.jobs,
            settings=settings,
            theme=shell.theme,
            choosers=shell.choosers,
            verdicts=verdicts,
            say_error=session.failed.emit,
        )
        hint = "Check that the pack will play on this machine, every frame of it."
        self.run_sheet.add_step(PackStep(PackStage.PREFLIGHT, "Preflight…", hint, self.preflight.open))
        self.court = CourtRoom(
            window,
            session=session,
            jobs=shell.jobs,
            settings=settings,
            playback=playback,
            run_sheet=self.run_sheet,
            verdicts=verdicts,
        )
        self.composites = CompositeRoom(
            window,
            session=session,
            settings=settings,
            playback=playback,
            choosers=shell.choosers,
            sound=shell.sound,
        )
        self.locks = PackLocks(window, shell.jobs)
        hint = "Lock the pack with a passphrase for the way to court."
        self.run_sheet.add_step(PackStep(PackStage.LOCK, "Lock for the way…", hint, self.locks.ask_lock))
        self.preflight.reported.connect(self.run_sheet.packs.note_preflight)
        self.court.pack_shown.connect(self.run_sheet.packs.note_rehearsed)
        self.preflight.show_wanted.connect(self.court.show_pack)
        self.packs = PackRoom(window, session=session, playback=playback, choosers=shell.choosers, verdicts=verdicts)
        self.packs.is_in_court = lambda: self.court.mode is not None

    def bindings(self) -> dict[str, Binding]:
        """Return what the commands of all rooms do."""
        undo: dict[str, Binding] = {"edit.undo": self.undo.undo, "edit.redo": self.undo.redo}
        found = undo | draw_bindings(self._reach.drawing, self.undo.undo)
        for room in (
            self.sync,
            self.reports,
            self._marks_wiring,
            self._exchange,
            self._court_drawings,
            self.words,
            self.clips,
            self.run_sheet,
            self.court,
            self.preflight,
            self.packs,
            self.composites,
        ):
            found |= room.bindings()
        return found

    def join(self, page: ReviewPage, actions: ActionSet, desk: CaseDesk, notices: NoticeBoard) -> None:
        """Join the rooms to the page; called once."""
        shell = self._shell
        self.words.join(page, actions, shell.theme, notices)
        self.finding = FindDesk(page, shell.asker, shell.session, shell.playback, desk.typed_context)
        self.finding.item_wanted = self.run_sheet.show_item
        self.sync.join(page, notices)
        self.run_sheet.join(page, notices)
        self.reports.join(page, notices)
        self.composites.join(page, notices)
        desk.event_wanted.connect(self.sync.events.mark)
        self._marks_wiring.connect(page)
        self.clips.join(page)
        self.clips.court_wanted.connect(self.run_sheet.add_clip)
        self.clips.failed.connect(notices.say_error)
        shell.session.failed.connect(self.locks.offer_unlock)
        self.locks.failed.connect(notices.say_error)
        self.locks.unlocked.connect(shell.session.open)
        for room in (self._exchange, self._court_drawings, self.clips, self.marks, self.locks):
            room.told.connect(self._reach.say)
