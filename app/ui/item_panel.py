"""The settings of the chosen items of a run sheet: what is typed is asked of the desk when a field is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.case_snapshot import CaseSnapshot
from app.ui.moments_list import MomentsList
from app.ui.theme import set_role, tip
from courtroom.item_words import AT_END_WORDS, KIND_WORDS, speed_words
from courtroom.run_sheet import AtEnd, Card, Item, Layout, Moving, Still, View
from courtroom.run_sheet_json import clean_notes
from evidence.text import clean_line
from evidence.time_text import LocalTimes, duration_text

SPEEDS = tuple(Fraction(text) for text in ("1/8", "1/4", "1/2", "1", "2", "4", "8"))
_LAYOUT_WORDS = {
    Layout.AUTO: "All as large as fits",
    Layout.ONE: "One camera",
    Layout.TWO_BY_TWO: "Two by two",
    Layout.THREE_BY_THREE: "Three by three",
    Layout.FOCUS_STRIP: "Focus and strip",
}
_SEEN, _HEARD = 1, 2
_ID = Qt.ItemDataRole.UserRole


class ItemPanel(QScrollArea):
    """The panel.

    Signals:
        change_wanted: ids of items, and a function from an item to the changed one.
        range_wanted: the item is to show what lies from in to out now.
        moment_wanted: the instant at the playhead is to be a key moment.
        go_wanted: `IncidentTime` to go to.
    """

    change_wanted = Signal(object, object)
    range_wanted = Signal()
    moment_wanted = Signal()
    go_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: tuple[Item, ...] = ()
        self._is_filling = False
        self._typed_in: QWidget | None = None
        self.setWidgetResizable(True)
        self.setMinimumWidth(360)
        self._body = QWidget(self)
        self._body.setProperty("role", "panel")
        self.head = QLabel("", self._body)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setWordWrap(True)
        set_role(self.head, "heading")
        self.title = self._line("For the console and the printed sheet; the court never sees it")
        self.exhibit = self._line("Shown discreetly with the picture, where that is switched on")
        self.notes = self._text("For the presenter alone", 72)
        self.card_lines = self._text("One line each; the first is the largest", 72)
        self.when = QLabel("", self._body)
        self.when.setTextFormat(Qt.TextFormat.PlainText)
        self.when.setWordWrap(True)
        self.go_button = self._button("Go there", "Go to its start in the main window", self._on_go)
        self.range_button = self._button("Take in to out", "Show what lies from in to out now", self.range_wanted.emit)
        self.cameras = self._camera_table()
        self.layouts = self._choice("Layout", tuple(_LAYOUT_WORDS.items()))
        self.focus = self._choice("Large", [])
        self.speeds = self._choice("Speed", [(one, speed_words(one)) for one in SPEEDS])
        self.at_end = self._choice("At the end", tuple(AT_END_WORDS.items()))
        self.loops = self._check("Play it again and again", lambda item, on: replace(item, loops=on))
        self.shapes = self._check("Show shapes", lambda item, on: replace(item, shows_shapes=on))
        self.captions = self._check("Show captions", lambda item, on: replace(item, shows_captions=on))
        self.moments = MomentsList(self._body)
        self.moments.go_wanted.connect(self.go_wanted)
        self.moments.change_wanted.connect(self._ask)
        self.moment_button = self._button(
            "Add the playhead", "Make the instant in the main window a key moment", self.moment_wanted.emit
        )
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._lay_out()
        self._connect()
        self.show_items((), None, None)

    @property
    def items(self) -> tuple[Item, ...]:
        """What is shown."""
        return self._items

    def show_items(self, items: Sequence[Item], snapshot: CaseSnapshot | None, times: LocalTimes | None) -> None:
        """Show the settings of these items; of several only what they can share."""
        is_same = [item.id for item in items] == [item.id for item in self._items]
        self._items = tuple(items)
        self._typed_in = self.focusWidget() if is_same else None
        self._is_filling = True
        try:
            self._fill(snapshot, times)
        finally:
            self._is_filling = False

    def show_can_change(self, *, can_change: bool) -> None:
        """Let the fields be changed, or only read."""
        for widgets in self._rows.values():
            for widget in widgets:
                if widget is not self.when:
                    widget.setEnabled(can_change)

    # Showing

    def _fill(self, snapshot: CaseSnapshot | None, times: LocalTimes | None) -> None:
        one = self._items[0] if len(self._items) == 1 else None
        moving = bool(self._items) and all(isinstance(item.content, Moving) for item in self._items)
        seen = bool(self._items) and all(item.view is not None for item in self._items)
        self.head.setText(self._head_words())
        shown = {
            "text": one is not None,
            "card": one is not None and isinstance(one.content, Card),
            "when": one is not None and one.view is not None,
            "cameras": one is not None and one.view is not None,
            "layout": seen,
            "moving": moving,
            "shows": seen,
            "moments": one is not None and isinstance(one.content, Moving),
        }
        for name, widgets in self._rows.items():
            for widget in widgets:
                widget.setVisible(shown[name])
        if not self._items:
            return
        first = self._items[0]
        if one is not None:
            self._set_text(self.title, one.title)
            self._set_text(self.exhibit, one.exhibit)
            self._set_text(self.notes, one.notes)
            self._set_text(self.card_lines, "\n".join(one.content.lines) if isinstance(one.content, Card) else "")
            self._fill_when(one, times)
            self._fill_cameras(one, snapshot)
            self.moments.show_item(one, times)
        self.range_button.setVisible(one is not None and isinstance(one.content, Moving))
        if first.view is not None:
            _set_choice(self.layouts, first.view.layout)
        if self.speeds.findData(str(first.speed)) < 0:
            self.speeds.addItem(speed_words(first.speed), str(first.speed))
        _set_choice(self.speeds, first.speed)
        _set_choice(self.at_end, first.at_end)
        self.loops.setChecked(all(item.loops for item in self._items))
        self.shapes.setChecked(all(item.shows_shapes for item in self._items))
        self.captions.setChecked(all(item.shows_captions for item in self._items))

    def _head_words(self) -> str:
        if not self._items:
            return "Choose an item to see its settings."
        if len(self._items) > 1:
            return f"{len(self._items)} items are chosen: what is set here is set for all of them."
        return KIND_WORDS[self._items[0].kind]

    def _fill_when(self, item: Item, times: LocalTimes | None) -> None:
        if times is None:
            return
        if isinstance(item.content, Moving):
            span = item.content.span
            self.when.setText(
                f"{times.full(span.start)} to {times.clock(span.end)}: {duration_text(span.duration_ns)}, "
                f"played in {duration_text(item.playing_ns)}"
            )
        elif isinstance(item.content, Still):
            self.when.setText(times.full(item.content.instant))

    def _fill_cameras(self, item: Item, snapshot: CaseSnapshot | None) -> None:
        self.cameras.clear()
        self.focus.clear()
        self.focus.addItem("The first", None)
        if snapshot is None or item.view is None:
            return
        heard = item.content.heard if isinstance(item.content, Moving) else ()
        self.cameras.setColumnHidden(_HEARD, not isinstance(item.content, Moving))
        for camera in snapshot.cameras:
            row = QTreeWidgetItem([camera.name, "", ""])
            row.setData(0, _ID, camera.id)
            row.setCheckState(_SEEN, _state(is_on=camera.id in item.view.camera_ids))
            row.setCheckState(_HEARD, _state(is_on=camera.id in heard))
            self.cameras.addTopLevelItem(row)
            if camera.id in item.view.camera_ids:
                self.focus.addItem(camera.name, camera.id)
        rows = min(6, max(2, len(snapshot.cameras)))
        self.cameras.setFixedHeight(self.cameras.header().sizeHint().height() + rows * 26 + 4)
        _set_choice(self.focus, item.view.focus)

    def _set_text(self, field: QLineEdit | QPlainTextEdit, text: str) -> None:
        """Show a text, but not over what is being typed: a save that ends meanwhile must not take it away."""
        is_typed_in = field is self._typed_in and field.hasFocus()
        shown = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        if is_typed_in or shown == text:
            return
        if isinstance(field, QLineEdit):
            field.setText(text)
        else:
            field.setPlainText(text)

    # Asking

    def _ask(self, how: Callable[[Item], Item]) -> None:
        if self._items and not self._is_filling:
            self.change_wanted.emit(tuple(item.id for item in self._items), how)

    def _on_title(self) -> None:
        words = clean_line(self.title.text(), limit=300)
        self._ask(lambda item: replace(item, title=words))

    def _on_exhibit(self) -> None:
        words = clean_line(self.exhibit.text(), limit=300)
        self._ask(lambda item: replace(item, exhibit=words))

    def _on_text_left(self, field: QPlainTextEdit) -> None:
        typed = field.toPlainText()
        if field is self.notes:
            self._ask(lambda item: replace(item, notes=clean_notes(typed)))
        elif self._items and isinstance(self._items[0].content, Card):
            lines = tuple(clean_line(line, limit=300) for line in typed.strip().split("\n"))
            self._ask(lambda item: replace(item, content=Card(lines)))

    def _on_cameras(self) -> None:
        root = self.cameras.invisibleRootItem()
        rows = [row for number in range(root.childCount()) if (row := root.child(number)) is not None]
        seen = [row.data(0, _ID) for row in rows if row.checkState(_SEEN) is Qt.CheckState.Checked]
        heard = tuple(row.data(0, _ID) for row in rows if row.checkState(_HEARD) is Qt.CheckState.Checked)

        def how(item: Item) -> Item:
            view = item.view
            assert view is not None
            kept = tuple(one for one in view.camera_ids if one in seen)
            ids = (*kept, *(one for one in seen if one not in kept))
            made = View(ids, view.layout, view.focus if view.focus in ids else None)
            if isinstance(item.content, Moving):
                return replace(item, content=replace(item.content, view=made, heard=heard))
            return replace(item, content=Still(item.content.instant, made)) if isinstance(item.content, Still) else item

        self._ask(how)

    def _on_view(self) -> None:
        layout, focus = self.layouts.currentData(), self.focus.currentData()
        is_one = len(self._items) == 1

        def how(item: Item) -> Item:
            view = item.view
            if view is None or not isinstance(item.content, Moving | Still):
                return item
            made = View(view.camera_ids, Layout(layout), focus if is_one else view.focus)
            return replace(item, content=replace(item.content, view=made))

        self._ask(how)

    def _on_go(self) -> None:
        if self._items:
            content = self._items[0].content
            if isinstance(content, Moving):
                self.go_wanted.emit(content.span.start)
            elif isinstance(content, Still):
                self.go_wanted.emit(content.instant)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what was typed when its field is left."""
        if event.type() is QEvent.Type.FocusOut and isinstance(watched, QPlainTextEdit):
            self._on_text_left(watched)
        return super().eventFilter(watched, event)

    # Putting together

    def _line(self, hint: str) -> QLineEdit:
        field = QLineEdit(self._body)
        field.setToolTip(tip(hint))
        field.setMaxLength(300)
        return field

    def _text(self, hint: str, height: int) -> QPlainTextEdit:
        field = QPlainTextEdit(self._body)
        field.setToolTip(tip(hint))
        field.setTabChangesFocus(True)
        field.setFixedHeight(height)
        field.installEventFilter(self)
        return field

    def _button(self, text: str, hint: str, doing: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self._body)
        button.setToolTip(tip(hint))
        button.clicked.connect(lambda _checked=False: doing())
        return button

    def _choice(self, name: str, choices: Sequence[tuple[object, str]]) -> QComboBox:
        field = QComboBox(self._body)
        field.setAccessibleName(name)
        for value, words in choices:
            field.addItem(words, str(value))
        return field

    def _check(self, words: str, how: Callable[[Item, bool], Item]) -> QCheckBox:
        box = QCheckBox(words, self._body)
        box.clicked.connect(lambda is_on: self._ask(lambda item: how(item, is_on)))
        return box

    def _camera_table(self) -> QTreeWidget:
        table = QTreeWidget(self._body)
        table.setHeaderLabels(["Camera", "Seen", "Heard"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.header().setStretchLastSection(False)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setAccessibleName("Which cameras are seen and heard")
        return table

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        go = QWidget(self._body)
        go.setProperty("role", "panel")
        across = QHBoxLayout(go)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.go_button)
        across.addWidget(self.range_button)
        across.addStretch(1)
        rows: list[tuple[str, str, tuple[QWidget, ...]]] = [
            ("text", "Title", (self.title,)),
            ("text", "Exhibit", (self.exhibit,)),
            ("card", "Lines", (self.card_lines,)),
            ("when", "When", (self.when,)),
            ("when", "", (go,)),
            ("cameras", "Cameras", (self.cameras,)),
            ("layout", "Layout", (self.layouts,)),
            ("cameras", "Large", (self.focus,)),
            ("moving", "Speed", (self.speeds,)),
            ("moving", "At the end", (self.at_end,)),
            ("moving", "", (self.loops,)),
            ("shows", "", (self.shapes,)),
            ("shows", "", (self.captions,)),
            ("text", "Notes", (self.notes,)),
            ("moments", "Key moments", (self.moments,)),
            ("moments", "", (self.moment_button,)),
        ]
        for group, words, (field,) in rows:
            label = QLabel(words, self._body)
            label.setBuddy(field)
            form.addRow(label, field)
            self._rows[group] = (*self._rows.get(group, ()), label, field)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addLayout(form)
        column.addStretch(1)
        self.setWidget(self._body)

    def _connect(self) -> None:
        self.title.editingFinished.connect(self._on_title)
        self.exhibit.editingFinished.connect(self._on_exhibit)
        self.cameras.itemChanged.connect(lambda _row, _column: None if self._is_filling else self._on_cameras())
        self.layouts.activated.connect(lambda _index: self._on_view())
        self.focus.activated.connect(lambda _index: self._on_view())
        self.speeds.activated.connect(
            lambda _index: self._ask(lambda item: replace(item, speed=Fraction(self.speeds.currentData())))
        )
        self.at_end.activated.connect(
            lambda _index: self._ask(lambda item: replace(item, at_end=AtEnd(self.at_end.currentData())))
        )


def _state(*, is_on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked


def _set_choice(field: QComboBox, value: object) -> None:
    for row in range(field.count()):
        if field.itemData(row) == (None if value is None else str(value)):
            field.setCurrentIndex(row)
            return
