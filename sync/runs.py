"""When one camera was recording: its runs on the incident clock, and what its clock's uncertainty leaves of them.

A run is a stretch without a gap: recordings that touch or overlap are one. All ranges are half-open, to the nanosecond.

What is uncertain is taken to be the clock as a whole: somewhere within its 95 % interval the runs lie earlier or later
*together*. So the length of a gap between two recordings of one camera is known far better than when it was, and
"at least" and "at most" are the least and the most over all places within that interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from evidence.records import Camera, ClaimOrigin
from evidence.times import DurationNs, IncidentRange, IncidentTime, half_width_95
from sync.timeline import CameraTimeline, PlacedRecording

_UNMEASURED_RATE_PPM = 200
"""By how much a clock whose rate nobody measured may gain or lose (95 %); 145 ppm have been met in the field."""

Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A length of time with what the clocks leave open.

    Attributes:
        nominal_ns: by the clocks as they are set.
        at_least_ns: at least so long (95 %); None where a clock's uncertainty is not known.
        at_most_ns: at most so long (95 %); likewise.
    """

    nominal_ns: DurationNs
    at_least_ns: DurationNs | None
    at_most_ns: DurationNs | None


@dataclass(frozen=True, eq=False)
class CameraRuns:
    """The runs of one camera.

    Attributes:
        camera: the device.
        starts: when each run starts, ns, increasing; int64[runs].
        ends: when each run ends, ns, increasing; int64[runs].
        half_width_ns: half the 95 % interval of its clock, the worst of its recordings; None where that is not known.
        gap_slack_ns: by how much the gap after each run but the last may be longer or shorter (95 %), or None.
        is_continued: whether the device itself went on over that gap, so that it is one of stamps only.
    """

    camera: Camera
    starts: Instants
    ends: Instants
    half_width_ns: DurationNs | None
    gap_slack_ns: tuple[DurationNs | None, ...]
    is_continued: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def parts(self, asked: IncidentRange) -> tuple[IncidentRange, ...]:
        """Return when in a range it was recording, by its clock as it is set."""
        first = int(np.searchsorted(self.ends, asked.start, side="right"))
        end = int(np.searchsorted(self.starts, asked.end, side="left"))
        return tuple(
            IncidentRange(
                IncidentTime(max(asked.start, int(self.starts[number]))),
                IncidentTime(min(asked.end, int(self.ends[number]))),
            )
            for number in range(first, end)
        )

    def covered(self, asked: IncidentRange) -> Bounds:
        """Return how much of a range it was recording.

        Over the places its clock may have, that is a sum of straight pieces which bend only where an edge of a run
        meets an edge of the range: the least and the most are found at those places, exactly.
        """
        nominal = int(self._covered_if_late_by(asked, np.zeros(1, dtype=np.int64))[0])
        if not len(self):
            return Bounds(0, 0, 0)
        width = self.half_width_ns
        if width is None:
            return Bounds(nominal, None, None)
        edges = np.concatenate([self.starts, self.ends])
        bends = np.concatenate([asked.start - edges, asked.end - edges])
        late = np.concatenate([bends[np.abs(bends) <= width], np.array([-width, 0, width], dtype=np.int64)])
        found = self._covered_if_late_by(asked, late)
        return Bounds(nominal, int(found.min()), int(found.max()))

    def is_recording_at(self, instant: int) -> bool:
        """Tell whether it was recording, by its clock as it is set."""
        place = int(np.searchsorted(self.starts, instant, side="right")) - 1
        return place >= 0 and instant < int(self.ends[place])

    def gap_bounds(self, number: int) -> Bounds:
        """Return how long the gap after a run was."""
        length = int(self.starts[number + 1] - self.ends[number])
        slack = self.gap_slack_ns[number]
        if slack is None:
            return Bounds(length, None, None)
        return Bounds(length, max(0, length - slack), length + slack)

    def is_break(self, number: int) -> bool:
        """Tell whether recording did stop after a run, as far as the clock can tell."""
        if number == len(self) - 1:
            return True
        least = self.gap_bounds(number).at_least_ns
        return not self.is_continued[number] and (least is None or least > 0)

    @cached_property
    def _recorded_before(self) -> Instants:
        """How much was recorded before each run, ns; int64[runs + 1]."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.ends - self.starts)])

    def _covered_if_late_by(self, asked: IncidentRange, late: Instants) -> Instants:
        result: Instants = self._recorded_until(asked.end - late) - self._recorded_until(asked.start - late)
        return result

    def _recorded_until(self, instants: Instants) -> Instants:
        if not len(self):
            return np.zeros(len(instants), dtype=np.int64)
        place = np.searchsorted(self.starts, instants, side="right")
        last = np.maximum(place - 1, 0)
        inside = np.minimum(instants, self.ends[last]) - self.starts[last]
        result: Instants = np.where(place > 0, self._recorded_before[last] + inside, 0)
        return result


def find_runs(row: CameraTimeline) -> CameraRuns:
    """Return the runs of a camera; a recording without length is none."""
    runs: list[tuple[int, int]] = []
    slack: list[DurationNs | None] = []
    continued: list[bool] = []
    before: PlacedRecording | None = None
    for place in row.placed:
        span = place.span
        if not span.duration_ns:
            continue
        if runs and before is not None and span.start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], span.end))
        else:
            if runs and before is not None:
                slack.append(_slack_between(before, place, span.start - runs[-1][1]))
                continued.append(place.recording.continues == before.recording.id)
            runs.append((span.start, span.end))
        if before is None or span.end >= before.span.end:
            before = place
    return CameraRuns(
        camera=row.camera,
        starts=np.array([start for start, _end in runs], dtype=np.int64),
        ends=np.array([end for _start, end in runs], dtype=np.int64),
        half_width_ns=_worst_half_width(row.placed),
        gap_slack_ns=tuple(slack),
        is_continued=tuple(continued),
    )


def _worst_half_width(placed: Sequence[PlacedRecording]) -> DurationNs | None:
    sigmas = [place.sigma_ns for place in placed]
    known = [sigma for sigma in sigmas if sigma is not None]
    return half_width_95(max(known, default=0)) if len(known) == len(sigmas) else None


def _slack_between(one: PlacedRecording, other: PlacedRecording, length_ns: DurationNs) -> DurationNs | None:
    """Return by how much the gap between two recordings of one camera may be longer or shorter (95 %).

    Where the same kind of claim dates both, the clock's own error is in both and cancels; what is left is how finely
    the claims are written (a uniform error: resolution over the root of 12) and the clock's rate.
    """
    drift = length_ns * _UNMEASURED_RATE_PPM // 1_000_000
    origins = {None if place.claim is None else place.claim.origin for place in (one, other)}
    if one.claim is not None and other.claim is not None and len(origins) == 1 and ClaimOrigin.BY_HAND not in origins:
        square = one.claim.resolution_ns**2 + other.claim.resolution_ns**2
        return half_width_95(isqrt(square // 12)) + drift
    if one.sigma_ns is None or other.sigma_ns is None:
        return None
    return half_width_95(isqrt(one.sigma_ns**2 + other.sigma_ns**2)) + drift
