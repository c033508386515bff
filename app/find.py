"""Finds cameras, recordings, exhibits and marks by their words. Pure; a hit says where to jump."""

from __future__ import annotations

from dataclasses import dataclass

from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes
from evidence.times import IncidentTime

MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found.

    Attributes:
        kind: "Camera", "Recording" or "Mark".
        text: what it is called.
        words: where or when it is.
        camera_id: its camera, or None.
        recording_id: the recording, or None.
        instant: where to jump, or None where it has no place in time.
    """

    kind: str
    text: str
    words: str
    camera_id: str | None
    recording_id: str | None
    instant: IncidentTime | None


def find_hits(snapshot: CaseSnapshot, typed: str, times: LocalTimes) -> tuple[Hit, ...]:
    """Return what holds every word of `typed`, marks first, at most `MOST_HITS`."""
    words = typed.casefold().split()
    if not words:
        return ()
    hits = (hit for hit, text in _everything(snapshot, times) if all(word in text for word in words))
    return tuple(hit for hit, _number in zip(hits, range(MOST_HITS), strict=False))


def _everything(snapshot: CaseSnapshot, times: LocalTimes) -> list[tuple[Hit, str]]:
    found: list[tuple[Hit, str]] = []
    for mark in snapshot.marks:
        clock = times.clock(mark.instant)
        hit = Hit("Mark", mark.text or "(no words)", clock, None, None, mark.instant)
        found.append((hit, f"{mark.text} {mark.by} {clock}".casefold()))
    for camera in snapshot.cameras:
        own = snapshot.recordings_of(camera.id)
        place = next(
            (snapshot.place_by_recording[one.id] for one in own if one.id in snapshot.place_by_recording), None
        )
        instant = None if place is None else place.span.start
        hit = Hit("Camera", camera.name, camera.owner, camera.id, None, instant)
        device = f"{camera.make} {camera.model} {camera.serial}"
        found.append((hit, f"{camera.name} {camera.owner} {device}".casefold()))
    for recording in snapshot.recordings:
        place = snapshot.place_by_recording.get(recording.id)
        start = None if place is None else place.span.start
        where = "not on the timeline" if start is None else times.clock(start, 0)
        words = " · ".join(part for part in (recording.exhibit, where) if part)
        hit = Hit("Recording", recording.display_name, words, recording.camera_id, recording.id, start)
        found.append((hit, f"{recording.display_name} {recording.exhibit} {recording.sha256}".casefold()))
    return found
