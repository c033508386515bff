"""Takes what was drawn in court, and captured there, into the case as shapes on the very frames that the court saw.

A capture is a PNG with a JSON file of the same name (`courtroom.ui.capture`). Nothing is taken in by itself: a person
chooses the captures. Each line becomes a freehand shape on that one frame, whose label says when it was drawn and by
whom. What is in the file is checked before it is believed:

1. The picture beside it is the one that was captured: its SHA-256 is the one that the file says.
2. The recording is one of this case, by its SHA-256.
3. Its frame table has a frame of that very stamp, and its picture is of that size.

A capture that was taken in before is not taken in twice; its shapes have ids that follow from the picture's hash.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.journal import Edit, Step, edit
from annotations.shapes.frames import has_frames, new_shape
from annotations.shapes.geometry import FARTHEST, FEWEST_MOST_POINTS, Geometry, Kind
from annotations.shapes.record import load_shapes, new_shape_edit
from annotations.shapes.shape import LONGEST_LABEL, WIDEST_LINE, Look
from evidence.case import Case
from evidence.errors import UsageError
from evidence.frame_index import FrameIndex
from evidence.records import Recording
from evidence.text import clean_line

COLOUR = "#ffd60a"
"""Of the presenter's pen."""

_LARGEST_BYTES = 50_000_000
_MOST_LINES = 2_000
_IDS = uuid.UUID("5b0c4a52-6c0e-4d53-9f4e-0d2f3a7c1e11")


@dataclass(frozen=True)
class TakenIn:
    """What came of it.

    Attributes:
        step: the change of the case, which can be undone; empty where all was there.
        taken: how many shapes are new.
        there: how many were in the case already.
    """

    step: Step
    taken: int
    there: int

    @property
    def words(self) -> str:
        """For people."""
        again = f" {self.there:,} had been taken in before." if self.there else ""
        shapes = "1 line that was drawn in court is" if self.taken == 1 else f"{self.taken:,} lines drawn in court are"
        return f"{shapes} now {'a shape' if self.taken == 1 else 'shapes'} on the frame that the court saw.{again}"


@dataclass(frozen=True)
class _Drawing:
    """What was drawn on one frame."""

    recording_id: str
    recording_name: str
    recording_sha256: str
    pts: int
    picture_size: tuple[int, int]
    line_width: int
    lines: tuple[Geometry, ...]
    label: str
    picture_sha256: str


def take_in(case: Case, captures: Sequence[Path], *, by: str) -> TakenIn:
    """Make shapes of what was drawn in captures, all or none.

    Args:
        case: that is open and can be changed.
        captures: the PNG or the JSON file of each.
        by: who takes them in.

    Raises:
        UsageError: a file is no such capture, its picture was changed, or it is not of this case.
        CaseReadOnlyError, StorageError: as `annotations.journal.edit` says; nothing was changed.
    """
    drawings = [one for path in captures for one in _read(path)]
    if not drawings:
        raise UsageError(
            "Nothing was drawn on a frame in what was chosen.",
            remedy="Choose a capture (C in court) that was made while a drawing was on the picture.",
        )
    there = {shape.id for shape in load_shapes(case)}
    edits = {one.item_id: one for drawing in drawings for one in _edits(case, drawing)}
    new = [one for shape_id, one in edits.items() if shape_id not in there]
    step = edit(case, new, by=by, label="taking in what was drawn in court")
    return TakenIn(step, len(new), len(edits) - len(new))


def _edits(case: Case, drawing: _Drawing) -> Iterator[Edit]:
    recording, index = _find(case, drawing)
    frame = None if index is None or not has_frames(index) else index.find_frame_at_pts(drawing.pts)
    stream = recording.video
    is_there = index is not None and frame is not None and int(index.pts[frame]) == drawing.pts
    if index is None or frame is None or stream is None or not is_there:
        raise _unusable(drawing.recording_name, "has no frame with the stamp that the capture names in this case")
    if (stream.width, stream.height) != drawing.picture_size:
        raise _unusable(drawing.recording_name, "has a picture of another size than the capture says")
    look = Look(colour=COLOUR, line_width=min(drawing.line_width, WIDEST_LINE))
    for number, line in enumerate(drawing.lines):
        drawn = new_shape(recording, index, (frame, frame), frame, kind=Kind.FREEHAND, geometry=line, look=look)
        name = f"{drawing.picture_sha256}/{drawing.recording_sha256}/{drawing.pts}/{number}"
        yield new_shape_edit(replace(drawn, label=drawing.label), str(uuid.uuid5(_IDS, name)))


