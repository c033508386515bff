"""Shows the case that is open: when it is opened, when it changes, and what the check of its originals found."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from app.case_snapshot import CaseSnapshot, plays_alike
from app.following import followed_instant, outside_words
from app.settings import DRAWN_BY, LANES, LAYOUT, TEXT_SIZE, ZONE
from app.time_text import LocalTimes
from app.ui.actions import ActionSet
from app.ui.case_header import Badge
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.review_page import ReviewPage
from app.ui.shell import Shell
from app.ui.sound_wiring import first_heard
from app.ui.verify_report import badge_of, kept_badge, verify_words
from evidence.verify import VerifyResult
from player.ui.drawn_by import DrawnBy
from player.ui.layout import LayoutKind
from player.ui.timeline.look import LaneSize
from player.ui.timeline.where_to_look import find_opening


class CaseShow(QObject):
    """Keeps page, player and sound in step with the case. Lives on the UI thread.

    The slots are called by the window, in the order in which it needs them.
    """

    def __init__(
        self,
        page: ReviewPage,
        notices: NoticeBoard,
        shell: Shell,
        actions: ActionSet,
        zone: Callable[[], ZoneInfo],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._notices = notices
        self._shell = shell
        self._actions = actions
        self._zone = zone
        self._is_verdict_kept = False

    def show_opened(self, snapshot: CaseSnapshot, bring_up: Callable[[], None]) -> None:
        """Show a case that was just opened, from where most was filmed.

        Args:
            snapshot: the case.
            bring_up: puts the page in front, once it shows the case and before the first picture is asked for.
        """
        session, playback, page = self._shell.session, self._shell.playback, self._page
        playback.set_range(None, None)
        playback.engine.load(snapshot.timeline, session.find_index)
        opening = find_opening(snapshot.lanes)
        if opening is not None:
            playback.seek(opening.span.start)
            session.read_ahead(opening.span.start)
        page.set_times(LocalTimes(self._zone()))
        page.set_layout(LayoutKind(self._shell.settings.get(LAYOUT)))
        page.show_case(snapshot, session.read_only_reason, is_new=True)
        self.show_kept_verdict()
        bring_up()
        page.take_keyboard()
        cameras = [camera.id for camera in snapshot.cameras]
        self._shell.sound.open_case(snapshot.info.id, cameras, first_heard(snapshot, page.focus_camera))
        for words in session.opening_notes:
            self._notices.say(NoticeKind.WARNING, words)
        if opening is not None and opening.outside:
            key = self._actions.key_map.text("view.zoom_all")
            self._notices.say(NoticeKind.NOTE, outside_words(opening, page.times, key))

    def show_changed(self, snapshot: CaseSnapshot) -> None:
        """Show the case as it is now; the playhead stays with what was seen."""
        session, page = self._shell.session, self._page
        shown = page.snapshot
        if shown is None or not plays_alike(shown, snapshot):
            engine = self._shell.playback.engine
            instant = engine.target
            engine.load(snapshot.timeline, session.find_index)
            if shown is not None:
                followed = followed_instant(shown.timeline, snapshot.timeline, page.focus_camera, instant)
                if followed != engine.target:
                    engine.seek(followed)
            session.read_ahead(engine.target)
            self._shell.sound.reload([camera.id for camera in snapshot.cameras])
        if shown is not None and shown.recording_by_id.keys() != snapshot.recording_by_id.keys():
            self.show_kept_verdict()
        page.show_case(snapshot, session.read_only_reason, is_new=False)
        page.surface.wake()

    def show_kept_verdict(self) -> None:
        """Show what the last check found that the case keeps."""
        snapshot = self._shell.session.snapshot
        if snapshot is not None:
            self._is_verdict_kept = True
            self._page.header.show_badge(kept_badge(snapshot, self._page.times))

    def show_badge(self, badge: Badge) -> None:
        """Show a verdict that was found now, not one that the case keeps."""
        self._is_verdict_kept = False
        self._page.header.show_badge(badge)

    def show_verified(self, result: VerifyResult) -> None:
        """Show what a check of the originals found."""
        self.show_badge(badge_of(result))
        kind, words = verify_words(result)
        self._notices.say(kind, words)

    def follow_setting(self, option_id: str) -> None:
        """Show what a setting that was changed is about anew."""
        page, settings = self._page, self._shell.settings
        if option_id == ZONE.id:
            page.set_times(LocalTimes(self._zone()))
            if self._is_verdict_kept:
                self.show_kept_verdict()
        elif option_id == DRAWN_BY.id:
            page.surface.set_drawn_by(DrawnBy(settings.get(DRAWN_BY)))
        elif option_id == LANES.id:
            page.set_lane_size(LaneSize(settings.get(LANES)))
        elif option_id == TEXT_SIZE.id:
            page.show_transport()
