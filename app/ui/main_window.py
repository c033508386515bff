"""The main window: puts the pages together, says which commands are available, and closes in good order."""

from __future__ import annotations

import logging
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QByteArray, QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.case_snapshot import CaseSnapshot
from app.commands import When
from app.court_show import is_interrupted
from app.display_zone import display_zone
from app.settings import DRAWN_BY, SOUND_DEVICE, ZONE
from app.time_text import LocalTimes
from app.typed_time import TypedTimeContext, parse_time
from app.ui.about_dialog import AboutDialog
from app.ui.actions import ActionSet
from app.ui.bindings import make_bindings
from app.ui.case_desk import CaseDesk
from app.ui.case_show import CaseShow
from app.ui.draw_desk import DrawDesk
from app.ui.drop_page import dropped_paths
from app.ui.job_tray import JobTray
from app.ui.jumps import Jumps
from app.ui.key_scope import keeps_key
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.picture_desk import PictureDesk
from app.ui.review_page import ReviewPage
from app.ui.rooms import Reach, Rooms
from app.ui.settings_dialog import SettingsDialog
from app.ui.shell import Shell
from app.ui.shortcuts_dialog import ShortcutsDialog
from app.ui.sound_wiring import connect_sound, device_choices
from app.ui.start_page import StartPage
from app.ui.wiring import connect_coverage, connect_review
from evidence.errors import NoTimeError, SightlineError
from player.ui.drawn_by import DrawnBy

