"""What stands in place of the pictures while a case holds no recordings: what to do next."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.actions import ActionSet
from app.ui.theme import Theme, set_role


class DropPage(QWidget):
    """A target to drop on, and two buttons."""

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.head = QLabel("", self)
        self.head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.head.setWordWrap(True)
        set_role(self.head, "heading")
        self.words = QLabel("", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        set_role(self.words, "dim")
        self._buttons = [actions.button("case.add_files", self), actions.button("case.add_folder", self)]
        row = QHBoxLayout()
        row.addStretch(1)
        row.setSpacing(12)
        for button in self._buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            set_role(button, "button")
            row.addWidget(button)
        row.addStretch(1)
        self.target = QFrame(self)
        self.target.setProperty("role", "drop")
        column = QVBoxLayout(self.target)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(12)
        column.addStretch(1)
        for part in (self._sign, self.head, self.words):
            column.addWidget(part)
        column.addLayout(row)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(self.target)
        theme.changed.connect(self._draw)
        self._draw()
        self.show_state(can_add=True, recordings=0)

    def show_state(self, *, can_add: bool, recordings: int) -> None:
        """Say what to do next."""
        if recordings:
            self.head.setText("None of the recordings has a place on the timeline yet.")
            self.words.setText(
                "Nothing in them says when they were recorded. Choose one under Cameras and place it by hand."
            )
        elif can_add:
            self.head.setText("Drop files or folders here, or choose them.")
            self.words.setText("Originals are only read: they stay where they are, as they are.")
        else:
            self.head.setText("This case holds no recordings.")
            self.words.setText("It is open read-only, so none can be added.")
        for button in self._buttons:
            button.setVisible(can_add)

    def set_over(self, *, is_over: bool) -> None:
        """Light up while something is held over the window."""
        self.target.setProperty("is_over", is_over)
        self.target.style().unpolish(self.target)
        self.target.style().polish(self.target)

    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.icon("drop", "dim").pixmap(QSize(48, 48)))


def dropped_paths(mime: QMimeData) -> tuple[bytes, ...]:
    """Return the local paths that were dropped, as the operating system names them (names need not be text)."""
    return tuple(_path_bytes(url) for url in mime.urls() if url.isLocalFile())


def _path_bytes(url: QUrl) -> bytes:
    if os.name == "nt":
        return os.fsencode(url.toLocalFile())
    return unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))
