"""The five big keys of the console: Back, Black, Hold, Next, Play."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from courtroom.show.events import Press
from courtroom.show.state import Screen, ShowState

_KEYS = (
    (Press.BACK, "Back", "Page Up"),
    (Press.BLACK, "Black", "B"),
    (Press.HOLD, "Hold", "."),
    (Press.NEXT, "Next", "Page Down"),
    (Press.PLAY, "Play", "Space"),
)


class KeyRow(QWidget):
    """Five buttons, each with its key.

    Signals:
        pressed(object): a `Press`.
    """

    pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons: dict[Press, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for press, title, key in _KEYS:
            button = QPushButton(f"{title}\n{key}", self)
            button.setProperty("role", "key")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(title)
            button.setCheckable(press in {Press.BLACK, Press.HOLD})
            button.clicked.connect(partial(self._on_clicked, press))
            self.buttons[press] = button
            row.addWidget(button, 1)

    def set_small(self, *, is_small: bool) -> None:
        """Write name and key in one line, for the strip."""
        for press, title, key in _KEYS:
            self.buttons[press].setText(f"{title}  {key}" if is_small else f"{title}\n{key}")
            self.buttons[press].setStyleSheet("font-size: 12pt; min-height: 26px;" if is_small else "")

    def show_state(self, state: ShowState, *, can_play: bool) -> None:
        """Show what is down, and what play would do."""
        self.buttons[Press.BLACK].setChecked(state.screen is Screen.BLACK)
        self.buttons[Press.HOLD].setChecked(state.screen is Screen.HELD)
        play = self.buttons[Press.PLAY]
        words = "Pause" if state.is_playing else "Play"
        text = play.text()
        if not text.startswith(words):
            play.setText(text.replace("Pause" if words == "Play" else "Play", words))
        play.setEnabled(can_play or state.screen is not Screen.LIVE)

    def _on_clicked(self, press: Press, *_checked: object) -> None:
        self.pressed.emit(press)
