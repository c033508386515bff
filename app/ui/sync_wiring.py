"""Joins the sync view to the main window: its key, the header's statement, and the strip that marks a preview."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.jobs import JobRunner
from app.session import CaseSession
from app.settings import Settings
from app.ui.actions import Binding
from app.ui.choosers import Choosers
from app.ui.event_desk import EventDesk, EventStrip
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.sound import CameraSound
from app.ui.sync_desk import SyncDesk
from app.ui.sync_window import SyncWindow
from app.ui.theme import Theme, set_role
from app.ui.tie_compare import TieCompare
from app.ui.undo_desk import UndoDesk

_KINDS = "Pages (*.pdf);;Web page (*.html);;Data (*.json)"


class PreviewStrip(QFrame):
    """Says over the pictures that the clocks on show are not in force."""

    def __init__(self, desk: SyncDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("role", "warning")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        self.words = QLabel(
            "Preview: these clocks are proposed and not in force. Nothing can be changed meanwhile.", self
        )
        set_role(self.words, "caution")
        self.end_button = QPushButton("End preview", self)
        self.end_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.end_button.clicked.connect(lambda _checked=False: desk.end_preview())
        row.addWidget(self.words, 1)
        row.addWidget(self.end_button)
        desk.preview_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setVisible(self._desk.preview is not None)


class SyncRoom(QObject):
    """The sync view as the main window sees it; the view is made when it is asked for first."""

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        settings: Settings,
        theme: Theme,
        playback: Playback,
        choosers: Choosers,
        sound: CameraSound,
        undo: UndoDesk,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._theme = theme
        self._choosers = choosers
        self._playback = playback
        self._sound = sound
        self._page: ReviewPage | None = None
        self.desk = SyncDesk(session, jobs, settings, undo)
        self.events = EventDesk(session, playback, self.desk, settings)
        self.preview_strip = PreviewStrip(self.desk)
        self.event_strip = EventStrip(self.events, lambda: "")
        self.strips = QWidget(window)
        column = QVBoxLayout(self.strips)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.preview_strip)
        column.addWidget(self.event_strip)
        self.view: SyncWindow | None = None
        session.closed.connect(self._on_closed)

    def bindings(self) -> dict[str, Binding]:
        """Return what the room's commands do."""
        return {
            "sync.view": self.show,
            "sync.same_event": self.events.mark_focused,
            "sync.keep_event": self.event_strip.keep,
        }

    def join(self, page: ReviewPage, notices: NoticeBoard) -> None:
        """Be asked for by the header's statement, write times as the page does, and say what happened."""
        self._page = page
        self.desk.refused.connect(notices.say_error)
        self.events.refused.connect(notices.say_error)
        self.events.kept.connect(lambda words: notices.say(NoticeKind.NOTE, words))
        page.header.sync.clicked.connect(lambda _checked=False: self.show())
        page.case_shown.connect(self._on_shown)

    def show(self) -> None:
        """Show the sync view, and solve."""
        if self._page is None or self._session.snapshot is None:
            return
        if self.view is None:
            self.view = SyncWindow(self.desk, self._jobs, self._theme, self._make_compare, self._window)
            self.view.certificate_wanted.connect(self._ask_for_certificate)
        self.view.set_times(self._page.times)
        self.desk.want()
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()

    def _make_compare(self, parent: QWidget) -> TieCompare:
        compare = TieCompare(
            self._theme,
            self._jobs,
            self._session.find_index,
            self._sound.make_sink,
            time_text=self._clock,
            parent=parent,
        )
        compare.playing.connect(self._playback.stop)
        return compare

    def _clock(self, instant: int) -> str:
        return "" if self._page is None else self._page.times.clock(instant)

    def _ask_for_certificate(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None and self.view is not None:
            start = snapshot.folder.parent / f"{snapshot.folder.stem} sync certificate.pdf"
            self._choosers.choose_new_file(self.view, "Write the sync certificate", start, _KINDS, self.desk.certify)

    def _on_shown(self) -> None:
        if self.view is not None and self._page is not None:
            self.view.set_times(self._page.times)

    def _on_closed(self) -> None:
        if self.view is not None:
            self.view.close()

    def close(self) -> None:
        """End what the view looks and listens with."""
        if self.view is not None:
            self.view.end_compare()
