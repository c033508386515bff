"""Where the playhead goes when clocks are changed under it, and what lies outside of what the timeline opens on."""

from __future__ import annotations

from app.time_text import LocalTimes
from evidence.times import IncidentTime
from player.ui.timeline.where_to_look import Opening
from sync.timeline import PlacedRecording, Timeline


def followed_instant(before: Timeline, after: Timeline, focus: str | None, instant: IncidentTime) -> IncidentTime:
    """Return where a moment that was on screen lies once the clocks are others.

    An instant on the incident clock stays what it is as long as any camera was recording then. Where the change took
    every picture away from it, the answer is where the picture of the focused camera, or else of another, is now.
    """
    if any(camera.find_at(instant) is not None for camera in after.cameras):
        return instant
    shown = [camera.find_at(instant) for camera in sorted(before.cameras, key=lambda one: one.camera.id != focus)]
    now: dict[str, PlacedRecording] = {place.recording.id: place for one in after.cameras for place in one.placed}
    for place in shown:
        if place is not None and place.recording.id in now:
            return now[place.recording.id].incident_at_media_ns(place.media_ns_at(instant))
    return instant


def outside_words(opening: Opening, times: LocalTimes, key: str) -> str:
    """Say what the timeline opens on and that there is more outside of it."""
    start, end = opening.span.start, opening.span.end
    upto = times.clock(end, 0) if times.is_one_day(start, end) else times.day_and_clock(end)
    many = "1 recording lies" if opening.outside == 1 else f"{opening.outside:,} recordings lie"
    stretch = f"{times.day(start)} {times.clock(start, 0)} to {upto}"
    return f"The timeline opens on {stretch}, where most was recorded. {many} far outside it: {key} shows everything."
