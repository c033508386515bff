"""The main window: puts the pages together, says which commands are available, and closes in good order."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QByteArray, QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.asker import Asker
from app.case_snapshot import CaseSnapshot, plays_alike
from app.commands import CommandTable, When
from app.derived_jobs import PreviewKeeper
from app.display_zone import display_zone
from app.following import followed_instant, outside_words
from app.jobs import JobRunner
from app.recent import RecentCases
from app.session import CaseSession
from app.settings import DRAWN_BY, LANES, LAYOUT, SOUND_DEVICE, TEXT_SIZE, ZONE, Settings
from app.silence_finder import SilenceFinder
from app.time_text import LocalTimes
from app.typed_time import TypedTimeContext, parse_time
from app.ui.about_dialog import AboutDialog
from app.ui.actions import ActionSet
from app.ui.bindings import make_bindings
from app.ui.case_desk import CaseDesk
from app.ui.choosers import Choosers
from app.ui.clips_room import ClipsRoom
from app.ui.court_room import CourtRoom
from app.ui.draw_desk import DrawDesk
from app.ui.draw_wiring import draw_bindings
from app.ui.drop_page import dropped_paths
from app.ui.exchange_desk import ExchangeDesk
from app.ui.find_wiring import FindDesk
from app.ui.job_tray import JobTray
from app.ui.jumps import Jumps
from app.ui.key_scope import keeps_key
from app.ui.marks_desk import MarksDesk
from app.ui.marks_wiring import MarksWiring
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.picture_desk import PictureDesk
from app.ui.playback import Playback
from app.ui.reports_wiring import ReportsRoom
from app.ui.review_page import ReviewPage
from app.ui.run_sheet_wiring import RunSheetRoom
from app.ui.settings_dialog import SettingsDialog
from app.ui.shortcuts_dialog import ShortcutsDialog
from app.ui.sound import CameraSound
from app.ui.sound_wiring import connect_sound, device_choices
from app.ui.start_page import StartPage
from app.ui.sync_wiring import SyncRoom
from app.ui.theme import Theme
from app.ui.undo_desk import UndoDesk
from app.ui.verify_report import badge_of, kept_badge, verify_words
from app.ui.wiring import connect_coverage, connect_review
from app.ui.words_wiring import WordsRoom
from evidence.errors import NoTimeError, SightlineError
from evidence.verify import VerifyResult
from player.ui.drawn_by import DrawnBy
from player.ui.layout import LayoutKind
from player.ui.timeline.look import LaneSize
from player.ui.timeline.where_to_look import find_opening

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shell:
    """What the window stands on; made by `app.bootstrap`."""

    table: CommandTable
    settings: Settings
    recent: RecentCases
    jobs: JobRunner
    session: CaseSession
    playback: Playback
    sound: CameraSound
    previews: PreviewKeeper
    silences: SilenceFinder
    asker: Asker
    theme: Theme
    choosers: Choosers
    log_path: Path | None = None


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
        self._is_verdict_kept = False
        self.setWindowTitle("Sightline")
        self.setAcceptDrops(True)
        jumps = Jumps(shell.session, shell.playback, lambda: self.page, self._say_note)
        self.undo = UndoDesk(shell.session, self)
        self.marks = MarksDesk(shell.session, shell.playback, self._writable, self)
        marks = MarksWiring(self.marks, shell.session, shell.playback)
        exchange = ExchangeDesk(self, shell.session, shell.choosers)
        exchange.told.connect(self._say_note)
        bindings = make_bindings(
            self, lambda: self.desk, lambda: self.page, shell.playback, jumps, pictures=lambda: self.pictures
        )
        self.sync = SyncRoom(
            self,
            session=shell.session,
            jobs=shell.jobs,
            settings=shell.settings,
            theme=shell.theme,
            playback=shell.playback,
            choosers=shell.choosers,
            sound=shell.sound,
            undo=self.undo,
        )
        self.reports = ReportsRoom(
            self,
            session=shell.session,
            settings=shell.settings,
            playback=shell.playback,
            choosers=shell.choosers,
        )
        bindings |= self.sync.bindings() | self.reports.bindings()
        bindings |= marks.bindings() | exchange.bindings() | {"edit.undo": self.undo.undo, "edit.redo": self.undo.redo}
        bindings |= draw_bindings(lambda: self.drawing, self.undo.undo)
        self.words = WordsRoom(
            self,
            session=shell.session,
            jobs=shell.jobs,
            settings=shell.settings,
            playback=shell.playback,
            choosers=shell.choosers,
        )
        self.clips = ClipsRoom(
            self,
            session=shell.session,
            playback=shell.playback,
            settings=shell.settings,
            choosers=shell.choosers,
            writable=self._writable,
        )
        bindings |= self.words.bindings() | self.clips.bindings()
        self.run_sheet = RunSheetRoom(
            self,
            session=shell.session,
            jobs=shell.jobs,
            settings=shell.settings,
            theme=shell.theme,
            choosers=shell.choosers,
            playback=shell.playback,
            sound=shell.sound,
        )
        self.court = CourtRoom(
            self,
            session=shell.session,
            jobs=shell.jobs,
            settings=shell.settings,
            playback=shell.playback,
            run_sheet=self.run_sheet,
        )
        bindings |= self.run_sheet.bindings() | self.court.bindings()
        self.actions_by_id = ActionSet(shell.table, bindings, shell.settings, shell.theme)
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
        self.start_page = StartPage(shell.recent, shell.theme)
        self.notices = NoticeBoard(shell.theme)
        self.tray = JobTray(shell.jobs, shell.theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        marks.connect(self.page)
        self.clips.join(self.page)
        self.clips.told.connect(self._say_note)
        self.clips.failed.connect(self.notices.say_error)
        self.marks.told.connect(self._say_note)
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
        """Verify the originals."""
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

    def _connect(self) -> None:
        shell, start = self._shell, self.start_page
        connect_review(self.page, self.desk, shell.playback, shell.session, self.actions_by_id)
        connect_coverage(self.page, shell.playback, shell.silences, shell.previews)
        self.words.join(self.page, self.actions_by_id, shell.theme, self.notices)
        self.finding = FindDesk(self.page, shell.asker, shell.session, shell.playback, self.desk.typed_context)
        self.sync.join(self.page, self.notices)
        self.run_sheet.join(self.page, self.notices.say)
        self.reports.join(self.page, self.notices)
        self.desk.refused.connect(self.notices.say_error)
        self.desk.event_wanted.connect(self.sync.events.mark)
        start.new_wanted.connect(self.desk.new_case)
        start.open_wanted.connect(self.desk.open_case)
        start.demo_wanted.connect(self.demo_wanted)
        start.case_chosen.connect(lambda folder: shell.session.open(Path(folder)))
        shell.session.opened.connect(self._on_opened)
        shell.session.changed.connect(self._on_changed)
        shell.session.verified.connect(self._on_verified)
        shell.session.failed.connect(self._on_failed)
        shell.session.closed.connect(self._on_closed)
        connect_sound(self.page, shell.sound)
        shell.previews.told.connect(self._say_note)
        shell.previews.failed.connect(self.notices.say_error)
        self.page.surface.canvas_failed.connect(lambda words: self.notices.say(NoticeKind.WARNING, words))
        shell.settings.changed.connect(self._on_setting_changed)
        self.page.focus_changed.connect(self._show_available)
        self.undo.changed.connect(self._show_available)
        for words in shell.settings.notices:
            self.notices.say(NoticeKind.WARNING, words)

    def _on_opened(self) -> None:
        snapshot = self._shell.session.snapshot
        if snapshot is None:
            return
        self._shell.playback.set_range(None, None)
        self._shell.playback.engine.load(snapshot.timeline, self._shell.session.find_index)
        opening = find_opening(snapshot.lanes)
        if opening is not None:
            self._shell.playback.seek(opening.span.start)
            self._shell.session.read_ahead(opening.span.start)
        self.page.set_times(LocalTimes(self._zone()))
        self.page.set_layout(LayoutKind(self._shell.settings.get(LAYOUT)))
        self.page.show_case(snapshot, self._shell.session.read_only_reason, is_new=True)
        self._show_kept_verdict()
        self.setWindowTitle(f"{snapshot.info.title} – Sightline")
        self._stack.setCurrentWidget(self.page)
        self.page.take_keyboard()
        cameras = [camera.id for camera in snapshot.cameras]
        self._shell.sound.open_case(snapshot.info.id, cameras, first_heard(snapshot, self.page.focus_camera))
        self._show_available()
        for words in self._shell.session.opening_notes:
            self.notices.say(NoticeKind.WARNING, words)
        if opening is not None and opening.outside:
            key = self.actions_by_id.key_map.text("view.zoom_all")
            self._say_note(outside_words(opening, self.page.times, key))

    def _writable(self, doing: str) -> CaseSnapshot | None:
        return self.desk.writable(doing)

    def _say_note(self, words: str) -> None:
        self.notices.say(NoticeKind.NOTE, words)

    def _on_changed(self) -> None:
        snapshot = self._shell.session.snapshot
        if snapshot is None:
            return
        shown = self.page.snapshot
        if shown is None or not plays_alike(shown, snapshot):
            engine = self._shell.playback.engine
            instant = engine.target
            engine.load(snapshot.timeline, self._shell.session.find_index)
            if shown is not None:
                followed = followed_instant(shown.timeline, snapshot.timeline, self.page.focus_camera, instant)
                if followed != engine.target:
                    engine.seek(followed)
            self._shell.session.read_ahead(engine.target)
            self._shell.sound.reload([camera.id for camera in snapshot.cameras])
        if shown is not None and shown.recording_by_id.keys() != snapshot.recording_by_id.keys():
            self._show_kept_verdict()
        self.page.show_case(snapshot, self._shell.session.read_only_reason, is_new=False)
        self.page.surface.wake()
        self._show_available()

    def _show_kept_verdict(self) -> None:
        """Show what the last check found that the case keeps."""
        snapshot = self._shell.session.snapshot
        if snapshot is not None:
            self._is_verdict_kept = True
            self.page.header.show_badge(kept_badge(snapshot, self.page.times))

    def _on_closed(self) -> None:
        self._shell.sound.close_case()
        self.setWindowTitle("Sightline")
        self._show_available()

    def _on_verified(self, result: VerifyResult) -> None:
        self._is_verdict_kept = False
        self.page.header.show_badge(badge_of(result))
        kind, words = verify_words(result)
        self.notices.say(kind, words)

    def _on_failed(self, error: SightlineError) -> None:
        self.notices.say_error(error)
        if self._shell.session.snapshot is None and not self._shell.session.is_busy:
            self._show_start()

    def _on_setting_changed(self, option_id: str) -> None:
        if option_id == ZONE.id:
            self.page.set_times(LocalTimes(self._zone()))
            if self._is_verdict_kept:
                self._show_kept_verdict()
        elif option_id == DRAWN_BY.id:
            self.page.surface.set_drawn_by(DrawnBy(self._shell.settings.get(DRAWN_BY)))
        elif option_id == LANES.id:
            self.page.set_lane_size(LaneSize(self._shell.settings.get(LANES)))
        elif option_id == TEXT_SIZE.id:
            self.page.show_transport()

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


def first_heard(snapshot: CaseSnapshot, focus: str | None) -> str | None:
    """Return the camera that is heard when a case is opened: the focused one, or else the first with sound."""
    with_sound = [
        one.camera.id
        for one in snapshot.timeline.cameras
        if any(place.recording.audio_stream is not None for place in one.placed)
    ]
    return focus if focus in with_sound else next(iter(with_sound), None)
