"""The console's row of times, speed and sound, and its row of tools."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from courtroom.show.events import Press
from courtroom.show.keys import Act
from courtroom.ui.console_look import set_style
from courtroom.ui.console_text import clock_text, speed_text
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.standing import Standing
from evidence.times import IncidentTime

_TOOLS = (
    (Act.ZOOM, "Zoom", "drag"),
    (Act.WHOLE, "Whole", "Z"),
    (Act.MAGNIFIER, "Magnifier", "Shift Z"),
    (Act.SPOTLIGHT, "Spotlight", "T"),
    (Act.POINTER, "Pointer", "P"),
    (Act.DRAW, "Draw", "D"),
    (Act.CLEAR, "Clear", "X"),
    (Act.CAPTURE, "Capture", "C"),
)
_IN_HAND = frozenset({Act.ZOOM, Act.MAGNIFIER, Act.SPOTLIGHT, Act.POINTER, Act.DRAW})


class Transport(QWidget):
    """How far the item has come, how fast it plays, and what is heard.

    Signals:
        pressed(object): a `Press`.
    """

    pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.elapsed, self.remaining, self.speed, self.clock = (QLabel(self) for _ in range(4))
        self.elapsed.setProperty("role", "big")
        self.remaining.setProperty("role", "big")
        self.level = QProgressBar(self)
        self.level.setRange(0, 100)
        self.level.setTextVisible(False)
        self.level.setFixedSize(110, 12)
        self.level.setAccessibleName("Sound level")
        self.mute = QPushButton("Sound  S", self)
        self.mute.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.mute.clicked.connect(lambda _checked=False: self.pressed.emit(Press.MUTE))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.elapsed)
        row.addWidget(self.remaining)
        row.addWidget(self.speed)
        row.addStretch(1)
        row.addWidget(self.clock)
        row.addWidget(self.level)
        row.addWidget(self.mute)

    def show_standing(self, standing: Standing, time_text: Callable[[IncidentTime], str], voice: CourtVoice) -> None:
        """Show how things are."""
        cue, state = standing.show.cue, standing.show.state
        if cue.span is not None and cue.can_play:
            self.elapsed.setText(clock_text(standing.at - cue.start))
            self.remaining.setText(f"−{clock_text(cue.span.end - standing.at)}")
        else:
            self.elapsed.setText("")
            self.remaining.setText("")
        words, is_slow = speed_text(state.spot.rate, standing.true_speed) if cue.can_play else ("", False)
        self.speed.setText(words)
        set_style(self.speed, "color: #ff7066;" if is_slow else ("color: #f0b03f;" if state.spot.rate != 1 else ""))
        self.clock.setText(time_text(standing.at) if cue.span is not None else "")
        self.mute.setText("Muted  S" if state.is_muted else ("Sound  S" if cue.heard else "No sound"))
        self.mute.setEnabled(bool(cue.heard))
        self.level.setValue(round(100 * min(1.0, voice.take_level())) if voice.is_heard else 0)


class ToolRow(QWidget):
    """What the presenter can do on the picture.

    Signals:
        pressed(object): an `Act`.
    """

    pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons: dict[Act, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for act, title, key in _TOOLS:
            button = QPushButton(f"{title}  {key}", self)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setCheckable(act in _IN_HAND)
            button.clicked.connect(partial(self._on_clicked, act))
            self.buttons[act] = button
            row.addWidget(button)
        row.addStretch(1)

    def show_tool(self, tool: Act, *, has_strokes: bool) -> None:
        """Show which tool is in the hand."""
        for act, button in self.buttons.items():
            if button.isCheckable():
                button.setChecked(act is tool)
        self.buttons[Act.CLEAR].setEnabled(has_strokes)

    def _on_clicked(self, act: Act, *_checked: object) -> None:
        self.pressed.emit(act)
