"""Asks of what a contact sheet is made: range, cameras, and which pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from annotations.sheets.choice import MOST_PICTURES, Choice, Count, EveryFrame, EveryTime
from app.typed_time import parse_duration
from app.ui.form_dialog import FormDialog
from app.ui.report_dialog import ReportOffer
from evidence.errors import UsageError
from evidence.times import IncidentRange

_COUNT, _FRAMES, _TIME = "count", "frames", "time"


@dataclass(frozen=True, slots=True)
class ContactWish:
    """What was asked for; `ending` says as what."""

    span: IncidentRange
    choice: Choice
    camera_id: str | None
    ending: str


class ContactDialog(FormDialog):
    """Range, cameras, pictures."""

    def __init__(
        self,
        offer: ReportOffer,
        whole: IncidentRange,
        on_ready: Callable[[ContactWish], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Contact sheet", "Make contact sheet", parent)
        self._on_ready = on_ready
        self.part = QComboBox(self)
        if offer.span is not None:
            self.part.addItem(f"From in to out: {offer.span_words}", offer.span)
        self.part.addItem("All of the case", whole)
        self.cameras = QComboBox(self)
        if offer.camera_id is not None:
            self.cameras.addItem(f"Only {offer.camera_name}, by its frames", offer.camera_id)
        self.cameras.addItem("All cameras, at even instants", None)
        self.how = QComboBox(self)
        self.how.addItem("So many pictures, evenly", _COUNT)
        self.how.addItem("Every so many frames", _FRAMES)
        self.how.addItem("Every so long", _TIME)
        self.number = QSpinBox(self)
        self.number.setRange(1, 1_000_000)
        self.number.setValue(20)
        self.number.setAccessibleName("How many")
        self.length = QLineEdit("1 s", self)
        self.length.setAccessibleName("How long")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.how, 1)
        row.addWidget(self.number)
        row.addWidget(self.length)
        self.form_of_file = QComboBox(self)
        for ending, words in (
            (".pdf", "PDF, with the table of provenance"),
            (".png", "PNG, with its provenance inside"),
        ):
            self.form_of_file.addItem(words, ending)
        self.form.addRow("Of", self.part)
        self.form.addRow("", self.cameras)
        self.form.addRow("Pictures", row)
        self.form.addRow("As", self.form_of_file)
        self.add_note(f"At most {MOST_PICTURES} pictures. The originals are compared with their hashes first.")
        self.how.currentIndexChanged.connect(self._on_how)
        self._on_how()
        self.part.setFocus()

    def take(self) -> None:
        """Hand on what was asked for. Raises UsageError, NoTimeError."""
        camera_id = self.cameras.currentData()
        how = self.how.currentData()
        if how == _FRAMES and camera_id is None:
            raise UsageError(
                "Cameras have frames of their own: every so many frames makes sense for one camera only.",
                remedy="Choose the focused camera, or pictures every so long.",
            )
        self._on_ready(
            ContactWish(self.part.currentData(), self._choice(how), camera_id, self.form_of_file.currentData())
        )

    def _choice(self, how: str) -> Choice:
        if how == _TIME:
            length = parse_duration(self.length.text())
            if length <= 0:
                raise UsageError(
                    "The time between pictures must be longer than nothing.", remedy="Type for instance 1 s."
                )
            return EveryTime(length)
        return EveryFrame(self.number.value()) if how == _FRAMES else Count(self.number.value())

    def _on_how(self) -> None:
        is_time = self.how.currentData() == _TIME
        self.length.setVisible(is_time)
        self.number.setVisible(not is_time)
