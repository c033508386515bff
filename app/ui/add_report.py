"""What became of the files that were offered, in words: added, there already, refused."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from app.time_text import size_text
from app.ui.theme import Theme, set_role
from evidence.ingest import AddResult
from evidence.text import display_path

_MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One thing that people should know. `role` is "", "caution" or "bad"."""

    text: str
    role: str = ""


def headline(result: AddResult) -> str:
    """Return in one line what became of a batch."""
    if result.cancelled:
        return "Adding was cancelled. The case is as it was before."
    parts = [f"{len(result.added)} added"]
    if result.duplicates:
        parts.append(f"{len(result.duplicates)} already in the case")
    if result.refused:
        parts.append(f"{len(result.refused)} refused")
    return f"{', '.join(parts)} ({size_text(result.size_bytes)} in {result.seconds:.0f} s)"


def report_lines(result: AddResult) -> tuple[ReportLine, ...]:
    """Return what people should know of a batch, the worst first."""
    lines = [ReportLine(str(refusal.finding), "bad") for refusal in result.refused]
    for recording in result.added:
        lines += [ReportLine(str(finding), "caution") for finding in recording.findings if finding.severity != "note"]
    for one in result.duplicates:
        same = "is in the case already" if one.is_same_path else f"holds the same bytes as {one.first_name}"
        lines.append(ReportLine(f"{one.display_name} {same}; it was not added again."))
    for ignored in result.ignored:
        lines.append(ReportLine(f"{display_path(ignored.path_bytes)} was passed over: {ignored.reason}."))
    return tuple(lines)


class AddReport(QFrame):
    """The report of the last batch; can be closed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._theme = theme
        self._result: AddResult | None = None
        self.head = QLabel("", self)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.head, "heading")
        self.body = QTextBrowser(self)
        self.body.setAccessibleName("What became of the files")
        self.body.setOpenLinks(False)
        self.body.setMaximumHeight(120)
        close = QToolButton(self)
        close.setToolTip("Close this report")
        close.setAccessibleName("Close this report")
        close.clicked.connect(lambda _checked=False: self.hide())
        self._close = close
        row = QHBoxLayout()
        row.addWidget(self.head, 1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.body)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def show_result(self, result: AddResult) -> None:
        """Show what became of a batch."""
        self._result = result
        self._draw()
        self.show()

    def _draw(self) -> None:
        self._close.setIcon(self._theme.icon("close", "dim"))
        if self._result is None:
            return
        self.head.setText(headline(self._result))
        lines, palette = report_lines(self._result), self._theme.palette
        words = {"bad": "Refused. ", "caution": "Take note. ", "": ""}
        self.body.setHtml(
            "".join(
                f'<p style="margin: 3px 0"><b style="color: {getattr(palette, line.role or "text")}">'
                f"{words[line.role]}</b>{escape(line.text)}</p>"
                for line in lines[:_MOST_LINES]
            )
        )
        self.body.setVisible(bool(lines))
