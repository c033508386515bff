"""Finds the offsets on which readings of a clock agree: a clock that runs shows, at each moment, that moment plus one.

A reading that shows whole seconds bounds the offset of the clock from the file's own time to one second. The offset
that most bounds contain is the clock's; readings that do not contain it were read wrongly, or come from before or after
somebody set the clock: then there are several pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from evidence.times import DurationNs
from sync.overlay_clock.clock_face import DAY_NS, ClockFace

FASTEST_DRIFT = Fraction(300, 1_000_000)
_SLACK_NS = 120_000_000
"""A frame may be stamped, and its overlay painted, some time after it was taken."""

_LEAST = 3
_LEAST_SHARE = Fraction(4, 5)
_MOST_PIECES = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What a clock showed at a frame; the face has a time of day.

    Attributes:
        media_ns: the frame's stamp.
    """

    media_ns: int
    face: ClockFace


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a recording in which its clock ran without being set.

    Attributes:
        seen: the readings that agree, by time.
        low_ns: the clock less the file's own time is at least this, ns since midnight of the day of the first reading.
        high_ns: and less than this, give or take drift.
        others: how many readings within the stretch say otherwise.
    """

    seen: tuple[Seen, ...]
    low_ns: int
    high_ns: int
    others: int


def find_pieces(seen: Sequence[Seen]) -> tuple[Piece, ...]:
    """Return the pieces by time; none where too few readings agree to believe any of them."""
    ordered = sorted(seen, key=lambda one: one.media_ns)
    rest, found = list(ordered), list[Piece]()
    while len(rest) >= _LEAST and len(found) < _MOST_PIECES:
        piece = _largest(rest)
        if piece is None:
            break
        found.append(piece)
        rest = [one for one in rest if one not in piece.seen]
        if len(rest) < _LEAST:
            break
    found.sort(key=lambda one: one.seen[0].media_ns)
    for earlier, later in pairwise(found):
        if earlier.seen[-1].media_ns > later.seen[0].media_ns:
            return ()
    agreeing = sum(len(one.seen) for one in found)
    if agreeing < _LEAST or agreeing < _LEAST_SHARE * len(ordered):
        return ()
    if sum(not one.face.is_mended for piece in found for one in piece.seen) * 2 < agreeing:
        return ()
    return tuple(found)


def bounds_of(one: Seen, reference_ns: int) -> tuple[int, int]:
    """Return between which values the clock's offset lies, taken to the day that is nearest to a reference."""
    assert one.face.time_ns is not None
    low = one.face.time_ns - one.media_ns
    low -= (low - reference_ns + DAY_NS // 2) // DAY_NS * DAY_NS
    return low, low + one.face.step_ns


def slack_of(span_ns: DurationNs) -> DurationNs:
    """Return by how much bounds may miss one another over a span, for drift and late painting."""
    return _SLACK_NS + round(span_ns * FASTEST_DRIFT / 2)


def _largest(seen: Sequence[Seen]) -> Piece | None:
    """Return the readings that most agree, with those in between that do not counted."""
    slack = slack_of(seen[-1].media_ns - seen[0].media_ns)
    best: tuple[int, int, list[Seen]] | None = None
    for candidate in seen:
        reference = bounds_of(candidate, 0)[0]
        bounds = [bounds_of(one, reference) for one in seen]
        for point in {low for low, _ in bounds} | {high for _, high in bounds}:
            members = [
                one for one, (low, high) in zip(seen, bounds, strict=True) if low - slack <= point < high + slack
            ]
            if best is None or len(members) > len(best[2]):
                best = (point, reference, members)
        if best is not None and len(best[2]) == len(seen):
            break
    if best is None or len(best[2]) < _LEAST:
        return None
    first_bound = bounds_of(best[2][0], 0)[0]
    members = best[2]
    first_day = (first_bound + members[0].media_ns) // DAY_NS * DAY_NS
    bounds = [bounds_of(one, first_bound) for one in members]
    lows, highs = sorted(low for low, _ in bounds), sorted(high for _, high in bounds)
    low, high = lows[-1], highs[0]
    inside = sum(members[0].media_ns < one.media_ns < members[-1].media_ns for one in seen) - max(0, len(members) - 2)
    return Piece(tuple(members), min(low, high) - first_day, max(low, high) - first_day, max(0, inside))
