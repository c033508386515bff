"""Asks when a recording's first frame, or another of its frames, was taken, where nothing true in it says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.hand_claims import claim_by_hand
from app.time_text import LocalTimes, offset_text
from app.typed_time import TypedTime, TypedTimeContext, parse_time
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import NoTimeError, UsageError
from evidence.records import ClockSetting, Recording, TimeClaim
from evidence.text import clean_line
from evidence.times import DurationNs


class PlaceDialog(FormDialog):
    """Start of the recording, and the grounds."""

    def __init__(
        self,
        recording: Recording,
        setting: ClockSetting | None,
        context: TypedTimeContext,
        on_ready: Callable[[TimeClaim], None],
        parent: QWidget | None = None,
        *,
        offset_ns: DurationNs = 0,
    ) -> None:
        super().__init__("Place a recording by hand", "Place it", parent)
        self._setting = setting
        self._context = context
        self._on_ready = on_ready
        self._offset_ns = offset_ns
        frame = f"Frame at {offset_text(offset_ns)}" if offset_ns else "First frame at"
        self.add_note(recording.display_name)
        times = LocalTimes(context.zone)
        self.start = QLineEdit(f"{times.face(context.near) or '':%Y-%m-%d} {times.clock(context.near)}", self)
        self.start.setAccessibleName("When that frame was taken")
        self.read_as = QLabel("", self)
        set_role(self.read_as, "dim")
        self.basis = QLineEdit(self)
        self.basis.setPlaceholderText("The door opens in it as in BWV 412")
        self.form.addRow(frame, self.start)
        self.form.addRow("", self.read_as)
        self.form.addRow("Grounds", self.basis)
        self.add_note(
            f"Local time in {context.zone.key}, true time and not what the camera's clock said. The playhead's time is "
            "filled in."
        )
        self.start.textChanged.connect(self._on_typed)
        self._on_typed()
        self.start.setFocus()

    def take(self) -> None:
        """Hand on the claim. Raises NoTimeError or UsageError."""
        found = self._parse()
        basis = clean_line(self.basis.text(), limit=1_000)
        if not basis:
            raise UsageError("The grounds are missing.", remedy="Say how it is known when the recording started.")
        typed = f"{self.start.text()} ({self._context.zone.key})"
        self._on_ready(claim_by_hand(found.instant, self._setting, typed=typed, basis=basis, offset_ns=self._offset_ns))

    def _parse(self) -> TypedTime:
        return parse_time(self.start.text(), self._context)

    def _on_typed(self) -> None:
        try:
            found = self._parse()
        except NoTimeError:
            self.read_as.setText("")
        else:
            words = LocalTimes(self._context.zone).full(found.instant)
            self.read_as.setText(f"= {words}. {found.note}".strip())
