"""Reads a case into a snapshot: everything that the window shows, in one go; from any thread."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from annotations.categories import load_categories
from annotations.mark_book import MarkBook
from annotations.marks import load_marks
from annotations.people import load_people
from annotations.shapes.record import load_shapes
from app.case_snapshot import CaseSnapshot
from evidence.case import Case
from evidence.records import Recording
from player.ui.timeline.lanes import make_lanes
from sync.timeline import build_timeline


def load_snapshot(case: Case) -> CaseSnapshot:
    """Read everything that the window shows; from any thread.

    Raises:
        CaseDamagedError: the case cannot be read.
    """
    info, cameras, settings = case.info(), case.cameras(), case.clock_settings()
    recordings, missing = _as_they_lie(case)
    timeline = build_timeline(cameras, recordings, settings, info.time_zone)
    return CaseSnapshot(
        folder=case.folder,
        info=info,
        cameras=cameras,
        recordings=recordings,
        refusals=case.refusals(),
        settings=settings,
        book=MarkBook.of(load_marks(case), load_categories(case), load_people(case), timeline),
        timeline=timeline,
        lanes=make_lanes(timeline),
        shapes=load_shapes(case),
        missing=missing,
        last_verification=case.last_verification(),
        observations=case.observations(),
    )


def _as_they_lie(case: Case) -> tuple[tuple[Recording, ...], frozenset[str]]:
    """Return the recordings with the paths at which their originals are now, and the ids of those that are missing."""
    recordings = case.recordings()
    places = case.find_originals(recordings)
    missing = frozenset(one.id for one in recordings if places[one.id] is None)
    return tuple(_at(one, places[one.id]) for one in recordings), missing


def _at(recording: Recording, place: Path | None) -> Recording:
    path_bytes = recording.path_bytes if place is None else os.fsencode(place)
    return recording if path_bytes == recording.path_bytes else replace(recording, path_bytes=path_bytes)
