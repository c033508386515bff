"""Marks on the incident: an instant, what a person says of it, who said so and when.

A mark is kept in incident time, so it stands where it was put whatever is learnt about a camera's clock later.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.times import IncidentTime

LONGEST_TEXT = 4_000
"""Characters that the text of a mark may have."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        id: permanent id (UUID as text).
        instant: what is marked, on the common clock.
        text: what a person says of it; one line, may be empty.
        by: who made it.
        created_ns: when, ns since the epoch by that machine's clock.
        changed_by: who changed it last.
        changed_ns: when, ns since the epoch by that machine's clock.
    """

    id: str
    instant: IncidentTime
    text: str
    by: str
    created_ns: int
    changed_by: str
    changed_ns: int
