"""The list of clips: jump, edit, export again, delete, and what was exported last."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotations.clips.clip import Clip
from app.clip_words import MODE_NAMES
from app.time_text import LocalTimes
from app.ui.theme import set_role
from evidence.time_text import duration_text

_EMPTY = (
    "No clips yet. Set an in point (I) and an out point (O), then press C to name the range and to cut it out of the "
    "cameras that you choose."
)
_HEADS = ("Start", "Name", "Exhibit", "Exported")


class ClipsTab(QWidget):
    """The clips of the case, by time.

    Signals:
        jump_wanted: the `Clip` to whose start the playhead is to go; the range from in to out becomes the clip's.
        edit_wanted: the `Clip` to change or export.
        export_wanted: the `Clip` to export again as it is.
        delete_wanted: id of the clip to delete.
        folder_wanted: the `Clip` whose last export is to be shown.
        report_wanted: the `Clip` whose last report is to be opened.
        court_wanted: the `Clip` that is to be shown in court.
    """

    jump_wanted = Signal(object)
    edit_wanted = Signal(object)
    export_wanted = Signal(object)
    delete_wanted = Signal(str)
    folder_wanted = Signal(object)
    report_wanted = Signal(object)
    court_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clips: tuple[Clip, ...] = ()
        self.empty = QLabel(_EMPTY, self)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.empty, "dim")
        self.table = self._make_table()
        self.buttons = {
            "edit": self._button("Edit…", self.edit_wanted),
            "export": self._button("Export again", self.export_wanted),
            "folder": self._button("Show folder", self.folder_wanted),
            "report": self._button("Open report", self.report_wanted),
            "court": self._button("Add to run sheet", self.court_wanted),
        }
        self._foot = QWidget(self)
        foot = QGridLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        for place, button in enumerate(self.buttons.values()):
            foot.addWidget(button, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addWidget(self._foot)
        column.addStretch(0)
        self.show_clips((), None)

    @property
    def chosen(self) -> Clip | None:
        """The clip that is chosen."""
        row = self.table.currentRow()
        return self._clips[row] if 0 <= row < len(self._clips) else None

    def show_clips(self, clips: tuple[Clip, ...], times: LocalTimes | None) -> None:
        """Show these clips."""
        chosen = self.chosen
        self._clips = clips
        self.table.setRowCount(len(clips))
        for row, clip in enumerate(clips):
            draft, count = clip.draft, len(clip.exports)
            texts = (
                "" if times is None else times.clock(draft.span.start),
                draft.name,
                draft.exhibit,
                "No" if not count else "Yes" if count == 1 else f"{count} times",
            )
            mode = "mixed" if draft.modes else MODE_NAMES[draft.mode].lower()
            tip = f"{draft.name}: {duration_text(draft.span.duration_ns)}, cut: {mode}. {draft.note}".strip()
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
                item.setToolTip(tip)
                self.table.setItem(row, place, item)
        for part in (self.table, self._foot):
            part.setVisible(bool(clips))
        self.empty.setVisible(not clips)
        self.choose("" if chosen is None else chosen.id)

    def choose(self, clip_id: str) -> None:
        """Choose a clip; the first where it is not there."""
        row = next((row for row, clip in enumerate(self._clips) if clip.id == clip_id), 0)
        self.table.selectRow(row)
        self._show_buttons()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_HEADS), self)
        table.setAccessibleName("Clips")
        table.setHorizontalHeaderLabels(list(_HEADS))
        table.verticalHeader().setVisible(False)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_HEADS.index("Name"), QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        table.cellDoubleClicked.connect(lambda _row, _column: self._emit(self.jump_wanted))
        table.cellActivated.connect(lambda _row, _column: self._emit(self.jump_wanted))
        table.itemSelectionChanged.connect(self._show_buttons)
        delete = QAction("Delete this clip", table)
        delete.setShortcut(Qt.Key.Key_Delete)
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(self._delete)
        table.addAction(delete)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        return table

    def _show_menu(self, point: QPoint) -> None:
        if self.chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go to it", lambda: self._emit(self.jump_wanted))
        menu.addAction("Edit…", lambda: self._emit(self.edit_wanted))
        menu.addAction("Export again", lambda: self._emit(self.export_wanted))
        menu.addAction("Add to run sheet", lambda: self._emit(self.court_wanted))
        menu.addAction("Delete", self._delete)
        menu.popup(self.table.viewport().mapToGlobal(point))

    def _button(self, text: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda _checked=False: self._emit(signal))
        return button

    def _emit(self, signal: SignalInstance) -> None:
        chosen = self.chosen
        if chosen is not None:
            signal.emit(chosen)

    def _delete(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.delete_wanted.emit(chosen.id)

    def _show_buttons(self) -> None:
        chosen = self.chosen
        for name, button in self.buttons.items():
            button.setEnabled(chosen is not None and (name in {"edit", "export", "court"} or bool(chosen.exports)))
