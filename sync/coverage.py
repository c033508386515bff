"""Who was recording when: the answers to a reviewer's questions, each with the uncertainty of the clocks it rests on.

"By the clocks as they are set" is what the timeline shows. "At least" and "at most" are what holds wherever the clocks
may be within their 95 % intervals (`sync.runs`, `sync.nobody`). All of it is about what is in the case and has a place
in time: a recording without one, or one that nobody handed over, is not in it, and the answer counts the former.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

from evidence.records import Camera
from evidence.times import DurationNs, IncidentRange, IncidentTime
from sync.edges import SameMinute, find_same_minute
from sync.nobody import Gap, camera_gaps, find_nobody
from sync.runs import Bounds, CameraRuns, find_runs
from sync.sound_kept import NoSound, Silences, sound_of
from sync.timeline import CameraTimeline, Timeline


class Covers(StrEnum):
    """How much of a range a camera covers."""

    ALL = "all"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CameraCoverage:
    """One camera in a range.

    Attributes:
        camera: the device.
        covers: by its clock as it is set.
        is_certain: whether that holds wherever its clock may be (95 %); False where its uncertainty is not known, and
            where a recording of it without a place in time might change it.
        parts: when it was recording, within the range.
        covered: how long.
        half_width_ns: half the 95 % interval of its clock, or None.
        gaps: between its recordings, as far as they lie in the range; each in its full length.
        lacking_sound: stretches without sound that reach into the range; each in its full length.
        sound_unknown: ids of recordings in the range whose sound was not looked at.
        unplaced: how many of its recordings have no place in time.
    """

    camera: Camera
    covers: Covers
    is_certain: bool
    parts: tuple[IncidentRange, ...]
    covered: Bounds
    half_width_ns: DurationNs | None
    gaps: tuple[Gap, ...]
    lacking_sound: tuple[NoSound, ...]
    sound_unknown: tuple[str, ...]
    unplaced: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the same cameras were recording, by the clocks as they are set.

    Attributes:
        span: when.
        camera_ids: which, in the order of the tiles; none where nobody was.
    """

    span: IncidentRange
    camera_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RangeCoverage:
    """The answer for one range.

    Attributes:
        asked: the range.
        cameras: every camera of the case, in the order of the tiles.
        nobody: gaps between all that was recorded, as far as they lie in the range; each in its full length.
        nobody_ns: how much of the range nobody was recording, also before and after everything.
        together_ns: how much of it two or more cameras were recording at once.
        busiest: the first stretch in which most of them were; None where nobody was recording.
        same_minute: recordings of several cameras that start or end within a minute, in the range.
        unplaced: how many recordings have no place in time and are left out.
        is_whole: whether all that has a place lies in the range.
    """

    asked: IncidentRange
    cameras: tuple[CameraCoverage, ...]
    nobody: tuple[Gap, ...]
    nobody_ns: DurationNs
    together_ns: DurationNs
    busiest: Stretch | None
    same_minute: tuple[SameMinute, ...]
    unplaced: int
    is_whole: bool

    def that_cover(self, covers: Covers) -> tuple[CameraCoverage, ...]:
        """Return the cameras that cover so much of it."""
        return tuple(one for one in self.cameras if one.covers is covers)


