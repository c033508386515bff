"""Collects every statement, in a file or beside it, about when and by what it was recorded.

One module a sort of source; each has a function `collect(source) -> Found`, listed in `COLLECTORS`. Nothing is
weighed here: contradictions are kept and noted, and `sync.placement` decides.

To add a sort of source: 1. write a module with `collect`; 2. list it in `COLLECTORS`; 3. test it on bytes of its own
and, in `tests/evidence/test_claims_media.py`, on a real file.
"""

from __future__ import annotations

from collections.abc import Callable

from evidence.claims import avchd, container_tags, file_names, file_system, gpmf, gps_lines, places, riff, sidecars
from evidence.claims.contradictions import note_contradictions
from evidence.claims.source import ClaimSource, Found

COLLECTORS: tuple[Callable[[ClaimSource], Found], ...] = (
    gpmf.collect,
    gps_lines.collect,
    avchd.collect,
    riff.collect,
    sidecars.collect,
    container_tags.collect,
    file_names.collect,
    places.collect,
    file_system.collect,
)


def collect_claims(source: ClaimSource) -> Found:
    """Return everything that all collectors found, strongest sort of source first."""
    found = Found()
    for collect in COLLECTORS:
        found = found.merged(collect(source))
    return note_contradictions(_with_one_place(found), source.duration_ns)


def _with_one_place(found: Found) -> Found:
    """Keep the first statement of a place: telemetry is finer than tags."""
    places_found = [finding for finding in found.findings if finding.code.startswith("place")]
    findings = tuple(finding for finding in found.findings if finding not in places_found[1:])
    return Found(found.claims, found.hint, findings)
