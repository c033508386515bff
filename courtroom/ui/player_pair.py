"""Two players that take turns: one is on, the other has the next item open with its first frames decoded.

They are made anew where nothing else helps. On the UI thread; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize

from courtroom.show.cue import Cue
from courtroom.show.events import Present
from courtroom.ui.cue_player import CuePlayer
from player.engine import Engine

_RENEWALS_WITH_OVERLAYS = 2
MakePlayer = Callable[[QSize], CuePlayer]
"""Makes a player for pictures of a size, with an engine of its own."""


class PlayerPair:
    """Owns both.

    Attributes:
        on: has the item that the court sees.
        off: has the next item open, or the one that is waited for.
    """

    def __init__(self, make_player: MakePlayer, size: QSize) -> None:
        self._make_player = make_player
        self._size = size
        self._renewals = 0
        self.on = make_player(size)
        self.off = make_player(size)

    def set_size(self, size: QSize) -> bool:
        """Make pictures for a court screen of this size, device pixels; return whether that is another."""
        if size == self._size or size.isEmpty():
            return False
        self._size = size
        for player in (self.on, self.off):
            player.set_size(size)
        return True

    def pump(self) -> bool:
        """Take in what came, for both; return whether the picture that is on may be another."""
        is_changed = self.on.pump()
        return self.off.pump() or is_changed

    def swap(self) -> None:
        """Let them change places; the one that goes off is silent and stands."""
        self.on, self.off = self.off, self.on
        self.off.engine.pause()

    def open(self, cue: Cue, wanted: Present) -> None:
        """Have an item open in the one that is off, standing where it is wanted; one that failed is tried again."""
        if not stands(self.off, cue, wanted) or self.off.trouble:
            self.off.load(cue, wanted.place, wanted.at, wanted.focus)

    def prepare(self, cue: Cue, place: int) -> None:
        """Open the next item at its start in the one that is off, where it is not there yet."""
        off = self.off
        if off.cue is not cue or off.focus is not None or off.engine.target != cue.start:
            off.load(cue, place, cue.start)

    def renew(self, forget: Callable[[Engine], None]) -> None:
        """Make both anew, with nothing open; `forget` is told of each old engine before it is closed.

        Where that did not help, the evidence is shown without what is drawn over it.
        """
        old = (self.on, self.off)
        self.on, self.off = self._make_player(self._size), self._make_player(self._size)
        self._renewals += 1
        self.on.has_overlays = self.off.has_overlays = self._renewals <= _RENEWALS_WITH_OVERLAYS
        for player in old:
            forget(player.engine)
            player.close()

    def note_picture(self) -> None:
        """A picture was shown: they work."""
        self._renewals = 0

    def close(self) -> None:
        """End all decoders."""
        self.on.close()
        self.off.close()


def stands(player: CuePlayer, cue: Cue, wanted: Present) -> bool:
    """Tell whether a player has an item open and stands where it is wanted."""
    if player.cue is not cue or player.place != wanted.place or player.focus != wanted.focus:
        return False
    return not cue.has_pictures or (player.engine.target == wanted.at and not player.engine.is_playing)
