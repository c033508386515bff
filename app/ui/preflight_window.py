"""The preflight of one pack: a big verdict, what was found item by item with its remedy, and buttons for both."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.time_left import time_left_text
from app.ui.theme import Theme, set_role
from courtroom.preflight.checks import Outcome, Result
from courtroom.preflight.report import Report
from evidence.text import clean_text

_HEADS = ("", "Item", "Check", "What was found, and what to do")
_WORDS = {Outcome.PASS: "Pass", Outcome.NOTE: "Note", Outcome.FAIL: "Fail"}
_ICONS = {Outcome.PASS: ("good", "good"), Outcome.NOTE: ("note", "caution"), Outcome.FAIL: ("bad", "bad")}
_ORDER = (Outcome.FAIL, Outcome.NOTE, Outcome.PASS)


class PreflightWindow(QWidget):
    """Shows a report, and asks for what its buttons say.

    Signals:
        check_wanted(bool): check everything, or (True) a sample.
        proxy_wanted(object): numbers of items that shall have proxies, a tuple.
        tone_wanted(object): 0 for left, 1 for right.
        words_wanted: say “left” on the left side, then “right” on the right.
        heard(bool): somebody says whether the tone was heard on both sides.
        certificate_wanted: save the certificate.
        show_wanted: show the pack in court.
        cancel_wanted: stop what runs.
        closed: the window was closed.
    """

    check_wanted = Signal(bool)
    proxy_wanted = Signal(object)
    tone_wanted = Signal(object)
    words_wanted = Signal()
    heard = Signal(bool)
    certificate_wanted = Signal()
    show_wanted = Signal()
    cancel_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._theme = theme
        self._report: Report | None = None
        self._shown: list[Result] = []
        self._is_running = False
        self.setWindowTitle("Preflight")
        self.resize(1040, 660)
        self.heading = QLabel("Preflight", self)
        set_role(self.heading, "title")
        self.about = QLabel("", self)
        self.about.setWordWrap(True)
        set_role(self.about, "dim")
        self.verdict = QLabel("", self)
        self.verdict.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the preflight")
        self.left = QLabel("", self)
        set_role(self.left, "dim")
        self.table = self._make_table()
        self.check_button = self._button("&Check everything", "Look at every file and every frame on this machine.")
        set_role(self.check_button, "main")
        self.quick_button = self._button("&Quick look", "Look at samples. That is no full preflight.")
        self.cancel_button = self._button("Ca&ncel", "Stop; nothing is left of it.")
        self.proxy_button = self._button(
            "&Make a proxy for this item",
            "Make smaller copies of its frames beside the pack, for when originals are late.",
        )
        self.speak_button = self._button("S&peak", "Say “left” on the left side, then “right” on the right.")
        self.left_button = self._button("Tone &left", "Play a tone on the left side.")
        self.right_button = self._button("Tone &right", "Play a tone on the right side.")
        self.heard_button = self._button(
            "I &heard both", "Say that words or tone were heard in the room, on each side."
        )
        self.silent_button = self._button("N&ot heard", "Say that it was not.")
        self.certificate_button = self._button(
            "&Save certificate…", "Write the result as a page to print, PDF or HTML."
        )
        self.show_button = self._button("Show in cour&t", "Open court mode on this pack.")
        self._lay_out()
        self._connect()
        self.show_report(None)

    @property
    def report(self) -> Report | None:
        """What is shown, or None before the first."""
        return self._report

    def set_pack(self, title: str, words: str) -> None:
        """Say which pack it is about, and how it stands."""
        self.heading.setText(f"Preflight of {clean_text(title)}")
        self.about.setText(words)

    def show_report(self, report: Report | None) -> None:
        """Show what came of it."""
        self._report = report
        results = () if report is None else report.results
        self._shown = sorted(results, key=lambda one: (_ORDER.index(one.outcome), one.check.number, one.place))
        self.table.setRowCount(len(self._shown))
        for row, one in enumerate(self._shown):
            self._fill(row, one)
        self.table.resizeRowsToContents()
        if report is None:
            self.verdict.setText("Not checked yet.")
            set_role(self.verdict, "heading")
        else:
            self.verdict.setText(report.words)
            set_role(
                self.verdict, "bad" if report.outcome is Outcome.FAIL else "caution" if report.is_quick else "good"
            )
        if self._shown:
            self.table.setCurrentCell(0, 0)
        self._show_available()

    def show_running(self, words: str) -> None:
        """Say what is being done; "" for nothing."""
        if words and not self._is_running:
            self.table.setFocus()  # not the next button: an impatient second press must not play the test of the sound
        self._is_running = bool(words)
        self.left.setText(words)
        self.bar.setRange(0, 0 if words else 1)
        self._show_available()

    def show_progress(self, job: Job) -> None:
        """Show how far it is and how long it may take."""
        report = job.report
        if report is None or not report.total:
            return
        self.bar.setRange(0, report.total)
        self.bar.setValue(report.done)
        left = time_left_text(job.time_left.estimate_ns(report))
        self.left.setText(" · ".join(part for part in (report.text, left) if part))

    def chosen(self) -> Result | None:
        """Return the line that the user stands on, or None."""
        row = self.table.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs."""
        self.closed.emit()
        super().closeEvent(event)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_HEADS), self)
        table.setAccessibleName("What was found")
        table.setHorizontalHeaderLabels(list(_HEADS))
        table.verticalHeader().setVisible(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setWordWrap(True)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        header = table.horizontalHeader()
        for column, width in enumerate((84, 190, 200)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(lambda *_sizes: table.resizeRowsToContents())
        return table

    def _fill(self, row: int, one: Result) -> None:
        about = "" if not one.place else f"{one.place}  {clean_text(one.item)}"
        where = " · ".join(clean_text(part) for part in (one.camera, one.file, one.at) if part)
        lines = [clean_text(one.reason), where, one.remedy if one.outcome is not Outcome.PASS else ""]
        texts = (_WORDS[one.outcome], about, one.check.title, "\n".join(line for line in lines if line))
        for column, text in enumerate(texts):
            cell = QTableWidgetItem(text)
            cell.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            if column == 0:
                cell.setIcon(self._theme.icon(*_ICONS[one.outcome]))
            self.table.setItem(row, column, cell)

    def _show_available(self) -> None:
        one = self.chosen()
        is_idle = not self._is_running
        for button in (self.check_button, self.quick_button, self.show_button):
            button.setEnabled(is_idle)
        self.cancel_button.setVisible(self._is_running)
        self.bar.setVisible(self._is_running)
        self.proxy_button.setEnabled(is_idle and one is not None and one.can_be_eased)
        for button in (self.certificate_button, self.heard_button, self.silent_button):
            button.setEnabled(is_idle and self._report is not None)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(hint)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.check_button)
        head.addWidget(self.quick_button)
        head.addWidget(self.bar, 100)
        head.addWidget(self.cancel_button)
        head.addStretch(1)
        sound = QHBoxLayout()
        for button in (self.speak_button, self.left_button, self.right_button, self.heard_button, self.silent_button):
            sound.addWidget(button)
        sound.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.proxy_button)
        foot.addStretch(1)
        foot.addWidget(self.certificate_button)
        foot.addWidget(self.show_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for part in (self.heading, self.about):
            column.addWidget(part)
        column.addLayout(head)
        column.addWidget(self.left)
        column.addWidget(self.verdict)
        column.addWidget(self.table, 1)
        column.addLayout(sound)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.check_button.clicked.connect(lambda _checked=False: self.check_wanted.emit(False))
        self.quick_button.clicked.connect(lambda _checked=False: self.check_wanted.emit(True))
        self.cancel_button.clicked.connect(lambda _checked=False: self.cancel_wanted.emit())
        self.proxy_button.clicked.connect(self._on_proxy)
        self.speak_button.clicked.connect(lambda _checked=False: self.words_wanted.emit())
        self.left_button.clicked.connect(lambda _checked=False: self.tone_wanted.emit(0))
        self.right_button.clicked.connect(lambda _checked=False: self.tone_wanted.emit(1))
        self.heard_button.clicked.connect(lambda _checked=False: self.heard.emit(True))
        self.silent_button.clicked.connect(lambda _checked=False: self.heard.emit(False))
        self.certificate_button.clicked.connect(lambda _checked=False: self.certificate_wanted.emit())
        self.show_button.clicked.connect(lambda _checked=False: self.show_wanted.emit())
        self.table.currentCellChanged.connect(lambda *_cells: self._show_available())
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_escape)

    def _on_proxy(self) -> None:
        one = self.chosen()
        if one is not None and one.can_be_eased:
            self.proxy_wanted.emit((one.place,))

    def _on_escape(self) -> None:
        if self._is_running:
            self.cancel_wanted.emit()
        else:
            self.close()
