"""What the timeline says where the pointer rests: a mark, a recording, a gap, how many cameras, or the time."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint

from evidence.times import IncidentTime
from player.ui.timeline.look import Look
from player.ui.timeline.overlay import outside_words
from player.ui.timeline.scene import Scene

_MOST_MARKS = 8


def words_at(scene: Scene, look: Look, place: QPoint) -> str:
    """Return what there is to say at a place of the widget; "" where there is nothing."""
    if scene.lanes.span is None:
        return ""
    number = scene.lane_at(place.y())
    if place.x() < scene.left:
        return "" if number is None else scene.lanes.lanes[number].name
    instant = scene.view.instant_at(place.x() - scene.left)
    if number is not None:
        return _lane_words(scene, look, number, instant)
    if place.y() >= scene.foot:
        count = sum(lane.find_at(instant) is not None for lane in scene.lanes.lanes)
        cameras = f"{count} of {len(scene.lanes.lanes)} cameras recording at {look.times.clock(instant, 1)}"
        return outside_words(scene, look, place) or cameras
    reach = 5 * scene.view.ns_per_pixel
    near = scene.marks.between(instant - reach, instant + reach + 1)
    if near:
        return "\n".join(_mark_words(scene, look, number) for number in near[:_MOST_MARKS])
    return f"{look.times.day(instant)} {look.times.clock(instant)}"


def _mark_words(scene: Scene, look: Look, number: int) -> str:
    start, end = int(scene.marks.starts[number]), int(scene.marks.ends[number])
    length = f" ({look.duration_text(end - start)})" if end > start else ""
    return f"{look.times.clock(start)}  {scene.marks.text_of(number)}{length}"


def _lane_words(scene: Scene, look: Look, number: int, instant: IncidentTime) -> str:
    lane = scene.lanes.lanes[number]
    place = lane.find_at(instant)
    if place is not None:
        start, end = look.times.clock(place.span.start, 1), look.times.clock(place.span.end, 1)
        length = look.duration_text(place.span.duration_ns)
        return f"{lane.name}: {place.recording.display_name}\n{start} to {end}, {length}\n{place.basis}"
    gap = lane.find_gap(instant)
    if gap is not None:
        start, end = look.times.clock(gap.start, 1), look.times.clock(gap.end, 1)
        return f"{lane.name}: not recording for {look.duration_text(gap.duration_ns)}, {start} to {end}"
    if not lane.placed:
        return f"{lane.name}: nothing of it has a place on the timeline yet"
    if instant < lane.starts[0]:
        return f"{lane.name}: not recording before {look.times.clock(int(lane.starts[0]), 1)}"
    return f"{lane.name}: not recording after {look.times.clock(int(lane.reach[-1]), 1)}"


def as_html(words: str) -> str:
    """Return words for a tool tip; Qt would take what looks like HTML in a file's name for HTML."""
    lines = escape(words).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"
