"""Edits cells of the list of marks: a line for texts, completed by what is known already; a list of categories."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.mark_model import Column

Index = QModelIndex | QPersistentModelIndex
NO_CATEGORY = "(none)"


class MarkDelegate(QStyledItemDelegate):
    """Makes the editors; knows whether one is open.

    Attributes:
        is_editing: whether something is being typed.
    """

    def __init__(self, choices: Callable[[Column], list[str]], parent: QObject) -> None:
        """Make a delegate.

        Args:
            choices: what a column's cells can say already: all categories, tags, or people.
            parent: the list.
        """
        super().__init__(parent)
        self._choices = choices
        self.is_editing = False
        self.closeEditor.connect(self._on_closed)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Begin to edit."""
        self.is_editing = True
        column = Column(index.column())
        if column is Column.CATEGORY:
            box = QComboBox(parent)
            box.addItems([NO_CATEGORY, *self._choices(column)])
            box.activated.connect(lambda _place: self._take(box))
            return box
        field = QLineEdit(parent)
        if column in {Column.TAGS, Column.PEOPLE}:
            field.setPlaceholderText("several with commas" if column is Column.TAGS else "Name (role), Name …")
            field.setCompleter(_LastPart(self._choices(column), field))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what the cell says."""
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text or NO_CATEGORY)
            editor.showPopup()
        elif isinstance(editor, QLineEdit):
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand on what was typed or chosen."""
        text = ""
        if isinstance(editor, QComboBox):
            text = "" if editor.currentText() == NO_CATEGORY else editor.currentText()
        elif isinstance(editor, QLineEdit):
            text = editor.text()
        model.setData(model.index(index.row(), index.column()), text)

    def _take(self, editor: QWidget) -> None:
        if editor.isVisible():
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)

    def _on_closed(self) -> None:
        self.is_editing = False


class _LastPart(QCompleter):
    """Completes the last of several names with commas between them."""

    def __init__(self, choices: list[str], parent: QObject) -> None:
        super().__init__(choices, parent)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def pathFromIndex(self, index: Index) -> str:
        """Return the whole line with the last part completed."""
        field = self.widget()
        before = field.text().rpartition(",")[0] if isinstance(field, QLineEdit) else ""
        return f"{before}, {index.data()}" if before else str(index.data())

    def splitPath(self, path: str) -> list[str]:
        """Return what is to be completed."""
        return [path.rpartition(",")[2].strip()]
