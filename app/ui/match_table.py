"""The table of matches: what each ties, when, what it says, how far it lies from the rest, and who decided on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from app.time_text import LocalTimes
from app.ui.theme import Theme, tip
from evidence.observations import ObservationState
from sync.standing import MatchRow, ReadingRow, Standing, Use
from sync.words import METHOD_WORDS, clock_words, small_words, tie_words, within_words

COLUMNS = (
    "State",
    "Counts",
    "Method",
    "Ties",
    "When",
    "Clocks apart",
    "± (95 %)",
    "Residual",
    "σ",
    "Weight",
    "Evidence",
    "Found by",
    "Decided by",
)
_EVIDENCE = COLUMNS.index("Evidence")
_TIES = COLUMNS.index("Ties")
_HINTS = {
    1: "Whether the clocks are reckoned from it",
    5: "By how much the first clock's face is ahead of the other's, or of UTC",
    6: "How sure it is: in 95 of 100 cases it is out by no more",
    7: "What was observed less what was solved, on the common clock",
    8: "How far out it is beside what its own uncertainty lets expect: up to 2 is usual, from 3 on look at it",
    9: "Its pull beside the sharpest match that counts",
}
"""What a column means, where its word alone does not say it."""
_GROUP = Qt.ItemDataRole.UserRole
_ICONS = {
    ObservationState.ACCEPTED: ("good", "good"),
    ObservationState.REJECTED: ("bad", "dim"),
    ObservationState.PROPOSED: ("unknown", "caution"),
    ObservationState.POSSIBLE: ("unknown", "dim"),
}
_STATE_HINTS = {
    ObservationState.PROPOSED: "Found, and counted as a proposal until somebody accepts or rejects it",
    ObservationState.POSSIBLE: "It fits at one place only, but may be the same music of another day, or other people "
    "who move alike. Look at both and listen to both; it counts only once you accept it",
}


class MatchTable(QTreeWidget):
    """Matches as rows; where one has several readings they stand below it.

    Signals:
        match_chosen: id of the current match.
        decided: ids of the selected matches and the `ObservationState` that they are to have.
    """

    match_chosen = Signal(str)
    decided = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_filling = False
        self.setAccessibleName("Matches; A accepts, R rejects the selected ones")
        self.setHeaderLabels(list(COLUMNS))
        for column, hint in _HINTS.items():
            self.headerItem().setToolTip(column, hint)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIndentation(14)
        self.setAlternatingRowColors(True)
        self.currentItemChanged.connect(self._on_current)

    def show_matches(self, standing: Standing, matches: Sequence[MatchRow], times: LocalTimes, chosen: str) -> None:
        """Show these matches; what was selected stays so."""
        names = {one.camera.id: one.camera.name for one in standing.cameras}
        selected, is_first = set(self.selected_groups), self.topLevelItemCount() == 0
        at_top = self.verticalScrollBar().value()
        self._is_filling = True
        self.clear()
        for match in matches:
            item = self._row(match, names, times)
            self.addTopLevelItem(item)
            for reading in match.readings if len(match.readings) > 1 else ():
                item.addChild(_reading_row(match, reading, times))
            if match.group == chosen:
                self.setCurrentItem(item)
            item.setSelected(match.group in selected or match.group == chosen)
        for number in range(len(COLUMNS)):
            if number != _EVIDENCE and (is_first or self.sizeHintForColumn(number) > self.columnWidth(number)):
                self.resizeColumnToContents(number)
        if is_first:
            self.setColumnWidth(_EVIDENCE, 260)
        self._fit_ties()
        self.verticalScrollBar().setValue(at_top)
        self._is_filling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the numbers their room."""
        super().resizeEvent(event)
        self._fit_ties()

    def _fit_ties(self) -> None:
        """Let long names take no more than a third; the whole is in the tool tip."""
        wanted = self.sizeHintForColumn(_TIES)
        if self.topLevelItemCount():
            self.setColumnWidth(_TIES, min(wanted, max(160, self.viewport().width() * 3 // 10)))

    @property
    def selected_groups(self) -> tuple[str, ...]:
        """Ids of the selected matches, from above."""
        return tuple(dict.fromkeys(str(item.data(0, _GROUP)) for item in self.selectedItems()))

    def choose(self, group: str) -> None:
        """Make a match the current one."""
        for number in range(self.topLevelItemCount()):
            item = self.topLevelItem(number)
            if item is not None and item.data(0, _GROUP) == group:
                self.setCurrentItem(item)
                self.scrollToItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Accept with A, reject with R, take a decision back with P."""
        states = {
            Qt.Key.Key_A: ObservationState.ACCEPTED,
            Qt.Key.Key_R: ObservationState.REJECTED,
            Qt.Key.Key_P: ObservationState.PROPOSED,
        }
        state = states.get(Qt.Key(event.key()))
        if state is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.decided.emit(self.selected_groups, state)
        else:
            super().keyPressEvent(event)

    def _row(self, match: MatchRow, names: dict[str, str], times: LocalTimes) -> QTreeWidgetItem:
        first = match.first
        worst = max(match.readings, key=lambda one: abs(one.residual_ns or 0))
        decided = ""
        if first.decided_ns is not None:
            decided = f"{first.decided_by}, {times.day_and_minute(first.decided_ns)}"
        item = QTreeWidgetItem(
            [
                match.state.value.capitalize(),
                match.use.value,
                METHOD_WORDS[match.method],
                tie_words(match, names),
                "–" if match.readings[0].at is None else times.clock(match.readings[0].at),
                clock_words(match.readings[0].value_ns),
                within_words(match.sigma_ns),
                small_words(worst.residual_ns),
                f"{match.sigmas:.1f}",
                f"{round(match.weight * 100)} %",
                first.evidence,
                f"{first.found_by}, {times.day_and_minute(first.found_ns)}",
                decided,
            ]
        )
        item.setData(0, _GROUP, match.group)
        item.setIcon(0, self._theme.icon(*_ICONS[match.state]))
        item.setToolTip(0, tip(_STATE_HINTS.get(match.state, "")))
        item.setToolTip(_EVIDENCE, tip(first.evidence))
        item.setToolTip(_TIES, tip(tie_words(match, names)))
        for column, hint in _HINTS.items():
            item.setToolTip(column, hint)
        for column in (5, 6, 7, 8, 9):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if match.use in {Use.OUTLIER, Use.CONFLICT}:
            for column in (1, 7, 8):
                item.setForeground(column, QColor(self._theme.palette.bad))
        return item

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._is_filling:
            self.match_chosen.emit(str(item.data(0, _GROUP)))


def _reading_row(match: MatchRow, reading: ReadingRow, times: LocalTimes) -> QTreeWidgetItem:
    one = reading.observation
    item = QTreeWidgetItem(
        [
            *("", "", "", ""),
            "–" if reading.at is None else times.clock(reading.at),
            clock_words(reading.value_ns),
            within_words(one.sigma_ns),
            small_words(reading.residual_ns),
        ]
    )
    item.setData(0, _GROUP, match.group)
    for column in (5, 6, 7):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
