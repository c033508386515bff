"""Sets the aids to the eye of the focused camera: brightness, contrast, gamma, deinterlacing. View only."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QPushButton, QSlider, QWidget

from app.ui.theme import set_role, tabular
from player.ui.picture_aids import AS_RECORDED, BRIGHTEST, DARKEST, HIGHEST_GAMMA, LOWEST_GAMMA, PictureAids

_WIDTH = 360
_HINT = "Only how it looks here. Recordings, stills and clips stay as recorded, and the case does not keep this."
_ROWS = (
    ("brightness", "Brightness", DARKEST, BRIGHTEST),
    ("contrast", "Contrast", -100, 100),
    ("gamma", "Gamma", LOWEST_GAMMA, HIGHEST_GAMMA),
)


class AidsPanel(QFrame):
    """Lies over the pictures; a mirror of one camera's aids.

    Signals:
        aids_wanted(str, object): a camera's id, and its `PictureAids`.
        ended: it is gone.
    """

    aids_wanted = Signal(str, object)
    ended = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._camera_id = ""
        self._aids = AS_RECORDED
        self.setProperty("role", "card")
        self._title = QLabel("", self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._title, "heading")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setSpacing(8)
        grid.addWidget(self._title, 0, 0, 1, 3)
        self.sliders: dict[str, QSlider] = {}
        self._values: dict[str, QLabel] = {}
        for row, (name, title, lowest, highest) in enumerate(_ROWS, 1):
            self._add_row(grid, row, name, title).setRange(lowest, highest)
        self.field_box = QCheckBox("Deinterlace: show one field of each picture", self)
        self.field_box.toggled.connect(lambda is_on: self._ask(replace(self._aids, is_deinterlaced=is_on)))
        hint = QLabel(_HINT, self)
        hint.setWordWrap(True)
        set_role(hint, "dim")
        self.reset_button = QPushButton("As recorded", self)
        self.reset_button.clicked.connect(lambda _checked=False: self._ask(AS_RECORDED))
        self.close_button = QPushButton("Close", self)
        self.close_button.clicked.connect(lambda _checked=False: self.end())
        grid.addWidget(self.field_box, 4, 0, 1, 3)
        grid.addWidget(hint, 5, 0, 1, 3)
        grid.addWidget(self.reset_button, 6, 0)
        grid.addWidget(self.close_button, 6, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def _add_row(self, grid: QGridLayout, row: int, name: str, title: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setPageStep(10)
        slider.setAccessibleName(title)
        slider.valueChanged.connect(lambda value: self._ask(replace(self._aids, **{name: value})))
        value = QLabel("", self)
        value.setFont(tabular(value.font()))
        value.setMinimumWidth(44)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(QLabel(title, self), row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(value, row, 2)
        self.sliders[name], self._values[name] = slider, value
        return slider

    def show_aids(self, camera_id: str, camera_name: str, aids: PictureAids) -> None:
        """Mirror a camera's aids."""
        self._camera_id, self._aids = camera_id, aids
        self._title.setText(f"Picture aids: {camera_name}")
        for name, slider in self.sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(getattr(aids, name))
            value = getattr(aids, name)
            self._values[name].setText(f"{value / 100:.2f}" if name == "gamma" else f"{value:+d}" if value else "0")
        with QSignalBlocker(self.field_box):
            self.field_box.setChecked(aids.is_deinterlaced)

    def open_at(self, right: int, top: int) -> None:
        """Show it, with its right top corner there, and give it the keyboard."""
        width = max(_WIDTH, self.minimumSizeHint().width())
        self.setFixedSize(width, self.heightForWidth(width))
        self.move(max(0, right - self.width()), top)
        self.show()
        self.raise_()
        self.sliders["brightness"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end(self) -> None:
        """Close it; the aids stay."""
        self.hide()
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends it."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def _ask(self, aids: PictureAids) -> None:
        self.aids_wanted.emit(self._camera_id, aids)
