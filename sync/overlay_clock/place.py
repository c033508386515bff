"""Finds where in the picture the clock is: the place whose text parses as a time and runs as the recording does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from evidence.times import NS_PER_S
from sync.overlay_clock.agreement import Piece, Seen, find_pieces
from sync.overlay_clock.clock_face import ClockFace, parse_face
from sync.overlay_clock.recogniser import Box, Line

_COUNTER_NS = 3 * NS_PER_S


@dataclass(frozen=True)
class Glance:
    """All text of one frame.

    Attributes:
        media_ns: the frame's stamp.
        lines: from top to bottom.
    """

    media_ns: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ClockPlace:
    """Where a clock is.

    Attributes:
        box: around its line of text in all frames.
        seen: what it showed.
        pieces: how that agrees.
        dated: dates that stand elsewhere in the same frames, with the stamp of each.
        is_counter: it shows how long the recording runs, and no time of day.
    """

    box: Box
    seen: tuple[Seen, ...]
    pieces: tuple[Piece, ...]
    dated: tuple[tuple[int, tuple[date, ...]], ...]
    is_counter: bool

    @property
    def is_dated(self) -> bool:
        """Whether a date stands in its line or elsewhere."""
        return bool(self.dated) or any(one.face.dates for one in self.seen)


def find_places(glances: Sequence[Glance], first_ns: int) -> tuple[ClockPlace, ...]:
    """Return the places of clocks that run, those with a date first, then the one that was read most often.

    Args:
        glances: frames spread over the recording.
        first_ns: stamp of its first frame.
    """
    candidates: list[list[tuple[int, Box, ClockFace]]] = []
    for glance in glances:
        for box, text in _texts(glance.lines):
            face = parse_face(text, mend=True)
            if face is None or face.time_ns is None:
                continue
            for group in candidates:
                if is_same_place(group[0][1], box):
                    group.append((glance.media_ns, box, face))
                    break
            else:
                candidates.append([(glance.media_ns, box, face)])
    found: list[ClockPlace] = []
    for group in candidates:
        by_frame = {media_ns: (box, face) for media_ns, box, face in group}
        seen = tuple(Seen(media_ns, face) for media_ns, (_, face) in sorted(by_frame.items()))
        pieces = find_pieces(seen)
        if not pieces or len(seen) * 2 < len(glances):
            continue
        box = reduce(Box.joined, (box for box, _ in by_frame.values()))
        dated = _dates_beside(glances) if not any(one.face.dates for one in seen) else ()
        is_counter = not dated and not any(one.face.dates for one in seen) and _counts(pieces, first_ns)
        found.append(ClockPlace(box, seen, pieces, dated, is_counter))
    return tuple(sorted(found, key=lambda one: (one.is_counter, not one.is_dated, -len(one.seen), _height(one))))


def find_candidates(glances: Sequence[Glance]) -> tuple[Box, ...]:
    """Return the places where a time of day was read in any frame, each once, the most frequent first."""
    found: list[list[Box]] = []
    for glance in glances:
        for box, text in _texts(glance.lines):
            face = parse_face(text, mend=True)
            if face is None or face.time_ns is None:
                continue
            for group in found:
                if is_same_place(group[0], box):
                    group.append(box)
                    break
            else:
                found.append([box])
    return tuple(reduce(Box.joined, group) for group in sorted(found, key=lambda one: -len(one)))


def _texts(lines: Sequence[Line]) -> list[tuple[Box, str]]:
    """Return each line, and lines that stand beside one another as one."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.box.left):
        for row in rows:
            last = row[-1].box
            is_level = abs(last.middle - line.box.middle) < min(last.height, line.box.height) / 2
            if is_level and line.box.left - last.right < 3 * max(last.height, line.box.height):
                row.append(line)
                break
        else:
            rows.append([line])
    return [(reduce(Box.joined, (one.box for one in row)), " ".join(one.untrusted_text for one in row)) for row in rows]


def is_same_place(one: Box, other: Box) -> bool:
    """Tell whether two boxes hold the same line of text, more or less of it."""
    overlap = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.height, other.height)
    return abs(one.middle - other.middle) < height / 2 and overlap > 0.5 * min(
        one.right - one.left, other.right - other.left
    )


def _dates_beside(glances: Sequence[Glance]) -> tuple[tuple[int, tuple[date, ...]], ...]:
    found = []
    for glance in glances:
        for _, text in _texts(glance.lines):
            face = parse_face(text)
            if face is not None and face.dates and face.time_ns is None:
                found.append((glance.media_ns, face.dates))
    return tuple(found)


def _counts(pieces: Sequence[Piece], first_ns: int) -> bool:
    """Return whether a clock without a date began at 0 with the recording: a counter."""
    begun = pieces[0].low_ns + first_ns
    return len(pieces) == 1 and -_COUNTER_NS <= begun <= _COUNTER_NS


def _height(place: ClockPlace) -> int:
    return -place.box.height
