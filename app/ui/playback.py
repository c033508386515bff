"""What the keys for playing do: speeds, steps, jumps, the range, and the loop. It asks the engine and holds no time.

All instants are incident time. Lives on the UI thread.
"""

from __future__ import annotations

import time
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from player.engine import Engine
from player.playhead import FASTEST, SLOWEST
from player.tracks import FrameSpot

_NORMAL = Fraction(1)
_HELD_NS = 200_000_000
"""Moves that follow one another within this come from a key that is held down, or from a hand as quick."""


class Playback(QObject):
    """Keys to engine.

    Signals:
        asked: something was asked of the engine; whoever pumps it does so soon.
        range_changed: in point, out point or loop are others.
        player_changed: other recordings are played by VLC.
    """

    asked = Signal()
    range_changed = Signal()
    player_changed = Signal()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._focus: str | None = None
        self._by_vlc: frozenset[str] = frozenset()
        self.range_in: IncidentTime | None = None
        self.range_out: IncidentTime | None = None
        self._moved_ns = 0

    @property
    def engine(self) -> Engine:
        """The engine that plays."""
        return self._engine

    @property
    def is_looping(self) -> bool:
        """Whether the range is played again and again."""
        return self._engine.loop is not None

    def set_focus(self, camera_id: str | None) -> None:
        """Step by the frames of this camera."""
        self._focus = camera_id

    def focus_spot(self, instant: IncidentTime) -> FrameSpot | None:
        """Return the focused camera's frame at an instant, or None in a gap."""
        track = None if self._focus is None else self._engine.track(self._focus)
        found = None if track is None else track.at(instant)
        return found if isinstance(found, FrameSpot) else None

    def frame_number(self, instant: IncidentTime) -> int | None:
        """Return the number of the focused camera's frame at an instant; None in a gap, and where VLC plays it."""
        spot = self.focus_spot(instant)
        return None if spot is None or not self._engine.is_exact(spot) else spot.frame

    def frame_start(self, number: int) -> IncidentTime | None:
        """Return when a frame of the recording on screen in the focused camera starts, or None."""
        track = None if self._focus is None else self._engine.track(self._focus)
        spot = self.focus_spot(self._engine.target)
        if track is None or spot is None or not self._engine.is_exact(spot):
            return None
        index = track.index_of(spot.place)
        if index is None or not 0 <= number < len(index):
            return None
        return IncidentTime(int(spot.place.frame_starts(index)[number]))

    # By which player

    def is_played_by_vlc(self, recording_id: str) -> bool:
        """Whether somebody chose VLC for a recording that FFmpeg plays; it stays so until the case is closed."""
        return recording_id in self._by_vlc

    def toggle_vlc(self, recording_id: str) -> None:
        """Play a recording with VLC, at approximate times, or with FFmpeg again, frame by frame."""
        self._set_played_by_vlc(self._by_vlc ^ {recording_id})

    def toggle_focused_vlc(self) -> None:
        """Change the player of the recording on show in the focused camera, where there is a choice."""
        spot = self.focus_spot(self._engine.target)
        if spot is not None and not spot.place.recording.is_approximate:
            self.toggle_vlc(spot.place.recording.id)

    def forget_players(self) -> None:
        """Play every recording as it is best played: the case is closed."""
        self._set_played_by_vlc(frozenset())

    def _set_played_by_vlc(self, recording_ids: frozenset[str]) -> None:
        if recording_ids == self._by_vlc:
            return
        self._by_vlc = recording_ids
        self._engine.set_played_by_vlc(recording_ids)
        self.player_changed.emit()
        self.asked.emit()

    # Playing

    def toggle(self) -> None:
        """Play forwards, or pause."""
        if self._engine.is_playing:
            self._engine.pause()
        else:
            if self._engine.rate < 0:
                self._engine.set_rate(_NORMAL)
            self._engine.play()
        self.asked.emit()

    def stop(self) -> None:
        """Pause, and go back to normal speed."""
        self._engine.pause()
        self._engine.set_rate(_NORMAL)
        self.asked.emit()

    def forwards(self) -> None:
        """Play forwards at normal speed; twice as fast each time while it does."""
        self._shuttle(1)

    def backwards(self) -> None:
        """Play backwards at normal speed; twice as fast each time while it does."""
        self._shuttle(-1)

    def faster(self) -> None:
        """Double the speed."""
        self._scale(Fraction(2))

    def slower(self) -> None:
        """Halve the speed."""
        self._scale(Fraction(1, 2))

    def normal_speed(self) -> None:
        """Go back to normal speed, in the same direction."""
        self._engine.set_rate(_NORMAL if self._engine.rate > 0 else -_NORMAL)
        self.asked.emit()

    # Moving

    def step(self, frames: int) -> None:
        """Go frames of the focused camera on, or back where negative."""
        self._engine.step(frames, self._focus)
        self.asked.emit()

    def move(self, seconds: int) -> None:
        """Go seconds on, or back where negative. A key that is held down scrubs: pictures come while it goes."""
        instant = IncidentTime(self._engine.target + seconds * NS_PER_S)
        now = time.monotonic_ns()
        is_held, self._moved_ns = now - self._moved_ns < _HELD_NS, now
        if is_held and not self._engine.is_playing:
            self.scrub(instant)
        else:
            self.seek(instant)

    def seek(self, instant: IncidentTime) -> None:
        """Go to an instant."""
        self._engine.seek(instant)
        self.asked.emit()

    def scrub(self, instant: IncidentTime) -> None:
        """Follow a hand that moves."""
        self._engine.scrub(instant)
        self.asked.emit()

    def end_scrub(self) -> None:
        """The hand let go."""
        self._engine.end_scrub()
        self.asked.emit()

    def go_start(self) -> None:
        """Go to where the first recording starts."""
        self.seek(self._engine.span.start)

    def go_end(self) -> None:
        """Go to the last moment that was recorded."""
        self.seek(IncidentTime(self._engine.span.end - 1))

    # The range

    def set_in(self) -> None:
        """Start the range at the frame on screen; an out point before it is forgotten."""
        spot = self.focus_spot(self._engine.target)
        start = self._engine.target if spot is None else spot.start
        out = self.range_out if self.range_out is not None and self.range_out > start else None
        self.set_range(start, out)

    def set_out(self) -> None:
        """End the range after the frame on screen; an in point behind it is forgotten."""
        spot = self.focus_spot(self._engine.target)
        end = IncidentTime(self._engine.target + 1) if spot is None else spot.end
        into = self.range_in if self.range_in is not None and self.range_in < end else None
        self.set_range(into, end)

    def set_range(self, range_in: IncidentTime | None, range_out: IncidentTime | None) -> None:
        """Set both ends; the loop follows, and ends where there is no range."""
        self.range_in, self.range_out = range_in, range_out
        if self.is_looping:
            self._engine.set_loop(self.chosen_range)
        self.range_changed.emit()
        self.asked.emit()

    def go_in(self) -> None:
        """Go to the in point."""
        if self.range_in is not None:
            self.seek(self.range_in)

    def go_out(self) -> None:
        """Go to the last instant of the range."""
        if self.range_out is not None:
            self.seek(IncidentTime(self.range_out - 1))

    def toggle_loop(self) -> None:
        """Play the range again and again, or go on at its end."""
        loop = None if self.is_looping else self.chosen_range
        self._engine.set_loop(loop)
        if loop is not None and not loop.contains(self._engine.target):
            self._engine.seek(loop.start)
        self.range_changed.emit()
        self.asked.emit()

    @property
    def chosen_range(self) -> IncidentRange | None:
        """The range from in to out, either of them by default the case's own end; None where neither is set."""
        if self.range_in is None and self.range_out is None:
            return None
        span = self._engine.span
        start = span.start if self.range_in is None else self.range_in
        end = span.end if self.range_out is None else self.range_out
        return IncidentRange(start, end) if end > start else None

    def _shuttle(self, direction: int) -> None:
        rate = self._engine.rate
        is_going_so = self._engine.is_playing and (rate > 0) == (direction > 0)
        wanted = rate * 2 if is_going_so else _NORMAL * direction
        self._set_rate(wanted)
        if not self._engine.is_playing:
            self._engine.play()
        self.asked.emit()

    def _scale(self, factor: Fraction) -> None:
        self._set_rate(self._engine.rate * factor)
        self.asked.emit()

    def _set_rate(self, wanted: Fraction) -> None:
        size = min(max(abs(wanted), SLOWEST), FASTEST)
        self._engine.set_rate(size if wanted > 0 else -size)
