"""Finds out within a second what is not as it should be with pictures and sound, and says so in words."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from courtroom.show.drive_watch import DriveWatch
from courtroom.show.events import Press
from courtroom.show.trouble import Trouble, TroubleBoard, TroubleKind
from courtroom.ui.conductor import Conductor
from courtroom.ui.court_voice import CourtVoice
from evidence.times import NS_PER_S

_WAIT_NS = NS_PER_S * 4 // 10
_LOOK_NS = NS_PER_S // 10
_STAYS_NS = 12 * NS_PER_S
"""A note of what is over is taken down after this long."""


class TroubleWatch(QObject):
    """Looks ten times a second, at the picture at every refresh. Lives on the UI thread.

    Signals:
        told(object): a `Trouble` that is news.
    """

    told = Signal(object)

    def __init__(
        self,
        conductor: Conductor,
        board: TroubleBoard,
        voice: CourtVoice,
        drives: DriveWatch,
        camera_name: Callable[[str], str],
    ) -> None:
        super().__init__(conductor)
        self._conductor = conductor
        self._board = board
        self._voice = voice
        self._drives = drives
        self._camera_name = camera_name
        self._waiting_since_ns: int | None = None
        self._looked_ns = 0
        self._sound_words = ""
        self._fault_ns: dict[TroubleKind, tuple[Trouble, int]] = {}
        conductor.ticked.connect(self._on_ticked)

    def _on_ticked(self) -> None:
        now = time.monotonic_ns()
        if now - self._looked_ns >= _LOOK_NS:
            self._looked_ns = now
            self.look(now)
        else:
            self._look_at_picture()  # or the item would run on, to its end perhaps, with nothing to be seen of it

    def look(self, now: int) -> None:
        """Find out how things are."""
        self._look_at_picture()
        self._look_at_waiting(now)
        self._look_at_next()
        self._look_at_sound()
        self._look_at_drives()
        self._take_down(now)

    def _look_at_picture(self) -> None:
        reason = self._conductor.player.trouble
        if not reason:
            self._board.clear(TroubleKind.PICTURE)
            return
        state = self._conductor.state
        if state.is_playing:
            self._conductor.halt()
        words = f"The picture cannot be shown: {reason}"
        self._tell(
            Trouble(
                TroubleKind.PICTURE,
                words,
                "The court keeps the last good picture. Space tries again; Page Down goes on.",
                Press.PLAY if self._conductor.show_now.cue.can_play else Press.NEXT,
            )
        )

    def _look_at_waiting(self, now: int) -> None:
        conductor = self._conductor
        player = conductor.player
        is_late = player.cue is not None and player.cue.has_pictures and player.engine.is_waiting
        is_waiting = (conductor.is_pending or is_late) and not player.trouble
        if not is_waiting:
            self._waiting_since_ns = None
            self._board.clear(TroubleKind.WAITING)
            return
        self._waiting_since_ns = self._waiting_since_ns or now
        if now - self._waiting_since_ns < _WAIT_NS:
            return
        names = ", ".join(self._camera_name(one) for one in player.late_cameras) or "the picture"
        self._tell(
            Trouble(
                TroubleKind.WAITING,
                f"Waiting for {names}.",
                "The court keeps the last good picture; it goes on by itself. Page Down goes to the next item.",
                Press.NEXT,
            )
        )

    def _look_at_next(self) -> None:
        following = self._conductor.next_player
        reason = "" if following is None else following.trouble
        if not reason or following is None or following.cue is None:
            if following is not None and following.is_ready:
                self._board.clear(TroubleKind.NEXT)
            return
        words = f"The next item, “{following.cue.title}”, cannot be shown: {reason}"
        self._tell(Trouble(TroubleKind.NEXT, words, "Choose the item after it in the run sheet."))

    def _look_at_sound(self) -> None:
        words, before = self._voice.words, self._sound_words
        self._sound_words = words
        if words and words != before:
            self._tell(Trouble(TroubleKind.SOUND, words, "Play goes on without sound."))

    def _look_at_drives(self) -> None:
        words = self._drives.words
        if words:
            self._tell(
                Trouble(TroubleKind.DRIVE, words, "What was read ahead plays on. Connect it again; then Space goes on.")
            )
        else:
            self._board.clear(TroubleKind.DRIVE)

    def _take_down(self, now: int) -> None:
        for kind in (TroubleKind.FAULT, TroubleKind.SOUND, TroubleKind.NOTE, TroubleKind.SLEEP):
            trouble = self._board.now.get(kind)
            known = self._fault_ns.get(kind)
            if trouble is None:
                self._fault_ns.pop(kind, None)
            elif known is None or known[0] is not trouble:  # told anew counts anew
                self._fault_ns[kind] = (trouble, now)
            elif now - known[1] > _STAYS_NS:
                self._board.clear(kind)

    def _tell(self, trouble: Trouble) -> None:
        if self._board.tell(trouble):
            self.told.emit(trouble)
