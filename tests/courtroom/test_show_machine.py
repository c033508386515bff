"""The state machine of court mode: its rules hold after all presses, and its effects lead to its states."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtroom.run_sheet import AtEnd
from courtroom.show.cue import Cue, CueKind, Moment
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
)
from courtroom.show.machine import Show, begin, react
from courtroom.show.state import Screen, ShowState, Spot
from evidence.times import NS_PER_S, IncidentRange, IncidentTime


def clip(number: int, at_end: AtEnd = AtEnd.HOLD, *, plays: bool = False) -> Cue:
    start = 100 * number * NS_PER_S
    span = IncidentRange(IncidentTime(start), IncidentTime(start + 10 * NS_PER_S))
    moments = tuple(Moment(IncidentTime(start + at * NS_PER_S), str(at)) for at in (2, 5))
    return Cue(
        f"item-{number}", f"Item {number}", span=span, cameras=("a", "b"), at_end=at_end, moments=moments,
        plays_at_once=plays,
    )  # fmt: skip


CUES = (
    clip(0),
    Cue("card", "A card", CueKind.CARD, lines=("R v Smith",)),
    clip(2, AtEnd.GO_ON),
    clip(3, AtEnd.STOP, plays=True),
    Cue("pause", "Pause", CueKind.PAUSE),
)
MOVES = frozenset({Press.STEP_ON, Press.STEP_BACK, Press.SECOND_ON, Press.SECOND_BACK})
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from(list(Press)),
    st.builds(GoTo, st.integers(-1, len(CUES))),
    st.builds(Focus, st.one_of(st.none(), st.integers(0, 3))),
    st.builds(lambda ns: Moved(IncidentTime(ns)), st.integers(0, 400 * NS_PER_S)),
    st.just(Ended()),
    st.just(Halted()),
)


class FakePlayers:
    """Does what effects say and nothing else; knows the machine only by them."""

    def __init__(self, state: ShowState) -> None:
        self.spot = state.spot
        self.screen, self.is_private = state.screen, state.is_private
        self.is_playing, self.is_muted, self.tells = state.is_playing, state.is_muted, state.tells_reference

    def do(self, effect: Effect) -> None:
        match effect:
            case Present(place, at, focus):
                assert not self.is_playing, "what plays is paused before another item comes on"
                self.spot = Spot(place, at, CUES[place].rate, focus)
            case Seek(at):
                self.spot = replace(self.spot, at=at)
            case SetPlaying(is_playing):
                self.is_playing = is_playing
            case SetRate(rate):
                self.spot = replace(self.spot, rate=rate)
            case SetFocus(focus):
                self.spot = replace(self.spot, focus=focus)
            case SetScreen(screen, is_private):
                self.screen, self.is_private = screen, is_private
            case SetMuted(is_muted):
                self.is_muted = is_muted
            case SetReference(is_shown):
                self.tells = is_shown
            case _:
                pass

    def matches(self, state: ShowState) -> bool:
        own = (self.spot, self.screen, self.is_private, self.is_playing, self.is_muted, self.tells)
        return own == (
            state.spot, state.screen, state.is_private, state.is_playing, state.is_muted, state.tells_reference
        )  # fmt: skip


@given(st.lists(EVENTS, max_size=40))
def test_the_rules_hold_and_the_effects_lead_to_the_states(events: list[Event]) -> None:
    show = begin(CUES)
    players = FakePlayers(show.state)
    for event in events:
        show, effects = react(show, event)
        if isinstance(event, Moved):
            players.spot = show.state.spot
        for effect in effects:
            players.do(effect)
        state = show.state
        assert players.matches(state), event
        assert 0 <= state.spot.place < len(CUES)
        assert show.cue.start <= state.spot.at <= show.cue.last
        assert not (state.is_private and state.screen is Screen.LIVE), "the court sees what is private"
        assert not state.is_playing or state.screen is Screen.LIVE or state.is_private, "something plays unseen"
        assert not state.is_playing or show.cue.can_play
        assert Fraction(1, 8) <= state.spot.rate <= 16
        assert state.spot.focus is None or state.spot.focus in show.cue.cameras


@given(st.lists(EVENTS, max_size=20), st.sampled_from([one for one in Press if one is not Press.UNDO]))
def test_undo_goes_back_to_the_state_before_a_press(events: list[Event], press: Press) -> None:
    show = begin(CUES)
    for event in events:
        show, _ = react(show, event)
    after, _ = react(show, press)
    if after == show:
        return
    back, _ = react(after, Press.UNDO)
    assert back.state == show.state
    assert back.before == show.before


def pressed(show: Show, *events: Event) -> Show:
    for event in events:
        show, _ = react(show, event)
    return show


def test_it_begins_black_and_play_shows_and_plays() -> None:
    show = begin(CUES)
    assert show.state.screen is Screen.BLACK
    show = pressed(show, Press.PLAY)
    assert (show.state.screen, show.state.is_playing) == (Screen.LIVE, True)


@pytest.mark.parametrize(("press", "screen"), [(Press.BLACK, Screen.BLACK), (Press.HOLD, Screen.HELD)])
def test_black_and_hold_pause_and_a_second_press_uncovers(press: Press, screen: Screen) -> None:
    show = pressed(begin(CUES), Press.PLAY, press)
    assert (show.state.screen, show.state.is_playing) == (screen, False)
    show = pressed(show, press)
    assert (show.state.screen, show.state.is_playing) == (Screen.LIVE, False)


def test_next_uncovers_and_stands_on_the_first_frame() -> None:
    show = pressed(begin(CUES), Press.BLACK, GoTo(2))
    assert (show.state.screen, show.state.spot.at, show.state.is_playing) == (Screen.LIVE, CUES[2].start, False)


def test_the_ends_do_what_the_items_say() -> None:
    hold = pressed(begin(CUES), Press.PLAY, Ended())
    assert (hold.state.screen, hold.state.is_playing, hold.state.spot.place) == (Screen.LIVE, False, 0)
    on = pressed(begin(CUES), GoTo(2), Press.PLAY, Ended())
    assert (on.state.screen, on.state.is_playing, on.state.spot.place) == (Screen.LIVE, True, 3)
    stop = pressed(on, Ended())
    assert (stop.state.screen, stop.state.is_playing, stop.state.spot.place) == (Screen.BLACK, False, 3)


def test_what_is_looked_for_in_private_is_shown_or_left() -> None:
    shown = pressed(begin(CUES), Press.PLAY, Moved(IncidentTime(3 * NS_PER_S)))
    private = pressed(shown, Press.PRIVATE, GoTo(2), Press.PLAY)
    assert (private.state.screen, private.state.is_playing, private.state.spot.place) == (Screen.HELD, True, 2)
    left = pressed(private, Press.PRIVATE)
    assert (left.state.spot.place, left.state.spot.at) == (0, 3 * NS_PER_S)
    assert (left.state.screen, left.state.is_playing) == (Screen.LIVE, False)
    found = pressed(private, Press.SHOW)
    assert (found.state.screen, found.state.is_private, found.state.spot.place) == (Screen.LIVE, False, 2)


def test_undo_of_next_while_it_played_plays_on_where_it_was() -> None:
    show = pressed(begin(CUES), Press.PLAY, Moved(IncidentTime(4 * NS_PER_S)), Press.NEXT)
    back, effects = react(show, Press.UNDO)
    assert back.state.spot == Spot(0, IncidentTime(4 * NS_PER_S), Fraction(1))
    assert effects[-1] == SetPlaying(is_playing=True)


def test_key_moments_are_jumped_to_and_stay_in_the_item() -> None:
    show = pressed(begin(CUES), Press.MOMENT_ON)
    assert show.state.spot.at == 2 * NS_PER_S
    show = pressed(show, Press.MOMENT_ON, Press.MOMENT_ON)
    assert show.state.spot.at == 5 * NS_PER_S
    assert pressed(show, Press.MOMENT_BACK).state.spot.at == 2 * NS_PER_S


def test_the_court_is_left_black_where_it_was_black_before_the_private_look() -> None:
    show = pressed(begin(CUES), Press.PRIVATE, GoTo(3), Press.PRIVATE)
    assert (show.state.screen, show.state.spot.place) == (Screen.BLACK, 0)
