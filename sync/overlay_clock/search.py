"""Reads the burnt-in clocks of an open case and proposes what they say: an audited change by somebody."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from dataclasses import dataclass

from evidence.case import Case
from evidence.jobs import IsCancelled, Progress
from evidence.observations import Observation, SyncMethod
from evidence.program import program_name
from evidence.records import Recording
from sync.finder import Finder
from sync.overlay_clock import job
from sync.overlay_clock.child import ReadTask
from sync.overlay_clock.observe import OverlayFinding, observe_overlay
from sync.timeline import origin_ns


@dataclass(frozen=True)
class OverlaySearch:
    """What came of looking for burnt-in clocks.

    Attributes:
        findings: per recording that was looked at, what it came to.
        failures: recordings whose pictures could not be looked at, by id, with the reason.
    """

    findings: tuple[OverlayFinding, ...]
    failures: tuple[tuple[str, str], ...]

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What follows for the clocks, to be proposed."""
        return tuple(one for finding in self.findings for one in finding.observations)


def find_by_overlay(case: Case, *, by: str, progress: Progress, cancelled: IsCancelled) -> OverlaySearch:
    """Read burnt-in clocks, and propose what they say.

    Raises:
        UsageError: what reads text in pictures is not installed.
        Cancelled: as asked; nothing was changed.
    """
    found = look_for_clocks(case, progress=progress, cancelled=cancelled)
    case.add_observations(found.observations, by=by)
    return found


def look_for_clocks(case: Case, *, progress: Progress, cancelled: IsCancelled) -> OverlaySearch:
    """Read the clock of every recording that none was proposed of before. Nothing is changed.

    Recordings of one camera are to be proposed together: they show one clock, and stand or fall with it.

    Raises:
        UsageError: what reads text in pictures is not installed.
        Cancelled: as asked.
    """
    recordings = case.recordings()
    places = case.find_originals(recordings)
    done = {one.one.recording_id for one in case.observations() if one.method is SyncMethod.BURNT_IN_CLOCK}
    sources = tuple(
        job.OverlaySource(one.id, _task(one, bytes(place), one.video_stream))
        for one in recordings
        if one.video_stream is not None and one.id not in done and (place := places[one.id]) is not None
    )
    result = job.run(job.OverlayRequest(sources), progress, cancelled)
    finder = Finder(program_name(), time.time_ns(), lambda: str(uuid.uuid4()))
    known = {one.id: one for one in recordings}
    zone = case.info().time_zone
    groups: dict[str, list[str]] = defaultdict(lambda: [finder.new_id()])
    findings = tuple(
        observe_overlay(known[key], reading, zone, finder, groups[known[key].camera_id])
        for key, reading in result.readings
    )
    return OverlaySearch(findings, result.failures)


def search_words(search: OverlaySearch) -> str:
    """Return in words for people what came of a search."""
    proposed = [one for one in search.findings if one.observations]
    silent = [one for one in search.findings if not one.observations]
    words = f"{len(search.findings)} recordings were looked at: the clocks of {len(proposed)} are proposed below."
    if silent:
        words += f" Of {len(silent)} nothing is proposed; of the first, because: {silent[0].words}"
    if search.failures:
        words += f" The pictures of {len(search.failures)} could not be looked at: {search.failures[0][1]}"
    return words


def _task(recording: Recording, path_bytes: bytes, stream_index: int) -> ReadTask:
    first = origin_ns(recording)
    return ReadTask(path_bytes, recording.display_name, stream_index, first, first + recording.duration_ns)
