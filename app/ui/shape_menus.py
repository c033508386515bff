"""Menus of the drawing tools: the marks that a shape can belong to, and the shapes of the case."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from annotations.shapes.shape import Shape
from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes
from evidence.times import IncidentTime, ticks_to_ns

_MOST_MARKS = 12
_MOST_SHAPES = 60
_TITLE = 40


def mark_choices(
    parent: QWidget,
    snapshot: CaseSnapshot,
    shape: Shape,
    times: LocalTimes,
    *,
    choose: Callable[[str], None],
    make: Callable[[], None],
) -> QMenu:
    """Return a menu of the marks that a shape can belong to: a new one, or one of the nearest in time."""
    menu = QMenu(parent)
    menu.addAction("New mark for this shape").triggered.connect(lambda _checked=False: make())
    menu.addAction("No mark").triggered.connect(lambda _checked=False: choose(""))
    menu.addSeparator()
    at = start_of(snapshot, shape) or IncidentTime(0)
    places = [(snapshot.book.place(mark).start, mark) for mark in snapshot.marks]
    near = sorted(places, key=lambda one: abs(one[0] - at))[:_MOST_MARKS]
    for start, mark in sorted(near, key=lambda one: one[0]):
        entry = menu.addAction(_entry(f"{times.clock(start)}  {mark.text or 'without text'}"))
        entry.setCheckable(True)
        entry.setChecked(mark.id == shape.drawn.mark_id)
        entry.triggered.connect(lambda _checked=False, mark_id=mark.id: choose(mark_id))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def shape_choices(
    parent: QWidget, snapshot: CaseSnapshot, at: IncidentTime, times: LocalTimes, choose: Callable[[str], None]
) -> QMenu:
    """Return a menu of the case's shapes by time: those nearest to an instant where there are very many."""
    menu = QMenu(parent)
    places = [(start_of(snapshot, shape), shape) for shape in snapshot.shapes]
    near = sorted(places, key=lambda one: abs((one[0] or 0) - at))[:_MOST_SHAPES]
    for start, shape in sorted(near, key=lambda one: (one[0] or 0, one[1].created_ns)):
        recording = snapshot.recording_by_id.get(shape.drawn.recording_id)
        camera = None if recording is None else snapshot.camera_by_id.get(recording.camera_id)
        says = shape.drawn.label or " ".join(shape.drawn.text.split())
        named = f" “{short(says)}”" if says else ""
        when = "" if start is None else f"{times.clock(start)}  "
        where = "" if camera is None else f"  {camera.name}"
        entry = menu.addAction(_entry(f"{when}{shape.drawn.kind.capitalize()}{named}{where}"))
        entry.triggered.connect(lambda _checked=False, shape_id=shape.id: choose(shape_id))
    left_out = len(places) - len(near)
    if left_out:
        menu.addAction(f"{left_out} more, farther from here").setEnabled(False)
    if not places:
        menu.addAction("No shape was drawn yet").setEnabled(False)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def start_of(snapshot: CaseSnapshot, shape: Shape) -> IncidentTime | None:
    """Return when the first frame that shows a shape starts, as clocks stand now; None without a place in time."""
    place = snapshot.place_by_recording.get(shape.drawn.recording_id)
    if place is None:
        return None
    return place.incident_at_media_ns(ticks_to_ns(shape.drawn.start_pts, shape.drawn.time_base))


def short(text: str) -> str:
    """Return a text as long as a menu or button has room for."""
    return text if len(text) <= _TITLE else text[: _TITLE - 1] + "…"


def _entry(text: str) -> str:
    return text.replace("&", "&&")
