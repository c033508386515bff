"""When no camera of the case was recording, and how sure that is.

Every camera's runs may lie earlier or later by up to half its clock's 95 % interval, all of one camera together. A gap
is what lies between all that was recorded before it and all that was recorded after it; its least and greatest length
over all such places come from pairs of one camera before and one after. They are bounds, not the closest ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.times import DurationNs, IncidentRange, IncidentTime
from sync.runs import CameraRuns, Instants

_FAR = 2**62


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a recording, of one camera or of all.

    Attributes:
        start: end of what was recorded before; None where nothing was.
        end: start of what was recorded after; None where nothing was.
        at_least_ns: at least so long (95 %); 0 where the clocks leave open whether there was a gap at all; None where
            the uncertainty of a clock is not known, and where the gap has only one end.
        at_most_ns: at most so long (95 %), or None likewise.
        before: id of the camera that was recording until its start, or None.
        after: id of the camera that was recording from its end, or None.
        is_continued: the device itself went on: its recording after is the continuation of the one before.
    """

    start: IncidentTime | None
    end: IncidentTime | None
    at_least_ns: DurationNs | None
    at_most_ns: DurationNs | None
    before: str | None
    after: str | None
    is_continued: bool = False

    @property
    def length_ns(self) -> DurationNs | None:
        """How long, by the clocks as they are set; None where it has only one end."""
        return None if self.start is None or self.end is None else self.end - self.start

    @property
    def is_certain(self) -> bool:
        """Whether the clocks' uncertainty (95 %) leaves no doubt that there was a gap."""
        return self.start is None or self.end is None or bool(self.at_least_ns)

    def is_in(self, asked: IncidentRange) -> bool:
        """Tell whether some of it lies in a range."""
        return (self.start is None or self.start < asked.end) and (self.end is None or self.end > asked.start)


def camera_gaps(runs: CameraRuns) -> tuple[Gap, ...]:
    """Return the gaps between the runs of one camera."""
    found = []
    for number in range(len(runs) - 1):
        bounds = runs.gap_bounds(number)
        start, end = IncidentTime(int(runs.ends[number])), IncidentTime(int(runs.starts[number + 1]))
        camera = runs.camera.id
        is_continued = runs.is_continued[number]
        found.append(Gap(start, end, bounds.at_least_ns, bounds.at_most_ns, camera, camera, is_continued))
    return tuple(found)


def find_nobody(rows: Sequence[CameraRuns]) -> tuple[Gap, ...]:
    """Return the gaps between what all cameras recorded, by time; what lies before and after everything is not one."""
    rows = [row for row in rows if len(row)]
    if not rows:
        return ()
    starts, ends = _uncovered(rows)
    if not len(starts):
        return ()
    sides = [_Side.of(row, starts, ends) for row in rows]
    least, most, is_known = _lengths(rows, sides)
    before = np.argmax(np.stack([side.end_before for side in sides]), axis=0)
    after = np.argmin(np.stack([side.start_after for side in sides]), axis=0)
    return tuple(
        Gap(
            start=IncidentTime(int(starts[number])),
            end=IncidentTime(int(ends[number])),
            at_least_ns=max(0, int(least[number])) if is_known[number] else None,
            at_most_ns=int(most[number]) if most[number] < _FAR else None,
            before=rows[int(before[number])].camera.id,
            after=rows[int(after[number])].camera.id,
            is_continued=_is_continued(rows, sides, int(before[number]), int(after[number]), number),
        )
        for number in range(len(starts))
    )


def _uncovered(rows: Sequence[CameraRuns]) -> tuple[Instants, Instants]:
    """Return start and end of each stretch between the first start and the last end that no run covers."""
    starts = np.concatenate([row.starts for row in rows])
    order = np.argsort(starts, kind="stable")
    starts = starts[order]
    reach = np.maximum.accumulate(np.concatenate([row.ends for row in rows])[order])
    is_open = starts[1:] > reach[:-1]
    return reach[:-1][is_open], starts[1:][is_open]


