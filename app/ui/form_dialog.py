"""A dialog of a few fields that stays beside the work: it is never modal, and says in words what is not right yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import set_role
from evidence.errors import SightlineError

_FRAME = 32
"""Pixels that a window's title and frame take of the screen."""


class FormDialog(QDialog):
    """Fields, a line for what is wrong, and two buttons. Subclasses add rows to `form` and override `take`."""

    def __init__(self, title: str, accept_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setMinimumWidth(520)
        self.form = QFormLayout()
        self.form.setSpacing(8)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.problem = QLabel("", self)
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setVisible(False)
        set_role(self.problem, "bad")
        buttons = QDialogButtonBox(self)
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.accept_button = QPushButton(accept_text, self)
        self.accept_button.setDefault(True)
        set_role(self.accept_button, "main")
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(self.form)
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addWidget(buttons)

    def add_note(self, text: str) -> QLabel:
        """Add a line of explanation over both columns."""
        note = QLabel(text, self)
        note.setWordWrap(True)
        note.setTextFormat(Qt.TextFormat.PlainText)
        set_role(note, "dim")
        self.form.addRow(note)
        return note

    def say(self, words: str) -> None:
        """Show what is not right yet; "" for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height that the words need."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Be as high as words that wrap need, so that no row lies over another; never higher than the screen.

        A layout's own hint counts a label that wraps as one line.
        """
        column = self.layout()
        if column is None or not self.isVisible():
            return
        column.activate()
        wanted = min(column.totalHeightForWidth(self.width()), self.screen().availableGeometry().height() - _FRAME)
        if wanted > self.height():
            self.resize(self.width(), wanted)

    def take(self) -> None:
        """Use what was typed.

        Raises:
            SightlineError: something is not right; the dialog stays and says it.
        """
        raise NotImplementedError

    def _on_accepted(self) -> None:
        try:
            self.take()
        except SightlineError as error:
            self.say(str(error))
        else:
            self.accept()