def _find(case: Case, drawing: _Drawing) -> tuple[Recording, FrameIndex | None]:
    same = [one for one in case.recordings() if one.sha256 == drawing.recording_sha256]
    if not same:
        raise _unusable(drawing.recording_name, "is not in this case")
    found = next((one for one in same if one.id == drawing.recording_id), same[0])
    return found, case.frame_index(found.id)


def _read(chosen: Path) -> list[_Drawing]:
    """Read one capture. Raises UsageError where it is none."""
    path = chosen.with_suffix(".json")
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("too large")
        untrusted = json.loads(path.read_bytes())
        facts = _mapping(untrusted)
        digest = _text(facts, "sha256")
        frames = map(_mapping, _list(facts.get("frames")))
        drawings = [_drawing(facts, one, digest) for one in frames if "drawn" in one]
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{chosen.name} is no capture from court: {error}.",
            remedy="Choose a PNG that C made in court; the JSON file of the same name lies beside it.",
        ) from error
    try:
        with path.with_suffix(".png").open("rb") as file:
            is_same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        is_same = False
    if not is_same:
        raise UsageError(
            f"The picture {path.with_suffix('.png').name} is not there, or is not the one that was captured.",
            meaning="So nothing shows what was drawn, and nothing was taken in.",
            remedy="Copy the picture and its JSON file together from where they were captured.",
        )
    return drawings


def _drawing(facts: Mapping[str, object], frame: Mapping[str, object], digest: str) -> _Drawing:
    drawn = _mapping(frame["drawn"])
    wide, high = (_whole(one, 1, 65_536) for one in _list(drawn.get("picture_size"), most=2))
    label = f"Drawn in court, item {facts.get('item')}, {facts.get('captured')}, {facts.get('captured_by')}"
    return _Drawing(
        recording_id=_text(frame, "recording_id"),
        recording_name=clean_line(_text(frame, "recording"), limit=200),
        recording_sha256=_text(frame, "recording_sha256"),
        pts=_whole(frame.get("pts"), -(2**62), 2**62),
        picture_size=(wide, high),
        line_width=_whole(drawn.get("line_width"), 1, 2**31),
        lines=tuple(_line(one) for one in _list(drawn.get("lines"), most=_MOST_LINES)),
        label=clean_line(label, limit=LONGEST_LABEL),
        picture_sha256=digest,
    )


def _line(untrusted: object) -> Geometry:
    fewest, most = FEWEST_MOST_POINTS[Kind.FREEHAND]
    points = [_list(one, most=2) for one in _list(untrusted, most=most)]
    if len(points) < fewest or any(len(one) != 2 for one in points):
        raise ValueError("a line has fewer than two points")
    return tuple((_whole(x, -FARTHEST, FARTHEST), _whole(y, -FARTHEST, FARTHEST)) for x, y in points)


def _mapping(untrusted: object) -> Mapping[str, object]:
    if not isinstance(untrusted, dict):
        raise TypeError("it does not say what a capture says")
    return untrusted


def _list(untrusted: object, *, most: int = 1_000) -> list[object]:
    if not isinstance(untrusted, list) or len(untrusted) > most:
        raise ValueError("it does not say what a capture says")
    return untrusted


def _text(untrusted: Mapping[str, object], name: str) -> str:
    value = untrusted.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"it does not say its {name}")
    return value


def _whole(untrusted: object, least: int, most: int) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or not least <= untrusted <= most:
        raise ValueError("it has a number that cannot be")
    return untrusted


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(
        f"The recording {name} {why}.",
        meaning="What was drawn on it cannot be put on a frame; nothing was taken in.",
        remedy="Open the case from which the court pack was made.",
    )
