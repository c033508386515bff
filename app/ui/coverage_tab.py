"""Who was recording when: for the range from in to out, or for all of the case. A click on a time goes there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QTextBrowser, QVBoxLayout, QWidget

from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes
from app.ui.coverage_html import CoverageHtml, read_link
from app.ui.theme import Theme, set_role
from evidence.times import IncidentRange, IncidentTime
from sync.coverage import Coverage, RangeCoverage
from sync.coverage_words import CoverageWords
from sync.sound_kept import Silence

_EMPTY = "Nothing lies on the timeline yet. Add recordings, or place those that say no time."
_WHOLE = "All of the case. Set in and out points (I and O) to ask about a part of it."

_ASK_AFTER_MS = 300
"""Waveforms that come one soon after another are asked for once."""


class CoverageTab(QWidget):
    """The coverage of the range, worked out while it is in sight.

    Signals:
        jump_wanted: `IncidentTime` that was clicked on.
        camera_chosen: id of the camera that belongs to it.
        sound_wanted: tuple of `Recording` whose sound was not looked at yet.
    """

    jump_wanted = Signal(object)
    camera_chosen = Signal(str)
    sound_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._snapshot: CaseSnapshot | None = None
        self._times: LocalTimes | None = None
        self._range: tuple[IncidentTime | None, IncidentTime | None] = (None, None)
        self._coverage: Coverage | None = None
        self._silences: Mapping[str, tuple[Silence, ...]] = {}
        self._is_stale = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_ASK_AFTER_MS)
        self._later.timeout.connect(self._renew)
        self.heading = QLabel(self)
        self.heading.setWordWrap(True)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.scope = QLabel(self)
        self.scope.setWordWrap(True)
        set_role(self.scope, "dim")
        self.facts = QTextBrowser(self)
        self.facts.setAccessibleName("Which cameras were recording when")
        self.facts.setOpenLinks(False)
        self.facts.anchorClicked.connect(self._on_link)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 0)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(self.scope)
        column.addWidget(self.facts, 1)
        column.addStretch(0)

    def show_case(self, snapshot: CaseSnapshot, times: LocalTimes) -> None:
        """Answer for a case, or the same one as it is now."""
        if self._snapshot is None or self._snapshot.timeline is not snapshot.timeline:
            self._coverage = None
        self._snapshot, self._times = snapshot, times
        self._renew()

    def show_range(self, range_in: IncidentTime | None, range_out: IncidentTime | None) -> None:
        """Answer for the range from in to out; where neither is set, for all of the case."""
        self._range = (range_in, range_out)
        self._renew()

    def show_silences(self, silences: Mapping[str, tuple[Silence, ...]]) -> None:
        """Tell of the silence that was found by now."""
        self._silences = silences
        self._coverage = None
        self._renew()

    def ask_again(self) -> None:
        """Ask for what is not known of the sound: there may be more waveforms now."""
        self._later.start()

    def forget_case(self) -> None:
        """Show no case."""
        self._later.stop()
        self._snapshot = self._coverage = None
        self._silences = {}
        self.facts.clear()

    def showEvent(self, event: QShowEvent) -> None:
        """Work out what was put off while nobody saw it."""
        super().showEvent(event)
        if self._is_stale:
            self._renew()

    def _renew(self) -> None:
        self._is_stale = not self.isVisible()
        if self._is_stale or self._snapshot is None or self._times is None:
            return
        asked = self._asked(self._snapshot)
        self.heading.setVisible(asked is not None)
        self.facts.setVisible(asked is not None)
        if asked is None:
            self.scope.setText(_EMPTY if self._snapshot.span is None else "Nothing was recorded after the in point.")
            return
        if self._coverage is None:
            self._coverage = Coverage(self._snapshot.timeline, self._silences)
        answer = self._coverage.in_range(asked)
        words = CoverageWords(answer, self._times)
        self.heading.setText(words.heading)
        self.scope.setText(_WHOLE if self._range == (None, None) else "From the in point to the out point.")
        scroll = self.facts.verticalScrollBar().value()
        self.facts.setHtml(CoverageHtml(words, self._theme.palette).page())
        self.facts.verticalScrollBar().setValue(scroll)
        self._ask_for_sound(self._snapshot, answer)

    def _asked(self, snapshot: CaseSnapshot) -> IncidentRange | None:
        """Return the range that is asked about; an end that is not set is that of the case."""
        span = snapshot.span
        if span is None:
            return None
        start = span.start if self._range[0] is None else self._range[0]
        end = span.end if self._range[1] is None else self._range[1]
        return IncidentRange(start, end) if end > start else None

    def _ask_for_sound(self, snapshot: CaseSnapshot, answer: RangeCoverage) -> None:
        ids = [recording_id for one in answer.cameras for recording_id in one.sound_unknown]
        if ids:
            self.sound_wanted.emit(tuple(snapshot.recording_by_id[one] for one in ids))

    def _on_link(self, url: QUrl) -> None:
        instant, camera_id = read_link(url.toString())
        if camera_id:
            self.camera_chosen.emit(camera_id)
        self.jump_wanted.emit(instant)
