"""Asks the system for files and folders; the answer comes later, so that nothing waits and a test can give its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


class Choosers:
    """The system's own dialogs."""

    def choose_folder(self, parent: QWidget, title: str, start: Path, then: Callable[[Path], None]) -> None:
        """Ask for a folder; `then` gets it, and is not called where the user thinks better of it."""
        dialog = self._dialog(parent, title, start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def choose_files(self, parent: QWidget, title: str, start: Path, then: Callable[[list[Path]], None]) -> None:
        """Ask for files; `then` gets them, and is not called where the user thinks better of it."""
        dialog = self._dialog(parent, title, start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
        dialog.open()

    def choose_new_file(
        self, parent: QWidget, title: str, start: Path, kinds: str, then: Callable[[Path], None]
    ) -> None:
        """Ask where to write a file, proposing `start`; `kinds` are Qt's name filters, parted by `;;`."""
        dialog = self._dialog(parent, title, start.parent)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(start.suffix.lstrip("."))
        dialog.selectFile(start.name)
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kind.rpartition(".")[2].rstrip(")")))
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def _dialog(self, parent: QWidget, title: str, start: Path) -> QFileDialog:
        dialog = QFileDialog(parent, title, str(start))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
