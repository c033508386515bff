"""The key moments of an item: double-click goes there, F2 names one, Delete takes one out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.ui.theme import tip
from courtroom.run_sheet import Item
from courtroom.sheet_edits import with_moment_named, without_moment
from evidence.text import clean_line
from evidence.time_text import LocalTimes
from evidence.times import IncidentTime

_INSTANT = Qt.ItemDataRole.UserRole


class MomentsList(QListWidget):
    """Mirrors one item.

    Signals:
        go_wanted(object): `IncidentTime` to go to.
        change_wanted(object): a function from an item to the changed one.
    """

    go_wanted = Signal(object)
    change_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Key moments; double-click goes there, F2 names, Delete removes")
        self.setMaximumHeight(96)
        self.itemDoubleClicked.connect(lambda row: self.go_wanted.emit(_instant_of(row)))
        self.itemChanged.connect(self._on_named)

    def show_item(self, item: Item, times: LocalTimes | None) -> None:
        """Show the key moments of an item."""
        self.clear()
        for moment in item.key_moments:
            row = QListWidgetItem(moment.label or "Key moment")
            row.setData(_INSTANT, str(moment.instant))
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
            if times is not None:
                row.setToolTip(tip(times.full(moment.instant)))
            self.addItem(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the chosen one out on Delete."""
        row = self.currentItem()
        if event.key() != Qt.Key.Key_Delete:
            super().keyPressEvent(event)
        elif row is not None:
            instant = _instant_of(row)
            self._ask(lambda item: without_moment(item, instant))

    def _on_named(self, row: QListWidgetItem) -> None:
        instant, label = _instant_of(row), clean_line(row.text(), limit=300)
        self._ask(lambda item: with_moment_named(item, instant, label))

    def _ask(self, how: Callable[[Item], Item]) -> None:
        self.change_wanted.emit(how)


def _instant_of(row: QListWidgetItem) -> IncidentTime:
    return IncidentTime(int(row.data(_INSTANT)))
