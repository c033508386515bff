"""What the bar of the drawing tools says: what can be done now, which frames show a shape, which mark it belongs to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from annotations.shapes.frames import snapped
from annotations.shapes.geometry import Kind
from annotations.shapes.shape import Shape
from annotations.ui.shape_editor import ShapeEditor
from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes
from app.ui.draw_bar import DrawBarState
from app.ui.keyframe_strip import StripState
from evidence.frame_index import FrameIndex
from evidence.times import IncidentTime
from player.tracks import FrameSpot

_HOW = {
    Kind.BOX: "Box: drag from corner to corner on a picture. Esc leaves the tool.",
    Kind.ELLIPSE: "Ellipse: drag from corner to corner on a picture. Esc leaves the tool.",
    Kind.ARROW: "Arrow: drag to where it points. Esc leaves the tool.",
    Kind.LINE: "Line: drag along it. Esc leaves the tool.",
    Kind.FREEHAND: "Freehand: draw with the button held. Esc leaves the tool.",
    Kind.POLYGON: "Polygon: click its corners; a double click or Enter closes it. Esc leaves the tool.",
    Kind.TEXT: "Text: click where it shall stand. Esc leaves the tool.",
    Kind.SPOTLIGHT: "Spotlight: drag around what stays bright. Esc leaves the tool.",
    Kind.MAGNIFIER: "Magnifier: drag around what is shown larger. Esc leaves the tool.",
}
_CHOOSE = "Choose a shape on a picture, or a tool."
_MOVE = "Drag it or its grips; arrows move it by a pixel, with Shift by ten. Esc lets it go."
_PLAYING = "Playing. Shapes are drawn on a picture that stands still."
_HIDDEN = "Shapes are hidden."
_MOST_MARKS = 12
_TITLE = 40


def bar_state(
    editor: ShapeEditor,
    snapshot: CaseSnapshot | None,
    index: FrameIndex | None,
    spot: FrameSpot | None,
    *,
    told: str,
    refusal: str,
    is_playing: bool,
    is_shown: bool,
) -> DrawBarState:
    """Return what the bar shows.

    Args:
        editor: tool and chosen shape.
        snapshot: the case.
        index: frame table of the chosen shape's recording, or None.
        spot: the frame of that recording on screen, or None.
        told: why the last wish was not granted, or "".
        refusal: why nothing can be changed, or "".
        is_playing: whether it plays.
        is_shown: whether shapes are seen.
    """
    shape = editor.chosen
    words, role = _words(editor, told, refusal, is_playing=is_playing, is_shown=is_shown)
    if shape is None:
        look = editor.look
        return DrawBarState(words, role, not refusal, editor.tool, editor.tool, look, is_shown=is_shown)
    drawn = shape.drawn
    strip, where = None, ""
    if index is not None and len(index):
        first, last = snapped(index, drawn.start_pts), snapped(index, drawn.end_pts - 1)
        keyframes = tuple(snapped(index, one.pts) for one in drawn.keyframes)
        strip = StripState(first, last, keyframes, None if spot is None else spot.frame)
        where = f"f {first}–{last}" if first != last else f"f {first}"
    return DrawBarState(
        words=words,
        role=role,
        can_edit=not refusal,
        tool=editor.tool,
        kind=drawn.kind,
        look=drawn.look,
        is_chosen=True,
        text=drawn.text,
        label=drawn.label,
        where=where,
        mark=_mark_words(snapshot, shape),
        strip=strip,
        follows=editor.follows,
        is_shown=is_shown,
    )


def mark_choices(
    parent: QWidget, snapshot: CaseSnapshot, shape: Shape, times: LocalTimes, choose: Callable[[str], None]
) -> QMenu:
    """Return a menu of the marks that a shape can belong to: the nearest in time, by time."""
    menu = QMenu(parent)
    menu.addAction("No mark").triggered.connect(lambda _checked=False: choose(""))
    menu.addSeparator()
    place = snapshot.place_by_recording.get(shape.drawn.recording_id)
    at = IncidentTime(0)
    if place is not None:
        at = place.span.start
    near = sorted(snapshot.marks, key=lambda mark: abs(mark.instant - at))[:_MOST_MARKS]
    for mark in sorted(near, key=lambda one: one.instant):
        title = f"{times.clock(mark.instant)}  {mark.text or 'without text'}"
        entry = menu.addAction(_short(title).replace("&", "&&"))
        entry.setCheckable(True)
        entry.setChecked(mark.id == shape.drawn.mark_id)
        entry.triggered.connect(lambda _checked=False, mark_id=mark.id: choose(mark_id))
    if not near:
        menu.addAction("The case has no marks yet").setEnabled(False)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _words(editor: ShapeEditor, told: str, refusal: str, *, is_playing: bool, is_shown: bool) -> tuple[str, str]:
    if told or refusal:
        return told or refusal, "caution"
    if not is_shown:
        return _HIDDEN, "caution"
    if is_playing:
        return _PLAYING, "dim"
    if editor.tool is not None:
        return _HOW[editor.tool], "accent"
    return (_CHOOSE, "dim") if editor.chosen is None else (_MOVE, "accent")


def _mark_words(snapshot: CaseSnapshot | None, shape: Shape) -> str:
    if not shape.drawn.mark_id or snapshot is None:
        return "No mark"
    mark = next((one for one in snapshot.marks if one.id == shape.drawn.mark_id), None)
    return "Mark is deleted" if mark is None else f"Mark: {_short(mark.text) or 'without text'}"


def _short(text: str) -> str:
    return text if len(text) <= _TITLE else text[: _TITLE - 1] + "…"