_LOG = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The only window of the review.

    Signals:
        demo_wanted: the user asked for the demo incident.
    """

    demo_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._is_leaving = False
        self.setWindowTitle("Sightline")
        self.setAcceptDrops(True)
        jumps = Jumps(shell.session, shell.playback, lambda: self.page, self._say_note)
        reach = Reach(lambda: self.drawing, self._writable, self._say_note)
        rooms = self.rooms = Rooms(self, shell, reach)
        self.undo, self.marks, self.sync, self.reports = rooms.undo, rooms.marks, rooms.sync, rooms.reports
        self.words, self.clips, self.run_sheet, self.court = rooms.words, rooms.clips, rooms.run_sheet, rooms.court
        bindings = make_bindings(
            self, lambda: self.desk, lambda: self.page, shell.playback, jumps, pictures=lambda: self.pictures
        )
        self.actions_by_id = ActionSet(shell.table, bindings | rooms.bindings(), shell.settings, shell.theme)
        self.desk = CaseDesk(
            self,
            session=shell.session,
            playback=shell.playback,
            settings=shell.settings,
            theme=shell.theme,
            choosers=shell.choosers,
            zone=self._zone,
        )
        self.page = ReviewPage(self.actions_by_id, shell.playback, shell.theme, LocalTimes(self._zone()))
        self.pictures = PictureDesk(self.page)
        self.drawing = DrawDesk(self.page, self.actions_by_id, shell.session, shell.playback, shell.theme)
        self.page.surface.set_drawn_by(DrawnBy(shell.settings.get(DRAWN_BY)))
        self.start_page = StartPage(shell.recent, shell.theme, is_interrupted)
        self.notices = NoticeBoard(shell.theme)
        self.tray = JobTray(shell.jobs, shell.theme)
        self.shown = CaseShow(self.page, self.notices, shell, self.actions_by_id, self._zone)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._restore_size()
        self._show_available()

    # What the window can be asked for

    def close_case(self) -> None:
        """Close the case and show the start page."""
        self.drawing.keep_then(lambda: self._shell.session.close(self._show_start))

    def quit(self) -> None:
        """Leave the program."""
        self.close()

    def verify(self) -> None:
        """Verify the originals; of a court pack all of its files and its signature."""
        if not self.rooms.packs.verify():
            self._shell.session.verify()

    def show_settings(self) -> None:
        """Show the settings."""
        live = {SOUND_DEVICE.id: lambda: device_choices(self._shell.sound)}
        SettingsDialog(self._shell.settings, self, live).show()

    def show_shortcuts(self) -> None:
        """Show the shortcuts page."""
        ShortcutsDialog(self._shell.table, self._shell.settings, self).show()

    def show_about(self) -> None:
        """Show what this program is."""
        AboutDialog(self._shell.settings.path, self._shell.log_path, self).show()

    def make_previews(self) -> None:
        """Make the previews that are missing."""
        self._shell.previews.make_now()

    def delete_previews(self) -> None:
        """Delete all previews."""
        self._shell.previews.delete_all()

    def toggle_sound(self) -> None:
        """Hear the focused camera alone, or nothing where it is heard alone already."""
        self._shell.sound.toggle_alone(self.page.focus_camera)

    def toggle_mix(self) -> None:
        """Hear all cameras that are not muted, or nothing where they are heard already."""
        self._shell.sound.toggle_all()

    def open_at(self, typed: str, *, is_playing: bool) -> None:
        """Go to a typed time once the case is open, and play. An impossible time is told in a notice."""
        snapshot = self._shell.session.snapshot
        if snapshot is None or snapshot.span is None:
            return
        start = snapshot.span.start
        if typed:
            context = TypedTimeContext(self._zone(), start, start, snapshot.span, self._shell.playback.frame_start)
            try:
                found = parse_time(typed, context)
            except NoTimeError as error:
                self.notices.say_error(error)
            else:
                self._shell.playback.seek(found.instant)
        if is_playing:
            self._shell.playback.toggle()

    # Putting together

    def _lay_out(self) -> None:
        self.actions_by_id.fill(self.menuBar())
        self.actions_by_id.install(self, self.page)
        for page in (self.start_page, self.page):
            self._stack.addWidget(page)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.sync.strips)
        column.addWidget(self._stack, 1)
        column.addWidget(self.tray)
        self.setCentralWidget(body)

        def place_tray(page: int) -> None:
            """While a case is open the timeline makes room for jobs, so that no picture moves."""
            is_review = self._stack.widget(page) is self.page
            (self.page.below_pictures if is_review else column).addWidget(self.tray)

        self._stack.currentChanged.connect(place_tray)
        self.tray.shown_changed.connect(lambda is_shown: self.page.timeline.set_gives_way(gives_way=is_shown))

    def _connect(self) -> None:
        shell, start = self._shell, self.start_page
        connect_review(self.page, self.desk, shell.playback, shell.session, self.actions_by_id)
        connect_coverage(self.page, shell.playback, shell.silences, shell.previews)
        self.rooms.join(self.page, self.actions_by_id, self.desk, self.notices)
        self.rooms.packs.join(self.notices, self.shown.show_badge)
        self.finding = self.rooms.finding
        self.desk.refused.connect(self.notices.say_error)
        start.new_wanted.connect(self.desk.new_case)
        start.open_wanted.connect(self.desk.open_case)
        start.demo_wanted.connect(self.demo_wanted)
        start.resume_wanted.connect(self.court.resume)
        self.court.ended.connect(start.refresh)
        start.preflight_wanted.connect(self.rooms.preflight.choose)
        start.case_chosen.connect(lambda folder: shell.session.open(Path(folder)))
        shell.session.opened.connect(self._on_opened)
        shell.session.changed.connect(self._on_changed)
        shell.session.verified.connect(self.shown.show_verified)
        shell.session.failed.connect(self._on_failed)
        shell.session.closed.connect(self._on_closed)
        connect_sound(self.page, shell.sound)
        shell.previews.told.connect(self._say_note)
        shell.previews.failed.connect(self.notices.say_error)
        self.page.surface.canvas_failed.connect(lambda words: self.notices.say(NoticeKind.WARNING, words))
        shell.settings.changed.connect(self.shown.follow_setting)
        self.page.focus_changed.connect(self._show_available)
        self.undo.changed.connect(self._show_available)
        for words in shell.settings.notices:
            self.notices.say(NoticeKind.WARNING, words)

    def _on_opened(self) -> None:
        snapshot = self._shell.session.snapshot
        if snapshot is not None:
            self.shown.show_opened(snapshot, lambda: self._bring_up(snapshot))
            self._show_available()

    def _bring_up(self, snapshot: CaseSnapshot) -> None:
        self.setWindowTitle(f"{snapshot.info.title} – Sightline")
        self._stack.setCurrentWidget(self.page)

    def _writable(self, doing: str) -> CaseSnapshot | None:
        return self.desk.writable(doing)

    def _say_note(self, words: str) -> None:
        self.notices.say(NoticeKind.NOTE, words)

    def _on_changed(self) -> None:
        snapshot = self._shell.session.snapshot
        if snapshot is not None:
            self.shown.show_changed(snapshot)
            self._show_available()

    def _on_closed(self) -> None:
        self._shell.sound.close_case()
        self.setWindowTitle("Sightline")
        self._show_available()

    def _on_failed(self, error: SightlineError) -> None:
        self.notices.say_error(error)
        if self._shell.session.snapshot is None and not self._shell.session.is_busy:
            self._show_start()

    def _show_start(self) -> None:
        self.start_page.refresh()
        self._stack.setCurrentWidget(self.start_page)
        self._show_available()

    def _show_available(self) -> None:
        snapshot = self._shell.session.snapshot
        holding = {When.ALWAYS}
        if snapshot is not None:
            holding.add(When.CASE)
            can_change, is_placed = not snapshot.info.is_read_only, snapshot.span is not None
            holding |= {When.WRITABLE} if can_change else set()
            holding |= {When.PLACED} if is_placed else set()
            holding |= {When.CAMERA} if self.page.focus_camera is not None else set()
            holding |= {When.UNDO} if can_change and self.undo.can_undo else set()
            holding |= {When.REDO} if can_change and self.undo.can_redo else set()
        self.actions_by_id.set_title("edit.undo", self.undo.undo_title)
        self.actions_by_id.set_title("edit.redo", self.undo.redo_title)
        self.actions_by_id.set_available(frozenset(holding))

    def _zone(self) -> ZoneInfo:
        snapshot = self._shell.session.snapshot
        return display_zone(self._shell.settings.get(ZONE), None if snapshot is None else snapshot.info.time_zone)

    # Qt's own

    def event(self, event: QEvent) -> bool:
        """Leave a key to the control that needs it."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders while a case can be added to."""
        snapshot = self._shell.session.snapshot
        if snapshot is not None and not snapshot.info.is_read_only and dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self.page.drop_page.set_over(is_over=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Nothing is held over the window any more."""
        self.page.drop_page.set_over(is_over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self.page.drop_page.set_over(is_over=False)
        event.acceptProposedAction()
        self._shell.session.add_files(self.words.desk.take_dropped(dropped_paths(event.mimeData())))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask running jobs to stop, and go once the case is closed."""
        self._keep_size()
        self.drawing.editor.keep()
        if self._is_leaving or not self._shell.session.is_busy:
            self._shell.session.close_now()
            event.accept()
            return
        event.ignore()
        self._shell.session.close(self._leave)

    def _leave(self) -> None:
        self._is_leaving = True
        QTimer.singleShot(0, self.close)

    def _keep_size(self) -> None:
        states = {"main.size": bytes(self.saveGeometry().toBase64().data()).decode()}
        try:
            self._shell.settings.keep_window_state(states | self.page.save_parts())
        except OSError as error:
            _LOG.warning("the window's size was not kept: %s", error)

    def _restore_size(self) -> None:
        settings = self._shell.settings
        kept = settings.window_state("main.size")
        if not kept or not self.restoreGeometry(QByteArray.fromBase64(QByteArray(kept.encode()))):
            room = self.screen().availableGeometry()
            self.resize(min(1600, room.width()), min(960, room.height()))
        self.page.restore_parts(settings.window_state("review.across"), settings.window_state("review.down"))
