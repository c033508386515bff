"""Recordings of several cameras that start, or end, within the same minute: a fact with its times, and no more.

A recording in a case ends where the camera was stopped, where its battery gave out, or where somebody cut the file;
nothing here tells which. A stop after which the same camera goes on, as far as its clock can tell, is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evidence.times import NS_PER_S, DurationNs, IncidentTime
from sync.runs import CameraRuns, Instants

MINUTE_NS = 60 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a run of one camera starts or ends.

    Attributes:
        camera_id: whose.
        instant: when.
        half_width_ns: half the 95 % interval of its clock, or None.
    """

    camera_id: str
    instant: IncidentTime
    half_width_ns: DurationNs | None


@dataclass(frozen=True, slots=True)
class SameMinute:
    """Runs of at least two cameras that start, or end, within a minute by the clocks as they are set.

    Attributes:
        is_end: whether they end; else they start.
        edges: by time.
        spread_ns: from the first to the last.
        at_least_ns: the spread is at least this (95 %), or None where a clock's uncertainty is not known.
        at_most_ns: it is at most this (95 %), or None.
        cameras_before: how many cameras were recording just before the first.
        cameras_after: how many were recording just after the last.
    """

    is_end: bool
    edges: tuple[Edge, ...]
    spread_ns: DurationNs
    at_least_ns: DurationNs | None
    at_most_ns: DurationNs | None
    cameras_before: int
    cameras_after: int

    @property
    def is_certain(self) -> bool:
        """Whether the clocks' uncertainty (95 %) leaves no doubt that it was within a minute."""
        return self.at_most_ns is not None and self.at_most_ns < MINUTE_NS

    @property
    def is_everybody(self) -> bool:
        """Whether all cameras that were recording had stopped after it, or none was before it."""
        return (self.cameras_after if self.is_end else self.cameras_before) == 0


def find_same_minute(rows: Sequence[CameraRuns]) -> tuple[SameMinute, ...]:
    """Return the groups by time, starts before ends; no edge is in two, and the largest are taken first."""
    rows = [row for row in rows if len(row)]
    counts = _Counts.of(rows)
    found = [*_groups(rows, counts, is_end=False), *_groups(rows, counts, is_end=True)]
    return tuple(sorted(found, key=lambda one: (one.edges[0].instant, one.is_end)))


def _groups(rows: Sequence[CameraRuns], counts: _Counts, *, is_end: bool) -> Iterator[SameMinute]:
    edges = sorted(_edges(rows, is_end=is_end), key=lambda edge: (edge.instant, edge.camera_id))
    instants = np.array([edge.instant for edge in edges], dtype=np.int64)
    for first, end in _dense_parts(instants):
        part = tuple(edges[first:end])
        if len({edge.camera_id for edge in part}) > 1:
            yield _group(part, counts, is_end=is_end)


def _edges(rows: Sequence[CameraRuns], *, is_end: bool) -> Iterator[Edge]:
    for row in rows:
        for number in range(len(row)):
            run_before = number if is_end else number - 1
            if run_before < 0 or row.is_break(run_before):
                instant = (row.ends if is_end else row.starts)[number]
                yield Edge(row.camera.id, IncidentTime(int(instant)), row.half_width_ns)


def _dense_parts(instants: Instants) -> Iterator[tuple[int, int]]:
    """Yield parts of at least two instants that lie within a minute: the fullest first, then what it leaves."""
    reach = np.searchsorted(instants, instants + MINUTE_NS, side="left")
    waiting = [(0, len(instants))]
    while waiting:
        first, end = waiting.pop()
        if end - first < 2:
            continue
        counts = np.minimum(reach[first:end], end) - np.arange(first, end)
        best = first + int(np.argmax(counts))
        best_end = best + int(counts[best - first])
        if best_end - best < 2:
            continue
        yield best, best_end
        waiting += [(first, best), (best_end, end)]


def _group(edges: tuple[Edge, ...], counts: _Counts, *, is_end: bool) -> SameMinute:
    first, last = edges[0].instant, edges[-1].instant
    widths = [edge.half_width_ns for edge in edges]
    known = [width for width in widths if width is not None]
    least: DurationNs | None = None
    most: DurationNs | None = None
    if len(known) == len(edges):
        early = [edge.instant - width for edge, width in zip(edges, known, strict=True)]
        late = [edge.instant + width for edge, width in zip(edges, known, strict=True)]
        least, most = max(0, max(early) - min(late)), max(late) - min(early)
    return SameMinute(
        is_end=is_end,
        edges=edges,
        spread_ns=last - first,
        at_least_ns=least,
        at_most_ns=most,
        cameras_before=counts.at(first - 1),
        cameras_after=counts.at(last),
    )


@dataclass(frozen=True, eq=False)
class _Counts:
    """How many cameras were recording at any instant."""

    starts: Instants
    ends: Instants

    @classmethod
    def of(cls, rows: Sequence[CameraRuns]) -> _Counts:
        """Sort the edges of all runs."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(
            np.sort(np.concatenate([nothing, *(row.starts for row in rows)])),
            np.sort(np.concatenate([nothing, *(row.ends for row in rows)])),
        )

    def at(self, instant: int) -> int:
        """Return how many were recording."""
        started = int(np.searchsorted(self.starts, instant, side="right"))
        return started - int(np.searchsorted(self.ends, instant, side="right"))
