"""The mixing desk in the side panel: who is heard, how loud and from where; the device; levels while it plays.

It mirrors a `SoundView` and asks for another mix; every control works with the keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.ui.actions import ActionSet
from app.ui.sound_row import SoundRow
from app.ui.theme import Theme, set_role
from player.sound_mix import SoundMix


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard, for the bar and the lanes.

    Attributes:
        cameras: ids of the cameras that are heard.
        words: in short, for instance "BWV 412" or "mix of 3"; "" for silence.
        fully: all names, one a line.
        silence: why it is silent although cameras are to be heard, or "".
    """

    cameras: tuple[str, ...] = ()
    words: str = ""
    fully: str = ""
    silence: str = ""


@dataclass(frozen=True, slots=True)
class SoundCamera:
    """A camera that has sound."""

    id: str
    name: str
    colour: int


@dataclass(frozen=True)
class SoundView:
    """All that the panel shows.

    Attributes:
        cameras: those with sound, in the order of the lanes.
        heard: ids of those that are heard now.
        troubles: by camera id, why it is silent, in words.
        devices: key and name of each device, "" for the system's own choice.
        device: key of the chosen one.
        silence: why nothing is heard, or "".
    """

    cameras: tuple[SoundCamera, ...] = ()
    mix: SoundMix = field(default_factory=SoundMix)
    heard: frozenset[str] = frozenset()
    troubles: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[tuple[str, str], ...] = ()
    device: str = ""
    silence: str = ""


class SoundTab(QWidget):
    """One row a camera.

    Signals:
        mix_wanted: the `SoundMix` that the user asks for.
        device_wanted: key of the device that the user chose.
        shown: the panel has come on screen; what it shows may be old.
    """

    mix_wanted = Signal(object)
    device_wanted = Signal(str)
    shown = Signal()

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = SoundView()
        self.rows: dict[str, SoundRow] = {}
        self.device = QComboBox(self)
        self.device.setAccessibleName("Sound device")
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.device.setMinimumContentsLength(12)
        self.device.activated.connect(lambda _index: self.device_wanted.emit(self.device.currentData()))
        self.all_button = actions.button("sound.mix", self)
        self.all_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.all_button.setProperty("role", "button")
        self.words = QLabel("", self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.limited = QLabel("", self)
        set_role(self.limited, "dim")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(12)
        self._lay_out()
        theme.changed.connect(self._draw_again)
        self.setFocusProxy(self.device)

    def show_sound(self, view: SoundView) -> None:
        """Show who is heard and how; only rows that are others are made anew."""
        before, self._view = self._view, view
        if [camera.id for camera in before.cameras] != [camera.id for camera in view.cameras]:
            self._make_rows(view.cameras)
        if (before.devices, before.device) != (view.devices, view.device) or not self.device.count():
            self._show_devices(view.devices, view.device)
        for camera in view.cameras:
            self.rows[camera.id].show_camera(
                camera.name,
                camera.colour,
                view.mix.level(camera.id),
                is_solo=camera.id in view.mix.solo,
                is_heard=camera.id in view.heard,
                trouble=view.troubles.get(camera.id, ""),
            )
        words = view.silence if view.cameras else "No camera of this case has sound."
        if view.cameras and not words and not view.heard:
            words = "Nothing is heard: no camera is chosen, or all are muted."
        self.words.setText(words)
        self.words.setVisible(bool(words))
        set_role(self.words, "caution" if view.silence else "dim")

    def show_levels(self, peaks: Mapping[str, float], turned_down_db: int) -> None:
        """Show how loud each camera is now, and by how much everything is turned down so that it does not clip."""
        for camera_id, row in self.rows.items():
            row.show_peak(peaks.get(camera_id, 0.0))
        self.limited.setText(f"Turned down by {turned_down_db} dB: too loud together" if turned_down_db else "")

    def showEvent(self, _event: object) -> None:
        """Tell that the panel is on screen."""
        self.shown.emit()

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 4, 12, 12)
        column.addLayout(self._list)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 4)
        top.setSpacing(8)
        choice = QHBoxLayout()
        label = QLabel("Play on", self)
        label.setBuddy(self.device)
        choice.addWidget(label)
        choice.addWidget(self.device, 1)
        top.addLayout(choice)
        top.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)
        top.addWidget(self.words)
        top.addWidget(self.limited)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addWidget(area, 1)

    def _make_rows(self, cameras: Sequence[SoundCamera]) -> None:
        for row in self.rows.values():
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = {}
        for camera in cameras:
            row = SoundRow(self._theme, self)
            row.level_changed.connect(lambda level, one=camera.id: self._ask(self._view.mix.with_level(one, level)))
            row.solo_toggled.connect(lambda one=camera.id: self._ask(self._view.mix.toggle_solo(one)))
            self._list.addWidget(row)
            self.rows[camera.id] = row

    def _show_devices(self, devices: Sequence[tuple[str, str]], chosen: str) -> None:
        self.device.clear()
        for key, name in devices:
            self.device.addItem(name, key)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def _ask(self, mix: SoundMix) -> None:
        self.mix_wanted.emit(mix)

    def _draw_again(self) -> None:
        for row in self.rows.values():
            row.draw_icons()
