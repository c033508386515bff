"""Asks when a recording started, where nothing in it says so or what it says is wrong."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.time_text import LocalTimes
from app.typed_time import TypedTime, TypedTimeContext, parse_time
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import NoTimeError, UsageError
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone, ClockSetting, Recording, TimeClaim
from evidence.text import clean_line
from sync.clock_map import ClockMap

_RESOLUTION_NS = 1_000_000


class PlaceDialog(FormDialog):
    """Start of the recording, and the grounds."""

    def __init__(
        self,
        recording: Recording,
        setting: ClockSetting | None,
        context: TypedTimeContext,
        on_ready: Callable[[TimeClaim], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Place a recording by hand", "Place it", parent)
        self._setting = setting
        self._context = context
        self._on_ready = on_ready
        self.add_note(recording.display_name)
        times = LocalTimes(context.zone)
        self.start = QLineEdit(f"{times.face(context.near) or '':%Y-%m-%d} {times.clock(context.near)}", self)
        self.start.setAccessibleName("When its first frame was taken")
        self.read_as = QLabel("", self)
        set_role(self.read_as, "dim")
        self.basis = QLineEdit(self)
        self.basis.setPlaceholderText("The door opens in it as in BWV 412")
        self.form.addRow("First frame at", self.start)
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
        self._on_ready(claim_by_hand(found, self._setting, self.start.text(), basis, self._context.zone))

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


def claim_by_hand(found: TypedTime, setting: ClockSetting | None, typed: str, basis: str, zone: ZoneInfo) -> TimeClaim:
    """Return the claim that puts a recording's first frame at a true time.

    Claims are readings of the camera's clock, so the true time is turned into what that clock showed then.
    """
    clock = ClockMap.identity() if setting is None else ClockMap(setting.pieces)
    return TimeClaim(
        origin=ClaimOrigin.BY_HAND,
        source="placed by hand",
        raw=f"{clean_line(typed, limit=100)} ({zone.key})",
        instant_ns=clock.to_device(found.instant),
        zone=ClaimZone.UTC,
        meaning=ClaimMeaning.START,
        resolution_ns=_RESOLUTION_NS,
        note=basis,
    )
