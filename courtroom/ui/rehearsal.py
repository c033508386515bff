"""Opens the court screen once and brings each item on: its first picture must really be what the display shows.

Lives on the UI thread. What court mode writes meanwhile (log, journal) is not the court log: the caller gives it places
of its own that are thrown away.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material
from courtroom.show.events import GoTo, Press
from courtroom.ui.court_mode import CourtMode
from evidence.times import NS_PER_S

PATIENCE_NS = 15 * NS_PER_S
"""How long an item may take to come on before it is held to fail."""

_LOOK_MS = 15
_SETTLE_NS = 60_000_000
_TRIES = 12
_FAR = 48
"""A level of 255: displays and desktops may change colours a little, not a picture into another."""

_MOST_FAR_PERCENT = 2


class Rehearsal(QObject):
    """Brings one item on after another.

    Signals:
        advanced(object): the number of the item that is next, from 0.
        ended: `results` says what was seen; court mode is closed.
    """

    advanced = Signal(object)
    ended = Signal()

    def __init__(self, mode: CourtMode, material: Material) -> None:
        super().__init__()
        self._mode = mode
        self._material = material
        self._place = -1
        self._since_ns = 0
        self._painted_ns = 0
        self._tries = 0
        self._cannot_look = False
        self.results: list[Result] = []
        self.is_over = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Open court mode and bring the first item on."""
        self._mode.begin()
        self._next()
        self._timer.start()

    def cancel(self) -> None:
        """End it where it stands; what was not seen is not said."""
        self._end()

    def _next(self) -> None:
        self._place += 1
        if self._place >= len(self._material.items):
            self._say_all_well()
            self._end()
            return
        self.advanced.emit(self._place)
        self._since_ns, self._tries, self._painted_ns = time.monotonic_ns(), 0, 0
        conductor = self._mode.conductor
        conductor.press(GoTo(self._place))
        if conductor.state.screen.value != "live":
            conductor.press(Press.SHOW)
        if conductor.state.is_playing:
            conductor.press(Press.PLAY)

    def _look(self) -> None:
        screen, cue = self._mode.screen, self._material.source.cues[self._place]
        picture = screen.picture
        now = time.monotonic_ns()
        if picture is None or picture.cue.id != cue.id or screen.is_black or not self._mode.conductor.player.is_ready:
            trouble = self._mode.conductor.player.trouble
            if now - self._since_ns > PATIENCE_NS or trouble:
                self._fail(trouble or "Its first picture did not come within 15 s.")
            return
        if not self._painted_ns:
            self._painted_ns = now
        if now - self._painted_ns < _SETTLE_NS:
            return
        far = _far_percent(self._mode)
        self._tries += 1
        if far is None:
            self._cannot_look = True
            self._next()
        elif far <= _MOST_FAR_PERCENT:
            self._next()
        elif self._tries >= _TRIES:
            self._fail(f"{far} % of the court's display does not show its picture: something else is over it.")
        else:
            self._painted_ns = now

    def _fail(self, why: str) -> None:
        item = self._material.items[self._place]
        remedy = "Close other programs, check the display, and rehearse this item."
        self.results.append(self._material.result(Check.REHEARSAL, Outcome.FAIL, item, why, remedy))
        self._next()

    def _say_all_well(self) -> None:
        count = len(self._material.items)
        if self._cannot_look:
            text = "The items came on, yet this desktop does not let Sightline look at what the display shows."
            self.results.append(Result(Check.REHEARSAL, Outcome.NOTE, text, "Look at the court's display yourself."))
        elif not self.results:
            text = f"The first picture of each of the {count:,} items was on the court's display."
            self.results.append(Result(Check.REHEARSAL, Outcome.PASS, text))

    def _end(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._timer.stop()
            self._mode.end()
            self.ended.emit()


def _far_percent(mode: CourtMode) -> int | None:
    """Return how much of the court's display shows something else, in percent; None where it cannot be looked at."""
    screen = mode.screen
    place = screen.geometry()
    shown_on = screen.screen()
    corner = shown_on.geometry().topLeft()
    shot = shown_on.grabWindow(0, place.x() - corner.x(), place.y() - corner.y(), place.width(), place.height())
    if shot.isNull():
        return None
    size = shot.size()
    wanted = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(wanted)
    screen.paint_into(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    seen = _levels(shot.toImage())
    far = np.abs(seen.astype(np.int16) - _levels(wanted)).max(axis=2) > _FAR
    return int(far.mean() * 100 + 0.999)


def _levels(image: QImage) -> NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows[:, : plain.width(), :3].copy()
