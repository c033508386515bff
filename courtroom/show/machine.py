"""The state machine of court mode: events in, effects out. It is pure: no clock, no window, no file.

Rules that hold in every state:

1. While the presenter looks in private, the court sees black or the held frame.
2. Nothing plays unseen: black and hold pause, unless the presenter plays in private.
3. Undo goes back to the state before the last press; what happened by itself is not undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from courtroom.run_sheet import AtEnd
from courtroom.show.cue import Cue
from courtroom.show.events import (
    Effect,
    Ended,
    Event,
    Focus,
    GoTo,
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
from courtroom.show.state import Aside, Screen, ShowState, Spot
from evidence.times import NS_PER_S, IncidentTime
from player.playhead import FASTEST, SLOWEST

_KEPT = 50
_NORMAL = Fraction(1)
_STEPS: dict[Press, Step | Shift] = {
    Press.STEP_ON: Step(1),
    Press.STEP_BACK: Step(-1),
    Press.SECOND_ON: Shift(NS_PER_S),
    Press.SECOND_BACK: Shift(-NS_PER_S),
}
_FACTORS = {Press.SLOWER: Fraction(1, 2), Press.FASTER: Fraction(2)}


@dataclass(frozen=True, slots=True)
class Show:
    """A run sheet that is being shown.

    Attributes:
        cues: its items; at least one.
        state: where it stands.
        before: the states before the last presses, the newest last.
    """

    cues: tuple[Cue, ...]
    state: ShowState
    before: tuple[ShowState, ...] = ()

    @property
    def cue(self) -> Cue:
        """The item that the presenter's keys act on."""
        return self.cues[self.state.spot.place]

    @property
    def following(self) -> Cue | None:
        """The item after it, or None."""
        place = self.state.spot.place + 1
        return self.cues[place] if place < len(self.cues) else None


def begin(cues: Sequence[Cue], place: int = 0, at: IncidentTime | None = None, focus: str | None = None) -> Show:
    """Return court mode as it begins: black, standing on an item.

    Args:
        cues: the items.
        place: the item to begin with.
        at: the instant of it, or None for its start.
        focus: the camera of it that is shown alone, or None.

    Raises:
        ValueError: there are no items, or none of that number.
    """
    if not 0 <= place < len(cues):
        raise ValueError(f"item {place} of a run sheet of {len(cues)}")
    alone = focus if focus in cues[place].cameras else None
    return Show(tuple(cues), ShowState(replace(_spot(cues, place, at), focus=alone)))


def react(show: Show, event: Event) -> tuple[Show, tuple[Effect, ...]]:
    """Return how it stands after an event, and what is to be done so that it is so."""
    match event:
        case Moved():
            spot = replace(show.state.spot, at=show.cue.brought_in(event.at))
            return replace(show, state=replace(show.state, spot=spot)), ()
        case Ended():
            return _end(show)
        case Halted():
            return _to(show, replace(show.state, is_playing=False), is_kept=False)
        case Press.UNDO:
            return _undo(show)
        case Press.STEP_ON | Press.STEP_BACK | Press.SECOND_ON | Press.SECOND_BACK:
            return _step(show, _STEPS[event])
        case _:
            return _to(show, _after(show, event))


def _after(show: Show, event: Press | GoTo | Focus) -> ShowState:
    """Return the state after a press."""
    state = show.state
    match event:
        case GoTo():
            return _brought_on(show, event.place, event.at)
        case Press.NEXT | Press.BACK:
            return _brought_on(show, state.spot.place + (1 if event is Press.NEXT else -1))
        case Press.BLACK | Press.HOLD:
            return _covered(state, Screen.BLACK if event is Press.BLACK else Screen.HELD)
        case Press.PLAY:
            return _played(show)
        case Press.PRIVATE | Press.SHOW:
            return _looked_aside(state) if event is Press.PRIVATE else replace(state, screen=Screen.LIVE, aside=None)
        case Press.MUTE:
            return replace(state, is_muted=not state.is_muted)
        case Press.REFERENCE:
            return replace(state, tells_reference=not state.tells_reference)
        case _:
            return replace(state, spot=_moved(show, event))


def _moved(show: Show, event: Press | Focus) -> Spot:
    """Return where the item stands after a press that moves in it, or changes how it is shown."""
    spot, cue = show.state.spot, show.cue
    if isinstance(event, Focus):
        chosen = None if event.number is None or event.number >= len(cue.cameras) else cue.cameras[event.number]
        return replace(spot, focus=None if chosen == spot.focus else chosen)
    if event in _FACTORS and cue.can_play:
        return replace(spot, rate=min(max(spot.rate * _FACTORS[event], SLOWEST), FASTEST))
    if event is Press.NORMAL_SPEED:
        return replace(spot, rate=_NORMAL)
    if event is Press.START:
        return replace(spot, at=cue.start)
    if event is Press.END:
        return replace(spot, at=cue.last)
    return replace(spot, at=_moment(cue, spot.at, is_on=event is Press.MOMENT_ON))


def _moment(cue: Cue, at: IncidentTime, *, is_on: bool) -> IncidentTime:
    """Return the key moment after an instant, or before it; the instant where there is none."""
    moments = [moment.at for moment in cue.moments]
    if is_on:
        return cue.brought_in(min((one for one in moments if one > at), default=at))
    return cue.brought_in(max((one for one in moments if one < at), default=at))


