"""Asks what a clip is to be: name, exhibit, cameras and how each is cut, with what that costs for this very range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from annotations.clips.clip import ClipDraft, checked_draft
from annotations.cuts.messages import Codec, Mode
from annotations.cuts.plan import FindIndex
from app.clip_words import CODEC_NAMES, MODE_NAMES, MODE_WORDS, cost_words, is_recording
from app.time_text import LocalTimes
from app.ui.choosers import Choosers
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import UsageError
from evidence.time_text import duration_text
from evidence.times import IncidentRange
from sync.timeline import Timeline

_LIKE_ALL = "As for all"
_ROWS_HEIGHT = 120


@dataclass(frozen=True)
class ClipContext:
    """What the panel stands on.

    Attributes:
        timeline: the cameras.
        find_index: gives the frame tables.
        times: writes times.
        choosers: asks for a folder.
        exports: the case's own folder for exports.
    """

    timeline: Timeline
    find_index: FindIndex
    times: LocalTimes
    choosers: Choosers
    exports: Path


OnReady = Callable[[ClipDraft, Path | None, bool], None]
"""Gets what the clip is to be, where it is exported to (None: the case's exports), and whether it is exported now."""


class ClipPanel(FormDialog):
    """The fields of a clip; it never blocks the window."""

    def __init__(
        self, title: str, draft: ClipDraft, context: ClipContext, on_ready: OnReady, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, "Export", parent)
        self.setMinimumWidth(680)
        self._context = context
        self._on_ready = on_ready
        self._span: IncidentRange = draft.span
        self._folder: Path | None = None
        self._is_export = True
        times = context.times
        length = duration_text(draft.span.duration_ns)
        self.range_words = QLabel(f"{times.full(draft.span.start)} to {times.clock(draft.span.end)} ({length})", self)
        self.name = QLineEdit(draft.name, self)
        self.name.setPlaceholderText("Door opens")
        self.exhibit = QLineEdit(draft.exhibit, self)
        self.exhibit.setPlaceholderText("JB/1-A")
        self.note = QLineEdit(draft.note, self)
        self.note.setPlaceholderText("For the report")
        self.mode = _combo(self, {mode.value: MODE_NAMES[mode] for mode in Mode}, draft.mode.value, "How it is cut")
        self.mode_words = QLabel("", self)
        self.mode_words.setWordWrap(True)
        self.codec = _combo(
            self, {one.value: CODEC_NAMES[one] for one in Codec}, draft.codec.value, "What is encoded with"
        )
        self.folder_words = QLabel("In the case's exports", self)
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(lambda _checked=False: self._choose_folder())
        folder_row = QHBoxLayout()
        folder_row.addWidget(self.folder_words, 1)
        folder_row.addWidget(choose)
        set_role(self.mode_words, "dim")
        for label, widget in (("Range", self.range_words), ("Name", self.name), ("Exhibit", self.exhibit)):
            self.form.addRow(label, widget)
            widget.setAccessibleName(label)
        self.form.addRow("Cut", self.mode)
        self.form.addRow("", self.mode_words)
        self.form.addRow("Encoder", self.codec)
        self.form.addRow("Cameras", self._make_rows(draft))
        self.form.addRow("Folder", folder_row)
        self.form.addRow("Note", self.note)
        self.save_button = QPushButton("Save only", self)
        self.save_button.clicked.connect(lambda _checked=False: self._save())
        buttons = self.findChild(QDialogButtonBox)
        assert buttons is not None
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.mode.currentIndexChanged.connect(lambda _index: self._show_costs())
        self._show_costs()
        self.name.setFocus()
        self.name.selectAll()

    def take(self) -> None:
        """Hand the clip on. Raises UsageError where something is not right."""
        chosen = tuple(camera for camera, row in self.rows.items() if row.check.isChecked())
        if not chosen:
            raise UsageError("No camera is chosen.", remedy="Tick at least one.")
        modes = {camera: Mode(row.mode.currentData()) for camera, row in self.rows.items() if row.mode.currentData()}
        draft = ClipDraft(
            name=self.name.text(),
            span=self._span,
            camera_ids=chosen,
            mode=Mode(self.mode.currentData()),
            modes=modes,
            codec=Codec(self.codec.currentData()),
            exhibit=self.exhibit.text(),
            note=self.note.text(),
        )
        self._on_ready(checked_draft(draft), self._folder, self._is_export)

    def _save(self) -> None:
        self._is_export = False
        self._on_accepted()
        self._is_export = True

    def _make_rows(self, draft: ClipDraft) -> QScrollArea:
        inner = QWidget(self)
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(2, 1)
        self.rows: dict[str, _Row] = {}
        for place, camera in enumerate(self._context.timeline.cameras):
            name = camera.camera.name
            has_any = is_recording(camera, draft.span, self._context.find_index)
            row = _Row(inner, name, draft.modes.get(camera.camera.id))
            row.check.setEnabled(has_any)
            row.mode.setEnabled(has_any)
            row.check.setChecked(has_any and (draft.camera_ids is None or camera.camera.id in draft.camera_ids))
            row.mode.currentIndexChanged.connect(lambda _index: self._show_costs())
            self.rows[camera.camera.id] = row
            for column, widget in enumerate((row.check, row.mode, row.cost)):
                grid.addWidget(widget, place, column, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(self.rows), 1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setMinimumHeight(_ROWS_HEIGHT)
        area.setWidget(inner)
        return area

    def _show_costs(self) -> None:
        mode = Mode(self.mode.currentData())
        self.mode_words.setText(MODE_WORDS[mode])
        own = {Mode(row.mode.currentData()) for row in self.rows.values() if row.mode.currentData()}
        self.codec.setEnabled(bool({mode, *own} - {Mode.COPY}))
        for camera in self._context.timeline.cameras:
            row = self.rows[camera.camera.id]
            wanted = Mode(row.mode.currentData()) if row.mode.currentData() else mode
            context = self._context
            row.cost.setText(cost_words(camera, self._span, wanted, context.find_index, context.times))
        self.fit()

    def _choose_folder(self) -> None:
        def chosen(folder: Path) -> None:
            self._folder = folder
            self.folder_words.setText(str(folder))

        self._context.choosers.choose_folder(self, "Where the export's folder goes", self._context.exports, chosen)


class _Row:
    """One camera."""

    def __init__(self, parent: QWidget, name: str, mode: Mode | None) -> None:
        self.check = QCheckBox(name, parent)
        entries = {"": _LIKE_ALL} | {one.value: MODE_NAMES[one] for one in Mode}
        self.mode = _combo(parent, entries, "" if mode is None else mode.value, f"How {name} is cut")
        self.cost = QLabel("", parent)
        self.cost.setWordWrap(True)
        self.cost.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.cost, "dim")


def _combo(parent: QWidget, entries: dict[str, str], chosen: str, name: str) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    for value, words in entries.items():
        combo.addItem(words, value)
    combo.setCurrentIndex(combo.findData(chosen))
    return combo
