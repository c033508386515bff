"""The review: title line, pictures, side panel, transport and timeline, laid out and kept in step with one another.

It mirrors the snapshot and the engine. What the user wants leaves through signals and commands; `app.ui.wiring` says
who answers.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from annotations.journal import Step
from annotations.mark_book import MOST_AT_ONCE
from annotations.mark_states import MARKS
from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes, duration_text
from app.ui.actions import ActionSet
from app.ui.add_report import AddReport
from app.ui.cameras_tab import CamerasTab
from app.ui.case_header import CaseHeader
from app.ui.coverage_tab import CoverageTab
from app.ui.drop_page import DropPage
from app.ui.find_popup import FindPopup
from app.ui.go_to_field import GoToField
from app.ui.mark_model import ShownMarks
from app.ui.marks_tab import MarksTab
from app.ui.playback import Playback
from app.ui.recording_tab import RecordingTab
from app.ui.side_tabs import SideTabs, Tab
from app.ui.sound_tab import Heard, SoundTab
from app.ui.theme import Theme
from app.ui.transport_bar import TransportBar, TransportState
from evidence.times import IncidentTime
from player.ui.layout import LayoutKind
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from player.ui.tile_painter import SurfaceColours
from player.ui.timeline.look import LaneSize, Look
from player.ui.timeline.marks import MarksOnTimeline
from player.ui.timeline.where_to_look import find_opening
from player.ui.timeline.widget import TimelineWidget
from resources.palette import DARK, lane_colour


class ReviewPage(QWidget):
    """Everything that is on screen while a case is open.

    Signals:
        focus_changed: another camera has the focus.
        chosen_changed: another recording is chosen.
        case_shown: a case is on screen, or the same one as it is now.
    """

    focus_changed = Signal()
    chosen_changed = Signal()
    case_shown = Signal()

    def __init__(self, actions: ActionSet, playback: Playback, theme: Theme, times: LocalTimes) -> None:
        super().__init__()
        self._playback = playback
        self._theme = theme
        self._times = times
        self._snapshot: CaseSnapshot | None = None
        self._focus: str | None = None
        self._chosen: str | None = None
        self._heard = Heard()
        self._has_own_sizes = False
        self._layout_before = LayoutKind.AUTO
        self.header = CaseHeader(actions, theme, self)
        self.find_popup = FindPopup(self)
        self.go_to_field = GoToField(self)
        self.report = AddReport(theme, self)
        self.surface = TileSurface(playback.engine, times.clock, SurfaceColours(), self)
        self.drop_page = DropPage(actions, theme, self)
        self.drop_page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.transport = TransportBar(actions, theme, self)
        self.timeline = TimelineWidget(self._look(), self)
        self.marks_tab = MarksTab(self)
        self.recording_tab = RecordingTab(theme, self)
        self.cameras_tab = CamerasTab(theme, self)
        self.coverage_tab = CoverageTab(theme, self)
        self.sound_tab = SoundTab(actions, theme, self)
        self.tabs = SideTabs(actions, theme, self)
        self._stage = QStackedWidget(self)
        self._across = QSplitter(Qt.Orientation.Horizontal, self)
        self._down = QSplitter(Qt.Orientation.Vertical, self)
        self._lay_out()
        self.surface.refreshed.connect(self._on_refreshed)
        self.surface.playing_changed.connect(lambda _is_playing: self.show_transport())
        self.go_to_field.ended.connect(self.take_keyboard)
        playback.asked.connect(self._on_asked)
        playback.range_changed.connect(self._on_range_changed)
        theme.changed.connect(self._on_theme_changed)

    # What is shown

    @property
    def snapshot(self) -> CaseSnapshot | None:
        """The case on show."""
        return self._snapshot

    @property
    def times(self) -> LocalTimes:
        """Who writes the times."""
        return self._times

    @property
    def focus_camera(self) -> str | None:
        """The camera that has the focus."""
        return self._focus

    @property
    def chosen_recording(self) -> str | None:
        """The recording that is chosen."""
        return self._chosen

    def set_times(self, times: LocalTimes) -> None:
        """Write times in another zone."""
        self._times = times
        self._set_surface_times()
        self.timeline.set_look(self._look())
        if self._snapshot is not None:
            self._show_panels(self._snapshot)
        self.show_transport()

    def set_lane_size(self, size: LaneSize) -> None:
        """Make the timeline's lanes as high as asked."""
        self.timeline.set_lane_size(size)
        if not self._has_own_sizes:
            self._fit_timeline()

    def show_case(self, snapshot: CaseSnapshot, read_only_reason: str, *, is_new: bool) -> None:
        """Show a case, or the same one as it is now."""
        self._snapshot = snapshot
        ids = [camera.id for camera in snapshot.cameras]
        if self._focus not in ids:
            self._focus = _first_focus(snapshot)
        if self._chosen not in snapshot.recording_by_id:
            self._chosen = snapshot.recording_near(self._focus, self._playback.engine.target)
        if is_new:
            self.report.hide()
            self.tabs.show_tab(Tab.RECORDING if snapshot.recordings else Tab.CAMERAS)
        self._set_surface_times()
        self.header.show_case(snapshot, read_only_reason)
        shown = [one.camera for one in snapshot.timeline.cameras if one.placed]
        self.surface.set_cameras([CameraLabel(one.id, one.name, lane_colour(one.colour)) for one in shown])
        self._stage.setCurrentWidget(self.surface if shown else self.drop_page)
        self.drop_page.show_state(can_add=not snapshot.info.is_read_only, recordings=len(snapshot.recordings))
        self.timeline.set_lanes(snapshot.lanes, keep_view=not is_new)
        if not self._has_own_sizes:
            self._fit_timeline()
        self._apply_focus()
        self.timeline.set_chosen(self._chosen)
        self._show_panels(snapshot)
        self.show_transport()
        self.case_shown.emit()

    def follow_marks(self, snapshot: CaseSnapshot, step: Step) -> None:
        """Show a snapshot that differs in the marks that a step changed."""
        self._snapshot = snapshot
        self._show_marks_in_time(snapshot)
        kinds = {one.keeper.name for one in step.changes}
        if kinds == {MARKS.name} and len(step.changes) <= MOST_AT_ONCE:
            self.marks_tab.follow(snapshot.book, {one.item_id for one in step.changes})
        else:
            self._show_marks(snapshot)

    def _set_surface_times(self) -> None:
        """Write times on the pictures; with the day where the case has several and a camera is not recording."""
        span = None if self._snapshot is None else self._snapshot.timeline.span
        is_one_day = span is None or self._times.is_one_day(span.start, span.end)
        self.surface.set_time_text(self._times.clock, None if is_one_day else self._times.day_and_clock)

    def forget_case(self) -> None:
        """Show nothing of the last case any more."""
        self._snapshot = None
        self._focus = self._chosen = None
        self._heard = Heard()
        self.surface.set_cameras([])
        self.cameras_tab.forget_case()
        self.coverage_tab.forget_case()
        self.find_popup.hide()
        self.go_to_field.hide()
        self.report.hide()

    def set_focus_camera(self, camera_id: str | None) -> None:
        """Give a camera the focus."""
        if camera_id == self._focus:
            return
        self._focus = camera_id
        self._apply_focus()
        if self._snapshot is not None:
            self.cameras_tab.show_camera(self._snapshot, camera_id)
        self.show_transport()
        self.focus_changed.emit()

    def choose_recording(self, recording_id: str | None) -> None:
        """Show what is known of a recording."""
        self._chosen = recording_id
        self.timeline.set_chosen(recording_id)
        self._show_recording()
        self.chosen_changed.emit()

    def set_heard(self, heard: Heard) -> None:
        """Show which cameras are heard, and why it is silent where it is."""
        self._heard = heard
        self.timeline.set_heard(heard.cameras)
        self.show_transport()

    def set_layout(self, kind: LayoutKind) -> None:
        """Lay the cameras out in another way; one camera again goes back to the layout before."""
        if kind is LayoutKind.ONE and self.surface.layout_kind is LayoutKind.ONE:
            kind = self._layout_before
        elif kind is LayoutKind.ONE:
            self._layout_before = self.surface.layout_kind
        self.surface.set_layout(kind)

    def show_all_cameras(self) -> None:
        """Go back from one camera to all of them."""
        kind = self.surface.layout_kind
        self.surface.set_layout(self._layout_before if kind is LayoutKind.ONE else LayoutKind.AUTO)

    def next_camera(self, step: int) -> None:
        """Give the next camera that lies on the timeline the focus, or the previous one."""
        ids = self._placed_cameras()
        if ids:
            place = ids.index(self._focus) if self._focus in ids else -step
            self.set_focus_camera(ids[(place + step) % len(ids)])

    def focus_number(self, number: int) -> None:
        """Give the camera with this number, from 1, the focus."""
        ids = self._placed_cameras()
        if number <= len(ids):
            self.set_focus_camera(ids[number - 1])

    def show_tab(self, tab: Tab) -> None:
        """Show a tab of the side panel and give it the keyboard."""
        self.tabs.setVisible(True)
        self.tabs.show_tab(tab)
        page = self.tabs.currentWidget()
        if page is not None:
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_area(self) -> None:
        """Move the keyboard from pictures to timeline to side panel to search, and around."""
        areas: list[QWidget] = [self.surface, self.timeline, self.header.find_field]
        if self.tabs.isVisible():
            areas.insert(2, self.tabs.tabBar())
        place = next((n for n, area in enumerate(areas) if area.hasFocus()), -1)
        areas[(place + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_whole_time(self) -> None:
        """Zoom the timeline out to everything."""
        self.timeline.show_all()

    def take_keyboard(self) -> None:
        """Let keys work on the pictures, or on what stands in their place."""
        page = self.surface if self._stage.currentWidget() is self.surface else self.drop_page
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_find(self) -> None:
        """Put the keyboard into the search field."""
        self.header.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.find_field.selectAll()

    def end_find(self) -> None:
        """Give the keyboard back to the pictures."""
        self.header.find_field.clear()
        self.find_popup.hide()
        self.take_keyboard()

    def show_transport(self) -> None:
        """Show where the playhead stands."""
        engine, playback = self._playback.engine, self._playback
        has_any = self._snapshot is not None and self._snapshot.span is not None
        state = TransportState(
            instant=engine.position if has_any else None,
            frame=playback.frame_number(engine.position) if has_any else None,
            is_playing=engine.is_playing,
            rate=engine.rate,
            true_speed=engine.true_speed,
            is_slowed=engine.is_slowed,
            heard=self._heard.words,
            heard_fully=self._heard.fully,
            silence=self._heard.silence,
            range_in=playback.range_in,
            range_out=playback.range_out,
            is_looping=playback.is_looping,
        )
        self.transport.show_state(state, self._times)

    def save_parts(self) -> dict[str, str]:
        """Return the sizes of the parts, to be kept."""
        parts = {"review.across": self._across, "review.down": self._down}
        return {name: bytes(part.saveState().toBase64().data()).decode() for name, part in parts.items()}

    def restore_parts(self, across: str, down: str) -> None:
        """Give the parts the sizes that were kept; what cannot be read is left out."""
        for part, state in ((self._across, across), (self._down, down)):
            if state and part.restoreState(QByteArray.fromBase64(QByteArray(state.encode()))):
                self._has_own_sizes = True

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the timeline as high as its lanes, as long as the user has not said otherwise."""
        if not self._has_own_sizes:
            self._fit_timeline()

    # Inside

    def _lay_out(self) -> None:
        self.tabs.add(Tab.MARKS, self.marks_tab, self.marks_tab.table)
        self.tabs.add(Tab.RECORDING, self.recording_tab, self.recording_tab.facts)
        self.tabs.add(Tab.CAMERAS, self.cameras_tab, self.cameras_tab.tree)
        self.tabs.add(Tab.COVERAGE, self.coverage_tab, self.coverage_tab.facts)
        self.tabs.add(Tab.SOUND, self.sound_tab)
        self._stage.addWidget(self.surface)
        self._stage.addWidget(self.drop_page)
        stage = QWidget(self)
        self.over_pictures = QVBoxLayout(stage)
        self.over_pictures.setContentsMargins(0, 0, 0, 0)
        self.over_pictures.setSpacing(0)
        self.over_pictures.addWidget(self._stage, 1)
        self._across.addWidget(stage)
        self._across.addWidget(self.tabs)
        self._across.setStretchFactor(0, 1)
        self._across.setCollapsible(0, False)
        self._across.setSizes([1000, 360])
        foot = QWidget(self)
        self.below_pictures = QVBoxLayout(foot)
        self.below_pictures.setContentsMargins(0, 0, 0, 0)
        self.below_pictures.setSpacing(0)
        self.below_pictures.addWidget(self.transport)
        self.below_pictures.addWidget(self.timeline, 1)
        self._down.addWidget(self._across)
        self._down.addWidget(foot)
        self._down.setStretchFactor(0, 1)
        self._down.setCollapsible(0, False)
        self._down.setCollapsible(1, False)
        self._down.setSizes([620, 250])
        self._down.splitterMoved.connect(self._on_parts_moved)
        self._across.splitterMoved.connect(self._on_parts_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.report)
        column.addWidget(self._down, 1)

    def _fit_timeline(self) -> None:
        """Give the timeline the height of its lanes; on a low screen a third, where the rest is scrolled to."""
        lanes, least = self.timeline.sizeHint().height(), self.timeline.usual_least_height
        bar = self.transport.sizeHint().height()
        wanted = bar + max(least, min(lanes, self._down.height() // 3 - bar))
        self._down.setSizes([max(1, self._down.height() - wanted), wanted])

    def _look(self) -> Look:
        return Look(times=self._times, duration_text=duration_text, palette=self._theme.palette)

    def _placed_cameras(self) -> list[str]:
        if self._snapshot is None:
            return []
        return [one.camera.id for one in self._snapshot.timeline.cameras if one.placed]

    def _apply_focus(self) -> None:
        self._playback.set_focus(self._focus)
        self.surface.set_focus_camera(self._focus)
        self.timeline.set_focus_camera(self._focus)

    def _show_panels(self, snapshot: CaseSnapshot) -> None:
        self._show_marks(snapshot)
        self.cameras_tab.show_case(snapshot, self._times, self._focus)
        self.coverage_tab.show_case(snapshot, self._times)
        self._show_recording()

    def _show_marks(self, snapshot: CaseSnapshot) -> None:
        names = {camera.id: camera.name for camera in snapshot.cameras}
        can_edit = not snapshot.info.is_read_only
        self.marks_tab.show_marks(ShownMarks(snapshot.book, names, self._times, can_edit))
        self._show_marks_in_time(snapshot)

    def _show_marks_in_time(self, snapshot: CaseSnapshot) -> None:
        book = snapshot.book
        self.timeline.set_marks(MarksOnTimeline(book.starts, book.ends, book.colours, lambda n: book.marks[n].text))

    def _show_recording(self) -> None:
        snapshot = self._snapshot
        recording = None if snapshot is None else snapshot.recording_by_id.get(self._chosen or "")
        self.recording_tab.show_recording(snapshot, recording, self._times)

    def _on_parts_moved(self) -> None:
        self._has_own_sizes = True

    def _on_refreshed(self, position: IncidentTime) -> None:
        self.timeline.set_playhead(position, follow=True)
        self.show_transport()

    def _on_asked(self) -> None:
        self.surface.wake()
        self.show_transport()

    def _on_range_changed(self) -> None:
        self.timeline.set_range(self._playback.range_in, self._playback.range_out)
        self.coverage_tab.show_range(self._playback.range_in, self._playback.range_out)
        self.show_transport()

    def _on_theme_changed(self) -> None:
        palette = self._theme.palette
        self.surface.set_colours(SurfaceColours(gap=DARK.line, accent=palette.accent))
        self.timeline.set_look(self._look())
        if self._snapshot is not None:
            self._show_panels(self._snapshot)


def _first_focus(snapshot: CaseSnapshot) -> str | None:
    """Return the camera that was recording first in what the timeline opens on, or None where nothing lies on it."""
    opening = find_opening(snapshot.lanes)
    if opening is None:
        return None
    starts = {
        lane.camera_id: start
        for lane in snapshot.lanes.lanes
        for start in reversed(lane.starts.tolist())
        if opening.span.contains(start)
    }
    return min(starts, key=lambda camera_id: starts[camera_id])
