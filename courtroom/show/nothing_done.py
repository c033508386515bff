"""Why a press does nothing, in words: a presenter who hears nothing presses again, and then once too often."""

from __future__ import annotations

from courtroom.show.events import Event, Focus, Press
from courtroom.show.machine import Show
from courtroom.show.state import Screen

_MOMENTS = frozenset({Press.MOMENT_ON, Press.MOMENT_BACK})
_IN_TIME = frozenset(
    {
        Press.STEP_ON,
        Press.STEP_BACK,
        Press.SECOND_ON,
        Press.SECOND_BACK,
        Press.SLOWER,
        Press.FASTER,
        Press.START,
        Press.END,
    }
)


def why_nothing(show: Show, event: Event) -> str:
    """Return why a press will do nothing as it stands; "" where it does what its key says."""
    if isinstance(event, Focus):
        return _why_no_focus(len(show.cue.cameras), event)
    reasons = (
        (
            event is Press.NEXT and show.following is None,
            "This is the last item. B shows black; Ctrl+Q twice ends court mode.",
        ),
        (event is Press.BACK and show.state.spot.place == 0, "This is the first item."),
        (event is Press.UNDO and not show.before, "There is nothing to undo."),
        (event is Press.SHOW and show.state.screen is Screen.LIVE, "The court sees it already."),
        (event in _MOMENTS and not show.cue.moments, "This item has no key moments."),
        (_wants_time(show, event), "This item stands still: nothing in it plays. Page Down goes on."),
    )
    return next((words for is_so, words in reasons if is_so), "")


def _wants_time(show: Show, event: Event) -> bool:
    """Tell whether a press would move in time, where the item has none; play uncovers what is covered."""
    is_shown = show.state.screen is Screen.LIVE or show.state.is_private
    return not show.cue.can_play and (event in _IN_TIME or (event is Press.PLAY and is_shown))


def _why_no_focus(cameras: int, event: Focus) -> str:
    if event.number is None or event.number < cameras:
        return ""
    if cameras < 2:
        return "This item shows one camera." if cameras else "This item shows no cameras."
    return f"This item shows {cameras} cameras."
