"""Asks for a time, a step or a frame number to go to, and says how it reads what is typed.

It lies over the pictures and takes the keyboard at once, so that whoever types on without looking types into it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QLineEdit, QWidget

from app.time_text import LocalTimes
from app.typed_time import TYPED_FORMS, TypedTimeContext, parse_time
from app.ui.theme import set_role
from evidence.errors import NoTimeError
from evidence.times import IncidentTime

_WIDTH = 520


class GoToField(QFrame):
    """One field and how it is read.

    Signals:
        ended: it is gone, whether or not a time was typed.
    """

    ended = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._context: TypedTimeContext | None = None
        self._on_ready: Callable[[IncidentTime], None] = lambda _instant: None
        self.setProperty("role", "card")
        self.setFixedWidth(_WIDTH)
        self.typed = QLineEdit(self)
        self.typed.setAccessibleName("Time, step or frame number to go to")
        self.typed.textChanged.connect(self._on_typed)
        self.typed.returnPressed.connect(self._on_return)
        self.read_as = _line(self, "dim")
        forms = f"For instance {', '.join(TYPED_FORMS)}. A sign counts from here; f is a frame of the focused camera."
        hint = _line(self, "dim")
        hint.setText(forms)
        form = QFormLayout(self)
        form.setContentsMargins(16, 12, 16, 12)
        form.setSpacing(8)
        form.addRow("Go to", self.typed)
        form.addRow(self.read_as)
        form.addRow(hint)
        self.hide()

    def ask(self, context: TypedTimeContext, on_ready: Callable[[IncidentTime], None]) -> None:
        """Show the field; `on_ready` gets the instant once one was typed."""
        self._context, self._on_ready = context, on_ready
        self.typed.clear()
        self.typed.setPlaceholderText(LocalTimes(context.zone).clock(context.near))
        self._on_typed()
        self.adjustSize()
        self.move((self._page.width() - self.width()) // 2, max(60, self._page.height() // 4))
        self.show()
        self.raise_()
        self.typed.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends it."""
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        else:
            super().keyPressEvent(event)

    def _on_typed(self) -> None:
        set_role(self.read_as, "dim")
        try:
            found = None if self._context is None else parse_time(self.typed.text(), self._context)
        except NoTimeError:
            found = None
        if found is None or self._context is None:
            self.read_as.setText(" ")
        else:
            words = LocalTimes(self._context.zone).full(found.instant)
            self.read_as.setText(f"= {words}. {found.note}".strip())

    def _on_return(self) -> None:
        if self._context is None:
            return
        try:
            found = parse_time(self.typed.text(), self._context)
        except NoTimeError as error:
            set_role(self.read_as, "bad")
            self.read_as.setText(str(error))
            self.adjustSize()
            return
        on_ready = self._on_ready
        self._end()
        on_ready(found.instant)

    def _end(self) -> None:
        self.hide()
        self.ended.emit()


def _line(parent: QWidget, role: str) -> QLabel:
    label = QLabel(" ", parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, role)
    return label
