"""Asks by how much a camera's clock was wrong, on what grounds, and how well that is known."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.recording_facts import clock_error_ns, setting_words
from app.time_text import LocalTimes, error_text
from app.typed_time import TypedTimeContext, parse_duration, parse_time
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import NoTimeError, UsageError
from evidence.records import Camera, ClockSetting
from evidence.text import clean_line
from evidence.times import NS_PER_S, half_width_95
from sync.case_clocks import StatedClock
from sync.clock_map import ClockMap
from sync.question import SOLVED

METHOD = "manual offset"
_FAST, _SLOW = "fast", "slow"
_LARGEST_NS = 100 * 366 * 86_400 * 1_000_000_000


class ClockDialog(FormDialog):
    """Error of the clock, its uncertainty, and the grounds."""

    def __init__(
        self,
        camera: Camera,
        setting: ClockSetting | None,
        user_name: str,
        on_ready: Callable[[StatedClock], None],
        parent: QWidget | None = None,
        *,
        context: TypedTimeContext,
        has_earlier: bool = False,
    ) -> None:
        super().__init__(f"Clock of {camera.name}", "Set clock", parent)
        self._camera = camera
        self._user_name = user_name
        self._on_ready = on_ready
        self._context = context
        error = 0 if setting is None else clock_error_ns(setting)
        self.direction = QComboBox(self)
        self.direction.addItems([_FAST, _SLOW])
        self.direction.setCurrentText(_SLOW if error < 0 else _FAST)
        self.direction.setAccessibleName("Whether the clock was fast or slow")
        self.error = QLineEdit(error_text(abs(error))[1:], self)
        self.error.setAccessibleName("By how much the clock was wrong")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.direction)
        row.addWidget(self.error, 1)
        is_by_hand = setting is not None and setting.method == METHOD
        known = half_width_95(setting.sigma_ns) if is_by_hand and setting and setting.sigma_ns else None
        self.within = QLineEdit("" if known is None else _seconds_text(known), self)
        self.within.setPlaceholderText("2; empty: nobody said, and it is not known")
        self.within.setAccessibleName("Known to within, in seconds, 95 times of 100")
        self.basis = QLineEdit("" if setting is None or setting.method == SOLVED else setting.basis, self)
        self.basis.setPlaceholderText("Compared with the speaking clock at seizure, statement of PC 412")
        self.compared = QLineEdit(self)
        self.compared.setAccessibleName("When it was compared with the right time")
        self.compared.setPlaceholderText("2026-03-14 22:05; empty: where its recordings begin")
        self.read_as = QLabel("", self)
        set_role(self.read_as, "dim")
        self.also = QCheckBox("Let what was stated before of this clock count too", self)
        self.also.setVisible(has_earlier)
        self.add_note(f"Now: {setting_words(setting)}.")
        self.form.addRow("The clock was", row)
        self.form.addRow("Known to within (s, 95 %)", self.within)
        self.form.addRow("Compared at (right time)", self.compared)
        self.form.addRow("", self.read_as)
        self.form.addRow("Grounds", self.basis)
        self.form.addRow("", self.also)
        self.compared.textChanged.connect(self._on_typed)
        self.add_note(
            "Type the error as 00:07:12.000, or as 7 min 12 s. A clock that showed 21:39 when it was 21:32 was 7 "
            "minutes fast. Earlier settings are kept; in the sync view this is weighed with all other observations."
        )
        if setting is not None and (len(setting.pieces) > 1 or setting.pieces[0].rate_ppb):
            self.add_note("The setting in force follows the clock's drift; a fixed error takes its place.")
        self.error.selectAll()
        self.error.setFocus()

    def take(self) -> None:
        """Hand on the setting. Raises NoTimeError or UsageError."""
        length = parse_duration(self.error.text())
        error_ns = -length if self.direction.currentText() == _SLOW else length
        within_ns = parse_duration(self.within.text()) if self.within.text().strip() else None
        if within_ns is not None and within_ns <= 1:
            raise UsageError(
                "A clock's error is never known exactly.", remedy="Say to within how many seconds it is known."
            )
        if max(abs(error_ns), within_ns or 0) > _LARGEST_NS:
            raise UsageError("No clock is wrong by that much.", remedy="Type the error as hours:minutes:seconds.")
        basis = clean_line(self.basis.text(), limit=1_000)
        if not basis:
            raise UsageError("The grounds are missing.", remedy="Say how the clock's error is known, and from whom.")
        compared = parse_time(self.compared.text(), self._context).instant if self.compared.text().strip() else None
        setting = ClockSetting(
            camera_id=self._camera.id,
            pieces=ClockMap.from_offset(error_ns).pieces,
            sigma_ns=None if within_ns is None else within_ns // 2,
            method=METHOD,
            basis=basis,
            by=self._user_name,
            set_ns=time.time_ns(),
        )
        self._on_ready(StatedClock(setting, error_ns, compared, keeps_earlier=self.also.isChecked()))

    def _on_typed(self) -> None:
        try:
            found = parse_time(self.compared.text(), self._context)
        except NoTimeError:
            self.read_as.setText("")
        else:
            words = LocalTimes(self._context.zone).full(found.instant)
            self.read_as.setText(f"= {words}. {found.note}".strip())


def _seconds_text(length_ns: int) -> str:
    """Return a length in seconds with no more digits than it has: `1`, `0.04`, `0.000001`."""
    whole, rest = divmod(length_ns, NS_PER_S)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
