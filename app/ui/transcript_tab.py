"""The transcript: the cues of all cameras by time, or of the focused one; follows the playhead, edited in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotations.transcripts.cue_times import CueTimes
from annotations.transcripts.records import Cue
from app.time_text import LocalTimes
from app.ui.actions import ActionSet
from app.ui.theme import Theme, set_role
from app.ui.transcript_delegate import CueDelegate
from app.ui.transcript_model import TranscriptModel
from evidence.times import IncidentTime

_SETTLE_MS = 120


class CueList(QListView):
    """The list.

    Signals:
        user_moved: the user scrolled or went through it by keys: it follows the playhead no longer.
    """

    user_moved = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.verticalScrollBar().actionTriggered.connect(self._on_scrolled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moving through the list by keys ends following."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self.user_moved.emit()
        super().keyPressEvent(event)

    def _on_scrolled(self, action: int) -> None:
        if action != QAbstractSlider.SliderAction.SliderNoAction.value:
            self.user_moved.emit()


class TranscriptTab(QWidget):
    """Shows and edits; everything that is asked for leaves through signals.

    Signals:
        jump_wanted: `IncidentTime` of a cue, and the id of its camera.
        text_typed: id of a cue and its new text.
        split_wanted: id of a cue, its text, and after how many letters; objects.
        menu_wanted: id of a cue and where on the screen its menu opens.
    """

    jump_wanted = Signal(object, str)
    text_typed = Signal(str, str)
    split_wanted = Signal(str, str, object)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: CueTimes | None = None
        self._focus: str | None = None
        self._instant: IncidentTime | None = None
        self._waiting: Callable[[], None] | None = None
        self._wanted_edit = ""
        self.model = TranscriptModel(self.text_typed.emit)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter the words")
        self.filter.setAccessibleName("Filter the words")
        self.filter.setClearButtonEnabled(True)
        self.only_focus = self._toggle("This camera", "Show the words of the focused camera only.")
        self.follow = self._toggle("Follow", "Keep the words that are said in sight while playing.")
        self.follow.setChecked(True)
        self.captions = self._toggle("Captions", actions["view.captions"].toolTip())
        self.captions.clicked.connect(lambda _checked=False: actions["view.captions"].trigger())
        self.more = QToolButton(self)
        self.more.setText("More")
        self.more.setAccessibleName("More about transcripts")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self.more, "toggle")
        self.empty = QLabel("", self)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.empty, "dim")
        self.import_button = actions.button("transcript.import", self)
        self.import_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        set_role(self.import_button, "button")
        self.list = CueList(self)
        self._delegate = CueDelegate(lambda: theme.palette, self._on_split, self.list)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._lay_out()
        self._connect()
        actions.keys_changed.connect(lambda: self._write_empty(actions))
        actions.keys_changed.connect(lambda: self.captions.setToolTip(actions["view.captions"].toolTip()))
        self._write_empty(actions)
        self.show_times(None, None, {}, can_edit=False)

    # What is shown

    def show_times(
        self, times: CueTimes | None, local: LocalTimes | None, camera_names: dict[str, str], *, can_edit: bool
    ) -> None:
        """Show these cues; not before what is being typed has been taken."""
        if self._delegate.is_editing:
            self._waiting = lambda: self.show_times(times, local, camera_names, can_edit=can_edit)
            return
        self._waiting = None
        chosen = self.chosen_cue
        place = self.list.verticalScrollBar().value()
        self._times = times
        self.model.show(times, local, camera_names, can_edit=can_edit)
        has_any = self.model.has_any
        for widget in (self.list, self.filter, self.only_focus, self.follow):
            widget.setVisible(has_any)
        self.empty.setVisible(not has_any)
        self.import_button.setVisible(not has_any)
        self._measure()
        self.list.verticalScrollBar().setValue(place)
        if chosen is not None:
            self._select(chosen.id)
        self._show_current(is_moved=True)
        if self._wanted_edit:
            wanted, self._wanted_edit = self._wanted_edit, ""
            self.edit_cue(wanted)

    def set_focus_camera(self, camera_id: str | None) -> None:
        """Show the words of this camera, where only the focused one's are wanted."""
        self._focus = camera_id
        self._choose()

    def show_instant(self, instant: IncidentTime) -> None:
        """Mark the words that are said at the playhead, and bring them into sight."""
        self._instant = instant
        if self.isVisible():
            self._show_current(is_moved=False)

    def edit_cue(self, cue_id: str) -> None:
        """Open a cue's words for typing, as soon as it is there."""
        index = self._index_of(cue_id)
        if index is None:
            self._wanted_edit = cue_id
            return
        self.list.scrollTo(index)
        self.list.setCurrentIndex(index)
        self.list.setFocus()
        self.list.edit(index)

    @property
    def chosen_cue(self) -> Cue | None:
        """The cue that is chosen in the list, or None."""
        row = self.model.row_at(self.list.currentIndex().row())
        return None if self._times is None or row is None else self._times.cues[row]

    @property
    def current_places(self) -> tuple[int, ...]:
        """The places in the list of the cues that are being said."""
        return self._current_places

    _current_places: tuple[int, ...] = ()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew when the width has settled."""
        super().resizeEvent(event)
        self._settle.start()

    # Inside

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(button, "toggle")
        return button

    def _lay_out(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Transcript")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (self.only_focus, self.follow, self.captions):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addLayout(row)
        column.addWidget(self.empty)
        column.addWidget(self.import_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list, 1)
        column.addStretch(0)

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda _text: self._choose())
        self.only_focus.toggled.connect(lambda _is_on: self._choose())
        self.follow.toggled.connect(lambda _is_on: self._show_current(is_moved=True))
        self.list.user_moved.connect(lambda: self.follow.setChecked(False))
        self.list.clicked.connect(self._on_clicked)
        self.list.activated.connect(self._on_clicked)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self._delegate.closeEditor.connect(self._on_editor_closed)

    def _write_empty(self, actions: ActionSet) -> None:
        key = actions.key_map.text("transcript.import")
        by_key = f" ({key})" if key else ""
        write = actions.key_map.text("transcript.add_cue")
        by_hand = f" Or press {write} to write what is said at the playhead." if write else ""
        self.empty.setText(
            f"No transcript yet. Import one{by_key}, or drop a .vtt, .srt, .csv or .docx file on the window.{by_hand}"
        )

    def _choose(self) -> None:
        self.model.set_filter(self.filter.text(), self._focus if self.only_focus.isChecked() else None)
        self._show_current(is_moved=True)

    def _measure(self) -> None:
        self.model.set_room(self.list.viewport().width(), self.list.font())

    def _on_settled(self) -> None:
        self._measure()
        self._show_current(is_moved=True)

    def _show_current(self, *, is_moved: bool) -> None:
        if self._times is None or self._instant is None:
            self._current_places = ()
            return
        rows = frozenset(self._times.rows_at(self._instant))
        places = self.model.set_current(rows)
        if places == self._current_places and not is_moved:
            return
        self._current_places = places
        if self.follow.isChecked() and not self._delegate.is_editing:
            place = places[0] if places else self._place_before()
            if place is not None:
                self.list.scrollTo(self.model.index(place), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _place_before(self) -> int | None:
        row = None if self._times is None or self._instant is None else self._times.row_before(self._instant)
        return None if row is None else self.model.place_before(row)

    def _index_of(self, cue_id: str) -> QModelIndex | None:
        row = None if self._times is None else self._times.row_by_id.get(cue_id)
        place = None if row is None else self.model.place_of(row)
        return None if place is None else self.model.index(place)

    def _select(self, cue_id: str) -> None:
        index = self._index_of(cue_id)
        if index is not None:
            self.list.selectionModel().setCurrentIndex(index, self.list.selectionModel().SelectionFlag.ClearAndSelect)

    def _on_clicked(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        start = None if self._times is None or row is None else self._times.start_of(row)
        if self._times is not None and row is not None and start is not None:
            self.jump_wanted.emit(start, self._times.camera_ids[row])

    def _on_menu(self, point: QPoint) -> None:
        index = self.list.indexAt(point)
        row = self.model.row_at(index.row())
        if self._times is not None and row is not None:
            self.list.setCurrentIndex(index)
            self.menu_wanted.emit(self._times.cues[row].id, self.list.viewport().mapToGlobal(point))

    def _on_split(self, place: int, text: str, letters: int) -> None:
        row = self.model.row_at(place)
        if self._times is not None and row is not None:
            self.split_wanted.emit(self._times.cues[row].id, text, letters)

    def _on_editor_closed(self) -> None:
        self._delegate.is_editing = False
        if self._waiting is not None:
            self._waiting()
