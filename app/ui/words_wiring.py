"""Joins transcripts and captions to the main window: the tab, what lies over the pictures, menus and keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from annotations.transcripts.cue_times import CueTimes
from annotations.transcripts.records import TranscriptKind
from annotations.ui.captions import CaptionOverlay
from app.jobs import JobRunner
from app.session import CaseSession
from app.settings import CAPTIONS, Settings
from app.time_text import LocalTimes
from app.transcript_keeper import TranscriptKeeper
from app.ui.actions import ActionSet, Binding
from app.ui.choosers import Choosers
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from app.ui.speech_desk import SpeechDesk
from app.ui.theme import Theme
from app.ui.transcript_tab import TranscriptTab
from app.ui.words_desk import WordsDesk
from evidence.times import IncidentTime
from player.pictures import TileState


class WordsRoom(QObject):
    """Transcripts as the main window sees them. `join` is called once, when the page is there.

    Attributes:
        desk: takes requests.
        keeper: has the words.
        captions: the overlay, once joined.
        tab: the transcript tab, once joined.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        session: CaseSession,
        jobs: JobRunner,
        settings: Settings,
        playback: Playback,
        choosers: Choosers,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._settings = settings
        self._playback = playback
        self._page: ReviewPage | None = None
        self._shown: tuple[CueTimes | None, LocalTimes | None, dict[str, str], bool] = (None, None, {}, False)
        self._said: dict[str, tuple[int, ...]] = {}
        self.captions: CaptionOverlay | None = None
        self.tab: TranscriptTab | None = None
        self.keeper = TranscriptKeeper(jobs, session)
        self.desk = WordsDesk(
            window,
            session=session,
            jobs=jobs,
            playback=playback,
            choosers=choosers,
            keeper=self.keeper,
            focus=lambda: None if self._page is None else self._page.focus_camera,
            times=lambda: self._joined.times,
        )
        self.speech = SpeechDesk(
            window, session=session, jobs=jobs, settings=settings, find_recording=self.desk.recording_here
        )

    def bindings(self) -> dict[str, Binding]:
        """Return what the commands of this room do."""
        return {
            "transcript.import": self.desk.ask_import,
            "transcript.export": self.desk.ask_export,
            "transcript.add_cue": self.desk.add_cue,
            "transcript.speech": self.speech.ask,
            "view.captions": self.toggle_captions,
            "view.panel_transcript": lambda: self._joined.show_tab(Tab.TRANSCRIPT),
        }

    def join(self, page: ReviewPage, actions: ActionSet, theme: Theme, notices: NoticeBoard) -> None:
        """Put the tab and the captions in place, and connect them."""
        self._page = page
        tab = self.tab = TranscriptTab(actions, theme, page)
        page.tabs.add(Tab.TRANSCRIPT, tab, tab.list)
        engine = self._playback.engine
        captions = CaptionOverlay(page.font(), lambda: engine.position, tab.model.colour_of)
        self.captions = captions
        captions.is_on = self._settings.get(CAPTIONS)
        page.surface.add_overlay(captions)
        self._show_is_on()
        self.keeper.changed.connect(self._show)
        self.keeper.failed.connect(notices.say_error)
        self.desk.refused.connect(notices.say_error)
        self.desk.told.connect(lambda words: notices.say(NoticeKind.NOTE, words))
        self.desk.written.connect(self._on_written)
        self.speech.refused.connect(notices.say_error)
        self.speech.told.connect(lambda words: notices.say(NoticeKind.NOTE, words))
        page.case_shown.connect(self._show)
        page.focus_changed.connect(lambda: tab.set_focus_camera(page.focus_camera))
        page.surface.refreshed.connect(self._on_refreshed)
        page.tabs.currentChanged.connect(lambda _place: tab.show_instant(engine.position))
        tab.jump_wanted.connect(self._jump)
        tab.text_typed.connect(self.desk.set_text)
        tab.split_wanted.connect(self._split)
        tab.menu_wanted.connect(self._show_menu)
        theme.changed.connect(tab.list.viewport().update)
        menu = QMenu(tab.more)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill_more(menu, actions))
        tab.more.setMenu(menu)

    def toggle_captions(self) -> None:
        """Show what is said over the pictures, or do not."""
        if self.captions is not None:
            self.captions.is_on = not self.captions.is_on
            self._settings.set(CAPTIONS, self.captions.is_on)
            self._show_is_on()
            self._redraw()

    def _show_is_on(self) -> None:
        if self.tab is not None and self.captions is not None:
            self.tab.captions.setChecked(self.captions.is_on)

    @property
    def _joined(self) -> ReviewPage:
        assert self._page is not None
        return self._page

    def _show(self) -> None:
        page, tab, captions = self._page, self.tab, self.captions
        if page is None or tab is None or captions is None:
            return
        snapshot, times = page.snapshot, self.keeper.times
        names = {} if snapshot is None else {camera.id: camera.name for camera in snapshot.cameras}
        can_edit = snapshot is not None and not snapshot.info.is_read_only
        tab.set_focus_camera(page.focus_camera)
        shown = (times, page.times, names, can_edit)
        if shown == self._shown and shown[0] is self._shown[0]:
            return  # the case was read anew, but nothing of its words is other
        self._shown = shown
        tab.show_times(times, page.times, names, can_edit=can_edit)
        tab.show_instant(self._playback.engine.position)
        captions.set_times(times)
        self._redraw()

    def _redraw(self) -> None:
        self._joined.surface.renew()

    def _on_refreshed(self, position: IncidentTime) -> None:
        if self.tab is not None:
            self.tab.show_instant(position)
        self._follow_sound()

    def _follow_sound(self) -> None:
        """A recording without picture has no frame that comes with its words: draw its tile when they change."""
        surface, captions = self._joined.surface, self.captions
        if captions is None or not captions.is_on:
            return
        said = {}
        for camera_id in surface.visible_cameras:
            scene = surface.tile_scene(camera_id)
            if scene is not None and scene.tile.state is TileState.SOUND_ONLY:
                said[camera_id] = captions.words(scene)
        if said != self._said:
            self._said = said
            self._redraw()

    def _on_written(self, cue_id: str) -> None:
        if self.tab is not None:
            self._joined.show_tab(Tab.TRANSCRIPT)
            self.tab.filter.clear()
            self.tab.edit_cue(cue_id)

    def _jump(self, instant: IncidentTime, camera_id: str) -> None:
        page = self._joined
        if page.snapshot is not None and camera_id in page.snapshot.camera_by_id:
            page.set_focus_camera(camera_id)
        self._playback.seek(instant)

    def _split(self, cue_id: str, text: str, letters: object) -> None:
        times = self.keeper.times
        row = None if times is None else times.row_by_id.get(cue_id)
        if times is not None and row is not None and isinstance(letters, int):
            self.desk.split(times.cues[row], text, letters)

    def _show_menu(self, cue_id: str, point: QPoint) -> None:
        times, tab, desk = self.keeper.times, self.tab, self.desk
        row = None if times is None else times.row_by_id.get(cue_id)
        if times is None or tab is None or row is None:
            return
        cue = times.cues[row]
        menu = QMenu(tab)
        for title, do in (
            ("Edit the words (F2; Ctrl+Enter while typing splits)", partial(tab.edit_cue, cue.id)),
            ("Who speaks…", partial(desk.ask_speaker, cue, tab.model.speakers)),
            ("Start and end…", partial(desk.ask_times, cue)),
            ("Start at the playhead", partial(desk.set_edge, cue, is_start=True)),
            ("End at the playhead", partial(desk.set_edge, cue, is_start=False)),
            ("Merge with the next", partial(desk.merge, cue)),
            ("Delete", partial(desk.delete, cue)),
        ):
            action = menu.addAction(title)
            action.setEnabled(tab.model.can_edit)
            action.triggered.connect(lambda _checked=False, do=do: do())
        menu.addSeparator()
        facts = menu.addAction("About its transcript…")
        facts.triggered.connect(lambda _checked=False: desk.show_facts(cue.transcript_id))
        menu.popup(point)

    def _fill_more(self, menu: QMenu, actions: ActionSet) -> None:
        menu.clear()
        for command in ("transcript.import", "transcript.export", "transcript.speech", "transcript.add_cue"):
            menu.addAction(actions[command])
        times, desk = self.keeper.times, self.desk
        can_edit = self.tab is not None and self.tab.model.can_edit
        menu.addSeparator()
        for one in () if times is None else times.book.transcripts:
            lost = sum(problem.is_lost for problem in one.problems) + one.uncounted
            part = menu.addMenu((f"{one.name} ({lost:,} lines not read)" if lost else one.name).replace("&", "&&"))
            about = part.addAction("Where it comes from, and what was not read…")
            about.triggered.connect(lambda _checked=False, key=one.id: desk.show_facts(key))
            if one.kind is TranscriptKind.MACHINE:
                check = part.addAction("Not checked after all" if one.is_checked else "I have checked it")
                check.setEnabled(can_edit)
                wanted = not one.is_checked
                check.triggered.connect(
                    lambda _checked=False, key=one.id, wanted=wanted: desk.set_checked(key, is_checked=wanted)
                )
            delete = part.addAction("Delete this transcript")
            delete.setEnabled(can_edit)
            delete.triggered.connect(lambda _checked=False, key=one.id: desk.delete_transcript(key))
