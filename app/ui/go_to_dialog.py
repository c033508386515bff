"""Asks for a time, a step or a frame number to go to, and says how it reads what is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.time_text import LocalTimes
from app.typed_time import TYPED_FORMS, TypedTimeContext, parse_time
from app.ui.form_dialog import FormDialog
from app.ui.theme import set_role
from evidence.errors import NoTimeError
from evidence.times import IncidentTime


class GoToDialog(FormDialog):
    """One field."""

    def __init__(
        self, context: TypedTimeContext, on_ready: Callable[[IncidentTime], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("Go to a time", "Go", parent)
        self._context = context
        self._on_ready = on_ready
        self.typed = QLineEdit(self)
        self.typed.setAccessibleName("Time, step or frame number")
        self.typed.setPlaceholderText(LocalTimes(context.zone).clock(context.near))
        self.read_as = QLabel(" ", self)
        self.read_as.setWordWrap(True)
        set_role(self.read_as, "dim")
        self.form.addRow("Go to", self.typed)
        self.form.addRow("", self.read_as)
        self.add_note(
            f"For instance {', '.join(TYPED_FORMS)}. A sign counts from here; f is a frame of the focused camera."
        )
        self.typed.textChanged.connect(self._on_typed)
        self.typed.setFocus()

    def take(self) -> None:
        """Go there. Raises NoTimeError."""
        self._on_ready(parse_time(self.typed.text(), self._context).instant)

    def _on_typed(self) -> None:
        self.say("")
        try:
            found = parse_time(self.typed.text(), self._context)
        except NoTimeError:
            self.read_as.setText(" ")
        else:
            words = LocalTimes(self._context.zone).full(found.instant)
            self.read_as.setText(f"= {words}. {found.note}".strip())
