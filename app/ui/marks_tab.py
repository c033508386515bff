"""The list of marks: filter, jump, edit in place, delete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotations.marks import Mark
from app.time_text import LocalTimes
from app.ui.theme import set_role

_ID_ROLE = Qt.ItemDataRole.UserRole
_EMPTY = "No marks yet. Press M while playing or standing still to mark the moment on screen."


class _Delegate(QStyledItemDelegate):
    """Knows whether a text is being typed."""

    is_editing = False

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Begin to edit."""
        self.is_editing = True
        return super().createEditor(parent, option, index)


class MarksTab(QWidget):
    """The marks of the case, by time.

    Signals:
        jump_wanted: `IncidentTime` of a mark.
        text_typed: id of a mark and its new text.
        delete_wanted: id of a mark.
        new_text_ended: the text of a new mark was typed, or left as it was.
    """

    jump_wanted = Signal(object)
    text_typed = Signal(str, str)
    delete_wanted = Signal(str)
    new_text_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: dict[str, Mark] = {}
        self._is_new_text = False
        self._waiting: Callable[[], None] | None = None
        self._delegate = _Delegate(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter the marks")
        self.filter.setAccessibleName("Filter the marks")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._apply_filter)
        self.empty = QLabel(_EMPTY, self)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.empty, "dim")
        self.table = self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        self.show_marks((), None)

    def show_marks(self, marks: tuple[Mark, ...], times: LocalTimes | None, *, can_edit: bool = False) -> None:
        """Show these marks, in order of time; not before what is being typed has been taken."""
        if self._delegate.is_editing:
            self._waiting = lambda: self.show_marks(marks, times, can_edit=can_edit)
            return
        self._waiting = None
        chosen = self._chosen_id()
        self._marks = {mark.id: mark for mark in marks}
        self.table.blockSignals(True)
        self.table.setRowCount(len(marks))
        for row, mark in enumerate(marks):
            clock = "" if times is None else times.clock(mark.instant)
            for place, (text, is_text) in enumerate(((clock, False), (mark.text, True), (mark.by, False))):
                self.table.setItem(row, place, _cell(text, mark.id, can_edit=can_edit and is_text))
            if mark.id == chosen:
                self.table.selectRow(row)
        self.table.blockSignals(False)
        self.table.setVisible(bool(marks))
        self.filter.setVisible(bool(marks))
        self.empty.setVisible(not marks)
        self._apply_filter()

    def edit_text(self, mark_id: str) -> None:
        """Open the text of a new mark for typing."""
        self.table.setFocus()  # closes an editor that is open, which may fill the table anew
        self.table.setCurrentCell(self._row_of(mark_id), 1)
        item = self.table.item(self._row_of(mark_id), 1)
        if item is not None:
            self.table.editItem(item)
            self._is_new_text = True

    def _row_of(self, mark_id: str) -> int:
        """Return the row of a mark, or -1."""
        items = ((row, self.table.item(row, 1)) for row in range(self.table.rowCount()))
        return next((row for row, item in items if item is not None and item.data(_ID_ROLE) == mark_id), -1)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3, self)
        table.setAccessibleName("Marks")
        table.setHorizontalHeaderLabels(["Time", "Mark", "By"])
        table.verticalHeader().setVisible(False)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.SelectedClicked
        )
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        table.itemChanged.connect(self._on_item_changed)
        table.setItemDelegate(self._delegate)
        self._delegate.closeEditor.connect(self._on_editor_closed)
        table.cellClicked.connect(self._on_jump)
        table.cellActivated.connect(self._on_jump)
        delete = QAction("Delete this mark", table)
        delete.setShortcut(Qt.Key.Key_Delete)
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(self._on_delete)
        table.addAction(delete)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return table

    def _chosen_id(self) -> str | None:
        item = self.table.item(self.table.currentRow(), 0)
        return None if item is None else str(item.data(_ID_ROLE))

    def _on_jump(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None and item.data(_ID_ROLE) in self._marks:
            self.jump_wanted.emit(self._marks[item.data(_ID_ROLE)].instant)

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        mark = self._marks.get(item.data(_ID_ROLE))
        if mark is not None and item.column() == 1 and item.text() != mark.text:
            self.text_typed.emit(mark.id, item.text())

    def _on_editor_closed(self) -> None:
        self._delegate.is_editing = False
        if self._waiting is not None:
            self._waiting()
        if self._is_new_text:
            self._is_new_text = False
            self.new_text_ended.emit()

    def _on_delete(self) -> None:
        chosen = self._chosen_id()
        if chosen is not None:
            self.delete_wanted.emit(chosen)

    def _apply_filter(self) -> None:
        wanted = self.filter.text().casefold()
        for row in range(self.table.rowCount()):
            texts = [self.table.item(row, place) for place in range(3)]
            words = " ".join(item.text() for item in texts if item is not None).casefold()
            self.table.setRowHidden(row, wanted not in words)


def _cell(text: str, mark_id: str, *, can_edit: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setData(_ID_ROLE, mark_id)
    flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
    item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if can_edit else flags)
    return item
