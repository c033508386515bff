"""Words that go into a pack: those that an item's captions show, on recordings that are in it, within what it shows.

Only what is seen goes over: the words, who speaks, and the warning that a machine wrote them. The transcript's name,
the file that it came from and what was noticed in it stay behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from annotations.journal import Edit, Stamp, edit, put
from annotations.transcripts.records import Cue, Transcript, TranscriptBook
from annotations.transcripts.states import CUES, TRANSCRIPTS, cue_state, transcript_state
from courtroom.pack.needs import shown_span
from courtroom.run_sheet import RunSheet
from evidence.case_store import CaseStore
from evidence.frame_index import FrameIndex
from evidence.times import IncidentRange, IncidentTime
from sync.timeline import PlacedRecording, Timeline

_NAME = "Captions"


def needed_words(
    book: TranscriptBook, sheet: RunSheet, timeline: Timeline, find_index: Callable[[str], FrameIndex | None]
) -> TranscriptBook:
    """Return the cues that some frame of the run sheet shows as captions, without what is not seen of them."""
    wanted = [(item, span) for item in sheet.items if item.shows_captions and (span := shown_span(item)) is not None]
    spans: dict[str, tuple[str, PlacedRecording, list[IncidentRange]]] = {}
    for row in timeline.cameras:
        for one in row.placed:
            seen = [span for item, span in wanted if item.view is not None and row.camera.id in item.view.camera_ids]
            meeting = [span for span in seen if span.start < one.span.end and one.span.start < span.end]
            index = find_index(one.recording.id) if meeting else None
            whole = [_whole_frames(span, one, index) for span in meeting]
            if whole:
                spans[one.recording.id] = (row.camera.id, one, whole)
    cues: list[Cue] = []
    camera_of: dict[str, str] = {}
    for cue in book.cues:
        if cue.recording_id not in spans:
            continue
        camera_id, placed, shown = spans[cue.recording_id]
        start, end = (placed.incident_at_media_ns(moment) for moment in (cue.start_ns, cue.end_ns))
        if any(start < span.end and span.start < end for span in shown):
            cues.append(replace(cue, line=0))
            camera_of.setdefault(cue.transcript_id, camera_id)
    kept = tuple(_bare(one, camera_of[one.id]) for one in book.transcripts if one.id in camera_of)
    known = {one.id for one in kept}
    return TranscriptBook(kept, tuple(cue for cue in cues if cue.transcript_id in known))


def keep_words(extract: CaseStore, book: TranscriptBook, *, by: str) -> None:
    """Put transcripts into an extract. Raises as `CaseStore.change` says."""
    edits: list[Edit] = [
        put(TRANSCRIPTS, one.id, transcript_state(one), stamp=Stamp(by, one.changed_ns)) for one in book.transcripts
    ]
    edits += _cue_edits(book.cues, by)
    if edits:
        edit(extract, edits, by=by, label="captions of the run sheet")


def _cue_edits(cues: Iterable[Cue], by: str) -> list[Edit]:
    return [put(CUES, one.id, cue_state(one), stamp=Stamp(by, one.changed_ns)) for one in cues]


def _whole_frames(span: IncidentRange, placed: PlacedRecording, index: FrameIndex | None) -> IncidentRange:
    """Return what lies under the frames of which the span shows a part: a caption is shown on whole frames."""
    if index is None or not len(index):
        return span
    starts = placed.frame_starts(index)
    first = max(0, int(np.searchsorted(starts, span.start, side="right")) - 1)
    after = int(np.searchsorted(starts, span.end, side="left"))
    start = min(span.start, int(starts[first]))
    end = int(starts[after]) if after < len(starts) else placed.span.end
    return IncidentRange(IncidentTime(start), IncidentTime(max(span.end, end)))


def _bare(one: Transcript, camera_id: str) -> Transcript:
    return replace(
        one,
        name=_NAME,
        camera_id=camera_id,
        encoding="",
        source_name="",
        source_sha256="",
        source_bytes=0,
        placed="",
        notes=(),
        problems=(),
        uncounted=0,
        by="",
    )
