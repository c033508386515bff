"""What the bar of the drawing tools says: what can be done now, which frames show a shape, which mark it belongs to."""

from __future__ import annotations

from annotations.shapes.frames import snapped
from annotations.shapes.geometry import Kind
from annotations.shapes.shape import Shape
from annotations.ui.shape_editor import ShapeEditor
from app.case_snapshot import CaseSnapshot
from app.ui.draw_bar import DrawBarState
from app.ui.keyframe_strip import StripState
from app.ui.shape_menus import short
from evidence.frame_index import FrameIndex
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
    return "Mark is deleted" if mark is None else f"Mark: {short(mark.text) or 'without text'}"
