"""The search field, and what was found under it: filters, notes, and a list of hits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotations.finding.finder import FindHit, Found
from annotations.finding.query import FindKind
from app.ui.theme import set_role, tip

_NUMBER_ROLE = Qt.ItemDataRole.UserRole
_WIDTH = 560
_MOST_ROWS = 12
_LONGEST = 90
_KINDS = {
    FindKind.MARK: "Mark",
    FindKind.CUE: "Words",
    FindKind.CAMERA: "Camera",
    FindKind.RECORDING: "Recording",
    FindKind.TRANSCRIPT: "Transcript",
    FindKind.CLIP: "Clip",
    FindKind.SHAPE: "Shape",
    FindKind.SHEET_ITEM: "Run sheet",
}


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
        hit_chosen: the `FindHit`.
        filter_wanted: a filter to be typed into the field, for instance `kind:mark`.
    """

    hit_chosen = Signal(object)
    filter_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setProperty("role", "card")
        self._hits: tuple[FindHit, ...] = ()
        self.menus = {name: self._filter(name) for name in ("Kind", "Camera", "Person", "Tag", "Time")}
        self._fill("Kind", [f"kind:{one}" for one in ("mark", "words", "recording", "camera", "transcript")])
        self.note = QLabel("", self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.note, "dim")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Found")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self.menus.values():
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.list)
        self.hide()

    @property
    def hits(self) -> tuple[FindHit, ...]:
        """What was found."""
        return self._hits

    def set_choices(
        self, *, cameras: Iterable[str], people: Iterable[str], tags: Iterable[str], times: Iterable[str]
    ) -> None:
        """Say what can be filtered by: names, and times as they are typed."""
        self._fill("Camera", [f'camera:"{_bare(name)}"' for name in cameras])
        self._fill("Person", [f'person:"{_bare(name)}"' for name in people])
        self._fill("Tag", [f'tag:"{_bare(name)}"' for name in tags])
        self._fill("Time", times)

    def show_found(self, found: Found, lines: Iterable[str], below: QWidget) -> None:
        """Show hits below a field; nothing found is said in words.

        Args:
            found: the answer.
            lines: where and when each hit is, in words.
            below: the field.
        """
        self._hits = found.hits
        self.list.clear()
        for number, (hit, where) in enumerate(zip(found.hits, lines, strict=True)):
            item = QListWidgetItem(f"{_KINDS[hit.kind]}   {where}   {_words(hit)}")
            item.setToolTip(tip(hit.text[:1_000]))
            item.setData(_NUMBER_ROLE, number)
            self.list.addItem(item)
        if not found.hits:
            item = QListWidgetItem("Nothing found")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        more = ["There are more: add words or filters."] if found.is_cut else []
        self.note.setText(" ".join([*found.notes, *more]))
        self.note.setVisible(bool(self.note.text()))
        self.list.setCurrentRow(0)
        self._place(below)

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

    def _place(self, below: QWidget) -> None:
        rows = min(_MOST_ROWS, self.list.count())
        self.list.setFixedHeight(rows * (self.list.sizeHintForRow(0) + 2) + 6)
        width = min(_WIDTH, self._page.width() - 16)
        corner = below.mapTo(self._page, QPoint(0, below.height() + 2))
        left = min(corner.x(), self._page.width() - width - 8)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move(max(8, left), corner.y())
        self.show()
        self.raise_()

    def _filter(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(name)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(f"Filter by {name.lower()}")
        button.setToolTip(f"Narrow by {name.lower()}")
        button.setMenu(QMenu(button))
        set_role(button, "toggle")
        return button

    def _fill(self, name: str, filters: Iterable[str]) -> None:
        button = self.menus[name]
        menu = button.menu()
        menu.clear()
        for one in filters:
            action = menu.addAction(one.replace("&", "&&"))
            action.triggered.connect(partial(self._on_filter, one))
        button.setEnabled(not menu.isEmpty())

    def _on_filter(self, text: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's own argument
        self.filter_wanted.emit(text)

    def _on_activated(self, item: QListWidgetItem) -> None:
        number = item.data(_NUMBER_ROLE)
        if number is not None:
            self.hide()
            self.hit_chosen.emit(self._hits[number])


def _words(hit: FindHit) -> str:
    who = f"{hit.people}: " if hit.kind is FindKind.CUE and hit.people else ""
    text = who + " / ".join(hit.text.split("\n")) or "(no words)"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _bare(name: str) -> str:
    return name.replace('"', " ")
