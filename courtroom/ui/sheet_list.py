"""The list of a run sheet: each item with its picture, dragged into order; files dropped on it are offered.

It mirrors the sheet and asks for changes; it never changes anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QImage, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from courtroom.item_words import item_title
from courtroom.run_sheet import Item

PICTURE = QSize(128, 72)
_MARGIN = 8
_IDS = "application/x-sightline-run-sheet-items"
_ITEM = Qt.ItemDataRole.UserRole
_AnyIndex = QModelIndex | QPersistentModelIndex


class SheetModel(QAbstractListModel):
    """The items of a sheet.

    Signals:
        move_wanted: ids of items, and the place (from 0) before which they are to stand.
        files_dropped: paths, and the place before which their items are to stand.
    """

    move_wanted = Signal(object, object)
    files_dropped = Signal(object, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Item, ...] = ()

    def show_items(self, items: Sequence[Item]) -> None:
        """Show these items."""
        if tuple(items) == self.items:
            return
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        """Return how many items there are."""
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return an item, or its title."""
        if not 0 <= index.row() < len(self.items):
            return None
        item = self.items[index.row()]
        if role == _ITEM:
            return item
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{index.row() + 1}. {item_title(item)}"
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        """Let items be dragged, and dropped between others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        """Items are moved, files are copied."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """Take our own items and files."""
        return [_IDS, "text/uri-list"]

    def mimeData(self, indexes: Sequence[_AnyIndex]) -> QMimeData:
        """Return the ids of what is dragged."""
        data = QMimeData()
        ids = [self.items[index.row()].id for index in sorted(indexes, key=lambda one: one.row())]
        data.setData(_IDS, QByteArray("\n".join(ids).encode()))
        return data

    def dropMimeData(self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: _AnyIndex) -> bool:
        """Ask for what a drop means; nothing is moved here, so nothing is taken away either."""
        before = row if row >= 0 else parent.row() if parent.isValid() else len(self.items)
        if data.hasFormat(_IDS):
            ids = bytes(data.data(_IDS).data()).decode(errors="replace").split("\n")
            known = {item.id for item in self.items}
            if ids and set(ids) <= known:
                self.move_wanted.emit(ids, before)
        elif data.hasUrls():
            paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
            if paths:
                self.files_dropped.emit(paths, before)
        return False


class SheetList(QListView):
    """The list.

    Signals:
        selected_changed: other items are selected.
        remove_wanted: Delete was pressed.
        step_wanted: -1 or 1: the selected items are to stand one place higher or lower.
    """

    selected_changed = Signal()
    remove_wanted = Signal()
    step_wanted = Signal(object)

    def __init__(self, words: Callable[[Item], str], pictures: Mapping[str, QImage], parent: QWidget) -> None:
        """Make an empty list.

        Args:
            words: what an item shows, in one line.
            pictures: by the id of the item; looked at while painting.
            parent: the window.
        """
        super().__init__(parent)
        self.sheet = SheetModel(self)
        self.setModel(self.sheet)
        self.setItemDelegate(_RowPainter(words, pictures, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Items of the run sheet; Delete removes, Alt with the arrow keys moves")
        self.selectionModel().selectionChanged.connect(lambda _on, _off: self.selected_changed.emit())

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """The ids of what is selected, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self.sheet.items[row].id for row in rows if row < len(self.sheet.items))

    def show_items(self, items: Sequence[Item]) -> None:
        """Show these items; what was selected stays so."""
        selected = self.selected_ids
        self.sheet.show_items(items)
        if self.selected_ids != selected:
            self.select(selected)
        self.viewport().update()

    def select(self, item_ids: Sequence[str]) -> None:
        """Select items, and bring the last of them into sight."""
        model = self.selectionModel()
        model.clearSelection()
        for row, item in enumerate(self.sheet.items):
            if item.id in item_ids:
                index = self.sheet.index(row)
                model.select(index, model.SelectionFlag.Select)
                model.setCurrentIndex(index, model.SelectionFlag.NoUpdate)
                self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that change the order."""
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        elif is_alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.step_wanted.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    """One item: number, picture, title, what it shows, exhibit."""

    def __init__(self, words: Callable[[Item], str], pictures: Mapping[str, QImage], parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._pictures = pictures

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        """Return room for the picture."""
        return QSize(320, PICTURE.height() + 2 * _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint one row."""
        item = index.data(_ITEM)
        if not isinstance(item, Item):
            return
        state, rect, palette = option.state, option.rect, option.palette
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Highlight))
        text = palette.color(QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text)
        dim = text if is_selected else palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(dim)
        number = QRect(rect.left(), rect.top(), 36, rect.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(index.row() + 1))
        frame = QRect(rect.left() + 36, rect.top() + _MARGIN, PICTURE.width(), PICTURE.height())
        painter.fillRect(frame, Qt.GlobalColor.black)
        picture = self._pictures.get(item.id)
        if picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, picture)
        left = frame.right() + 12
        room = rect.right() - left - _MARGIN
        lines = [(item_title(item), text, True), (self._words(item), dim, False)]
        said = " · ".join(part for part in (item.exhibit, item.notes.partition("\n")[0]) if part)
        lines.append((said, dim, False))
        top = frame.top()
        for words, colour, is_bold in lines:
            font = QFont(option.font)
            font.setBold(is_bold)
            painter.setFont(font)
            painter.setPen(colour)
            line = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
            height = PICTURE.height() // 3
            painter.drawText(QRect(left, top, room, height), Qt.AlignmentFlag.AlignVCenter, line)
            top += height
        painter.restore()
