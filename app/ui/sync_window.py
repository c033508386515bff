"""The sync view: who is tied to whom, every match with its residual, what the solver says, and the clocks it would set.

It mirrors the standing that `SyncDesk` solved, and asks the desk for changes. A window of its own: it needs the room,
and the pictures beside it show what a preview changes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.jobs import JobRunner
from app.pair_timeline import pair_of
from app.time_text import LocalTimes
from app.ui.flow_layout import FlowLayout
from app.ui.job_tray import JobTray
from app.ui.match_table import MatchTable
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.sync_bar import SyncBar, plain_button
from app.ui.sync_desk import SyncDesk
from app.ui.sync_sayings import SyncSayings
from app.ui.theme import Theme
from app.ui.tie_compare import TieCompare
from app.ui.tie_view import TieView
from evidence.observations import Moment, ObservationState
from sync.case_clocks import Findings
from sync.overlay_clock.search import OverlaySearch, search_words
from sync.standing import Standing
from sync.words import after_words, half_words, speed_words


class SyncWindow(QWidget):
    """The window.

    Signals:
        certificate_wanted: a sync certificate is to be written.
        chosen_changed: another camera or match is chosen.
    """

    certificate_wanted = Signal()
    chosen_changed = Signal()

    def __init__(
        self,
        desk: SyncDesk,
        jobs: JobRunner,
        theme: Theme,
        make_compare: Callable[[QWidget], TieCompare],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self._make_compare = make_compare
        self._theme = theme
        self._times: LocalTimes | None = None
        self._has_own_parts = False
        self.camera_id = ""
        self.match = ""
        self.setWindowTitle("Sync – Sightline")
        self.bar = SyncBar(desk, self)
        self.notices = NoticeBoard(theme)
        self.ties = TieView(theme, self)
        self.clock_line = QLabel("", self)
        self.clock_line.setWordWrap(True)
        self.clock_line.setTextFormat(Qt.TextFormat.PlainText)
        self.words = SyncSayings(desk, self)
        self.table = MatchTable(theme, self)
        self.look_button = plain_button(
            self, "Look and listen", "See and hear the two recordings of the chosen match together"
        )
        self.look_button.setCheckable(True)
        self.accept_button = plain_button(self, "Accept", "Accept the selected matches (A)")
        self.reject_button = plain_button(self, "Reject", "Reject the selected matches (R)")
        self.accept_all_button = plain_button(self, "Accept all", "Accept everything that nobody decided on yet")
        self.reject_all_button = plain_button(self, "Reject all", "Reject everything that nobody decided on yet")
        self.compare: TieCompare | None = None
        self.tray = JobTray(jobs, theme)
        self._lay_out()
        self._connect()
        room = self.screen().availableGeometry()
        self.resize(min(1500, room.width()), min(900, room.height()))

    def set_times(self, times: LocalTimes) -> None:
        """Write times in this zone."""
        self._times = times
        self.refresh()

    def choose(self, camera_id: str, match: str) -> None:
        """Show a camera's matches, and one of them."""
        self.camera_id, self.match = camera_id, match
        self.refresh()
        self._show_pair()
        self.chosen_changed.emit()

    def refresh(self) -> None:
        """Show the standing as it is now."""
        standing, times = self._desk.standing, self._times
        self.ties.show_standing(standing)
        self._fit_ties()
        self.bar.refresh()
        for button in (self.accept_all_button, self.reject_all_button):
            button.setEnabled(standing is not None and bool(standing.proposed))
        if standing is None or times is None:
            self.table.clear()
            self._show_what_can_be_done()
            return
        if self.camera_id not in standing.camera_by_id:
            self.camera_id = ""
        if self.match not in standing.match_by_group:
            self.match = ""
        shown = standing.matches_of(self.camera_id) if self.camera_id else standing.matches
        self.ties.choose(self.camera_id, self.match)
        self.table.show_matches(standing, shown, times, self.match)
        self.words.show_standing(standing, times)
        self._show_camera(standing)
        self._show_what_can_be_done()

    def _show_what_can_be_done(self) -> None:
        """Offer decisions where something is selected, and to look where two recordings can be seen."""
        for button in (self.accept_button, self.reject_button):
            button.setEnabled(bool(self.table.selected_groups))
        standing = self._desk.standing
        has_pair = standing is not None and any(one.first.other is not None for one in standing.matches)
        self.look_button.setEnabled(has_pair or self.compare is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the cameras the room that their words need, as long as nobody has said otherwise."""
        super().resizeEvent(event)
        self._fit_ties()

    def _fit_ties(self) -> None:
        if not self._has_own_parts:
            wanted = min(self.ties.wished_width(), self.width() * 9 // 20)
            self.across.setSizes([wanted, max(1, self.across.width() - wanted)])

    def _on_parts_moved(self) -> None:
        self._has_own_parts = True

    def _show_camera(self, standing: Standing) -> None:
        if not self.camera_id:
            self.clock_line.setText("All matches. Choose a camera or an arc on the left to see its own.")
            return
        one = standing.camera_by_id[self.camera_id]
        before = "no time yet"
        if one.cluster >= 0:
            error = "taken at its word" if one.before is None else speed_words(one.error_before_ns)
            before = f"{error}, {half_words(one.half_before_ns)}"
        self.clock_line.setText(f"{one.camera.name}: clock {before} now; would be {after_words(one, standing)} (95 %).")

    # Putting together

    def _lay_out(self) -> None:
        deciding = QWidget(self)
        decisions = FlowLayout(deciding)
        decisions.setContentsMargins(8, 0, 8, 4)
        self.clock_line.setContentsMargins(8, 4, 8, 0)
        for button in (
            self.look_button,
            self.accept_button,
            self.reject_button,
            self.accept_all_button,
            self.reject_all_button,
        ):
            decisions.addWidget(button)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.clock_line)
        column.addWidget(deciding)
        column.addWidget(self.table, 1)
        self.right = QSplitter(Qt.Orientation.Vertical, self)
        self.right.addWidget(self.words)
        self.right.addWidget(middle)
        self.right.setStretchFactor(1, 1)
        self.right.setSizes([7 * self.fontMetrics().height(), 500])
        self.across = QSplitter(Qt.Orientation.Horizontal, self)
        self.across.addWidget(self.ties)
        self.across.addWidget(self.right)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([430, 930])
        self.across.splitterMoved.connect(self._on_parts_moved)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.bar, self.notices):
            whole.addWidget(part)
        whole.addWidget(self.across, 1)
        whole.addWidget(self.tray)

    def _connect(self) -> None:
        desk = self._desk
        self.bar.certificate_wanted.connect(self.certificate_wanted)
        self.accept_button.clicked.connect(lambda _checked=False: self._decide(ObservationState.ACCEPTED))
        self.reject_button.clicked.connect(lambda _checked=False: self._decide(ObservationState.REJECTED))
        self.accept_all_button.clicked.connect(lambda _checked=False: desk.decide_all(ObservationState.ACCEPTED))
        self.reject_all_button.clicked.connect(lambda _checked=False: desk.decide_all(ObservationState.REJECTED))
        self.ties.camera_chosen.connect(lambda camera_id: self.choose(camera_id, ""))
        self.ties.match_chosen.connect(lambda match: self.choose(self.camera_id, match))
        self.table.match_chosen.connect(self._on_match)
        self.table.decided.connect(desk.decide)
        self.table.itemSelectionChanged.connect(self._show_what_can_be_done)
        self.look_button.toggled.connect(self._on_look)
        desk.solved.connect(self.refresh)
        desk.preview_changed.connect(self.refresh)
        desk.undo_changed.connect(self.bar.show_undo)
        desk.searching_changed.connect(self.refresh)
        desk.refused.connect(self.notices.say_error)
        desk.found.connect(self._on_found)
        desk.clocks_read.connect(self._on_clocks_read)
        desk.certified.connect(self._on_certified)
        desk.applied.connect(self._on_applied)
        for key, doing in (
            ("Ctrl+Z", desk.undo),
            ("F3", desk.toggle_preview),
        ):
            QShortcut(QKeySequence.fromString(key), self).activated.connect(doing)

    def _decide(self, state: ObservationState) -> None:
        self._desk.decide(self.table.selected_groups, state)

    def _on_match(self, match: str) -> None:
        if match == self.match:
            return
        self.match = match
        self.ties.choose(self.camera_id, match)
        self._show_pair()
        self.chosen_changed.emit()

    # Look and listen

    def _on_look(self, is_wanted: bool) -> None:  # noqa: FBT001 - a signal of Qt
        if is_wanted and self.compare is None:
            self.compare = self._make_compare(self)
            self.compare.place_chosen.connect(lambda _place: self._show_pair())
            self.compare.proposed.connect(self._on_proposed)
            self.right.addWidget(self.compare)
            room = self.right.height() - 90
            self.right.setSizes([90, room * 2 // 5, room * 3 // 5])
            self.compare.show()
            self._show_pair()
        elif not is_wanted:
            self.end_compare()

    def end_compare(self) -> None:
        """End what looks and listens."""
        compare, self.compare = self.compare, None
        if compare is not None:
            compare.close_engine()
            compare.setParent(None)
            compare.deleteLater()
        self.look_button.setChecked(False)

    def _show_pair(self) -> None:
        standing = self._desk.standing
        if self.compare is None or standing is None:
            return
        match = standing.match_by_group.get(self.match)
        if match is None:
            match = next((one for one in standing.matches if one.first.other is not None), None)
        if match is None:
            return
        facts = standing.request.facts
        cameras, recordings = {one.id: one for one in facts.cameras}, {one.id: one for one in facts.recordings}
        pair = pair_of(match, self.compare.place.currentIndex(), cameras, recordings)
        if pair is not None:
            media = [one.observation.one.media_ns for one in match.readings]
            self.compare.show_pair(pair, (min(media) - pair.media_ns[0], max(media) - pair.media_ns[0]))

    def _on_proposed(self, one: Moment, other: Moment, sigma_ns: int) -> None:
        self._desk.propose_by_hand(one, other, sigma_ns)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End what looks and listens with the window."""
        self.end_compare()
        super().closeEvent(event)

    def _on_certified(self, path: Path) -> None:
        self.notices.say(NoticeKind.NOTE, f"The sync certificate is in {path}.")

    def _on_applied(self) -> None:
        waiting = 0 if self._desk.standing is None else len(self._desk.standing.proposed)
        words = "The clocks are set by what is accepted; Undo brings back those from before."
        if waiting:
            words += f" {waiting} {'match is' if waiting == 1 else 'matches are'} only proposed, and did not count."
        self.notices.say(NoticeKind.NOTE, words)

    def _on_clocks_read(self, found: OverlaySearch) -> None:
        self.notices.say(NoticeKind.NOTE, search_words(found))

    def _on_found(self, found: Findings) -> None:
        matches = len({one.group for one in found.added if one.state is ObservationState.PROPOSED})
        possible = len({one.group for one in found.added if one.state is ObservationState.POSSIBLE})
        unclear = sum(pair.match.verdict == "ambiguous" for pair in found.pairs)
        proposed = {0: "no match is proposed.", 1: "1 match is proposed below."}.get(
            matches, f"{matches} matches are proposed below."
        )
        words = f"{len(found.pairs)} pairs of recordings were compared: {proposed}"
        if possible:
            more = "more " if matches else ""
            words += (
                f" {possible} {more}may match, or only sound or look alike: look and listen, then accept or reject."
            )
        if unclear:
            words += f" {unclear} are ambiguous (what they share repeats itself or is too little): not proposed."
        if found.failures:
            words += f" {len(found.failures)} could not be read: {found.failures[0][1]}"
        self.notices.say(NoticeKind.NOTE, words)
