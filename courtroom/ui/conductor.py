"""Does what the state machine says, and hands finished pictures to the court screen. It alone speaks to the players.

An item comes on only once its first exact picture is there; until then the court screen keeps the picture that it has.
All on the UI thread; nothing waits. A fault that leaves a refresh leaves the court's picture as it is; after three in a
row both players are made anew.
"""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal

from courtroom.show.events import (
    Effect,
    Ended,
    Event,
    Halted,
    Moved,
    Present,
    Press,
    Seek,
    SetFocus,
    SetMuted,
    SetPlaying,
    SetRate,
    SetReference,
    SetScreen,
    Shift,
    Step,
)
from courtroom.show.machine import begin, react
from courtroom.show.source import CourtSource
from courtroom.show.state import Screen, ShowState
from courtroom.ui.court_past import CourtPast
from courtroom.ui.court_picture import CourtPicture
from courtroom.ui.court_screen import CourtScreen
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.cue_player import CuePlayer
from courtroom.ui.player_pair import MakePlayer, PlayerPair, stands
from courtroom.ui.reference import TimeText, proxy_words, reference_words
from courtroom.ui.standing import Standing
from courtroom.ui.top_layer import TopLayer
from evidence.times import IncidentTime
from player.ui.tile_view import TileView

_BUSY_MS = 8
_CALM_MS = 40
_PREPARE_MS = 250
_FAULTS = 3


