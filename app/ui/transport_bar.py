"""The bar between pictures and timeline: keys for playing, the speed, what is heard, the time, and the range."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.time_text import LocalTimes, duration_text
from app.ui.actions import ActionSet
from app.ui.theme import Theme, set_role, tabular, tip
from evidence.times import IncidentTime

_BUTTONS = (
    "move.start",
    "move.previous_event",
    "move.frame_back",
    "play.toggle",
    "move.frame_on",
    "move.next_event",
    "move.end",
)


@dataclass(frozen=True, slots=True)
class TransportState:
    """What the bar shows.

    Attributes:
        instant: where the playhead stands, or None while nothing is placed.
        frame: number of the frame on screen in the focused camera, or None in a gap.
        is_playing: whether it moves by itself.
        rate: the speed that was asked for, negative backwards.
        true_speed: the speed that the machine reaches, where it is known.
        is_slowed: whether the machine made it slower than asked.
        heard: who is heard, in words, or "".
        heard_fully: names of all that are heard, one a line.
        silence: why it is silent although it is to be heard, in words, or "".
        range_in: start of the range, or None.
        range_out: end of the range, exclusive, or None.
        is_looping: whether the range is played again and again.
    """

    instant: IncidentTime | None
    frame: int | None
    is_playing: bool
    rate: Fraction
    true_speed: float | None
    is_slowed: bool
    heard: str
    heard_fully: str
    silence: str
    range_in: IncidentTime | None
    range_out: IncidentTime | None
    is_looping: bool


class TransportBar(QFrame):
    """Mirrors a `TransportState`; its buttons are commands."""

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._actions = actions
        self._theme = theme
        self._state: TransportState | None = None
        self._times: LocalTimes | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(4)
        for command_id in _BUTTONS:
            row.addWidget(actions.button(command_id, self))
        self.speed = _label(self, "Speed")
        self.speed.setMinimumWidth(self.fontMetrics().horizontalAdvance("-1/8× (0.12×)") + 8)
        self.sound_button = actions.button("sound.solo", self)
        self.mix_button = actions.button("view.panel_sound", self)
        self.sound = _label(self, "Who is heard")
        self.clock = _label(self, "Time of the playhead", "playhead")
        self.day = _label(self, "Date of the playhead", "dim")
        self.frame = _label(self, "Frame number in the focused camera")
        self.range = _label(self, "In and out point", "dim")
        self.loop_button = actions.button("play.loop", self)
        row.addSpacing(8)
        row.addWidget(self.speed)
        row.addWidget(self.sound_button)
        row.addWidget(self.mix_button)
        row.addWidget(self.sound)
        row.addStretch(1)
        row.addWidget(self.clock)
        row.addSpacing(8)
        row.addWidget(self.day)
        row.addSpacing(16)
        row.addWidget(self.frame)
        row.addStretch(1)
        row.addWidget(self.range)
        row.addWidget(self.loop_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._draw_icons)

    def show_state(self, state: TransportState, times: LocalTimes) -> None:
        """Show where the playhead stands; only what differs from before is written anew."""
        before, is_same_zone = self._state, times == self._times
        if state == before and is_same_zone:
            return
        self._state, self._times = state, times
        if before is None or not is_same_zone or before.instant != state.instant:
            self._show_instant(state.instant, times)
        if before is None or before.frame != state.frame:
            self.frame.setText("" if state.frame is None else f"f {state.frame}")
        if before is None or _speed_facts(before) != _speed_facts(state):
            self._show_speed(state)
        if before is None or (before.heard, before.silence) != (state.heard, state.silence):
            self._show_sound(state)
        if before is None or not is_same_zone or _range_facts(before) != _range_facts(state):
            self._show_range(state, times)
        if before is None or before.is_playing != state.is_playing or bool(before.heard) != bool(state.heard):
            self._draw_icons()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of font or style."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fix_sizes()

    def showEvent(self, event: QShowEvent) -> None:
        """Find out how much room the times need."""
        super().showEvent(event)
        self._fix_sizes()

    def _fix_sizes(self) -> None:
        """Give what changes at every refresh a size of its own: Qt would lay the whole window out anew each time."""
        for label, widest in ((self.clock, "00:00:00.000"), (self.frame, "f 0,000,000")):
            label.ensurePolished()
            label.setFixedSize(label.fontMetrics().horizontalAdvance(widest) + 8, label.fontMetrics().height() + 2)

    def _show_instant(self, instant: IncidentTime | None, times: LocalTimes) -> None:
        self.clock.setText("--:--:--.---" if instant is None else times.clock(instant))
        day = "" if instant is None else f"{times.day(instant)} {times.zone_name(instant)}"
        if day != self.day.text():
            self.day.setText(day)

    def _show_speed(self, state: TransportState) -> None:
        words = speed_words(state.rate)
        role = "" if state.rate == 1 else "caution"
        if state.is_slowed and state.true_speed is not None:
            words, role = f"{words} ({state.true_speed:.2f}×)", "bad"
        self.speed.setText(words)
        self.speed.setToolTip("The machine cannot keep up: all cameras were slowed together" if role == "bad" else "")
        set_role(self.speed, role)

    def _show_sound(self, state: TransportState) -> None:
        metrics = self.sound.fontMetrics()
        why = ": silent" if state.heard and state.silence else ""
        room = metrics.averageCharWidth() * 28 - metrics.horizontalAdvance(why)
        self.sound.setText(metrics.elidedText(state.heard, Qt.TextElideMode.ElideRight, room) + why)
        self.sound.setToolTip(tip("\n".join(filter(None, (state.silence, state.heard_fully)))))
        set_role(self.sound, "caution" if state.heard and state.silence else "")

    def _show_range(self, state: TransportState, times: LocalTimes) -> None:
        parts = []
        if state.range_in is not None:
            parts.append(f"in {times.clock(state.range_in, 2)}")
        if state.range_out is not None:
            parts.append(f"out {times.clock(state.range_out, 2)}")
        if state.range_in is not None and state.range_out is not None:
            parts.append(f"({duration_text(state.range_out - state.range_in)})")
        self.range.setText("  ".join(parts))
        self.loop_button.setVisible(bool(parts))
        set_role(self.range, "accent" if state.is_looping else "dim")

    def _draw_icons(self) -> None:
        is_playing = self._state is not None and self._state.is_playing
        is_heard = self._state is not None and bool(self._state.heard)
        self._actions["play.toggle"].setIcon(self._theme.icon("pause" if is_playing else "play"))
        self._actions["sound.solo"].setIcon(self._theme.icon("sound" if is_heard else "silent"))


def _speed_facts(state: TransportState) -> tuple[object, ...]:
    return state.rate, state.is_slowed, state.true_speed if state.is_slowed else None


def _range_facts(state: TransportState) -> tuple[object, ...]:
    return state.range_in, state.range_out, state.is_looping


def speed_words(rate: Fraction) -> str:
    """Return `1×`, `1/8×`, `-2×`."""
    number = str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"
    return f"{number}×"


def _label(parent: QWidget, name: str, role: str = "") -> QLabel:
    label = QLabel("", parent)
    label.setAccessibleName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(tabular(label.font()))
    if role:
        set_role(label, role)
    return label
