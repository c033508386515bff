"""Shows what became of a mark: every change, by whom and when, with what was and what is."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from annotations.journal import HistoryEntry
from annotations.mark_book import MarkBook
from annotations.mark_history import change_words
from app.time_text import LocalTimes


class HistoryDialog(QDialog):
    """Stands beside the work; never modal."""

    def __init__(
        self, entries: tuple[HistoryEntry, ...], book: MarkBook, times: LocalTimes, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("History of a mark")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(560, 420)
        self.words = QTextBrowser(self)
        self.words.setOpenLinks(False)
        self.words.setAccessibleName("History of a mark")
        self.words.setHtml(_html(entries, book, times))
        column = QVBoxLayout(self)
        column.addWidget(self.words)


def _html(entries: tuple[HistoryEntry, ...], book: MarkBook, times: LocalTimes) -> str:
    parts: list[str] = []
    for entry in entries:
        undone = " (undo or redo)" if entry.undoes else ""
        parts.append(f"<p><b>{escape(times.full(entry.at_ns, 0))}</b>, {escape(entry.by)}{undone}<br>")
        parts.append("<br>".join(escape(line) for line in change_words(entry, book, times.full)) + "</p>")
    return "".join(parts) or "<p>Nothing was changed since this case began to keep histories.</p>"
