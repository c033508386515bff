"""Lists of categories and of people, edited in place beside the work; every change of them can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotations.categories import MOST_KEYS, Category, CategoryFields
from annotations.mark_book import MarkBook
from annotations.people import Person, Role
from app.ui.choice_delegate import ChoiceDelegate
from app.ui.theme import set_role

_ID = Qt.ItemDataRole.UserRole
_NAME, _COLOUR, _KEY, _KIND = range(4)
_NO_KEY, _MOMENT, _RANGE = "none", "moment", "range"
_FIRST_COLOUR = "#e69f00"


Source = Callable[[], tuple[MarkBook, bool]]
"""Gives the book of the open case, and whether it can be changed."""


class _ListDialog(QDialog):
    """A list with two buttons, beside the work."""

    def __init__(self, title: str, note: str, headers: list[str], source: Source, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._source = source
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(540, 420)
        self._is_filling = False
        self.table = QTableWidget(0, len(headers), self)
        self.table.setHorizontalHeaderLabels(headers)
        self.table.setAccessibleName(title)
        self.table.verticalHeader().setVisible(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(lambda item: None if self._is_filling else self._take(item.row()))
        explanation = QLabel(note, self)
        explanation.setWordWrap(True)
        set_role(explanation, "dim")
        self.add = QPushButton("Add", self)
        self.add.clicked.connect(self._add)
        self.delete = QPushButton("Delete", self)
        self.delete.clicked.connect(self._on_delete)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(explanation)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    def renew(self) -> None:
        """Show what is in the case now."""
        book, can_edit = self._source()
        self.show_book(book, can_edit=can_edit)

    def show_book(self, book: MarkBook, *, can_edit: bool) -> None:
        """Show what a book says."""
        raise NotImplementedError

    def _take(self, row: int) -> None:
        raise NotImplementedError

    def _add(self) -> None:
        raise NotImplementedError

    def _on_delete(self) -> None:
        raise NotImplementedError

    def _chosen(self) -> str | None:
        item = self.table.item(self.table.currentRow(), 0)
        return None if item is None else str(item.data(_ID))

    def _fill(self, rows: list[tuple[str, list[str]]], *, can_edit: bool) -> None:
        chosen = self._chosen()
        self._is_filling = True
        self.table.setRowCount(len(rows))
        for row, (item_id, texts) in enumerate(rows):
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setData(_ID, item_id)
                flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
                item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if can_edit else flags)
                self.table.setItem(row, place, item)
            if item_id == chosen:
                self.table.setCurrentCell(row, 0)
        self._is_filling = False
        self.add.setEnabled(can_edit)
        self.delete.setEnabled(can_edit)

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return "" if item is None else item.text()


class CategoriesDialog(_ListDialog):
    """The categories.

    Signals:
        changed: id of a category or "" for a new one, and its `CategoryFields`.
        delete_wanted: id of a category.
    """

    changed = Signal(str, object)
    delete_wanted = Signal(str)

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        note = (
            "Alt with a category's key marks the moment while playing. Of a range it is pressed where the range begins "
            "and again where it ends. A key belongs to one category."
        )
        super().__init__("Categories", note, ["Category", "Colour", "Key", "Marks a"], source, parent)
        self._categories: tuple[Category, ...] = ()
        keys = [_NO_KEY, *(str(one) for one in range(1, MOST_KEYS + 1))]
        self.table.setItemDelegateForColumn(_KEY, ChoiceDelegate(keys, self))
        self.table.setItemDelegateForColumn(_KIND, ChoiceDelegate([_MOMENT, _RANGE], self))
        self.table.cellDoubleClicked.connect(self._on_double_click)

    def show_book(self, book: MarkBook, *, can_edit: bool) -> None:
        """Show the categories."""
        self._categories = book.categories
        rows = [
            (one.id, [one.name, one.colour, _NO_KEY if one.key is None else str(one.key), _kind(one)])
            for one in book.categories
        ]
        self._fill(rows, can_edit=can_edit)
        self._is_filling = True
        for row, one in enumerate(book.categories):
            item = self.table.item(row, _COLOUR)
            if item is not None:
                item.setData(Qt.ItemDataRole.DecorationRole, QColor(one.colour))
        self._is_filling = False

    def _take(self, row: int) -> None:
        category = self._categories[row]
        key = self._text(row, _KEY)
        fields = CategoryFields(
            name=self._text(row, _NAME),
            colour=self._text(row, _COLOUR).strip().lower(),
            key=int(key) if key.isdecimal() else None,
            is_range=self._text(row, _KIND) == _RANGE,
            position=category.position,
        )
        self.changed.emit(category.id, fields)

    def _add(self) -> None:
        names = {one.name for one in self._categories}
        number = next(n for n in range(1, len(names) + 2) if f"Category {n}" not in names)
        position = max((one.position for one in self._categories), default=-1) + 1
        self.changed.emit("", CategoryFields(f"Category {number}", _FIRST_COLOUR, None, position=position))

    def _on_delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.delete_wanted.emit(chosen)

    def _on_double_click(self, row: int, column: int) -> None:
        item = self.table.item(row, column)
        if column == _COLOUR and item is not None and item.flags() & Qt.ItemFlag.ItemIsEditable:
            dialog = QColorDialog(QColor(item.text()), self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.colorSelected.connect(lambda colour: item.setText(colour.name()))
            dialog.open()


class PeopleDialog(_ListDialog):
    """The people who are seen or heard.

    Signals:
        changed: id of a person or "" for a new one, name, and `Role`.
        delete_wanted: id of a person.
    """

    changed = Signal(str, str, object)
    delete_wanted = Signal(str)

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        note = "Who is seen or heard is typed by people; Sightline never recognises anybody."
        super().__init__("People", note, ["Name", "Role"], source, parent)
        self._people: tuple[Person, ...] = ()
        self.table.setItemDelegateForColumn(1, ChoiceDelegate([role.value for role in Role], self))

    def show_book(self, book: MarkBook, *, can_edit: bool) -> None:
        """Show the people."""
        self._people = book.people
        self._fill([(one.id, [one.name, one.role.value]) for one in book.people], can_edit=can_edit)

    def _take(self, row: int) -> None:
        self.changed.emit(self._people[row].id, self._text(row, 0), Role(self._text(row, 1)))

    def _add(self) -> None:
        names = {one.name for one in self._people}
        number = next(n for n in range(1, len(names) + 2) if f"Person {n}" not in names)
        self.changed.emit("", f"Person {number}", Role.OTHER)

    def _on_delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.delete_wanted.emit(chosen)


def _kind(category: Category) -> str:
    return _RANGE if category.is_range else _MOMENT
