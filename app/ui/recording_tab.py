"""What is known of the chosen recording, and what a person can say of it: exhibit, camera, place in time."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.case_snapshot import CaseSnapshot
from app.recording_facts import Fact, Section, recording_sections
from app.time_text import LocalTimes
from app.ui.theme import Theme, breakable, fixed_font, set_role, tip
from app.ui.tile_menu import WITH_VLC, player_words
from evidence.records import Recording
from resources.palette import Palette

_ROOM_BESIDE = 12
"""Pixels between the longest word of a label and what is known: padding, and 2 for the cell on each side."""

NEW_CAMERA = "A new camera…"
_EMPTY = "No recording is chosen. Click on a bar of the timeline, on a picture, or on a file under Cameras."


class RecordingTab(QWidget):
    """One recording.

    Signals:
        exhibit_typed: id of the recording and its new exhibit reference.
        camera_wanted: id of the recording and id of the camera it belongs to, "" for a new one.
        place_wanted: id of the recording that is to be placed by hand.
        watch_wanted: id of the recording that is to be shown by itself.
        clock_wanted: id of the camera whose clock is to be set.
        player_wanted: id of the recording that is to be played by VLC, or by FFmpeg again.

    Attributes:
        is_by_vlc: tells whether somebody chose VLC for a recording.
    """

    exhibit_typed = Signal(str, str)
    camera_wanted = Signal(str, str)
    place_wanted = Signal(str)
    watch_wanted = Signal(str)
    clock_wanted = Signal(str)
    player_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recording: Recording | None = None
        self.name = QLabel(_EMPTY, self)
        self.name.setWordWrap(True)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.exhibit = QLineEdit(self)
        self.exhibit.setAccessibleName("Exhibit reference")
        self.exhibit.setPlaceholderText("None yet")
        self.exhibit.editingFinished.connect(self._on_exhibit)
        self.camera = QComboBox(self)
        self.camera.setAccessibleName("Camera that this recording belongs to")
        self.camera.activated.connect(self._on_camera)
        self.place_button = QPushButton("Place by hand…", self)
        self.place_button.clicked.connect(lambda _checked=False: self._with_recording(self.place_wanted.emit))
        self.watch_button = QPushButton("Watch alone", self)
        self.watch_button.setToolTip("Show this recording in a window by itself, with the times of its own file")
        self.watch_button.clicked.connect(lambda _checked=False: self._with_recording(self.watch_wanted.emit))
        self.clock_button = QPushButton("Set camera's clock…", self)
        self.clock_button.clicked.connect(self._on_clock)
        self.is_by_vlc: Callable[[str], bool] = lambda _recording_id: False
        self.player_button = QPushButton(WITH_VLC, self)
        self.player_button.setToolTip(
            "VLC has no frame numbers; its tile says by how much the picture's time may be off"
        )
        self.player_button.clicked.connect(lambda _checked=False: self._with_recording(self.player_wanted.emit))
        self.facts = QTextBrowser(self)
        self.facts.setAccessibleName("What is known of the recording")
        self.facts.setOpenLinks(False)
        self._form = QWidget(self)
        self._lay_out()
        self.show_recording(None, None, None)

    @property
    def recording_id(self) -> str | None:
        """The recording on show."""
        return None if self._recording is None else self._recording.id

    def show_recording(
        self, snapshot: CaseSnapshot | None, recording: Recording | None, times: LocalTimes | None
    ) -> None:
        """Show a recording, or what to do where none is chosen."""
        self._recording = recording
        has_one = snapshot is not None and recording is not None
        self._form.setVisible(has_one)
        self.facts.setVisible(has_one)
        set_role(self.name, "heading" if has_one else "dim")
        if snapshot is None or recording is None or times is None:
            self.name.setText(_EMPTY)
            self.name.setAccessibleName("")
            self.name.setToolTip("")
            return
        self.name.setText(breakable(recording.display_name))
        self.name.setAccessibleName(recording.display_name)
        self.name.setToolTip(tip(recording.display_name))
        if not self.exhibit.hasFocus():
            self.exhibit.setText(recording.exhibit)
        self.camera.clear()
        for camera in snapshot.cameras:
            self.camera.addItem(camera.name, camera.id)
        self.camera.addItem(NEW_CAMERA, "")
        self.camera.setCurrentIndex(max(0, self.camera.findData(recording.camera_id)))
        for part in (self.exhibit, self.camera, self.place_button, self.clock_button):
            part.setEnabled(not snapshot.info.is_read_only)
        self.watch_button.setEnabled(recording.video_stream is not None)
        self.renew_player()
        sections = recording_sections(snapshot, recording, times)
        scroll = self.facts.verticalScrollBar().value()
        self.facts.setHtml(facts_html(sections, self._theme.palette, self._label_width(sections)))
        self.facts.verticalScrollBar().setValue(scroll)

    def _label_width(self, sections: tuple[Section, ...]) -> int:
        """Return how many pixels the longest word of the labels needs, so that none is broken at any size of text."""
        metrics = self.facts.fontMetrics()
        words = {word for section in sections for fact in section.facts for word in fact.label.split()}
        return max((metrics.horizontalAdvance(word) for word in words), default=0) + _ROOM_BESIDE

    def renew_player(self) -> None:
        """Say which other player the recording on show can be given to."""
        recording = self._recording
        if recording is not None:
            self.player_button.setText(player_words(recording, is_by_vlc=self.is_by_vlc(recording.id)))
            self.player_button.setEnabled(recording.video_stream is not None and not recording.is_approximate)

    def _lay_out(self) -> None:
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addRow("Exhibit", self.exhibit)
        form.addRow("Camera", self.camera)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.place_button)
        buttons.addWidget(self.clock_button)
        buttons.addStretch(1)
        form.addRow(buttons)
        form.addRow(self.watch_button)
        form.addRow(self.player_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 0)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addWidget(self._form)
        column.addWidget(self.facts, 1)
        column.addStretch(0)

    def _with_recording(self, emit: object) -> None:
        if self._recording is not None and callable(emit):
            emit(self._recording.id)

    def _on_exhibit(self) -> None:
        if self._recording is not None and self.exhibit.text() != self._recording.exhibit:
            self.exhibit_typed.emit(self._recording.id, self.exhibit.text())

    def _on_camera(self, _index: int) -> None:
        wanted = str(self.camera.currentData())
        if self._recording is not None and wanted != self._recording.camera_id:
            self.camera_wanted.emit(self._recording.id, wanted)

    def _on_clock(self) -> None:
        if self._recording is not None:
            self.clock_wanted.emit(self._recording.camera_id)


def facts_html(sections: tuple[Section, ...], palette: Palette, label_width: int) -> str:
    """Return the sections as HTML for Qt, with labels as wide as given in pixels; every text is escaped."""
    return "".join(_section_html(section, palette, label_width) for section in sections)


def _section_html(section: Section, palette: Palette, label_width: int) -> str:
    rows = "".join(_fact_html(fact, palette, label_width) for fact in section.facts)
    return (
        f'<p style="margin: 10px 0 4px 0; font-weight: 600">{escape(section.title)}</p>'
        f'<table width="100%" cellspacing="0" cellpadding="2">{rows}</table>'
    )


def _fact_html(fact: Fact, palette: Palette, label_width: int) -> str:
    colour = getattr(palette, fact.role) if fact.role else palette.text
    family = f"font-family: '{fixed_font().family()}';" if fact.is_fixed_width else ""
    text = escape(fact.text)
    if fact.is_fixed_width:
        text = " ".join(text[start : start + 16] for start in range(0, len(text), 16))
    return (
        f'<tr><td width="{label_width}" style="color: {palette.dim}; padding-right: 6px">{escape(fact.label)}</td>'
        f'<td style="color: {colour}; {family}">{text}</td></tr>'
    )
