"""Shows one recording by itself, for what nothing has placed on the timeline yet; its times count from its start.

The way to the timeline leads over it: find a frame whose time is known, and place the recording by that frame.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from app.time_text import offset_text
from app.ui.playback import Playback
from app.ui.theme import Theme, set_role, tabular
from evidence.frame_index import FrameIndex
from evidence.records import Camera, Recording
from evidence.times import IncidentTime
from player.engine import Engine
from player.ui.overlay import CameraLabel
from player.ui.surface import TileSurface
from player.ui.tile_painter import SurfaceColours
from sync.timeline import lone_timeline

_SIZE = (960, 620)
_UNPLACED = (
    "This recording is not on the timeline: nothing says when it was recorded. Times here count from its first frame. "
    "Go to a frame whose true time you know, and place it by that."
)
_PLACED = "Times here count from the first frame of this recording, and not on the incident's clock."
_BUTTONS = (("Frame back", ","), ("Play", "Space"), ("Frame on", "."))


class LoneViewer(QWidget):
    """A window of its own with an engine of its own; closing it ends both.

    Signals:
        place_wanted(str, object): the recording is to be placed by the frame on screen: the recording's id, and how
            long after its first frame that frame starts, ns.
        event_wanted(str, object): the frame on screen shows an event: the recording's id, and the frame's number.
    """

    place_wanted = Signal(str, object)
    event_wanted = Signal(str, object)

    def __init__(
        self,
        camera: Camera,
        recording: Recording,
        find_index: Callable[[str], FrameIndex | None],
        theme: Theme,
        parent: QWidget | None = None,
        *,
        is_placed: bool = False,
        engine: Engine | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{recording.display_name}, by itself")
        self.resize(*_SIZE)
        self._recording = recording
        self.engine = engine or Engine()
        self.playback = Playback(self.engine)
        self.playback.set_focus(camera.id)
        self.surface = TileSurface(self.engine, offset_text, SurfaceColours(), self)
        self._build(theme, _PLACED if is_placed else _UNPLACED)
        self.engine.load(lone_timeline(camera, recording), find_index)
        self.surface.set_cameras([CameraLabel(camera.id, camera.name, theme.palette.accent)])
        self.playback.asked.connect(self._on_asked)
        self.surface.refreshed.connect(self._on_refreshed)
        self.surface.setFocus()
        self.surface.wake()
        self._on_refreshed(self.engine.position)

    def _build(self, theme: Theme, warning_text: str) -> None:
        warning = QLabel(warning_text, self)
        warning.setWordWrap(True)
        set_role(warning, "dim")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName("Place in the recording")
        self.slider.setRange(0, 10_000)
        self.slider.sliderMoved.connect(self._on_slid)
        self.where = QLabel("", self)
        self.where.setFont(tabular(self.where.font()))
        self.buttons = [self._button(text, key) for text, key in _BUTTONS]
        self.place_button = QPushButton("Place by this frame…", self)
        self.place_button.clicked.connect(lambda _checked=False: self._want_place())
        self.event_button = QPushButton("Same event", self)
        self.event_button.setToolTip("This frame shows the event that is marked in another camera too (E)")
        self.event_button.clicked.connect(lambda _checked=False: self._want_event())
        row = QHBoxLayout()
        for widget in (*self.buttons, self.slider, self.where, self.event_button, self.place_button):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(warning)
        column.addWidget(self.surface, 1)
        column.addLayout(row)
        self.setStyleSheet(f"LoneViewer {{ background: {theme.palette.window}; }}")

    def _button(self, text: str, key: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(f"{text} ({key})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: self._press(key))
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Serve the keys of playing that the review has; Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif not self._press(_KEYS.get(Qt.Key(event.key()), "")):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the engine with the window."""
        self.surface.hide()
        self.engine.close()
        super().closeEvent(event)

    def _press(self, key: str) -> bool:
        """Do what a key does; return whether it does anything."""
        keys: dict[str, Callable[[], None]] = {
            "Space": self.playback.toggle,
            ",": lambda: self.playback.step(-1),
            ".": lambda: self.playback.step(1),
            "J": self.playback.backwards,
            "K": self.playback.stop,
            "L": self.playback.forwards,
            "Left": lambda: self.playback.move(-1),
            "Right": lambda: self.playback.move(1),
            "Home": self.playback.go_start,
            "End": self.playback.go_end,
            "E": self._want_event,
        }
        if key not in keys:
            return False
        keys[key]()
        return True

    def _want_place(self) -> None:
        self.playback.stop()
        spot = self.playback.focus_spot(self.engine.position)
        self.place_wanted.emit(self._recording.id, self.engine.position if spot is None else spot.frame_start)

    def _want_event(self) -> None:
        self.playback.stop()
        spot = self.playback.focus_spot(self.engine.target)
        if spot is not None:
            self.event_wanted.emit(self._recording.id, spot.frame)

    def _on_asked(self) -> None:
        self.surface.wake()

    def _on_slid(self, place: int) -> None:
        span = self.engine.span
        self.playback.scrub(IncidentTime(span.start + span.duration_ns * place // 10_001))

    def _on_refreshed(self, position: IncidentTime) -> None:
        span, number = self.engine.span, self.playback.frame_number(position)
        frame = "" if number is None else f"  f {number}"
        self.where.setText(f"{offset_text(position)}{frame}")
        self.buttons[1].setText("Pause" if self.engine.is_playing else "Play")
        if span.duration_ns and not self.slider.isSliderDown():
            self.slider.setValue((position - span.start) * 10_000 // span.duration_ns)


_KEYS = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Comma: ",",
    Qt.Key.Key_Period: ".",
    Qt.Key.Key_J: "J",
    Qt.Key.Key_K: "K",
    Qt.Key.Key_L: "L",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_E: "E",
}
