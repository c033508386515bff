"""A shape as plain JSON, as the journal keeps it and as exchanges carry it; and back, strictly.

What comes back may come from a file that somebody made by hand: every name, type, number and length is checked before
a shape is made of it, and nothing is repaired silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from annotations.shapes.geometry import FARTHEST, FEWEST_MOST_POINTS, FILLABLE, UNIT, Geometry, Kind
from annotations.shapes.shape import (
    GREATEST_POWER,
    LARGEST_TEXT,
    LEAST_POWER,
    LONGEST_LABEL,
    LONGEST_TEXT,
    MOST_KEYFRAMES,
    MOST_POINTS,
    SMALLEST_TEXT,
    WIDEST_LINE,
    Drawn,
    Keyframe,
    Look,
    Shape,
)
from annotations.shapes.trouble import ShapeError
from evidence.audit import JsonValue
from evidence.text import clean_line, clean_text

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_ID = re.compile(r"[0-9A-Za-z:._-]{1,36}")
_MOST_64 = 2**63 - 1
_LARGEST_PICTURE = FARTHEST // UNIT
_LATEST_NS = 253_402_300_800 * 10**9
_NAMES = frozenset({
    "recording", "frame_size", "kind", "time_base", "start_pts", "end_pts", "keyframes", "colour", "opacity",
    "line_width", "is_filled", "text_size", "power", "text", "label", "mark", "by", "created_ns",
})  # fmt: skip


def state_of(shape: Shape) -> dict[str, JsonValue]:
    """Return what a shape is, with who drew it when; without its id and without who changed it when."""
    drawn, look = shape.drawn, shape.drawn.look
    return {
        "recording": drawn.recording_id,
        "frame_size": list(drawn.frame_size),
        "kind": drawn.kind.value,
        "time_base": [drawn.time_base.numerator, drawn.time_base.denominator],
        "start_pts": drawn.start_pts,
        "end_pts": drawn.end_pts,
        "keyframes": [[one.pts, [list(point) for point in one.geometry]] for one in drawn.keyframes],
        "colour": look.colour,
        "opacity": look.opacity,
        "line_width": look.line_width,
        "is_filled": look.is_filled,
        "text_size": look.text_size,
        "power": look.power,
        "text": drawn.text,
        "label": drawn.label,
        "mark": drawn.mark_id,
        "by": shape.by,
        "created_ns": shape.created_ns,
    }


def shape_from(untrusted: object, *, shape_id: str, changed_by: str = "", changed_ns: int = 0) -> Shape:
    """Return the shape that JSON describes.

    Raises:
        ShapeError: it is none; the text says which part is not right.
    """
    state = _mapping(untrusted)
    _check(_ID.fullmatch(shape_id) is not None, "its id is none")
    time_base = _numbers(state["time_base"], 2, "time_base", 1, _MOST_64)
    kind = _kind(state["kind"])
    drawn = Drawn(
        recording_id=_id(state["recording"], "recording"),
        frame_size=_pair(state["frame_size"], "frame_size", 1, _LARGEST_PICTURE),
        kind=kind,
        time_base=Fraction(time_base[0], time_base[1]),
        start_pts=_whole(state["start_pts"], "start_pts", -_MOST_64, _MOST_64),
        end_pts=_whole(state["end_pts"], "end_pts", -_MOST_64, _MOST_64),
        keyframes=_keyframes(state["keyframes"], kind),
        look=_look(state, kind),
        text=_text(state["text"], "text", LONGEST_TEXT),
        label=_line(state["label"], "label", LONGEST_LABEL),
        mark_id="" if state["mark"] == "" else _id(state["mark"], "mark"),
    )
    _check(drawn.start_pts < drawn.end_pts, "it ends before it starts")
    return Shape(
        id=shape_id,
        drawn=drawn,
        by=_line(state["by"], "by", LONGEST_LABEL),
        created_ns=_whole(state["created_ns"], "created_ns", 0, _LATEST_NS),
        changed_by=changed_by,
        changed_ns=changed_ns,
    )


def clean_lines(typed_text: str, *, limit: int = LONGEST_TEXT) -> str:
    """Return what a person typed as the text of a shape: its lines cleaned, none empty at either end."""
    lines = [clean_text(line.expandtabs(4).rstrip()) for line in typed_text.splitlines()]
    return "\n".join(lines)[:limit].strip("\n ")


def _mapping(untrusted: object) -> Mapping[str, object]:
    if not isinstance(untrusted, Mapping):
        raise _wrong("it is no object")
    names = {name for name in untrusted if isinstance(name, str)}
    _check(len(names) == len(untrusted), "a name is no text")
    missing, unknown = sorted(_NAMES - names), sorted(names - _NAMES)
    _check(not missing, f"{', '.join(missing)} is missing")
    _check(not unknown, f"{clean_text(', '.join(unknown), limit=80)} is not known")
    return untrusted


def _kind(value: object) -> Kind:
    found = next((kind for kind in Kind if kind.value == value), None) if isinstance(value, str) else None
    if found is None:
        raise _wrong("its kind is not known")
    return found


def _look(state: Mapping[str, object], kind: Kind) -> Look:
    colour, is_filled = state["colour"], state["is_filled"]
    if not isinstance(colour, str) or _COLOUR.fullmatch(colour) is None:
        raise _wrong("its colour is not #rrggbb")
    if not isinstance(is_filled, bool):
        raise _wrong("is_filled is neither true nor false")
    _check(not is_filled or kind in FILLABLE, f"a {kind} has no inside to fill")
    return Look(
        colour=colour,
        opacity=_whole(state["opacity"], "opacity", 0, 100),
        line_width=_whole(state["line_width"], "line_width", 1, WIDEST_LINE),
        is_filled=is_filled,
        text_size=_whole(state["text_size"], "text_size", SMALLEST_TEXT, LARGEST_TEXT),
        power=_whole(state["power"], "power", LEAST_POWER, GREATEST_POWER),
    )


def _keyframes(value: object, kind: Kind) -> tuple[Keyframe, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_KEYFRAMES:
        raise _wrong(f"it has 1 to {MOST_KEYFRAMES} keyframes")
    found: list[Keyframe] = []
    points = 0
    for one in value:
        if not isinstance(one, list) or len(one) != 2:
            raise _wrong("a keyframe is a stamp and points")
        geometry = _geometry(one[1], kind)
        points += len(geometry)
        _check(points <= MOST_POINTS, f"it has more than {MOST_POINTS} points")
        found.append(Keyframe(_whole(one[0], "a keyframe's stamp", -_MOST_64, _MOST_64), geometry))
        _check(len(found) < 2 or found[-2].pts < found[-1].pts, "its keyframes are not in order")
    return tuple(found)


def _geometry(value: object, kind: Kind) -> Geometry:
    fewest, most = FEWEST_MOST_POINTS[kind]
    if not isinstance(value, list) or not fewest <= len(value) <= most:
        raise _wrong(f"a {kind} has {fewest} to {most} points")
    return tuple(_pair(one, "a point", -FARTHEST, FARTHEST) for one in value)


def _pair(value: object, what: str, least: int, most: int) -> tuple[int, int]:
    one, other = _numbers(value, 2, what, least, most)
    return one, other


def _numbers(value: object, count: int, what: str, least: int, most: int) -> list[int]:
    if not isinstance(value, list) or len(value) != count:
        raise _wrong(f"{what} is {count} whole numbers")
    return [_whole(one, what, least, most) for one in value]


def _whole(value: object, what: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(f"{what} is a whole number from {least} to {most}")
    return value


def _id(value: object, what: str) -> str:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise _wrong(f"{what} is no id")
    return value


def _line(value: object, what: str, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or clean_line(value, limit=longest) != value:
        raise _wrong(f"{what} is no line of at most {longest} characters")
    return value


def _text(value: object, what: str, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or clean_lines(value, limit=longest) != value:
        raise _wrong(f"{what} is no text of at most {longest} characters")
    return value


def _check(is_right: bool, wrong: str) -> None:  # noqa: FBT001 - what is checked
    if not is_right:
        raise _wrong(wrong)


def _wrong(what: str) -> ShapeError:
    return ShapeError(
        f"This is no shape: {what}.",
        meaning="Nothing was taken in.",
        remedy="Ask whoever made it to export it again.",
    )
