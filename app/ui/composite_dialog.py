"""Asks what a video of several cameras is to be, and shows its first frame as it will be. Not modal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotations.composite.facts import MULTI_SOURCE
from annotations.composite.messages import Burn, PreviewPicture
from app.composite_plan import MIX, MOST_CAMERAS, SIZES, USUAL_BURNS, CompositeWish
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import UsageError
from evidence.times import IncidentRange
from player.ui.layout import LayoutKind

_LAYOUTS = (
    (LayoutKind.AUTO, "Grid"),
    (LayoutKind.FOCUS_STRIP, "First camera large, others in a strip"),
    (LayoutKind.ONE, "First camera alone"),
)
_RATES = (None, "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
_BURNS = (
    (Burn.NAME, "Camera name"),
    (Burn.TIME, "Local time"),
    (Burn.FRAME, "Frame number"),
    (Burn.EXHIBIT, "Exhibit"),
    (Burn.TITLE, "Title line"),
    (Burn.MARKS, "Marks"),
    (Burn.SHAPES, "Shapes"),
    (Burn.CAPTIONS, "Captions"),
)
_PREVIEW = QSize(480, 270)
_SETTLE_MS = 350
_WIDTH = 1080


@dataclass(frozen=True, slots=True)
class CompositeOffer:
    """What a dialog can offer.

    Attributes:
        span: the range.
        span_words: in words.
        cameras: id and name, in the order of the tiles.
        recording: ids of those that recorded anything of the range.
        layout: how the screen is laid out.
        focus: the focused camera, or None.
        gains_db: levels of the player's mix, by camera.
        file: the proposed file.
    """

    span: IncidentRange
    span_words: str
    cameras: tuple[tuple[str, str], ...]
    recording: frozenset[str]
    layout: LayoutKind
    focus: str | None
    gains_db: dict[str, int]
    file: Path


class CompositeDialog(FormDialog):
    """Cameras, layout, size, sound, labels and file.

    Signals:
        preview_wanted: a `CompositeWish` whose first frame is to be shown.
    """

    preview_wanted = Signal(object)

    def __init__(
        self,
        offer: CompositeOffer,
        choose_file: Callable[[QWidget, str, Path, str, Callable[[Path], None]], None],
        on_ready: Callable[[CompositeWish, Path, Path | None], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Composite video", "Make video", parent)
        self._offer = offer
        self._choose_file = choose_file
        self._on_ready = on_ready
        self._chosen: Path | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._want_preview)
        self._make_fields()
        self._lay_out()
        self._connect()
        self._settle.start(0)

    def _make_fields(self) -> None:
        offer = self._offer
        self.cameras = QListWidget(self)
        self.cameras.setAccessibleName("Cameras, in the order of their tiles")
        self.cameras.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        ordered = sorted(offer.cameras, key=lambda one: one[0] != offer.focus)
        for camera_id, name in ordered if offer.layout is not LayoutKind.AUTO else offer.cameras:
            is_recording = camera_id in offer.recording
            item = QListWidgetItem(name if is_recording else f"{name} (not recording)")
            item.setData(Qt.ItemDataRole.UserRole, camera_id)
            item.setCheckState(Qt.CheckState.Checked if is_recording else Qt.CheckState.Unchecked)
            self.cameras.addItem(item)
        self.cameras.setFixedHeight(118)
        self.layout_of = QComboBox(self)
        for kind, words in _LAYOUTS:
            self.layout_of.addItem(words, kind)
        kinds = [kind for kind, _words in _LAYOUTS]
        self.layout_of.setCurrentIndex(kinds.index(offer.layout) if offer.layout in kinds else 0)
        self.size_of = QComboBox(self)
        for name, size in SIZES.items():
            self.size_of.addItem(f"{name}, {size[0]} × {size[1]}", size)
        self.size_of.setCurrentIndex(list(SIZES).index("1080p"))
        self.rate = QComboBox(self)
        self.rate.setAccessibleName("Frames a second")
        for rate in _RATES:
            self.rate.addItem("Highest of the cameras" if rate is None else f"{rate} a second", rate)
        self.sound = QComboBox(self)
        self.sound.addItem("All cameras mixed, as loud as in the Sound panel", MIX)
        for camera_id, name in offer.cameras:
            self.sound.addItem(f"{name} alone", camera_id)
        self.sound.addItem("None", "")
        self.burns = {burn: QCheckBox(words, self) for burn, words in _BURNS}
        for burn, box in self.burns.items():
            box.setChecked(burn in USUAL_BURNS)
        self.title = QLineEdit(self)
        self.title.setPlaceholderText("The case's reference and title")
        self.file = QLineEdit(str(offer.file), self)
        self.choose = QPushButton("Choose…", self)
        self.preview = QLabel("The first frame is being made…", self)
        self.preview.setFixedSize(_PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setWordWrap(True)
        self.preview.setAccessibleName("First frame")
        self.note = QLabel(MULTI_SOURCE, self)
        self.note.setWordWrap(True)
        self.note.setMaximumWidth(_PREVIEW.width())
        set_role(self.note, "dim")

    def _lay_out(self) -> None:
        burns = QGridLayout()
        for number, box in enumerate(self.burns.values()):
            burns.addWidget(box, number // 4, number % 4)
        files = QHBoxLayout()
        files.addWidget(self.file, 1)
        files.addWidget(self.choose)
        sizes = QHBoxLayout()
        sizes.addWidget(self.size_of, 1)
        sizes.addWidget(self.rate, 1)
        for words, field in (
            ("Range", QLabel(self._offer.span_words, self)),
            ("Cameras", self.cameras),
            ("Layout", self.layout_of),
            ("Size, rate", sizes),
            ("Sound", self.sound),
            ("Written, drawn", burns),
            ("Title", self.title),
            ("File", files),
        ):
            self.form.addRow(words, field)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.removeItem(self.form)
        self.form.setParent(None)
        right = QVBoxLayout()
        right.addWidget(self.preview)
        right.addWidget(self.note)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addLayout(self.form, 1)
        row.addLayout(right)
        column.insertLayout(0, row)
        self.setMinimumWidth(_WIDTH)
        self.cameras.setFocus()

    def _connect(self) -> None:
        self.cameras.itemChanged.connect(self._on_changed)
        self.cameras.model().rowsMoved.connect(self._on_changed)
        for box in (self.layout_of, self.size_of, self.rate):
            box.currentIndexChanged.connect(self._on_changed)
        for check in self.burns.values():
            check.toggled.connect(self._on_changed)
        self.title.textEdited.connect(self._on_changed)
        self.choose.clicked.connect(self._on_choose)

    def wish(self) -> CompositeWish:
        """Return what is asked for. Raises UsageError."""
        items = [self.cameras.item(row) for row in range(self.cameras.count())]
        chosen = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        ids = tuple(str(item.data(Qt.ItemDataRole.UserRole)) for item in chosen)
        if not ids:
            raise UsageError("No camera is chosen.", remedy="Choose at least one.")
        if len(ids) > MOST_CAMERAS:
            raise UsageError(f"{len(ids)} cameras are too many.", remedy=f"Choose {MOST_CAMERAS} at most.")
        rate = self.rate.currentData()
        return CompositeWish(
            span=self._offer.span,
            camera_ids=ids,
            layout=LayoutKind(self.layout_of.currentData()),
            focus=ids[0],
            size=tuple(self.size_of.currentData()),
            rate=None if rate is None else Fraction(rate),
            sound=self.sound.currentData(),
            gains_db=self._offer.gains_db if self.sound.currentData() == MIX else {},
            burns=frozenset(burn for burn, box in self.burns.items() if box.isChecked()),
            title=self.title.text().strip(),
        )

    def show_preview(self, picture: PreviewPicture) -> None:
        """Show the first frame."""
        image = QImage(picture.pixels, picture.width, picture.height, picture.width * 3, QImage.Format.Format_RGB888)
        ratio = self.devicePixelRatioF()
        shown = QPixmap.fromImage(image).scaled(
            _PREVIEW * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shown.setDevicePixelRatio(ratio)
        self.preview.setPixmap(shown)

    def show_problem(self, words: str) -> None:
        """Say why there is no first frame."""
        self.preview.setText(words)

    def take(self) -> None:
        """Hand on what was asked for. Raises UsageError."""
        typed = self.file.text().strip()
        out = Path(typed).expanduser()
        if not typed or not out.is_absolute():
            raise UsageError("The file needs a name and a folder.", remedy="Choose where the video goes.")
        if out.suffix.casefold() != ".mp4":
            out = out.with_name(out.name + ".mp4")
        is_chosen = self._chosen == out
        if out.exists() and not is_chosen:
            raise UsageError(f"“{out.name}” is there already.", remedy="Choose another name.")
        self._on_ready(self.wish(), out, self._chosen)

    def _on_changed(self) -> None:
        self.say("")
        self._settle.start()

    def _want_preview(self) -> None:
        try:
            self.preview_wanted.emit(self.wish())
        except UsageError as error:
            self.show_problem(str(error))

    def _on_choose(self) -> None:
        start = Path(self.file.text() or str(self._offer.file))
        self._choose_file(self, "Where the video goes", start, "MP4 video (*.mp4)", self._on_chosen)

    def _on_chosen(self, file: Path) -> None:
        self._chosen = file
        self.file.setText(str(file))
