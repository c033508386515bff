"""The same event in several cameras: a key on each camera's frame, and what follows of it for their clocks.

Each mark is a frame of a recording, so it does not matter where the clocks that are in force put it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget

from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.ui.playback import Playback
from app.ui.sync_desk import SyncDesk
from app.ui.theme import set_role, tip
from evidence.errors import SightlineError, UsageError
from evidence.text import clean_line
from sync.case_clocks import person
from sync.marked import EventMark, mark_frame, observe_event

_LONGEST_EXTRA_MS = 60_000


class EventDesk(QObject):
    """Collects marks of one event. Lives on the UI thread.

    Signals:
        changed: other frames are marked.
        kept: in words, what was kept.
        refused: `SightlineError`: why a frame could not be marked.
    """

    changed = Signal()
    kept = Signal(str)
    refused = Signal(object)

    def __init__(self, session: CaseSession, playback: Playback, sync: SyncDesk, settings: Settings) -> None:
        super().__init__()
        self._session = session
        self._playback = playback
        self._sync = sync
        self._settings = settings
        self.marks: tuple[EventMark, ...] = ()
        session.closed.connect(self.forget)

    def mark_focused(self) -> None:
        """Mark the focused camera's frame on screen."""
        self._playback.stop()
        spot = self._playback.focus_spot(self._playback.engine.target)
        if spot is None:
            self.refused.emit(
                UsageError(
                    "The focused camera has no frame here.",
                    meaning="Nothing was marked.",
                    remedy="Give a camera the focus that shows the event, and go to its frame.",
                )
            )
            return
        self.mark(spot.place.recording.id, spot.frame)

    def mark(self, recording_id: str, frame: int) -> None:
        """Mark a frame; another one of the same camera takes its place."""
        snapshot, index = self._session.saved_snapshot, self._session.find_index(recording_id)
        recording = None if snapshot is None else snapshot.recording_by_id.get(recording_id)
        if recording is None or index is None or recording.is_approximate:
            self.refused.emit(
                UsageError(
                    "This recording has no exact frames to mark an event by.",
                    meaning="Nothing was marked.",
                    remedy="Mark the event in another camera.",
                )
            )
            return
        made = mark_frame(recording.id, recording.camera_id, index, frame)
        self.marks = (*(one for one in self.marks if one.camera_id != made.camera_id), made)
        self.changed.emit()

    def keep(self, note: str, extra_sigma_ns: int) -> None:
        """Keep the event as observations."""
        who = self._settings.get(YOUR_NAME) or "Unnamed user"
        try:
            found = observe_event(
                self.marks, person(who), note=clean_line(note, limit=500), extra_sigma_ns=extra_sigma_ns
            )
        except SightlineError as error:
            self.refused.emit(error)
            return
        count = len(self.marks)
        self.forget()
        self._sync.add(found, lambda: self.kept.emit(f"The event was kept: it ties the clocks of {count} cameras."))

    def forget(self) -> None:
        """Mark nothing any more."""
        if self.marks:
            self.marks = ()
            self.changed.emit()

    def words(self) -> str:
        """Return what is marked, and what to do next."""
        snapshot = self._session.saved_snapshot
        if snapshot is None or not self.marks:
            return ""
        told = [
            f"{snapshot.camera_by_id[one.camera_id].name} frame {one.frame}"
            for one in self.marks
            if one.camera_id in snapshot.camera_by_id
        ]
        if len(self.marks) < 2:
            return f"Same event: {told[0]}. Now focus another camera, go to the same event, and press the key again."
        return f"Same event: {', '.join(told)}. Keep it, or mark it in more cameras."


class EventStrip(QFrame):
    """Says over the pictures what is marked so far."""

    def __init__(self, desk: EventDesk, key: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("role", "note")
        self.words = QLabel("", self)
        self.words.setWordWrap(True)
        self.what = QLineEdit(self)
        self.what.setPlaceholderText("What it is")
        self.what.setAccessibleName("What the event is")
        self.what.setMaximumWidth(200)
        self.extra = QSpinBox(self)
        self.extra.setRange(0, _LONGEST_EXTRA_MS)
        self.extra.setPrefix("± ")
        self.extra.setSuffix(" ms more")
        self.extra.setAccessibleName("What to add to the uncertainty, in milliseconds (95 %)")
        self.keep_button = QPushButton("Keep", self)
        self.keep_button.setToolTip(tip(f"Keep the event; its clocks are set in the sync view. {key()}".strip()))
        set_role(self.keep_button, "main")
        self.cancel_button = QPushButton("Cancel", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for widget in (self.what, self.extra, self.keep_button, self.cancel_button):
            row.addWidget(widget)
        for button in (self.keep_button, self.cancel_button):
            button.setFocusPolicy(button.focusPolicy().TabFocus)
        self.keep_button.clicked.connect(lambda _checked=False: self.keep())
        self.cancel_button.clicked.connect(lambda _checked=False: desk.forget())
        self.what.returnPressed.connect(self.keep)
        desk.changed.connect(self._show)
        self._show()

    def keep(self) -> None:
        """Keep what is marked."""
        self._desk.keep(self.what.text(), self.extra.value() * 1_000_000 // 2)

    def _show(self) -> None:
        is_any = bool(self._desk.marks)
        self.setVisible(is_any)
        self.words.setText(self._desk.words())
        self.keep_button.setEnabled(len(self._desk.marks) > 1)
        if not is_any:
            self.what.clear()
            self.extra.setValue(0)