@dataclass(frozen=True, eq=False)
class _Side:
    """What one camera says of each gap of all; every array is [gaps].

    Attributes:
        end_before: end of its last run before; -`_FAR` where it has none.
        start_after: start of its first run after; `_FAR` where it has none.
        own_slack: by how much its own gap may be longer or shorter; `_FAR` where that is not known.
        number: number of its run before, or -1.
    """

    end_before: Instants
    start_after: Instants
    own_slack: Instants
    number: NDArray[np.intp]

    @classmethod
    def of(cls, row: CameraRuns, starts: Instants, ends: Instants) -> _Side:
        """Look up every gap."""
        number = np.searchsorted(row.ends, starts, side="right") - 1
        following = np.searchsorted(row.starts, ends, side="left")
        end_before = np.where(number >= 0, row.ends[np.maximum(number, 0)], -_FAR)
        start_after = np.where(following < len(row), row.starts[np.minimum(following, len(row) - 1)], _FAR)
        slack = [_FAR if one is None else one for one in (*row.gap_slack_ns, None)]
        own = np.array(slack, dtype=np.int64)[np.maximum(number, 0)]
        return cls(end_before, start_after, own, number)


def _lengths(rows: Sequence[CameraRuns], sides: Sequence[_Side]) -> tuple[Instants, Instants, NDArray[np.bool_]]:
    """Return the least and the greatest length of each gap, and whether every clock that matters is known.

    For a camera before and another after, both clocks count with their whole half width; for one and the same, only
    the slack of its own gap. So each side needs its two most extreme cameras.
    """
    width = np.array([0 if row.half_width_ns is None else row.half_width_ns for row in rows], dtype=np.int64)[:, None]
    is_known_row = np.array([row.half_width_ns is not None for row in rows])[:, None]
    ends = np.stack([side.end_before for side in sides])
    starts = np.stack([side.start_after for side in sides])
    slack = np.stack([side.own_slack for side in sides])
    has_end, has_start = ends > -_FAR, starts < _FAR
    has_both = has_end & has_start
    own = starts - np.where(has_both, ends, 0)
    has_own = has_both & (slack < _FAR)
    least = np.minimum(
        np.where(has_own, own - slack, _FAR).min(axis=0),
        _least_of_others(np.where(has_end, ends + width, -_FAR), np.where(has_start, starts - width, _FAR)),
    )
    late = np.where(has_end & is_known_row, ends - width, -_FAR)
    early = np.where(has_start & is_known_row, starts + width, _FAR)
    most = np.minimum(np.where(has_own, own + slack, _FAR).min(axis=0), _least_of_others(late, early))
    is_known = np.logical_and.reduce(has_own | ~has_both, axis=0)
    if len(rows) > 1 and not is_known_row.all():
        is_known[:] = False
    return least, most, is_known


def _least_of_others(ends: Instants, starts: Instants) -> Instants:
    """Return the least `start - end` over pairs of two different cameras, [gaps]; arrays are [cameras, gaps]."""
    if len(ends) < 2:
        return np.full(ends.shape[1], _FAR, dtype=np.int64)
    each = np.arange(ends.shape[1])
    last, first = np.argmax(ends, axis=0), np.argmin(starts, axis=0)
    best_end, best_start = ends[last, each], starts[first, each]
    without_last, without_first = ends.copy(), starts.copy()
    without_last[last, each], without_first[first, each] = -_FAR, _FAR
    next_end, next_start = without_last.max(axis=0), without_first.min(axis=0)
    apart = _difference(best_end, best_start)
    either = np.minimum(_difference(next_end, best_start), _difference(best_end, next_start))
    result: Instants = np.where(last != first, apart, either)
    return result


def _difference(end: Instants, start: Instants) -> Instants:
    is_whole = (end > -_FAR) & (start < _FAR)
    result: Instants = np.where(is_whole, start - np.where(is_whole, end, 0), _FAR)
    return result


def _is_continued(rows: Sequence[CameraRuns], sides: Sequence[_Side], before: int, after: int, gap: int) -> bool:
    return before == after and rows[before].is_continued[int(sides[before].number[gap])]
