"""Writes down what the court sees: watches conductor and court screen, and feeds the recorder. On the UI thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer

from courtroom.show.recorder import CourtRecorder
from courtroom.show.seen import Seen, SeenFrame, SeenRecorder
from courtroom.show.source import CourtSource
from courtroom.show.state import Screen
from courtroom.ui.conductor import Conductor
from courtroom.ui.court_picture import CourtPicture
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_zoom import part_words
from courtroom.ui.top_layer import TopLayer
from evidence.audit import JsonValue

_EVERY_MS = 100


class Witness(QObject):
    """One session in court.

    Args:
        source: names of cameras.
        conductor: whose state is written down.
        screen: what the court sees.
        recorder: writes.
        standing: facts of the session that the journal keeps besides.
    """

    def __init__(
        self,
        source: CourtSource,
        conductor: Conductor,
        screen: CourtScreen,
        recorder: CourtRecorder,
        standing: Callable[[], Mapping[str, JsonValue]],
    ) -> None:
        super().__init__(conductor)
        self._source = source
        self._conductor = conductor
        self._screen = screen
        self._recorder = recorder
        self._standing = standing
        self._seen = SeenRecorder()
        self._kept: Mapping[str, JsonValue] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        screen.painted.connect(self._on_painted)
        conductor.state_changed.connect(self.look)

    def look(self) -> None:
        """Write down what is seen now; the timer calls this, and so may a test."""
        for action, details in self._seen.see(self._now(), time.monotonic_ns()):
            self._recorder.note(action, details)
        self._keep()

    def end(self) -> None:
        """Write down the last of it."""
        self._timer.stop()
        for action, details in self._seen.end(time.monotonic_ns()):
            self._recorder.note(action, details)

    def _on_painted(self, picture: object) -> None:
        if isinstance(picture, CourtPicture) and not self._conductor.state.is_private:
            self._recorder.keep_place(picture.place, picture.at or 0)
        self.look()

    def _keep(self) -> None:
        state = self._conductor.state
        spot = state.spot if state.aside is None else state.aside.spot
        screen = state.screen if state.aside is None else state.aside.screen
        cue = self._conductor.show_now.cues[spot.place]
        standing: dict[str, JsonValue] = {
            **self._standing(),
            "item": cue.id,
            "place": spot.place,
            "at_ns": int(spot.at),
            "focus": spot.focus,
            "screen": screen.value,
            "is_muted": state.is_muted,
            "tells_reference": state.tells_reference,
        }
        if standing != self._kept:
            self._kept = standing
            self._recorder.keep_standing(standing)

    def _now(self) -> Seen:
        state, picture = self._conductor.state, self._screen.picture
        if self._screen.is_black or picture is None or not self._screen.isVisible():  # or its display is gone
            return Seen(Screen.BLACK)
        sees = Screen.HELD if state.screen is not Screen.LIVE else Screen.LIVE
        return Seen(
            screen=sees,
            place=picture.place,
            item=picture.cue.id,
            title=picture.cue.title,
            exhibit=picture.cue.exhibit,
            at=picture.at,
            frames=tuple(self._frames(picture)),
            is_playing=state.is_playing and sees is Screen.LIVE and not self._conductor.is_pending,
            rate=state.spot.rate if picture.place == state.spot.place else picture.cue.rate,
            focus="" if picture.focus is None else self._source.camera_name(picture.focus),
            tools=_tools(self._screen.layer),
            part="" if picture.page is None else part_words(picture.page.view),
        )

    def _frames(self, picture: CourtPicture) -> list[SeenFrame]:
        return [
            SeenFrame(
                self._source.camera_name(one.camera_id),
                one.recording_name,
                one.frame,
                one.pts,
                part_words(one.view),
            )
            for one in picture.frames
        ]


def _tools(layer: TopLayer) -> tuple[str, ...]:
    names = {
        "pointer": layer.pointer is not None,
        "spotlight": layer.spotlight is not None,
        "magnifier": layer.lens is not None,
        "drawing": bool(layer.strokes),
    }
    return tuple(name for name, is_on in names.items() if is_on)
