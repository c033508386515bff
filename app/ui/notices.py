"""What the program has to say, beside the work and never in its way: a stack of notices that can be closed."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui.theme import Theme
from evidence.errors import SightlineError

_MOST_SHOWN = 4


class NoticeKind(StrEnum):
    """How much a notice matters; each has an icon, a word and an edge colour."""

    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


_ICONS = {
    NoticeKind.NOTE: ("note", "accent", "Note"),
    NoticeKind.WARNING: ("caution", "caution", "Warning"),
    NoticeKind.PROBLEM: ("bad", "bad", "Problem"),
}


class Notice(QFrame):
    """One thing said."""

    def __init__(self, kind: NoticeKind, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        icon_name, role, word = _ICONS[kind]
        self.setProperty("role", kind.value)
        self.setAccessibleName(f"{word}: {text}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        sign = QLabel(self)
        sign.setPixmap(theme.icon(icon_name, role).pixmap(QSize(20, 20)))
        sign.setToolTip(word)
        self._label = QLabel(text, self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(theme.icon("close", "dim"))
        self.close_button.setToolTip("Close this notice")
        self.close_button.setAccessibleName("Close this notice")
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)


class NoticeBoard(QWidget):
    """The notices of a window, the newest last; the oldest goes where there are too many."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 0)
        self._column.setSpacing(4)
        self._notices: list[Notice] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setVisible(False)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is being said."""
        return tuple(notice.text for notice in self._notices)

    def say(self, kind: NoticeKind, text: str) -> None:
        """Show a notice; the same text is not shown twice."""
        if text in self.texts:
            return
        notice = Notice(kind, text, self._theme, self)
        notice.close_button.clicked.connect(lambda _checked=False: self._remove(notice))
        self._notices.append(notice)
        self._column.addWidget(notice)
        if len(self._notices) > _MOST_SHOWN:
            self._remove(self._notices[0])
        self.setVisible(True)

    def say_error(self, error: SightlineError) -> None:
        """Say what happened, what it means and what to do next."""
        self.say(NoticeKind.PROBLEM, str(error))

    def withdraw(self, text: str) -> None:
        """Take one notice away, where it is still there: something newer replaces it."""
        for notice in tuple(self._notices):
            if notice.text == text:
                self._remove(notice)

    def clear(self) -> None:
        """Take all notices away."""
        for notice in tuple(self._notices):
            self._remove(notice)

    def _remove(self, notice: Notice) -> None:
        if notice in self._notices:
            self._notices.remove(notice)
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self._notices))