@dataclass(frozen=True, eq=False)
class Coverage:
    """Answers questions about one timeline; frozen, and made anew with it.

    Attributes:
        timeline: the case on one clock.
        silences: what was found of the sound of recordings, as far as it was looked at.
    """

    timeline: Timeline
    silences: Silences = field(default_factory=dict)

    def whole(self) -> RangeCoverage | None:
        """Return the answer for all of the case, or None where nothing is placed."""
        span = self.timeline.span
        return self.in_range(span) if span is not None and span.duration_ns else None

    def in_range(self, asked: IncidentRange) -> RangeCoverage:
        """Return who was recording in a range. Raises ValueError where it has no length."""
        if not asked.duration_ns:
            raise ValueError("a range that is asked about has a length")
        cameras = tuple(
            self._camera(row, runs, gaps, asked)
            for row, runs, gaps in zip(self.timeline.cameras, self.runs, self._gaps, strict=True)
        )
        stretches = self.stretches(asked)
        span = self.timeline.span
        return RangeCoverage(
            asked=asked,
            cameras=cameras,
            nobody=tuple(gap for gap in self._nobody if gap.is_in(asked)),
            nobody_ns=sum(one.span.duration_ns for one in stretches if not one.camera_ids),
            together_ns=sum(one.span.duration_ns for one in stretches if len(one.camera_ids) > 1),
            busiest=_busiest(stretches),
            same_minute=tuple(
                one
                for one in self._same_minute
                if one.edges[0].instant <= asked.end and one.edges[-1].instant >= asked.start
            ),
            unplaced=len(self.timeline.unplaced),
            is_whole=span is None or (asked.start <= span.start and span.end <= asked.end),
        )

    def stretches(self, asked: IncidentRange) -> tuple[Stretch, ...]:
        """Return the range cut where a camera starts or stops, with who was recording in each piece."""
        edges = [np.array([asked.start, asked.end], dtype=np.int64)]
        for runs in self.runs:
            both = np.concatenate([runs.starts, runs.ends])
            edges.append(both[(both > asked.start) & (both < asked.end)])
        cuts = np.unique(np.concatenate(edges))
        recording: list[list[str]] = [[] for _cut in cuts[:-1]]
        for runs in self.runs:
            if len(runs):
                place = np.searchsorted(runs.starts, cuts[:-1], side="right") - 1
                is_on = (place >= 0) & (cuts[:-1] < runs.ends[np.maximum(place, 0)])
                for number in np.flatnonzero(is_on):
                    recording[number].append(runs.camera.id)
        return tuple(
            Stretch(IncidentRange(IncidentTime(int(start)), IncidentTime(int(end))), tuple(ids))
            for start, end, ids in zip(cuts[:-1], cuts[1:], recording, strict=True)
        )

    @cached_property
    def runs(self) -> tuple[CameraRuns, ...]:
        """The runs of every camera, in the order of the tiles."""
        return tuple(find_runs(row) for row in self.timeline.cameras)

    @cached_property
    def _gaps(self) -> tuple[tuple[Gap, ...], ...]:
        return tuple(camera_gaps(runs) for runs in self.runs)

    @cached_property
    def _nobody(self) -> tuple[Gap, ...]:
        return find_nobody(self.runs)

    @cached_property
    def _same_minute(self) -> tuple[SameMinute, ...]:
        return find_same_minute(self.runs)

    @cached_property
    def _unplaced(self) -> Counter[str]:
        return Counter(one.camera_id for one in self.timeline.unplaced)

    def _camera(
        self, row: CameraTimeline, runs: CameraRuns, gaps: Sequence[Gap], asked: IncidentRange
    ) -> CameraCoverage:
        covered = runs.covered(asked)
        unplaced = self._unplaced[row.camera.id]
        sounds = [
            (place.recording.id, sound_of(place, self.silences))
            for place in row.placed
            if place.span.start < asked.end and place.span.end > asked.start
        ]
        lacking = [one for _id, sound in sounds for one in sound.lacking]
        return CameraCoverage(
            camera=row.camera,
            covers=_covers(covered.nominal_ns, asked),
            is_certain=_is_certain(covered, asked) and not (unplaced and covered.nominal_ns < asked.duration_ns),
            parts=runs.parts(asked),
            covered=covered,
            half_width_ns=runs.half_width_ns,
            gaps=tuple(gap for gap in gaps if gap.is_in(asked)),
            lacking_sound=tuple(one for one in lacking if one.span.start < asked.end and one.span.end > asked.start),
            sound_unknown=tuple(recording_id for recording_id, sound in sounds if not sound.is_looked_at),
            unplaced=unplaced,
        )


def _busiest(stretches: Sequence[Stretch]) -> Stretch | None:
    """Return the first stretch in which most cameras were recording; None where none was in any."""
    return max((one for one in stretches if one.camera_ids), key=lambda one: len(one.camera_ids), default=None)


def _covers(covered_ns: DurationNs, asked: IncidentRange) -> Covers:
    if covered_ns == asked.duration_ns:
        return Covers.ALL
    return Covers.PART if covered_ns else Covers.NONE


def _is_certain(covered: Bounds, asked: IncidentRange) -> bool:
    """Tell whether the least and the most give the same answer, and all between them."""
    if covered.at_least_ns is None or covered.at_most_ns is None:
        return False
    if covered.nominal_ns and covered.nominal_ns < asked.duration_ns:
        return covered.at_least_ns > 0 and covered.at_most_ns < asked.duration_ns
    return covered.at_least_ns == covered.at_most_ns
