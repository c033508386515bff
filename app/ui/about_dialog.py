"""What this program is, its version and licence, and where it keeps its own files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import set_role
from evidence.program import program_version


class AboutDialog(QDialog):
    """A few lines."""

    def __init__(self, settings_path: Path, log_path: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Sightline")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        title = QLabel(f"Sightline {program_version()}", self)
        set_role(title, "title")
        line = QLabel("Everything that was filmed of one incident, as one event.", self)
        set_role(line, "dim")
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Licence", QLabel("GPL-3.0-or-later", self))
        form.addRow("Settings", _path_label(settings_path, self))
        if log_path is not None:
            form.addRow("Log", _path_label(log_path, self))
        form.addRow("Network", QLabel("Never used. Nothing leaves this computer.", self))
        buttons = QDialogButtonBox(self)
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(line)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)


def _path_label(path: Path, parent: QWidget) -> QLabel:
    label = QLabel(str(path), parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    return label
