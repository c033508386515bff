"""Says that a video of several cameras is ready, and opens it, its report or its folder. Not modal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from annotations.composite.facts import failure_words
from app.composite_job import CompositeResult


class CompositeDone(QDialog):
    """What was made, and three ways on."""

    def __init__(self, result: CompositeResult, open_file: Callable[[Path], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Composite video")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.words = QLabel(done_words(result), self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setMinimumWidth(460)
        buttons = QDialogButtonBox(self)
        for text, path in (
            ("Play video", result.file),
            ("Open report", result.report),
            ("Show folder", result.file.parent),
        ):
            button = buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
            button.clicked.connect(lambda _checked=False, path=path: open_file(path))
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.words)
        column.addWidget(buttons)
        self.buttons = buttons


def done_words(result: CompositeResult) -> str:
    """Return what is said of a video."""
    facts = result.facts
    kind = "Multi-source" if facts.is_multi_source else "Single source"
    words = f"{result.file.name} is ready: {facts.order.frames:,} frames, checked. {kind}."
    if facts.composed.missing_count:
        words += f" {facts.composed.missing_count:,} frames could not be decoded; their tiles say so."
    words = " ".join((words, *map(failure_words, facts.composed.failed), *facts.composed.unheard))
    if result.unaudited_reason:
        words += f" The audit log does not tell of it. {result.unaudited_reason}"
    return words