class Conductor(QObject):
    """Runs one run sheet.

    Signals:
        state_changed: another item, or what the court sees is another.
        shown(object): a `CourtPicture` went to the court screen.
        looked(object): a `CourtPicture` that the presenter alone sees.
        ticked: after every refresh.
    """

    state_changed = Signal()
    shown = Signal(object)
    looked = Signal(object)
    ticked = Signal()

    def __init__(
        self,
        source: CourtSource,
        screen: CourtScreen,
        make_player: MakePlayer,
        voice: CourtVoice,
        time_text: TimeText,
        *,
        place: int = 0,
        at: IncidentTime | None = None,
        focus: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._screen = screen
        self._voice = voice
        self._time_text = time_text
        self.show_now = begin(source.cues, place, at, focus)
        self._pair = PlayerPair(make_player, screen.device_size)
        self._pending_ns: int | None = None
        self._must_deliver = False
        self._plays_when_on = False
        self._last_key: tuple[object, ...] | None = None
        self._past = CourtPast()
        self._tools = TopLayer()
        self._unfinished = 0
        self._prepare_timer = QTimer(self)
        self._prepare_timer.setSingleShot(True)
        self._prepare_timer.setInterval(_PREPARE_MS)
        self._prepare_timer.timeout.connect(self._prepare)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    # What others ask

    @property
    def state(self) -> ShowState:
        """Where it stands."""
        return self.show_now.state

    @property
    def is_pending(self) -> bool:
        """Whether the item that was asked for is not on yet."""
        return self._pending_ns is not None

    @property
    def pending_for_ns(self) -> int:
        """For how long the item that was asked for has not come on, ns; 0 where none is waited for."""
        return 0 if self._pending_ns is None else time.monotonic_ns() - self._pending_ns

    @property
    def player(self) -> CuePlayer:
        """The player of the item that the presenter's keys act on."""
        return self._pair.off if self.is_pending else self._pair.on

    @property
    def next_player(self) -> CuePlayer | None:
        """The player that has the next item, or None while it is needed for another."""
        off = self._pair.off
        is_next = off.cue is not None and off.cue is self.show_now.following
        return off if is_next and not self.is_pending else None

    def standing(self) -> Standing:
        """Return how things are."""
        following, span, at = self.next_player, self.show_now.cue.span, self.player.position
        if span is not None and not span.contains(at):
            at = self.state.spot.at  # nothing of it has come yet, so the engine stands elsewhere
        return Standing(
            show=self.show_now,
            is_pending=self.is_pending,
            is_next_ready=following is not None and following.is_ready,
            at=at,
            true_speed=self.player.engine.true_speed if self.state.is_playing else None,
        )

    # What others tell

    def start(self) -> None:
        """Bring the first item on, black over it, and begin to refresh."""
        spot = self.state.spot
        self._pair.on.load(self.show_now.cue, spot.place, spot.at, spot.focus)
        self._prepare_timer.start()
        self._timer.start(_BUSY_MS)
        self._screen.show_black()
        self.state_changed.emit()

    def press(self, event: Event) -> None:
        """Do what a press asks for."""
        self._note_position()
        self._past.keep(event, len(self.show_now.before), self._screen.picture)
        before = self.show_now
        self.show_now, effects = react(before, event)
        if event is Press.UNDO and self.show_now is not before:
            self._show_past()
        for effect in effects:
            self._do(effect)
        self._timer.start(_BUSY_MS)
        if self.show_now is not before or effects:
            self.state_changed.emit()

    def halt(self) -> None:
        """Pause, since play cannot be seen."""
        self.press(Halted())

    def set_size(self, size: QSize) -> None:
        """Make pictures for a court screen of this size, device pixels; the one that is shown stays until then."""
        self._must_deliver |= self._pair.set_size(size)

    def set_tools(self, tools: TopLayer) -> None:
        """Lay something over the court's picture."""
        if tools != self._tools:
            self._tools = tools
            if self._screen.picture is not None:
                self._screen.show_layer(self._layer(self._screen.picture))
                self.state_changed.emit()

    @property
    def tools(self) -> TopLayer:
        """What the presenter lays over the picture, without the reference line."""
        return self._tools

    def set_view(self, camera_id: str, view: TileView) -> None:
        """Show another part of a camera's picture."""
        self.player.set_view(camera_id, view)
        self._must_deliver = True
        self._timer.start(_BUSY_MS)

    def renew(self) -> None:
        """Make both players anew and go on where it stands; the court's picture stays until then."""
        spot = self.state.spot
        self._pending_ns, self._must_deliver, self._last_key = None, True, None
        self._pair.renew(self._voice.forget)
        self._pair.on.load(self.show_now.cue, spot.place, spot.at, spot.focus)
        self._hear()
        self.press(Halted())
        self._prepare_timer.start()

    def close(self) -> None:
        """End all decoders and fall silent."""
        self._timer.stop()
        self._prepare_timer.stop()
        self._voice.close()
        self._pair.close()

    # At every refresh

    def _on_tick(self) -> None:
        if self._unfinished >= _FAULTS:
            self._unfinished = 0
            self.renew()
        self._unfinished += 1
        self.tick()
        self._unfinished = 0

    def tick(self) -> None:
        """Take in what came, and show what is finished; the timer calls this, and so may a test."""
        is_changed = self._pair.pump()
        if self.is_pending and self._pair.off.is_ready:
            self._swap()
        if not self.is_pending and (is_changed or self._must_deliver):
            self._deliver()
        self._watch_end()
        self.ticked.emit()
        is_busy = self.is_pending or self._must_deliver or self._pair.on.engine.is_busy
        wanted = _BUSY_MS if is_busy else _CALM_MS
        if self._timer.interval() != wanted:
            self._timer.start(wanted)

    def _deliver(self) -> None:
        """Hand the finished picture to whoever is to see it; while there is none, all stays as it is."""
        picture = self._pair.on.picture()
        if picture is None:
            return
        self._must_deliver = False
        if picture.key == self._last_key:
            return
        self._last_key = picture.key
        self._pair.note_picture()
        self.show_now, _ = react(self.show_now, Moved(picture.at or IncidentTime(0)))
        if self.state.screen is Screen.LIVE:
            self._screen.show_picture(picture, self._layer(picture))
            self.shown.emit(picture)
        else:
            self.looked.emit(picture)

    def _swap(self) -> None:
        """The item that was asked for is ready: it is on from now on."""
        self._pending_ns = None
        self._pair.swap()
        self._tools = TopLayer()
        self._last_key, self._must_deliver = None, True
        self._hear()
        self._deliver()
        if self._plays_when_on:
            self._plays_when_on = False
            self._pair.on.engine.play()
        self._prepare_timer.start()
        self.state_changed.emit()

    def _prepare(self) -> None:
        """Open the next item in the player that is free."""
        following = self.show_now.following
        if following is not None and not self.is_pending and not self.state.is_private:
            self._pair.prepare(following, self.state.spot.place + 1)

    def _watch_end(self) -> None:
        """Tell that the clip is over once its last frame stands; or that play ended for another reason."""
        on = self._pair.on
        if self.state.is_playing and not self.is_pending and not on.engine.is_playing:
            cue = on.cue
            is_over = cue is not None and on.position >= cue.last
            self.press(Ended() if is_over else Halted())

    # Effects

    def _do(self, effect: Effect) -> None:
        match effect:
            case Present():
                self._present(effect)
            case Seek() | Step() | Shift():
                self._move(effect)
            case SetPlaying():
                self._set_playing(is_playing=effect.is_playing)
            case SetRate():
                self.player.set_rate(effect.rate)
            case SetFocus():
                self.player.set_focus(effect.camera_id)
                self._last_key, self._must_deliver = None, True
            case SetScreen():
                self._set_screen(effect)
            case SetMuted():
                self._hear()
            case SetReference():
                if self._screen.picture is not None:
                    self._screen.show_layer(self._layer(self._screen.picture))

    def _move(self, move: Seek | Step | Shift) -> None:
        player = self.player
        engine = player.engine
        if isinstance(move, Step):
            engine.step(move.frames, player.focus)
        elif isinstance(move, Shift):
            engine.seek(self.show_now.cue.brought_in(IncidentTime(engine.target + move.by_ns)))
        else:
            engine.seek(move.at)

    def _present(self, wanted: Present) -> None:
        cue = self.show_now.cues[wanted.place]
        self._plays_when_on = False
        if stands(self._pair.on, cue, wanted):
            self._pending_ns = None
            self._last_key, self._must_deliver = None, True
            return
        self._pair.open(cue, wanted)
        self._pair.on.engine.pause()
        self._prepare_timer.stop()
        self._pending_ns = time.monotonic_ns()
        if self._pair.off.is_ready:
            self._swap()

    def _set_playing(self, *, is_playing: bool) -> None:
        engine = self.player.engine
        if not is_playing:
            self._plays_when_on = False
            engine.pause()
        elif self.is_pending:
            self._plays_when_on = True
            if self._pair.off.trouble:  # the drive may be back
                spot = self.state.spot
                self._pair.off.load(self.show_now.cue, spot.place, spot.at, spot.focus)
        else:
            engine.play()

    def _hear(self) -> None:
        self._voice.hear(self._pair.on, is_muted=self.state.is_muted or self.state.is_private)

    def _set_screen(self, effect: SetScreen) -> None:
        self._hear()
        if effect.screen is Screen.BLACK:
            self._screen.show_black()
            self._look_again(is_private=effect.is_private)
            return
        picture = self._screen.picture
        if effect.screen is Screen.HELD:
            if picture is not None:
                self._screen.show_picture(picture, self._layer(picture))
            self._look_again(is_private=effect.is_private)
            return
        self._last_key, self._must_deliver = None, True
        if self.is_pending and self._pair.off.is_ready:
            self._swap()
        elif not self.is_pending:
            self._deliver()

    def _look_again(self, *, is_private: bool) -> None:
        """Hand the presenter what stands now: what was looked at before, privately or under black, is out of date."""
        if is_private:
            self._last_key, self._must_deliver = None, True

    # The line at the bottom, and undo

    def _layer(self, picture: CourtPicture) -> TopLayer:
        words = reference_words(picture, self._time_text) if self.state.tells_reference else proxy_words(picture)
        return replace(self._tools, reference=words)

    def _note_position(self) -> None:
        if self.player.cue is not None and self.player.cue.has_pictures:
            self.show_now, _ = react(self.show_now, Moved(self.player.engine.target))

    def _show_past(self) -> None:
        """After undo, let the court see at once what it saw before; the player follows."""
        picture = self._past.take(len(self.show_now.before))
        if self.state.screen is Screen.BLACK:
            return
        if picture is None:
            self._screen.show_black()  # better nothing than what was pressed by mistake
        else:
            self._screen.show_picture(picture, self._layer(picture))
            self.shown.emit(picture)
