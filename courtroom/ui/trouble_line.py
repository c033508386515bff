"""The one line that says what is not as it should be, with a button for the next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from courtroom.show.events import Press
from courtroom.show.trouble import Trouble, TroubleKind, Weight


class TroubleLine(QFrame):
    """Hidden while all is well.

    Signals:
        pressed(object): the `Press` that was offered.
    """

    pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("trouble")
        self._trouble: Trouble | None = None
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setAccessibleName("Problem")
        self.button = QPushButton(self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    @property
    def trouble(self) -> Trouble | None:
        """What is told now, or None."""
        return self._trouble

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Tell this, or nothing."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            self.hide()
            return
        is_grave = trouble.weight >= Weight.STOP and trouble.kind is not TroubleKind.PREFLIGHT
        self.setProperty("role", "stop" if is_grave else "")
        self.style().unpolish(self)
        self.style().polish(self)
        self.words.setText(trouble.line)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.button.setVisible(trouble.offer is not None)
        self.button.setText("" if trouble.offer is None else _title(trouble.offer))
        self.show()

    def _on_clicked(self) -> None:
        if self._trouble is not None and self._trouble.offer is not None:
            self.pressed.emit(self._trouble.offer)


def _title(press: Press) -> str:
    return {Press.PLAY: "Try again", Press.NEXT: "Next item", Press.BACK: "Item before", Press.UNDO: "Undo"}.get(
        press, press.value.capitalize()
    )
