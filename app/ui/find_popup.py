"""The search field, and the list of what was found under it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.find import Hit

_NUMBER_ROLE = Qt.ItemDataRole.UserRole
_WIDTH = 460
_MOST_ROWS = 12


class FindField(QLineEdit):
    """The search field.

    Signals:
        down_pressed: the keyboard is to go into the list.
        escape_pressed: the search is over.
    """

    down_pressed = Signal()
    escape_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes into the list, Escape ends the search."""
        if event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escape_pressed.emit()
        else:
            super().keyPressEvent(event)


class FindPopup(QFrame):
    """Hits; one is chosen by click or Enter.

    Signals:
        hit_chosen: the `Hit`.
    """

    hit_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setProperty("role", "card")
        self._hits: tuple[Hit, ...] = ()
        self.list = QListWidget(self)
        self.list.setAccessibleName("Found")
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        self.hide()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was found."""
        return self._hits

    def show_hits(self, hits: tuple[Hit, ...], below: QWidget) -> None:
        """Show hits below a field; nothing found is said in words."""
        self._hits = hits
        self.list.clear()
        for number, hit in enumerate(hits):
            item = QListWidgetItem(f"{hit.kind}   {hit.text}   {hit.words}")
            item.setData(_NUMBER_ROLE, number)
            self.list.addItem(item)
        if not hits:
            item = QListWidgetItem("Nothing found")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = min(_MOST_ROWS, self.list.count())
        height = rows * (self.list.sizeHintForRow(0) + 2) + 14
        corner = below.mapTo(self._page, QPoint(0, below.height() + 2))
        left = min(corner.x(), self._page.width() - _WIDTH - 8)
        self.setGeometry(max(8, left), corner.y(), _WIDTH, height)
        self.show()
        self.raise_()

    def take_keyboard(self) -> None:
        """Let the arrows move through the list."""
        if self.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        """Take the chosen hit, or the first."""
        item = self.list.item(max(0, self.list.currentRow()))
        if item is not None:
            self._on_activated(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _on_activated(self, item: QListWidgetItem) -> None:
        number = item.data(_NUMBER_ROLE)
        if number is not None:
            self.hide()
            self.hit_chosen.emit(self._hits[number])
