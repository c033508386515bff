"""Asks what a new case is called and where it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.case_opening import NewCase
from app.ui.form_dialog import FormDialog
from evidence.errors import UsageError
from evidence.text import clean_line

SUFFIX = ".sightline"
DEFAULT_ZONE = "Europe/London"
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


class NewCaseDialog(FormDialog):
    """Title, reference, folder, time zone, and the user's name."""

    def __init__(
        self,
        start_folder: Path,
        user_name: str,
        choose_folder: Callable[[QWidget, str, Path, Callable[[Path], None]], None],
        on_ready: Callable[[NewCase], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("New case", "Make case", parent)
        self._on_ready = on_ready
        self._choose_folder = choose_folder
        self.title = QLineEdit(self)
        self.title.setPlaceholderText("R v Smith, Harbour Street 14 March")
        self.reference = QLineEdit(self)
        self.reference.setPlaceholderText("Reference of the case; may be empty")
        self.place = QLineEdit(str(start_folder), self)
        self.place.setAccessibleName("Folder in which the case is kept")
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._on_choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(choose)
        self.zone = QComboBox(self)
        self.zone.setEditable(True)
        self.zone.addItems(sorted(available_timezones()))
        self.zone.setCurrentText(DEFAULT_ZONE)
        self.name = QLineEdit(user_name, self)
        self.form.addRow("Title", self.title)
        self.form.addRow("Reference", self.reference)
        self.form.addRow("Keep it in", row)
        self.form.addRow("Time zone", self.zone)
        self.form.addRow("Your name", self.name)
        self.add_note(
            "Originals stay where they are and are only ever read. The audit log names you for what you change."
        )
        self.title.setFocus()

    def take(self) -> None:
        """Hand on what was typed. Raises UsageError."""
        title = clean_line(self.title.text(), limit=200)
        if not title:
            raise UsageError("The case needs a title.", remedy="Type what people call it.")
        zone = self.zone.currentText().strip()
        if zone not in available_timezones():
            raise UsageError(
                f"“{zone[:60]}” is not a time zone.", remedy="Choose one from the list, such as Europe/London."
            )
        name = clean_line(self.name.text(), limit=200)
        if not name:
            raise UsageError("Your name is missing.", remedy="Type it: the audit log names you for what you change.")
        place = Path(self.place.text().strip()).expanduser()
        if not place.is_absolute() or not place.is_dir():
            raise UsageError(
                f"There is no folder “{place}”.", remedy="Choose the folder in which the case will be kept."
            )
        folder = place / folder_name(title)
        if folder.exists():
            raise UsageError(f"“{folder}” is there already.", remedy="Choose another title or another folder.")
        reference = clean_line(self.reference.text(), limit=200)
        self._on_ready(NewCase(folder, title, reference, zone, name))

    def _on_choose(self) -> None:
        self._choose_folder(self, "Folder for the case", Path(self.place.text()), self._on_chosen)

    def _on_chosen(self, folder: Path) -> None:
        self.place.setText(str(folder))


def folder_name(title: str) -> str:
    """Return a folder name that every system takes, made from a title."""
    plain = _UNSAFE.sub(" ", title)
    plain = " ".join(plain.split()).strip(" .")[:80].rstrip(" .")
    return f"{plain or 'Case'}{SUFFIX}"
