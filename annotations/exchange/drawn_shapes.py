"""Shapes for others and from others: Web Annotations with an SVG selector, and each shape's own state beside it.

The SVG says to any program where the shape is on its first frame; the state, as a text, says to Sightline everything,
to the last digit. A shape from elsewhere is taken where this case does not have it; where both have it and they differ,
that of the case stays, and that is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotations.journal import Edit, Stamp, history_of, put
from annotations.shapes.frames import is_on_frames
from annotations.shapes.record import SHAPES, load_shapes
from annotations.shapes.shape import Shape
from annotations.shapes.state import shape_from, state_of
from annotations.shapes.svg import svg_of
from annotations.shapes.trouble import ShapeError
from evidence.case import Case
from evidence.text import clean_line, clean_text
from evidence.times import NS_PER_S, iso_utc

KEY = "sightline:shape"
_FRAGMENTS = "http://www.w3.org/TR/media-frags/"
_SVG = "http://www.w3.org/TR/SVG2/"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9A-Za-z-]{1,36}")
_LONGEST_STATE = 8_000_000


@dataclass(frozen=True, slots=True)
class ForeignShape:
    """A shape from elsewhere, as a file tells of it; nothing of it is believed yet.

    Attributes:
        id: its permanent id.
        sha256: of the recording that it lies on.
        untrusted_state: its state, JSON as text.
        changed_by: who changed it last.
    """

    id: str
    sha256: str
    untrusted_state: str
    changed_by: str


def shape_annotations(shapes: Iterable[Shape], sha256_of: Mapping[str, str]) -> list[dict[str, object]]:
    """Return shapes as annotations; those on recordings that the case does not have any more are left out."""
    there = [shape for shape in shapes if shape.drawn.recording_id in sha256_of]
    return [_annotation(shape, sha256_of[shape.drawn.recording_id]) for shape in there]


def read_shape(annotation: Mapping[str, object]) -> ForeignShape:
    """Return the shape that an annotation with `KEY` tells of. Raises ValueError."""
    state, target, urn = annotation.get(KEY), annotation.get("target"), annotation.get("id")
    source = target.get("source") if isinstance(target, Mapping) else None
    sha256 = source.removeprefix("urn:sha256:") if isinstance(source, str) else ""
    shape_id = urn.removeprefix("urn:uuid:") if isinstance(urn, str) else ""
    changed_by = annotation.get("sightline:changedBy")
    if not isinstance(state, str) or len(state) > _LONGEST_STATE:
        raise ValueError("its shape cannot be read")
    if _SHA256.fullmatch(sha256) is None or _ID.fullmatch(shape_id) is None:
        raise ValueError("its shape does not say which it is, or on which recording")
    by = clean_line(changed_by, limit=200) if isinstance(changed_by, str) else ""
    return ForeignShape(shape_id, sha256, state, by or "unnamed")


def plan_shapes(case: Case, foreign: Iterable[ForeignShape]) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Return the edits that take over shapes from elsewhere, and in words which are not taken. From any thread."""
    mine = {shape.id: shape for shape in load_shapes(case)}
    id_of = {one.sha256: one.id for one in case.recordings()}
    edits: dict[str, Edit] = {}
    problems: list[str] = []
    for one in foreign:
        try:
            shape = _translated(case, one, id_of)
        except ShapeError as error:
            problems.append(f"The shape {one.id}: {clean_text(error.happened)}")
            continue
        own = mine.get(shape.id)
        if own is not None:
            if state_of(own) != state_of(shape):
                problems.append(f"The shape {one.id} is another one in this case; that of the case was kept.")
        elif shape.id in edits:
            problems.append(f"The shape {one.id} stands in the file twice; the first is taken.")
        elif history_of(case, shape.id):
            problems.append(f"The shape {one.id} was deleted in this case, and stays so.")
        else:
            edits[shape.id] = put(SHAPES, shape.id, state_of(shape), stamp=Stamp(one.changed_by, shape.created_ns))
    return tuple(edits.values()), tuple(problems)


def _translated(case: Case, one: ForeignShape, id_of: Mapping[str, str]) -> Shape:
    """Return a foreign shape in terms of this case. Raises ShapeError."""
    own = id_of.get(one.sha256)
    if own is None:
        raise ShapeError("It is on a recording that is not in this case.")
    try:
        untrusted = json.loads(one.untrusted_state)
    except (ValueError, RecursionError) as error:
        raise ShapeError("This is no shape: it is no JSON.") from error
    if isinstance(untrusted, dict):
        untrusted["recording"] = own
    shape = shape_from(untrusted, shape_id=one.id)
    index = case.frame_index(own)
    if index is None or not is_on_frames(shape.drawn, index):
        raise ShapeError("It does not lie on frames of its recording.")
    return shape


def _annotation(shape: Shape, sha256: str) -> dict[str, object]:
    drawn = shape.drawn
    says = drawn.label or drawn.text or drawn.kind.value
    return {
        "id": f"urn:uuid:{shape.id}",
        "type": "Annotation",
        "motivation": "highlighting",
        "creator": {"type": "Person", "name": shape.by},
        "created": iso_utc(shape.created_ns),
        "modified": iso_utc(shape.changed_ns),
        "body": [{"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": says}],
        "target": {
            "type": "SpecificResource",
            "source": f"urn:sha256:{sha256}",
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": _FRAGMENTS,
                "value": f"t={_seconds(drawn.start.ns)},{_seconds(drawn.end.ns)}",
                "refinedBy": {"type": "SvgSelector", "conformsTo": _SVG, "value": svg_of(drawn)},
            },
        },
        "sightline:changedBy": shape.changed_by,
        KEY: json.dumps(state_of(shape), ensure_ascii=False, separators=(",", ":")),
    }


def _seconds(ns: int) -> str:
    sign, ns = ("-" if ns < 0 else ""), abs(ns)
    return f"{sign}{ns // NS_PER_S}.{ns % NS_PER_S:09d}"
