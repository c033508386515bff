"""The list of marks: sort, filter, jump, edit in place, choose several, delete, look at the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotations.mark_book import MarkBook
from app.ui.mark_delegate import MarkDelegate
from app.ui.mark_filter_button import MarkFilterButton
from app.ui.mark_model import Column, MarkFilter, MarkModel, ShownMarks
from app.ui.theme import set_role

_EMPTY = "No marks yet. Press M while playing or standing still to mark the moment on screen."
_TYPING_MS = 150
_WIDTHS = {Column.TEXT: 150, Column.CATEGORY: 110, Column.WHERE: 90, Column.TAGS: 90, Column.PEOPLE: 110}


class MarksTab(QWidget):
    """The marks of the case.

    Signals:
        jump_wanted: `IncidentTime` of a mark.
        typed: id of a mark, `Column`, and its new text there.
        category_wanted: ids of marks, and the id of a category or "".
        delete_wanted: ids of marks.
        history_wanted: id of a mark.
        new_text_ended: the text of a new mark was typed, or left as it was.
        place_chosen: whether new marks go on the picture of the focused camera.
    """

    jump_wanted = Signal(object)
    typed = Signal(str, object, str)
    category_wanted = Signal(object, str)
    delete_wanted = Signal(object)
    history_wanted = Signal(str)
    new_text_ended = Signal()
    place_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_new_text = False
        self._waiting: Callable[[], None] | None = None
        self.model = MarkModel()
        self._delegate = MarkDelegate(self._choices, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter the marks")
        self.filter.setAccessibleName("Filter the marks")
        self.filter.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._apply_words)
        self.filter.textChanged.connect(lambda _text: self._typing.start())
        self.filter.returnPressed.connect(self._apply_words)
        self.narrow = MarkFilterButton(lambda: self.model.shown, self)
        self.narrow.filter_chosen.connect(self._set_filter)
        self.place = QComboBox(self)
        self.place.setAccessibleName("Where new marks go")
        self.place.addItems(["New marks go on the incident", "New marks go on the focused camera's picture"])
        self.place.activated.connect(lambda place: self.place_chosen.emit(place == 1))
        self.count = QLabel("", self)
        set_role(self.count, "dim")
        self.empty = QLabel(_EMPTY, self)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.empty, "dim")
        self.table = _Table(self.model, self._delegate, self)
        self._connect()
        self._lay_out()
        self.show_marks(ShownMarks())

    def show_marks(self, shown: ShownMarks) -> None:
        """Show these marks; not before what is being typed has been taken."""
        if self._delegate.is_editing:
            self._waiting = lambda: self.show_marks(shown)
            return
        self._waiting = None
        chosen, current = self.chosen_ids(), self._current_id()
        self.model.show(shown)
        self._choose(chosen, current)
        self.narrow.show_filter(self.model.filter)

    def follow(self, book: MarkBook, changed: set[str]) -> None:
        """Show the same marks after a change of a few."""
        if self._waiting is not None:
            shown = replace(self.model.shown, book=book)
            self._waiting = lambda: self.show_marks(shown)
            return
        self.model.follow(book, changed)

    def show_place(self, *, is_on_picture: bool) -> None:
        """Say where new marks go."""
        self.place.setCurrentIndex(1 if is_on_picture else 0)

    def edit_text(self, mark_id: str) -> None:
        """Open the text of a new mark for typing."""
        self.table.setFocus()  # closes an editor that is open, which may fill the table anew
        index = self._reveal(mark_id)
        if index is not None:
            self.table.edit(index)
            self._is_new_text = True

    def reveal(self, mark_id: str) -> None:
        """Bring a mark into sight and choose it, where it is listed."""
        if not self._delegate.is_editing:
            self._reveal(mark_id)

    def chosen_ids(self) -> list[str]:
        """Return the ids of the marks that are chosen, in the order of the list."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [mark.id for mark in map(self.model.mark_at, rows) if mark is not None]

    # Inside

    def _connect(self) -> None:
        self._delegate.closeEditor.connect(self._on_editor_closed)
        self.model.typed.connect(self.typed)
        self.model.counted.connect(self._show_count)
        self.table.jump_wanted.connect(self._on_jump)
        self.table.delete_wanted.connect(self._on_delete)
        self.table.menu_wanted.connect(self._show_menu)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.filter, 1)
        row.addWidget(self.narrow)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.place)
        column.addLayout(row)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)

    def _choices(self, column: Column) -> list[str]:
        book = self.model.shown.book
        if column is Column.CATEGORY:
            return [one.name for one in book.categories]
        if column is Column.PEOPLE:
            return [one.name for one in book.people]
        return sorted({tag for mark in book.marks for tag in mark.tags})

    def _reveal(self, mark_id: str) -> QModelIndex | None:
        row = self.model.find_row(mark_id)
        if row is None:
            return None
        index = self.model.index(row, Column.TEXT)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)
        self.table.horizontalScrollBar().setValue(0)
        return index

    def _current_id(self) -> str | None:
        mark = self.model.mark_at(self.table.currentIndex().row())
        return None if mark is None else mark.id

    def _choose(self, chosen: list[str], current: str | None) -> None:
        """Choose marks again after the list was filled anew."""
        choice = self.table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for mark_id in chosen[:1_000]:
            row = self.model.find_row(mark_id)
            if row is not None:
                choice.select(self.model.index(row, 0), flags)
        row = None if current is None else self.model.find_row(current)
        if row is not None:
            choice.setCurrentIndex(self.model.index(row, Column.TEXT), QItemSelectionModel.SelectionFlag.NoUpdate)

    def _show_count(self) -> None:
        listed, every = self.model.rowCount(), len(self.model.shown.book)
        self.count.setText(f"{listed:,} marks" if listed == every else f"{listed:,} of {every:,} marks")
        self.table.setVisible(bool(every))
        self.filter.setVisible(bool(every))
        self.narrow.setVisible(bool(every))
        self.count.setVisible(every > 1)
        self.empty.setVisible(not every)

    def _apply_words(self) -> None:
        self._typing.stop()
        self._set_filter(replace(self.model.filter, words=tuple(self.filter.text().casefold().split())))

    def _set_filter(self, wanted: MarkFilter) -> None:
        chosen, current = self.chosen_ids(), self._current_id()
        self.model.set_filter(wanted)
        self._choose(chosen, current)
        self.narrow.show_filter(wanted)

    def _on_jump(self, row: int) -> None:
        mark = self.model.mark_at(row)
        if mark is not None:
            self.jump_wanted.emit(self.model.shown.book.place(mark).start)

    def _on_delete(self) -> None:
        chosen = self.chosen_ids()
        if chosen and self.model.shown.can_edit:
            self.delete_wanted.emit(chosen)

    def _on_editor_closed(self) -> None:
        if self._waiting is not None:
            self._waiting()
        if self._is_new_text:
            self._is_new_text = False
            self.new_text_ended.emit()

    def _show_menu(self, event: QContextMenuEvent) -> None:
        menu = self.make_menu()
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def make_menu(self) -> QMenu | None:
        """Return a menu of what can be done with the marks that are chosen; None where there is nothing."""
        chosen = self.chosen_ids()
        if not chosen:
            return None
        menu = QMenu(self)
        if len(chosen) == 1:
            menu.addAction("Show history").triggered.connect(lambda: self.history_wanted.emit(chosen[0]))
        if self.model.shown.can_edit:
            kinds = menu.addMenu("Category")
            for category_id, name in [("", "None"), *((one.id, one.name) for one in self.model.shown.book.categories)]:
                action = kinds.addAction(name.replace("&", "&&"))
                action.triggered.connect(lambda _on=False, one=category_id: self.category_wanted.emit(chosen, one))
            what = "this mark" if len(chosen) == 1 else f"{len(chosen):,} marks"
            menu.addAction(f"Delete {what}").triggered.connect(lambda: self.delete_wanted.emit(chosen))
        return menu


class _Table(QTableView):
    """The table itself.

    Signals:
        jump_wanted: row that was clicked or entered.
        delete_wanted: the chosen rows shall go.
        menu_wanted: `QContextMenuEvent`.
    """

    jump_wanted = Signal(object)
    delete_wanted = Signal()
    menu_wanted = Signal(object)

    def __init__(self, model: MarkModel, delegate: MarkDelegate, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName("Marks")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsMovable(True)
        header.setResizeContentsPrecision(0)
        header.setSortIndicator(Column.TIME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._fit()
        self.clicked.connect(self._on_clicked)
        self.activated.connect(lambda index: self.jump_wanted.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Delete take the chosen rows away."""
        if event.key() == Qt.Key.Key_Delete and not event.modifiers():
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the chosen rows."""
        self.menu_wanted.emit(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        if len(self.selectionModel().selectedRows()) == 1:
            self.jump_wanted.emit(index.row())

    def _fit(self) -> None:
        """Give rows and columns sizes that suit the font; they do not depend on what is in 100,000 rows."""
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 10)
        header = self.horizontalHeader()
        header.resizeSection(Column.TIME, metrics.horizontalAdvance("00:00:00.000") + 36)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width * metrics.height() // 16)
