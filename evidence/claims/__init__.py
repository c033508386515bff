"""Collects every statement, in a file or beside it, about when and by what it was recorded.

One module a sort of source; each has a function `collect(source) -> Found`, listed in `COLLECTORS`. Nothing is
weighed here: contradictions are kept and noted, and `sync.placement` decides.

To add a sort of source: 1. write a module with `collect`; 2. list it in `COLLECTORS`; 3. test it on bytes of its own
and, in `tests/evidence/test_claims_media.py`, on a real file.
"""

from __future__ import annotations

from collections.abc import Callable

from evidence.claims import container_tags, file_names, file_system
from evidence.claims.contradictions import note_contradictions
from evidence.claims.source import ClaimSource, Found

COLLECTORS: tuple[Callable[[ClaimSource], Found], ...] = (
    container_tags.collect,
    file_names.collect,
    file_system.collect,
)


def collect_claims(source: ClaimSource) -> Found:
    """Return everything that all collectors found, strongest sort of source first."""
    found = Found()
    for collect in COLLECTORS:
        found = found.merged(collect(source))
    return note_contradictions(found, source.duration_ns)
