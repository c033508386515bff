"""One camera on the mixing desk: name, solo, mute, loudness, place, and a meter."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from app.ui.theme import Theme, set_role, tip
from player.sound_mix import FAR_LEFT, FAR_RIGHT, LOUDEST_DB, QUIETEST_DB, CameraLevel
from resources.palette import lane_colour

_METER_FLOOR_DB = -48
_FALL_DB = 2.0
"""By how much a meter falls from one look to the next, at most."""


class SoundRow(QWidget):
    """One camera.

    Signals:
        level_changed: the `CameraLevel` that the user asks for.
        solo_toggled: the user asks to hear this camera alone, or beside others that are heard alone; or no more.
    """

    level_changed = Signal(object)
    solo_toggled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level = CameraLevel()
        self._name = ""
        self.swatch = QLabel(self)
        self.swatch.setFixedSize(12, 12)
        self.name = QLabel("", self)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.trouble = QLabel("", self)
        self.trouble.setWordWrap(True)
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.trouble, "caution")
        self.solo = self._toggle("Solo")
        self.mute = self._toggle("Mute")
        self.solo.clicked.connect(self.solo_toggled)
        self.mute.clicked.connect(self._on_mute)
        self.gain = self._slider(QUIETEST_DB, LOUDEST_DB, 6)
        self.placement = self._slider(FAR_LEFT, FAR_RIGHT, 50)
        self.gain.valueChanged.connect(self._on_slider)
        self.placement.valueChanged.connect(self._on_slider)
        self.gain_words = QLabel("", self)
        self.placement_words = QLabel("", self)
        self.meter = LevelMeter(theme, self)
        self._lay_out()

    def show_camera(
        self, name: str, colour: int, level: CameraLevel, *, is_solo: bool, is_heard: bool, trouble: str
    ) -> None:
        """Show how this camera is heard."""
        self._level = level
        if name != self._name:
            self._name = name
            self._name_controls(name)
        self.swatch.setStyleSheet(f"background: {lane_colour(colour)}; border-radius: 2px;")
        self.name.setText(name)
        set_role(self.name, "" if is_heard else "dim")
        self.solo.setChecked(is_solo)
        self.mute.setChecked(level.is_muted)
        for slider, value in ((self.gain, level.gain_db), (self.placement, level.placement)):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self.gain_words.setText(gain_words(level.gain_db))
        self.placement_words.setText(placement_words(level.placement))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def show_peak(self, peak: float) -> None:
        """Show the loudest sample of the last moment, full scale 1."""
        self.meter.show_peak(peak)

    def draw_icons(self) -> None:
        """Draw again in other colours."""
        self.meter.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click brings a slider back to as recorded; the wheel scrolls on where the keyboard is elsewhere."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QSlider) and not watched.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(watched, QSlider):
            watched.setValue(0)
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.swatch)
        head.addWidget(self.name, 1)
        head.addWidget(self.solo)
        head.addWidget(self.mute)
        self.gain_words.setFixedWidth(self.fontMetrics().horizontalAdvance("+20 dB") + 4)
        self.placement_words.setFixedWidth(self.fontMetrics().horizontalAdvance("right 100") + 4)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addLayout(head, 0, 0, 1, 4)
        for column, part in enumerate((self.gain, self.gain_words, self.placement, self.placement_words)):
            grid.addWidget(part, 1, column)
        grid.addWidget(self.meter, 2, 0, 1, 4)
        grid.addWidget(self.trouble, 3, 0, 1, 4)
        grid.setColumnStretch(0, 4)
        grid.setColumnStretch(2, 3)

    def _toggle(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("role", "toggle")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _slider(self, lowest: int, highest: int, page: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(lowest, highest)
        slider.setPageStep(page)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.installEventFilter(self)
        return slider

    def _name_controls(self, name: str) -> None:
        self.name.setToolTip(tip(name))
        for control, what, help_text in (
            (self.solo, "Solo", "Hear this camera, and no other that is not soloed too"),
            (self.mute, "Mute", "Do not hear this camera, also where it is soloed"),
            (self.gain, "Loudness", "Loudness; double-click for as recorded"),
            (self.placement, "Place from left to right", "Place from left to right; double-click for as recorded"),
        ):
            control.setAccessibleName(f"{what}: {name}")
            control.setToolTip(help_text)

    def _on_mute(self) -> None:
        self.level_changed.emit(replace(self._level, is_muted=self.mute.isChecked()))

    def _on_slider(self) -> None:
        self.level_changed.emit(replace(self._level, gain_db=self.gain.value(), placement=self.placement.value()))


class LevelMeter(QWidget):
    """A bar as long as the sound is loud, in decibels below full scale; it falls slowly, so that eyes can follow."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._db = float(_METER_FLOOR_DB)
        self.setFixedHeight(4)

    @property
    def level_db(self) -> float:
        """What it shows, dB below full scale; -48 for nothing."""
        return self._db

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, 4)

    def show_peak(self, peak: float) -> None:
        """Show a peak, full scale 1."""
        level = max(_METER_FLOOR_DB, 20 * math.log10(peak)) if peak > 0 else float(_METER_FLOOR_DB)
        shown = max(level, self._db - _FALL_DB, float(_METER_FLOOR_DB))
        if shown != self._db:
            self._db = shown
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.line))
        share = min(1.0, (self._db - _METER_FLOOR_DB) / -_METER_FLOOR_DB)
        colour = palette.caution if self._db > 0 else palette.good
        painter.fillRect(QRect(0, 0, round(self.width() * share), self.height()), QColor(colour))
        painter.end()


def gain_words(gain_db: int) -> str:
    """Return `0 dB`, `+6 dB`, `−12 dB`."""
    return f"{gain_db:+d} dB".replace("-", "−") if gain_db else "0 dB"


def placement_words(placement: int) -> str:
    """Return `left 30`, `middle`, `right 100`."""
    if not placement:
        return "middle"
    return f"{'left' if placement < 0 else 'right'} {abs(placement)}"
