"""The presenter's console: what the court sees, what comes next, the run sheet, and five big keys.

It mirrors the conductor and presses; it holds no truth of its own and opens no dialog. All keys of court mode arrive
here. With one display for both it is a strip at the bottom that can be hidden.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from courtroom.show.cue import Cue
from courtroom.show.events import Focus, GoTo, Press
from courtroom.show.keys import Act, find_key, keys_text
from courtroom.show.nothing_done import why_nothing
from courtroom.show.trouble import Trouble, TroubleBoard, TroubleKind
from courtroom.ui.conductor import Conductor
from courtroom.ui.console_look import console_style, frame_of, set_style
from courtroom.ui.console_text import clock_text
from courtroom.ui.console_transport import ToolRow, Transport
from courtroom.ui.court_picture import CourtPicture
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.filmstrip import Filmstrip
from courtroom.ui.key_row import KeyRow
from courtroom.ui.mirror import Mirror
from courtroom.ui.trouble_line import TroubleLine
from evidence.times import IncidentTime

_REFRESH_MS = 66
_HIDDEN_HEIGHT = 1
_NEXT_SIZE = QSize(240, 135)


class Console(QWidget):
    """A window of its own. Lives on the UI thread.

    Signals:
        acted(object): an `Act` that is not the console's own.
        height_changed: the strip was hidden or shown.
    """

    acted = Signal(object)
    height_changed = Signal()

    def __init__(
        self,
        conductor: Conductor,
        screen: CourtScreen,
        voice: CourtVoice,
        troubles: TroubleBoard,
        time_text: Callable[[IncidentTime], str],
        *,
        standing: str = "",
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._conductor = conductor
        self._screen = screen
        self._voice = voice
        self._troubles = troubles
        self._time_text = time_text
        self._standing = standing
        self._is_dimmed = self._is_strip = self._is_hidden = self._shows_keys = False
        self.setWindowTitle("Sightline console")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.trouble_line = TroubleLine(self)
        self.mirror = Mirror(conductor, screen, self)
        self.frame_label = QLabel(self)
        self.frame = QWidget(self)
        self.transport = Transport(self)
        self.tools = ToolRow(self)
        self.here = QLabel(self)
        self.next_title = QLabel(self)
        self.next_ready = QLabel(self)
        self.next_picture = QLabel(self)
        self.notes = QPlainTextEdit(self)
        self.notes_head = QLabel(self)
        self.moments = QListWidget(self)
        self.filmstrip = Filmstrip(conductor.show_now.cues, self)
        self.keys = KeyRow(self)
        self._noted: Cue | None = None
        self._pictured: int | None = None
        self._build()
        self._connect()
        self.setStyleSheet(console_style(is_dimmed=False))
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    # What others ask

    def set_strip(self, *, is_strip: bool) -> None:
        """Be a strip on a display that the court sees too, or a whole window."""
        if is_strip == self._is_strip:
            return
        self._is_strip, self._is_hidden = is_strip, False
        keeps = self.trouble_line.sizePolicy()
        keeps.setRetainSizeWhenHidden(is_strip)  # the court's picture does not move when there is something to tell
        self.trouble_line.setSizePolicy(keeps)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint, is_strip)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, is_strip)
        for part in (self.frame, self.tools, self.right, self.filmstrip, self.transport.clock):
            part.setVisible(not is_strip)
        self.keys.set_small(is_small=is_strip)

    @property
    def strip_height(self) -> int:
        """How much of a shared display the strip takes, logical pixels; 0 where it is no strip."""
        if not self._is_strip:
            return 0
        return _HIDDEN_HEIGHT if self._is_hidden else self.minimumSizeHint().height()

    def do(self, what: Press | Act | Focus | GoTo) -> None:
        """Do what a key or a button says."""
        if isinstance(what, Act):
            self._act(what)
        else:
            words = why_nothing(self._conductor.show_now, what)
            if words:
                self._note(words)
            self._conductor.press(what)

    def refresh(self) -> None:
        """Show how things are; the timer calls this, and so may a test."""
        standing = self._conductor.standing()
        state, show = standing.show.state, standing.show
        word, colour = frame_of(state, is_seen=self._screen.isVisible(), is_black=self._screen.is_black)
        self.frame_label.setText(word)
        set_style(self.frame_label, f"background: {colour}; color: #ffffff; font-weight: 700; padding: 2px 8px;")
        set_style(self.frame, f"QWidget#frame {{ background: {colour}; }}")
        self.trouble_line.show_trouble(self._troubles.gravest)
        place = f"{state.spot.place + 1} of {len(show.cues)}"
        exhibit = f" · {show.cue.exhibit}" if show.cue.exhibit else ""
        sees = "" if not self._is_strip or word == "LIVE" else word  # a strip has no frame to say it
        parts = (sees, f"{place} · {show.cue.title}{exhibit}", self._standing)
        self.here.setText(" · ".join(part for part in parts if part))
        self.transport.show_standing(standing, self._time_text, self._voice)
        self._show_next(show.following, is_ready=standing.is_next_ready, is_private=state.is_private)
        self._show_notes(show.cue)
        self.filmstrip.show_place(state.spot.place)
        self.keys.show_state(state, can_play=show.cue.can_play)
        self.tools.show_tool(self.mirror.tool, has_strokes=bool(self._conductor.tools.strokes))
        following = self._conductor.next_player
        ready = following if standing.is_next_ready else None
        number = None if ready is None else ready.place
        if number != self._pictured:
            self._pictured = number
            self._show_next_picture(None if ready is None else ready.picture())

    def close_for_good(self) -> None:
        """End with court mode."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    # Building

    def _build(self) -> None:
        self.frame.setObjectName("frame")
        framed = QVBoxLayout(self.frame)
        framed.setContentsMargins(5, 0, 5, 5)
        framed.setSpacing(0)
        framed.addWidget(self.frame_label)
        framed.addWidget(self.mirror, 1)
        self.here.setProperty("role", "head")
        self.next_title.setProperty("role", "head")
        self.next_title.setWordWrap(True)
        self.next_picture.setFixedHeight(_NEXT_SIZE.height())
        self.notes_head.setProperty("role", "dim")
        self.notes.setReadOnly(True)
        self.notes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.moments.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.moments.setMaximumHeight(120)
        self.right = QWidget(self)
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(_dim("Next"))
        head.addStretch(1)
        head.addWidget(self.next_ready)
        right.addLayout(head)
        right.addWidget(self.next_title)
        right.addWidget(self.next_picture)
        right.addWidget(self.notes_head)
        right.addWidget(self.notes, 1)
        right.addWidget(self.moments)
        left = QVBoxLayout()
        left.addWidget(self.frame, 1)
        left.addWidget(self.here)
        left.addWidget(self.transport)
        left.addWidget(self.tools)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(left, 3)
        middle.addWidget(self.right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.trouble_line)
        column.addLayout(middle, 1)
        column.addWidget(self.filmstrip)
        column.addWidget(self.keys)

    def _connect(self) -> None:
        self.keys.pressed.connect(self.do)
        self.tools.pressed.connect(self.do)
        self.transport.pressed.connect(self.do)
        self.trouble_line.pressed.connect(self.do)
        self.filmstrip.item_chosen.connect(lambda place: self.do(GoTo(place)))
        self.moments.itemClicked.connect(self._on_moment)
        self.mirror.tool_changed.connect(self.refresh)
        self.mirror.zoom_refused.connect(lambda: self._note("There is nothing to zoom into here."))
        self._conductor.state_changed.connect(self.refresh)
        self._conductor.shown.connect(self._on_shown)

    def _note(self, words: str) -> None:
        self._troubles.tell(Trouble(TroubleKind.NOTE, words))
        self.refresh()

    def _show_next(self, following: Cue | None, *, is_ready: bool, is_private: bool) -> None:
        self.next_title.setText("Nothing follows" if following is None else following.title)
        word, role = ("✓ Ready", "good") if is_ready else ("Opening…", "wait")
        if following is None or is_private:
            word, role = "", "dim"
        self.next_ready.setText(word)
        if self.next_ready.property("role") != role:
            self.next_ready.setProperty("role", role)
            self.next_ready.style().unpolish(self.next_ready)
            self.next_ready.style().polish(self.next_ready)

    def _show_next_picture(self, picture: CourtPicture | None) -> None:
        if picture is None:
            self.next_picture.clear()
            return
        self.filmstrip.keep_picture(picture)
        shape = Qt.AspectRatioMode.KeepAspectRatio
        small = picture.image.scaled(_NEXT_SIZE, shape, Qt.TransformationMode.SmoothTransformation)
        self.next_picture.setPixmap(QPixmap.fromImage(small))

    def _show_notes(self, cue: Cue) -> None:
        if cue is self._noted:
            return
        self._noted = cue
        head = "Notes for this item" if cue.notes else "No notes for this item"
        self.notes_head.setText("Keys (F1 for the notes)" if self._shows_keys else head)
        self.notes.setPlainText(keys_text() if self._shows_keys else cue.notes)
        self.moments.clear()
        for moment in cue.moments:
            self.moments.addItem(f"{clock_text(moment.at - cue.start)}  {moment.text}")
        self.moments.setVisible(bool(cue.moments) and not self._is_strip)

    def _act(self, act: Act) -> None:
        match act:
            case Act.ZOOM | Act.POINTER | Act.SPOTLIGHT | Act.MAGNIFIER | Act.DRAW:
                self.mirror.take_tool(act)
            case Act.WHOLE:
                self.mirror.show_whole()
            case Act.CLEAR:
                self.mirror.clear()
            case Act.DIM:
                self._is_dimmed = not self._is_dimmed
                self.mirror.is_dimmed = self._is_dimmed
                self.setStyleSheet(console_style(is_dimmed=self._is_dimmed))
            case Act.KEYS:
                self._shows_keys = not self._shows_keys
                self._noted = None
            case Act.STRIP:
                if self._is_strip:
                    self._is_hidden = not self._is_hidden
                    self.height_changed.emit()
            case _:
                self.acted.emit(act)
        self.refresh()

    def _on_moment(self) -> None:
        row = self.moments.currentRow()
        show = self._conductor.show_now
        if 0 <= row < len(show.cue.moments):
            self.do(GoTo(show.state.spot.place, show.cue.moments[row].at))

    def _on_shown(self, picture: object) -> None:
        if isinstance(picture, CourtPicture):
            self.filmstrip.keep_picture(picture)

    # Qt's own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Serve every key of court mode; a key that is held down repeats steps only."""
        key = portable(event)
        found = find_key(key)
        repeats = {Press.STEP_ON, Press.STEP_BACK, Press.SECOND_ON, Press.SECOND_BACK}
        if found is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() or found in repeats:
            self.do(found)

    def event(self, event: QEvent) -> bool:
        """Take Tab and the like as keys of nothing: the keyboard stays here."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, _is_next: bool) -> bool:  # noqa: FBT001 - Qt's own
        """Keep the keyboard."""
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """End court mode as its key does: twice."""
        event.ignore()
        self.acted.emit(Act.LEAVE)


def portable(event: QKeyEvent) -> str:
    """Return a key as portable text, without the mark of the number pad."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(int(modifiers.value) | event.key()).toString(QKeySequence.SequenceFormat.PortableText)


def _dim(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "dim")
    return label
