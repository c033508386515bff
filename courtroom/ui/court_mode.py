"""Court mode put together: court screen, console, conductor, recorder, displays, and what happens when one fails.

Whatever fails, the court screen keeps its last good picture, the console says so in one line with the next step, and
the rest goes on. Lives on the UI thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from courtroom.show.displays import DisplayPlan, Placement
from courtroom.show.drive_watch import DriveWatch
from courtroom.show.events import Press
from courtroom.show.keys import Act
from courtroom.show.recorder import CourtRecorder
from courtroom.show.source import CourtSource
from courtroom.show.trouble import Trouble, TroubleBoard, TroubleKind
from courtroom.ui.capture import Capturer
from courtroom.ui.conductor import Conductor
from courtroom.ui.console import Console
from courtroom.ui.court_preflight import CourtPreflight, Prepare
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.display_watch import DisplayWatch
from courtroom.ui.guards import NETWORK, AwakeGuard
from courtroom.ui.player_pair import MakePlayer
from courtroom.ui.strip_painter import StripPainter
from courtroom.ui.trouble_watch import TroubleWatch
from courtroom.ui.witness import Witness
from evidence.audit import JsonValue
from evidence.errors import SightlineError
from evidence.times import NS_PER_S, IncidentTime

_LEAVE_WITHIN_NS = 3 * NS_PER_S
_READ_MS = 30_000
"""How long what came of a preflight stands on the console; it is kept with the pack."""

_DECIDE = "The court sees black. Show it only if you mean to: B, Space or Page Down."


@dataclass(frozen=True)
class CourtRequest:
    """What to show and how.

    Attributes:
        source: the run sheet with all it needs.
        by: who presents, for the court log.
        log: the court log.
        journal: where it is kept how the show stands, or None.
        captures: where captured exhibits go.
        display: name of the court's display, or "" for the second one.
        place: the item to begin with, from 0.
        at: the instant of it, or None for its start.
        focus: the camera of it that is shown alone, or None.
        is_shown: whether the court sees it from the beginning; else black.
        is_resumed: whether a show that was interrupted goes on.
        keeps_awake: whether the displays are kept from sleeping.
        advice: what the presenter should know of the preflight, or "".
        preflight: makes a preflight of what is shown, or None where it is no pack.
        draws_strip: whether the filmstrip's pictures are drawn before they are seen.
    """

    source: CourtSource
    by: str
    log: Path
    journal: Path | None
    captures: Path
    display: str = ""
    place: int = 0
    at: IncidentTime | None = None
    focus: str | None = None
    is_shown: bool = False
    is_resumed: bool = False
    keeps_awake: bool = True
    advice: str = ""
    preflight: Prepare | None = None
    draws_strip: bool = False


class CourtMode(QObject):
    """One session in court.

    Signals:
        ended: court mode is over; everything is closed.
    """

    ended = Signal()
    _log_told = Signal(str)

    def __init__(
        self,
        request: CourtRequest,
        application: QGuiApplication,
        make_player: MakePlayer,
        voice: CourtVoice,
        time_text: Callable[[IncidentTime], str],
    ) -> None:
        super().__init__()
        self._request = request
        self._is_over = False
        self._leave_asked_ns = 0
        self.troubles = TroubleBoard()
        self._awake = AwakeGuard()
        self._log_told.connect(self._on_log_told)
        self.recorder = CourtRecorder(request.log, request.journal, request.by, self._log_told.emit)
        self.displays = DisplayWatch(application)
        self._plan = DisplayPlan(request.display)
        self.screen = CourtScreen()
        placement = self._plan.place(self.displays.displays())
        if placement.court is not None:
            self.screen.setGeometry(_room(placement, 0))
        self.conductor = Conductor(
            request.source,
            self.screen,
            make_player,
            voice,
            time_text,
            place=request.place,
            at=request.at,
            focus=request.focus,
            parent=self,
        )
        standing = "PACK: MISMATCH" if request.source.is_amiss else ""
        self.console = Console(self.conductor, self.screen, voice, self.troubles, time_text, standing=standing)
        self.capturer = Capturer(request.source, self.screen, self.recorder, request.captures, request.by)
        self._drives = DriveWatch(request.source.files)
        self._watch = TroubleWatch(self.conductor, self.troubles, voice, self._drives, request.source.camera_name)
        self._witness = Witness(request.source, self.conductor, self.screen, self.recorder, self._facts)
        self._preflight = CourtPreflight(request.preflight, self)
        self._strip = StripPainter(request.source)
        self._connect()

    @property
    def source(self) -> CourtSource:
        """What is shown."""
        return self._request.source

    def begin(self) -> None:
        """Show both windows and bring the first item on."""
        NETWORK.set_on(is_on=True)
        if self._request.keeps_awake:
            self._awake.begin()
        self._put_in_place()
        self._note_begin()
        self.conductor.start()
        if self._awake.trouble:
            self.troubles.tell(
                Trouble(TroubleKind.SLEEP, self._awake.trouble, "Switch the screen saver off in the system's settings.")
            )
        if self._request.source.first_look:
            self._tell(Trouble(TroubleKind.PACK, self._request.source.first_look, _DECIDE))
        if self._request.advice:
            self._tell(Trouble(TroubleKind.NOTE, self._request.advice, "Shift+F11 preflights it now."))
        for name in self._request.source.missing[:1]:
            self._tell(
                Trouble(TroubleKind.MISSING, f"{name} is not there.", "Connect its drive, or leave its items out.")
            )
        if self._request.is_shown:
            self.conductor.press(Press.SHOW)
        self._drives.begin()
        if self._request.draws_strip:
            self._strip.begin()

    def fault(self, error: SightlineError) -> None:
        """Tell the presenter of a fault that reached the gate; what the court sees is untouched."""
        self.troubles.tell(
            Trouble(TroubleKind.FAULT, error.happened, "The court's picture stays; go on as usual.", Press.UNDO)
        )
        self.recorder.note("court.trouble", {"kind": "fault", "words": error.happened})
        self.console.refresh()

    def end(self) -> None:
        """End court mode."""
        if self._is_over:
            return
        self._is_over = True
        self._strip.close()
        self._drives.close()
        self._preflight.close()
        self._witness.end()
        self.recorder.note("court.ended", {})
        self.screen.hide()
        self.console.close_for_good()
        self.conductor.close()
        self.capturer.close()
        self.recorder.close()
        self._awake.end()
        NETWORK.set_on(is_on=False)
        self.displays.deleteLater()
        self.screen.deleteLater()
        self.ended.emit()

    # Displays

    def _put_in_place(self) -> None:
        """Put both windows where they belong; what has no display of its own is hidden, never moved to the other's."""
        placement = self._plan.place(self.displays.displays())
        if placement.court is None:
            self.screen.hide()
            if self.conductor.state.is_playing:
                self.conductor.halt()
            chosen = self._plan.chosen
            name = "The court's display" if chosen is None else f"The court's display {chosen.words}"
            step = "Check its cable; the picture comes back by itself. F8 takes another display."
            self._tell(Trouble(TroubleKind.DISPLAY, f"{name} is gone; play is paused.", step))
        if placement.is_shared and len(self.displays.displays()) > 1:
            self._tell(Trouble(TroubleKind.NOTE, "A second display is there.", "F8 lets the court see it."))
        self.console.set_strip(is_strip=placement.is_shared)
        if placement.console is not None:
            self._put_console(placement)
        elif placement.court is not None:
            self.console.lower()  # it keeps the keyboard, out of sight: the court's window covers what there is
        if placement.court is not None:
            room = _room(placement, self.console.strip_height)
            is_other = room != self.screen.geometry() and self.screen.isVisible()
            if is_other and self.conductor.state.is_playing:
                self.conductor.halt()
            self.screen.cover(room)
            self.conductor.set_size(self.screen.device_size)
            if self.troubles.clear(TroubleKind.DISPLAY):
                self.recorder.note("court.display", {"display": placement.court.words, "is_back": True})
        self.console.refresh()

    def _put_console(self, placement: Placement) -> None:
        display = placement.console
        assert display is not None
        if placement.is_shared:
            height = self.console.strip_height
            self.console.setMinimumHeight(0)
            self.console.setGeometry(display.x, display.y + display.height - height, display.width, height)
        else:
            self.console.setGeometry(display.x, display.y, display.width, display.height)
        self.console.show()
        self.console.raise_()
        self.console.activateWindow()

    def _on_displays_changed(self) -> None:
        if not self._is_over:
            self._put_in_place()

    # What happens

    def _connect(self) -> None:
        self.displays.changed.connect(self._on_displays_changed)
        self.console.acted.connect(self._on_acted)
        self.conductor.shown.connect(self._on_shown)
        self.console.height_changed.connect(self._on_displays_changed)
        self.capturer.told.connect(self._on_captured)
        self._watch.told.connect(self._on_told)
        self._preflight.told.connect(self._on_preflight)
        self._strip.drawn.connect(self.console.filmstrip.keep_image)
        self.conductor.ticked.connect(self._on_ticked)

    def _on_acted(self, act: object) -> None:
        if act is Act.CAPTURE:
            self.capturer.capture()
        elif act is Act.DISPLAY:
            if self._plan.choose_another(self.displays.displays()):
                self._put_in_place()
        elif act is Act.PREFLIGHT:
            self._preflight.press(is_playing=self.conductor.state.is_playing)
        elif act is Act.LEAVE:
            self._leave()

    def _leave(self) -> None:
        now = time.monotonic_ns()
        if now - self._leave_asked_ns < _LEAVE_WITHIN_NS:
            self.end()
            return
        self._leave_asked_ns = now
        self._tell(Trouble(TroubleKind.NOTE, "Press Ctrl+Q once more to end court mode."))

    def _on_ticked(self) -> None:
        conductor = self.conductor
        if conductor.state.is_playing:
            self._preflight.stop("Preflight was stopped, since an item plays.")
        players = [one for one in (conductor.player, conductor.next_player) if one is not None]
        is_still = not conductor.state.is_playing and not conductor.is_pending
        self._strip.set_calm(is_calm=is_still and all(one.is_ready or bool(one.trouble) for one in players))

    def _on_shown(self, _picture: object) -> None:
        for kind in (TroubleKind.PACK, TroubleKind.MISSING, TroubleKind.PREFLIGHT):
            self.troubles.clear(kind)  # the presenter has decided

    def _on_told(self, trouble: object) -> None:
        if isinstance(trouble, Trouble):
            self.recorder.note("court.trouble", {"kind": trouble.kind.value, "words": trouble.words})
            self.console.refresh()

    def _on_captured(self, words: str) -> None:
        self._tell(Trouble(TroubleKind.NOTE, words))

    def _on_preflight(self, words: str) -> None:
        self.troubles.tell(Trouble(TroubleKind.PREFLIGHT, words))
        self.console.refresh()
        if not self._preflight.is_running:
            QTimer.singleShot(_READ_MS, self, self._forget_preflight)

    def _forget_preflight(self) -> None:
        if not self._is_over and not self._preflight.is_running and self.troubles.clear(TroubleKind.PREFLIGHT):
            self.console.refresh()

    def _on_log_told(self, reason: str) -> None:
        if reason:
            words = f"The court log cannot be written ({reason}); what is shown goes on, and is kept in memory."
            self._tell(Trouble(TroubleKind.LOG, words, "Make room on the disk; it is then written at once."))
        elif self.troubles.clear(TroubleKind.LOG):
            self.console.refresh()

    def _tell(self, trouble: Trouble) -> None:
        if self.troubles.tell(trouble) and trouble.kind is not TroubleKind.NOTE:
            self.recorder.note("court.trouble", {"kind": trouble.kind.value, "words": trouble.words})
        self.console.refresh()

    def _note_begin(self) -> None:
        source = self._request.source
        self.recorder.note(
            "court.resumed" if self._request.is_resumed else "court.begun",
            {
                "source": source.kind.value,
                "source_id": source.id,
                "title": source.title,
                "reference": source.reference,
                "sheet": source.sheet.id,
                "sheet_title": source.sheet.title,
                "items": len(source.cues),
                "displays": [display.words for display in self.displays.displays()],
            },
        )

    def _facts(self) -> Mapping[str, JsonValue]:
        source = self._request.source
        chosen = self._plan.chosen
        return {
            "format": 1,
            "source": source.kind.value,
            "folder": str(source.folder),
            "sheet": source.sheet.id,
            "by": self._request.by,
            "display": "" if chosen is None else chosen.name,
        }


def _room(placement: Placement, strip: int) -> QRect:
    display = placement.court
    assert display is not None
    height = display.height - (strip if placement.is_shared else 0)
    return QRect(display.x, display.y, display.width, height)
