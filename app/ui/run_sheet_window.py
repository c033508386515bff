"""The run sheet: the items in their order with pictures, what is set for them, and the way from there to court.

It mirrors `RunSheetDesk` and asks it for changes. A window of its own, so that the pictures beside it can be searched
for the next item.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.case_snapshot import CaseSnapshot
from app.jobs import JobRunner
from app.ui.choosers import Choosers
from app.ui.item_panel import ItemPanel
from app.ui.job_tray import JobTray
from app.ui.notices import NoticeBoard, NoticeKind
from app.ui.pack_desk import PackDesk, PackStage
from app.ui.pack_dialog import PackDialog
from app.ui.run_sheet_desk import RunSheetDesk
from app.ui.theme import Theme, set_role, tip
from courtroom.item_words import item_line
from courtroom.pack.make import PackResult
from courtroom.run_sheet import Item
from courtroom.ui.sheet_list import SheetList
from evidence.time_text import LocalTimes, duration_text, size_text

_EMPTY = (
    "Nothing is on this run sheet yet.\n\nIn the main window set the in point (I) and the out point (O), then press "
    "“Add in to out”.\nDrop PDFs and pictures here to show documents."
)
_MOST_VERSIONS = 40


class RunSheetWindow(QWidget):
    """The window.

    Signals:
        range_wanted: the range from in to out is to be added.
        still_wanted: the instant at the playhead is to be added.
        item_range_wanted: the chosen item is to show the range from in to out.
        moment_wanted: the playhead is to be a key moment of the chosen item.
        mark_wanted: id of a mark that is to become an item.
        go_wanted: `IncidentTime` to go to.
        print_wanted: the sheet is to be printed.
    """

    range_wanted = Signal()
    still_wanted = Signal()
    item_range_wanted = Signal()
    moment_wanted = Signal()
    mark_wanted = Signal(str)
    go_wanted = Signal(object)
    print_wanted = Signal()

    def __init__(
        self,
        desk: RunSheetDesk,
        packs: PackDesk,
        *,
        jobs: JobRunner,
        theme: Theme,
        choosers: Choosers,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self._packs = packs
        self._theme = theme
        self._choosers = choosers
        self._snapshot: CaseSnapshot | None = None
        self._times: LocalTimes | None = None
        self.setWindowTitle("Run sheet – Sightline")
        self.sheets = QComboBox(self)
        self.sheets.setAccessibleName("Run sheets of this case")
        self.sheets.setMinimumWidth(180)
        self.title = QLineEdit(self)
        self.title.setAccessibleName("Title of this run sheet")
        self.new_button = self._button("New", "Begin another run sheet")
        self.undo_button = self._button("Undo", "Take back the last change (Ctrl+Z)", "undo")
        self.redo_button = self._button("Redo", "Make it again (Ctrl+Shift+Z)", "redo")
        self.versions_button = self._button("Versions", "Every version that was saved; choosing one brings it back")
        self.print_button = self._button("Print…", "Write the sheet with its pictures as PDF or HTML", "print")
        self.state = QLabel("", self)
        set_role(self.state, "dim")
        self.range_button = self._button("Add in to out", "Add the range from in to out (Ctrl+R)", "add")
        self._make_main(self.range_button, "add")
        self.still_button = self._button("Add this frame", "Add the pictures at the playhead, standing (Ctrl+Shift+R)")
        self.mark_button = self._button("From a mark", "Add what a mark marks")
        self.card_button = self._button("Title card", "Add lines of text on black")
        self.file_button = self._button("Document or picture…", "Add the pages of a PDF, or a picture file")
        self.pause_button = self._button("Pause", "Add black, until the presenter goes on")
        self.double_button = self._button("Duplicate", "Put a copy behind the chosen items (Ctrl+D)")
        self.remove_button = self._button("Remove", "Take the chosen items out (Delete)")
        self.list = SheetList(self._words, desk.pictures, self)
        self.panel = ItemPanel(self)
        self.empty = QLabel(_EMPTY, self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.empty, "dim")
        self._stage = QStackedWidget(self)
        self.pack_button = self._button("1  Make court pack…", "Make the folder that is taken to court", "pack")
        self.pack_state = QLabel("", self)
        self.pack_state.setTextFormat(Qt.TextFormat.PlainText)
        self.pack_state.setWordWrap(True)
        self._steps = QHBoxLayout()
        self._step_buttons: dict[PackStage, QPushButton] = {}
        self.notices = NoticeBoard(theme)
        self.tray = JobTray(jobs, theme)
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        room = self.screen().availableGeometry()
        self.resize(min(1280, room.width()), min(820, room.height()))

    def add_step(self, stage: PackStage, words: str, hint: str, doing: Callable[[Path], None]) -> QPushButton:
        """Add a step that follows making the pack; `doing` gets the pack that was made last."""
        button = self._button(f"{len(self._step_buttons) + 2}  {words}", hint)
        packs = self._packs
        button.clicked.connect(lambda _checked=False: doing(packs.last) if packs.last is not None else None)
        self._step_buttons[stage] = button
        self._steps.addWidget(button)
        self.refresh()
        return button

    def show_case(self, snapshot: CaseSnapshot | None, times: LocalTimes) -> None:
        """Name cameras, and write times, as they are in this case."""
        self._snapshot, self._times = snapshot, times
        self.refresh()

    def refresh(self) -> None:
        """Show the sheet as it is now."""
        desk, sheet = self._desk, self._desk.sheet
        items = () if sheet is None else sheet.items
        self.list.show_items(items)
        self._stage.setCurrentIndex(1 if items else 0)
        self._show_sheets()
        if not self.title.hasFocus() or not self.title.isModified():
            self.title.setText("" if sheet is None else sheet.title)
        self._show_chosen()
        can_change = desk.can_change
        for button in (self.range_button, self.still_button, self.mark_button, self.card_button, self.file_button):
            button.setEnabled(can_change)
        for widget in (self.pause_button, self.new_button):
            widget.setEnabled(can_change)
        self.title.setEnabled(can_change and sheet is not None)
        self.undo_button.setEnabled(can_change and desk.can_undo)
        self.redo_button.setEnabled(can_change and desk.can_redo)
        self.versions_button.setEnabled(bool(desk.versions))
        self.print_button.setEnabled(bool(items))
        self.state.setText(self._state_words())
        self._show_way()

    # What is shown

    def _words(self, item: Item) -> str:
        snapshot, times = self._snapshot, self._times
        if snapshot is None or times is None:
            return ""
        return item_line(item, {one.id: one.name for one in snapshot.cameras}, times)

    def _state_words(self) -> str:
        sheet = self._desk.sheet
        if sheet is None:
            return ""
        count = "1 item" if len(sheet.items) == 1 else f"{len(sheet.items)} items"
        playing = f", {duration_text(sheet.playing_ns)} that play" if sheet.playing_ns else ""
        saved = "saved" if self._desk.is_saved else "not saved yet"
        return f"{count}{playing} · {saved}"

    def _show_way(self) -> None:
        """Say how far the pack is on its way to court, and mark the step that is next."""
        desk, packs = self._desk, self._packs
        has_items = desk.sheet is not None and bool(desk.sheet.items)
        self.pack_button.setEnabled(has_items and packs.job is None and desk.is_saved)
        for button in self._step_buttons.values():
            button.setEnabled(packs.last is not None and packs.job is None)
        stage = packs.next_stage if has_items and packs.job is None else None
        for one, button in {PackStage.MAKE: self.pack_button, **self._step_buttons}.items():
            set_role(button, "main" if one is stage else "")
        self.pack_button.setIcon(self._theme.icon("pack", "on_accent" if stage is PackStage.MAKE else "text"))
        self.pack_state.setText(packs.words)

    def _show_sheets(self) -> None:
        sheet = self._desk.sheet
        self.sheets.blockSignals(True)
        self.sheets.clear()
        for one in self._desk.sheets:
            self.sheets.addItem(one.title, one.sheet_id)
        if sheet is not None:
            row = self.sheets.findData(sheet.id)
            if row < 0:
                self.sheets.addItem(sheet.title, sheet.id)
                row = self.sheets.count() - 1
            self.sheets.setItemText(row, sheet.title)
            self.sheets.setCurrentIndex(row)
        self.sheets.setEnabled(self.sheets.count() > 0)
        self.sheets.blockSignals(False)

    def _show_chosen(self) -> None:
        sheet, chosen = self._desk.sheet, self.list.selected_ids
        items = [] if sheet is None else [item for item in sheet.items if item.id in chosen]
        self.panel.show_items(items, self._snapshot, self._times)
        self.panel.show_can_change(can_change=self._desk.can_change)
        for button in (self.double_button, self.remove_button):
            button.setEnabled(bool(items) and self._desk.can_change)

    def _show_versions(self) -> None:
        menu, times = QMenu(self), self._times
        for one in self._desk.versions[:_MOST_VERSIONS]:
            when = times.full(one.saved_ns, 0) if times is not None else ""
            words = f"{one.number}:  {when}  {one.saved_by}  {one.title}".replace("&", "&&")
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(one.is_current)
            action.triggered.connect(lambda _on=False, number=one.number: self._desk.go_to_version(number))
        menu.popup(self.versions_button.mapToGlobal(self.versions_button.rect().bottomLeft()))

    def _show_marks(self) -> None:
        menu, snapshot, times = QMenu(self), self._snapshot, self._times
        marks = () if snapshot is None else snapshot.marks
        for mark in marks[:200]:
            when = times.clock(mark.instant) if times is not None else ""
            action = menu.addAction(f"{when}  {mark.text[:80] or 'Mark'}".replace("&", "&&"))
            action.triggered.connect(lambda _on=False, mark_id=mark.id: self.mark_wanted.emit(mark_id))
        if not marks:
            menu.addAction("There is no mark yet (M makes one)").setEnabled(False)
        menu.popup(self.mark_button.mapToGlobal(self.mark_button.rect().bottomLeft()))

    # What is asked for

    def _ask_pack(self) -> None:
        sheet, snapshot = self._desk.sheet, self._snapshot
        if sheet is None or snapshot is None:
            return

        def make(folder: Path, passphrase: str, is_signed: bool) -> None:  # noqa: FBT001 - as the dialog calls it
            self._packs.make(folder, passphrase, is_signed=is_signed)

        PackDialog(sheet.title, snapshot.folder.parent, self._choosers, make, self).show()

    def _ask_files(self) -> None:
        start = Path.home() if self._snapshot is None else self._snapshot.folder.parent
        self._choosers.choose_files(self, "Documents and pictures", start, self._desk.add_files)

    def _on_packed(self, result: PackResult) -> None:
        words = f"Made the court pack {result.folder}: {result.files} files, {size_text(result.size_bytes)}. "
        words += f"Signed with your key {result.fingerprint}." if result.fingerprint else "It is not signed."
        self.notices.say(NoticeKind.NOTE, words)
        for empty in result.empty_items:
            text = f"Item {empty.place}, “{empty.item.title}”: none of its cameras was recording then; it shows black."
            self.notices.say(NoticeKind.WARNING, text)
        if result.unaudited_reason:
            self.notices.say(NoticeKind.WARNING, f"The audit log does not tell of it. {result.unaudited_reason}")

    def _on_title(self) -> None:
        if self.title.isModified():
            self.title.setModified(False)
            self._desk.rename(self.title.text())

    # Putting together

    def _button(self, text: str, hint: str, icon: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip(hint))
        if icon:
            button.setIcon(self._theme.icon(icon))
        return button

    def _make_main(self, button: QPushButton, icon: str) -> None:
        set_role(button, "main")
        button.setIcon(self._theme.icon(icon, "on_accent"))

    def _lay_out(self) -> None:
        top_bar, top = self._bar("bar")
        for widget in (self.sheets, self.new_button):
            top.addWidget(widget)
        label = QLabel("Title", self)
        set_role(label, "dim")
        label.setBuddy(self.title)
        top.addWidget(label)
        top.addWidget(self.title, 1)
        for button in (self.undo_button, self.redo_button, self.versions_button, self.print_button):
            top.addWidget(button)
        adding_bar, adding = self._bar("bar")
        for button in (
            self.range_button,
            self.still_button,
            self.mark_button,
            self.card_button,
            self.file_button,
            self.pause_button,
        ):
            adding.addWidget(button)
        adding.addStretch(1)
        for button in (self.double_button, self.remove_button):
            adding.addWidget(button)
        self._stage.addWidget(self.empty)
        self._stage.addWidget(self.list)
        left = QWidget(self)
        left.setProperty("role", "panel")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stage, 1)
        self.state.setContentsMargins(12, 4, 12, 4)
        column.addWidget(self.state)
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.addWidget(left)
        across.addWidget(self.panel)
        across.setStretchFactor(0, 1)
        across.setSizes([820, 440])
        foot_bar, foot = self._bar("foot")
        foot.addWidget(self.pack_button)
        self._steps.setSpacing(8)
        foot.addLayout(self._steps)
        foot.addWidget(self.pack_state, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (top_bar, adding_bar, self.notices):
            whole.addWidget(part)
        whole.addWidget(across, 1)
        whole.addWidget(foot_bar)
        whole.addWidget(self.tray)

    def _bar(self, role: str) -> tuple[QFrame, QHBoxLayout]:
        bar = QFrame(self)
        bar.setProperty("role", role)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        return bar, row

    def _connect(self) -> None:
        desk = self._desk
        for button, doing in (
            (self.new_button, desk.new),
            (self.undo_button, desk.undo),
            (self.redo_button, desk.redo),
            (self.versions_button, self._show_versions),
            (self.print_button, self.print_wanted.emit),
            (self.range_button, self.range_wanted.emit),
            (self.still_button, self.still_wanted.emit),
            (self.mark_button, self._show_marks),
            (self.card_button, desk.add_card),
            (self.file_button, self._ask_files),
            (self.pause_button, desk.add_pause),
            (self.double_button, lambda: desk.double(self.list.selected_ids)),
            (self.remove_button, lambda: desk.remove(self.list.selected_ids)),
            (self.pack_button, self._ask_pack),
        ):
            button.clicked.connect(lambda _checked=False, doing=doing: doing())
        for key, act in (
            ("Ctrl+Z", desk.undo),
            ("Ctrl+Shift+Z", desk.redo),
            ("Ctrl+D", lambda: desk.double(self.list.selected_ids)),
            ("Ctrl+R", self.range_wanted.emit),
            ("Ctrl+Shift+R", self.still_wanted.emit),
        ):
            QShortcut(QKeySequence.fromString(key), self).activated.connect(act)
        self.sheets.activated.connect(lambda _row: desk.choose(str(self.sheets.currentData())))
        self.title.editingFinished.connect(self._on_title)
        self.list.selected_changed.connect(self._show_chosen)
        self.list.remove_wanted.connect(lambda: desk.remove(self.list.selected_ids))
        self.list.step_wanted.connect(lambda way: desk.step(self.list.selected_ids, way))
        self.list.sheet.move_wanted.connect(desk.move)
        self.list.sheet.files_dropped.connect(desk.add_files)
        self.panel.change_wanted.connect(desk.change_items)
        self.panel.range_wanted.connect(self.item_range_wanted)
        self.panel.moment_wanted.connect(self.moment_wanted)
        self.panel.go_wanted.connect(self.go_wanted)
        desk.changed.connect(self.refresh)
        desk.pictures_changed.connect(self.list.viewport().update)
        desk.added.connect(self.list.select)
        self._packs.packed.connect(self._on_packed)
        self._packs.changed.connect(self._show_way)
        self._packs.refused.connect(self.notices.say_error)
        desk.refused.connect(self.notices.say_error)
