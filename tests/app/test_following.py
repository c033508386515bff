"""Where the playhead goes when clocks are changed under it."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from app.following import followed_instant, outside_words
from app.time_text import LocalTimes
from evidence.times import IncidentRange, IncidentTime
from player.ui.timeline.where_to_look import Opening
from sync.clock_map import ClockMap
from sync.timeline import Timeline
from tests.support.timelines import START_NS, make_timeline

S = 1_000_000_000


def _shifted(timeline: Timeline, number: int, offset_ns: int) -> Timeline:
    """Change one camera's clock."""
    cameras = list(timeline.cameras)
    clock = ClockMap.from_offset(-offset_ns)
    cameras[number] = replace(
        cameras[number], placed=tuple(replace(place, clock=clock) for place in cameras[number].placed)
    )
    return Timeline(tuple(cameras), ())


def test_the_playhead_stays_where_any_camera_still_shows_something() -> None:
    before = make_timeline([[(0, 60 * S)], [(0, 60 * S)]])
    here = IncidentTime(START_NS + 30 * S)
    assert followed_instant(before, _shifted(before, 0, 432 * S), "camera-0", here) == here


def test_the_playhead_follows_the_picture_that_left() -> None:
    before = make_timeline([[(0, 60 * S)], [(40 * S, 5 * S)]])
    here = IncidentTime(START_NS + 30 * S)
    assert followed_instant(before, _shifted(before, 0, 432 * S), "camera-0", here) == here + 432 * S
    assert followed_instant(before, _shifted(before, 0, 432 * S), "camera-1", here) == here + 432 * S


def test_a_playhead_over_nothing_stays() -> None:
    before = make_timeline([[(0, 60 * S)]])
    here = IncidentTime(START_NS + 90 * S)
    assert followed_instant(before, _shifted(before, 0, 432 * S), "camera-0", here) == here


def test_what_lies_outside_is_said_in_words() -> None:
    span = IncidentRange(IncidentTime(START_NS), IncidentTime(START_NS + 600 * S))
    words = outside_words(Opening(span, 1), LocalTimes(ZoneInfo("Europe/London")), "Ctrl+0")
    assert words == (
        "The timeline opens on Sat 14 Mar 2026 21:32:00 to 21:42:00, where most was recorded. "
        "1 recording lies far outside it: Ctrl+0 shows everything."
    )
