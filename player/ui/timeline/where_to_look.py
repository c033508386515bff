"""Which stretch of a case the timeline opens on, and where it looks after a clock was changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime
from player.ui.timeline.lanes import Lanes
from player.ui.timeline.time_view import TimeView

_LEAST_PAUSE_NS = 3_600 * NS_PER_S
"""A pause in which no camera was recording parts a case in two only where it is longer than this."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the timeline shows first.

    Attributes:
        span: the stretch in which the cameras recorded most.
        outside: how many recordings lie before or after it.
    """

    span: IncidentRange
    outside: int


def find_opening(lanes: Lanes) -> Opening | None:
    """Return the stretch to open on, or None where nothing is placed.

    A single old clip must not make the incident a speck: pauses of every camera that are longer than all that was
    recorded part the case into stretches, and the one with the most recorded time is shown.
    """
    moments, counts = lanes.coverage
    if lanes.span is None or not len(moments):
        return None if lanes.span is None else Opening(lanes.span, 0)
    is_on = counts > 0
    starts = moments[is_on & ~np.concatenate([[False], is_on[:-1]])]
    ends = moments[~is_on & np.concatenate([[False], is_on[:-1]])]
    pause: DurationNs = max(_LEAST_PAUSE_NS, int((ends - starts).sum()))
    breaks = np.flatnonzero(starts[1:] - ends[:-1] > pause)
    firsts, lasts = starts[np.append(0, breaks + 1)], ends[np.append(breaks, len(ends) - 1)]
    recorded = np.concatenate([[0.0], np.cumsum(counts[:-1].astype(float) * np.diff(moments))])
    weights = recorded[np.searchsorted(moments, lasts)] - recorded[np.searchsorted(moments, firsts)]
    best = int(np.argmax(weights))
    span = IncidentRange(IncidentTime(int(firsts[best])), IncidentTime(int(lasts[best])))
    before, after = lanes.counts_outside(span.start, span.end)
    return Opening(span if before or after else lanes.span, before + after)


def followed_view(view: TimeView, before: Lanes, after: Lanes, focus: str | None) -> TimeView:
    """Return where to look once the lanes are others: the same stretch, or where what was seen in it has gone.

    It moves only where everything went out of sight: then with a recording that was on screen, of the camera with the
    focus where there is one, and the one nearest to the middle.
    """
    if len(after.bars(view, range(len(after.lanes)))):
        return view
    middle = view.start_ns + view.length_ns // 2
    nearest: tuple[tuple[bool, int], int] | None = None
    for lane in before.lanes:
        for place in lane.placed:
            if place.span.end <= view.start_ns or place.span.start >= view.end_ns:
                continue
            found = after.find_place(place.recording.id)
            rank = (lane.camera_id != focus, max(place.span.start - middle, middle - place.span.end, 0))
            if found is not None and (nearest is None or rank < nearest[0]):
                nearest = (rank, found.span.start - place.span.start)
    return view if nearest is None else view.panned(nearest[1] * view.width // view.length_ns)
