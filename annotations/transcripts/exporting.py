"""Chooses and words what a transcript file for others says. Pure: local times are written by whoever is asked to."""

from __future__ import annotations

from collections.abc import Callable

from annotations.transcripts.cue_times import CueTimes
from annotations.transcripts.writing import WrittenCue, WrittenTranscript
from evidence.errors import UsageError
from evidence.records import CaseInfo
from evidence.times import IncidentTime
from sync.timeline import Timeline, origin_ns


def choose_cues(
    times: CueTimes,
    info: CaseInfo,
    timeline: Timeline,
    local: Callable[[IncidentTime], str],
    *,
    recording_id: str = "",
    camera_id: str = "",
    transcript_id: str = "",
) -> WrittenTranscript:
    """Return the cues of a recording, a camera, a transcript, or of all, as they are to be written.

    Args:
        times: the cues on the incident clock.
        info: the case.
        timeline: of the case.
        local: writes local date and time.
        recording_id: only cues of this recording; they are counted from its first frame.
        camera_id: only cues of this camera.
        transcript_id: only cues of this transcript.

    Raises:
        UsageError: there is no such cue.
    """
    recording_by_id = {one.id: one for one in timeline.unplaced}
    recording_by_id |= {place.recording.id: place.recording for one in timeline.cameras for place in one.placed}
    names = {one.camera.id: one.camera.name for one in timeline.cameras}
    rows = [
        row
        for row, cue in enumerate(times.cues)
        if recording_id in ("", cue.recording_id)
        and camera_id in ("", times.camera_ids[row])
        and transcript_id in ("", cue.transcript_id)
        and cue.recording_id in recording_by_id
    ]
    if not rows:
        raise UsageError("There are no words to export.", remedy="Import or write a transcript first.")
    used = {times.cues[row].recording_id for row in rows}
    first = recording_by_id[next(iter(used))]
    zero = None if len(used) == 1 else _earliest(timeline, used)
    zero_words = f"Times count from the first frame of {first.display_name} (SHA-256 {first.sha256})."
    if zero is not None:
        zero_words = f"Times count from {local(zero)}, where the first of {len(used)} recordings starts."
        rows = [row for row in rows if times.start_of(row) is not None]
    written: list[WrittenCue] = []
    for row in rows:
        cue, start = times.cues[row], times.start_of(row)
        recording = recording_by_id[cue.recording_id]
        if zero is None or start is None:
            begin, end = cue.start_ns - origin_ns(recording), cue.end_ns - origin_ns(recording)
        else:
            begin, end = start - zero, int(times.ends[row]) - zero
        written.append(
            WrittenCue(
                start_ns=begin,
                end_ns=end,
                local="" if start is None else local(start),
                camera=names.get(times.camera_ids[row], ""),
                recording=recording.display_name,
                speaker=cue.speaker,
                text=cue.text,
                warning=times.transcript_by_id[cue.transcript_id].warning,
            )
        )
    title = " · ".join(part for part in (info.title, info.reference, "transcript") if part)
    return WrittenTranscript(title, (zero_words, *_sources(times, rows)), tuple(written))


def _earliest(timeline: Timeline, recording_ids: set[str]) -> IncidentTime:
    spans = [place.span for one in timeline.cameras for place in one.placed if place.recording.id in recording_ids]
    if not spans:
        raise UsageError(
            "These recordings have no place in time, so their words have no common order.",
            remedy="Export one recording at a time, or place them first.",
        )
    return min(span.start for span in spans)


def _sources(times: CueTimes, rows: list[int]) -> tuple[str, ...]:
    facts = []
    for transcript_id in dict.fromkeys(times.cues[row].transcript_id for row in rows):
        one = times.transcript_by_id[transcript_id]
        source = f", SHA-256 {one.source_sha256}" if one.source_sha256 else ""
        warning = f"; {one.warning}" if one.warning else ""
        facts.append(f"{one.name}: {one.kind} by {one.by} ({one.format}{source}){warning}.")
    return tuple(facts)
