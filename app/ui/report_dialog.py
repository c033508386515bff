"""Asks which report is wanted, of what, and where it goes. Not modal: work goes on beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from annotations.reports.scope import ReportKind, Scope
from app.ui.form_dialog import FormDialog
from evidence.errors import UsageError
from evidence.times import IncidentRange

TIMELINE = "timeline"
_KINDS = (
    (ReportKind.CHRONOLOGY.value, "Chronology of the marks"),
    (ReportKind.EXHIBITS.value, "Exhibit list, with content and format"),
    (ReportKind.TIMINGS.value, "Timings for a statement"),
    (ReportKind.COVERAGE.value, "Who was recording when"),
    (TIMELINE, "Timeline for editing programs (OpenTimelineIO)"),
)
_FORMS = ((".pdf", "PDF, to print"), (".html", "HTML, for a browser"), (".csv", "CSV, for a spreadsheet"))
_NOTES = {
    ReportKind.CHRONOLOGY.value: "Every mark in order of time, how sure that is, and the frame of each camera.",
    ReportKind.EXHIBITS.value: "Every recording: file, format, start and end, who added it, SHA-256, last check.",
    ReportKind.TIMINGS.value: "Plain sentences for each recording: where in the file each mark is, and when that was.",
    ReportKind.COVERAGE.value: "Which cameras cover the range, when nobody was recording, gaps, no sound.",
    TIMELINE: "A track for each camera, its files where they belong; marks as markers. Files are not copied.",
}


@dataclass(frozen=True, slots=True)
class ReportWish:
    """What was asked for.

    Attributes:
        kind: a `ReportKind` by its value, or `TIMELINE`.
        out: the file.
        scope: of what.
        with_stills: whether a chronology has pictures.
        opens: whether it is opened when it is done.
        replaces: whether the user chose the file in the system's dialog, which asks about replacing.
    """

    kind: str
    out: Path
    scope: Scope
    with_stills: bool
    opens: bool
    replaces: bool


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """What a dialog can offer.

    Attributes:
        folder: where files go unless another place is chosen.
        stamp: the moment, as part of file names.
        span: the range from in to out, or None.
        span_words: that range in words.
        camera_id: the focused camera, or None.
        camera_name: its name.
    """

    folder: Path
    stamp: str
    span: IncidentRange | None
    span_words: str
    camera_id: str | None
    camera_name: str


class ReportDialog(FormDialog):
    """Which report, of what, as what, and where it goes."""

    def __init__(
        self,
        offer: ReportOffer,
        choose_file: Callable[[QWidget, str, Path, str, Callable[[Path], None]], None],
        on_ready: Callable[[ReportWish], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Reports", "Make report", parent)
        self._offer = offer
        self._choose_file = choose_file
        self._on_ready = on_ready
        self._chosen: Path | None = None
        self.kind = QComboBox(self)
        for value, words in _KINDS:
            self.kind.addItem(words, value)
        self.form_of_file = QComboBox(self)
        self.part = QComboBox(self)
        self.part.addItem("All of the case", None)
        if offer.span is not None:
            self.part.addItem(f"From in to out: {offer.span_words}", offer.span)
        self.cameras = QComboBox(self)
        self.cameras.addItem("All cameras", None)
        if offer.camera_id is not None:
            self.cameras.addItem(f"Only {offer.camera_name}", offer.camera_id)
        self.with_stills = QCheckBox("With each camera's picture at each mark", self)
        self.opens = QCheckBox("Open it when it is done", self)
        self.opens.setChecked(True)
        self.file = QLineEdit(self)
        self.file.setAccessibleName("File")
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._on_choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.file, 1)
        row.addWidget(choose)
        self.form.addRow("Report", self.kind)
        self.note = self.add_note("")
        self.form.addRow("As", self.form_of_file)
        self.form.addRow("Of", self.part)
        self.form.addRow("", self.cameras)
        self.form.addRow("", self.with_stills)
        self.form.addRow("File", row)
        self.form.addRow("", self.opens)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.form_of_file.currentIndexChanged.connect(self._on_form)
        self.file.textEdited.connect(self._on_typed)
        self._on_kind()
        self.kind.setFocus()

    def take(self) -> None:
        """Hand on what was asked for. Raises UsageError."""
        typed = self.file.text().strip()
        out = Path(typed).expanduser()
        if not typed or not out.is_absolute():
            raise UsageError("The file needs a name and a folder.", remedy="Choose where the report goes.")
        ending = self._ending()
        if out.suffix.casefold() != ending:
            out = out.with_name(out.name + ending)
        camera_id = self.cameras.currentData()
        scope = Scope(self.part.currentData(), None if camera_id is None else (camera_id,))
        is_chosen = self._chosen is not None and out in {
            self._chosen,
            self._chosen.with_name(self._chosen.name + ending),
        }
        if out.exists() and not is_chosen:
            raise UsageError(f"“{out.name}” is there already.", remedy="Choose another name.")
        stills = self.with_stills.isEnabled() and self.with_stills.isChecked()
        self._on_ready(ReportWish(self.kind.currentData(), out, scope, stills, self.opens.isChecked(), is_chosen))

    def _on_kind(self) -> None:
        kind = self.kind.currentData()
        self.note.setText(_NOTES[kind])
        forms = ((".otio", "OpenTimelineIO"),) if kind == TIMELINE else _FORMS
        if self.form_of_file.count() != len(forms):
            self.form_of_file.blockSignals(True)
            self.form_of_file.clear()
            for ending, words in forms:
                self.form_of_file.addItem(words, ending)
            self.form_of_file.blockSignals(False)
        self._on_form()

    def _on_form(self) -> None:
        kind = self.kind.currentData()
        self.with_stills.setEnabled(kind == ReportKind.CHRONOLOGY.value and self._ending() != ".csv")
        if self._chosen is None:
            name = f"{kind.capitalize()} {self._offer.stamp}{self._ending()}"
            self.file.setText(str(self._offer.folder / name))
        else:
            self.file.setText(str(self._chosen.with_suffix(self._ending())))
        self.say("")

    def _on_typed(self, typed: str) -> None:
        self._chosen = Path(typed) if typed.strip() else None

    def _on_choose(self) -> None:
        kinds = f"{self.form_of_file.currentText()} (*{self._ending()})"
        self._choose_file(self, "Where the report goes", Path(self.file.text()), kinds, self._on_chosen)

    def _on_chosen(self, file: Path) -> None:
        self._chosen = file
        self.file.setText(str(file))

    def _ending(self) -> str:
        return str(self.form_of_file.currentData())
