"""What the solver says of the clocks, line by line; a doubt of a whole hour can be answered where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.time_text import LocalTimes
from app.ui.sync_desk import SyncDesk
from app.ui.theme import set_role
from sync.standing import Standing
from sync.words import Saying, sayings


class SyncSayings(QScrollArea):
    """The lines."""

    def __init__(self, desk: SyncDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._said: tuple[object, ...] = ()
        self._lines = QWidget(self)
        self._column = QVBoxLayout(self._lines)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(6)
        self.setWidget(self._lines)
        self.setWidgetResizable(True)
        self.setMinimumHeight(54)

    def show_standing(self, standing: Standing, times: LocalTimes) -> None:
        """Show what is said now; lines that stay the same are left alone."""
        told = sayings(standing, times)
        if told == self._said:
            return
        self._said = told
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for one in told:
            self._column.addWidget(self._line(one))
        self._column.addStretch(1)

    def _line(self, one: Saying) -> QWidget:
        line = QWidget(self._lines)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(one.text, line)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(label, one.role)
        row.addWidget(label, 1)
        if one.doubt is not None:
            button = QPushButton("It was the hour", line)
            button.setToolTip("Take this clock to be exactly one hour off; it is kept as your word, and can be undone")
            button.clicked.connect(lambda _checked=False, doubt=one.doubt: self._desk.accept_hour(doubt))
            row.addWidget(button)
        return line