def _brought_on(show: Show, place: int, at: IncidentTime | None = None) -> ShowState:
    """Return the state with another item on; the first and the last item end the sheet."""
    state = show.state
    if not 0 <= place < len(show.cues):
        return state
    cue = show.cues[place]
    screen = state.screen if state.is_private else Screen.LIVE
    is_playing = cue.can_play and cue.plays_at_once
    return replace(state, spot=_spot(show.cues, place, at), screen=screen, is_playing=is_playing)


def _covered(state: ShowState, screen: Screen) -> ShowState:
    """Return the state after the key for black or hold: it covers, and uncovers when it is pressed again."""
    if state.is_private:
        return replace(state, screen=screen)
    return replace(state, screen=Screen.LIVE if state.screen is screen else screen, is_playing=False)


def _played(show: Show) -> ShowState:
    """Return the state after the key for play: it plays or pauses, and what was covered is shown again."""
    state = show.state
    screen = state.screen if state.is_private else Screen.LIVE
    return replace(state, screen=screen, is_playing=show.cue.can_play and not state.is_playing)


def _looked_aside(state: ShowState) -> ShowState:
    """Return the state after the key for private: the court is left where it is, or found there again."""
    if state.aside is None:
        screen = Screen.HELD if state.screen is Screen.LIVE else state.screen
        return replace(state, screen=screen, is_playing=False, aside=Aside(state.spot, state.screen))
    return replace(state, spot=state.aside.spot, screen=state.aside.screen, is_playing=False, aside=None)


def _step(show: Show, step: Step | Shift) -> tuple[Show, tuple[Effect, ...]]:
    """Pause and move by frames or seconds; where that leads to is told by `Moved`."""
    if not show.cue.can_play:
        return show, ()
    state = show.state
    screen = state.screen if state.is_private else Screen.LIVE
    after, effects = _to(show, replace(state, is_playing=False, screen=screen))
    if after is show:
        after = replace(show, before=(*show.before, state)[-_KEPT:])
    return after, (*effects, step)


def _end(show: Show) -> tuple[Show, tuple[Effect, ...]]:
    """The clip is over: stand, go black, or go on."""
    state, cue = show.state, show.cue
    if not state.is_playing:
        return show, ()
    if cue.at_end is AtEnd.GO_ON and show.following is not None:
        after = _brought_on(show, state.spot.place + 1)
        return _to(show, replace(after, is_playing=show.cues[after.spot.place].can_play), is_kept=False)
    if cue.at_end is AtEnd.STOP and not state.is_private:
        return _to(show, replace(state, is_playing=False, screen=Screen.BLACK), is_kept=False)
    return _to(show, replace(state, is_playing=False), is_kept=False)


def _undo(show: Show) -> tuple[Show, tuple[Effect, ...]]:
    if not show.before:
        return show, ()
    *before, last = show.before
    back, effects = _to(show, last, is_kept=False)
    return replace(back, before=tuple(before)), effects


def _to(show: Show, state: ShowState, *, is_kept: bool = True) -> tuple[Show, tuple[Effect, ...]]:
    """Go to a state; a press that changes nothing is no press."""
    if state == show.state:
        return show, ()
    before = (*show.before, show.state)[-_KEPT:] if is_kept else show.before
    return replace(show, state=state, before=before), effects_between(show.state, state)


def effects_between(old: ShowState, new: ShowState) -> tuple[Effect, ...]:
    """Return what leads from one state to another: pausing and covering come first, uncovering and playing last."""
    is_another = new.spot.place != old.spot.place
    cover = SetScreen(new.screen, new.is_private)
    is_covered_anew = (old.screen, old.is_private) != (new.screen, new.is_private)
    effects: list[Effect] = []
    if old.is_playing and (is_another or not new.is_playing):
        effects.append(SetPlaying(is_playing=False))
    if is_covered_anew and new.screen is not Screen.LIVE:
        effects.append(cover)
    effects += _moves_between(old.spot, new.spot)
    if new.is_muted != old.is_muted:
        effects.append(SetMuted(new.is_muted))
    if new.tells_reference != old.tells_reference:
        effects.append(SetReference(new.tells_reference))
    if is_covered_anew and new.screen is Screen.LIVE:
        effects.append(cover)
    if new.is_playing and (is_another or not old.is_playing):
        effects.append(SetPlaying(is_playing=True))
    return tuple(effects)


def _moves_between(old: Spot, new: Spot) -> list[Effect]:
    if new.place != old.place:
        return [Present(new.place, new.at, new.focus), SetRate(new.rate)]
    effects: list[Effect] = []
    if new.focus != old.focus:
        effects.append(SetFocus(new.focus))
    if new.at != old.at:
        effects.append(Seek(new.at))
    if new.rate != old.rate:
        effects.append(SetRate(new.rate))
    return effects


def _spot(cues: Sequence[Cue], place: int, at: IncidentTime | None) -> Spot:
    cue = cues[place]
    return Spot(place, cue.start if at is None else cue.brought_in(at), cue.rate)
