"""What is typed into the search box, made ready to be asked: times are read in the case's zone. Pure."""

from __future__ import annotations

from dataclasses import replace

from annotations.finding.query import FindQuery, read_query
from annotations.finding.sources import SOURCES
from app.typed_time import TypedTimeContext, parse_time
from courtroom.sheet_finding import SHEET_ITEMS
from evidence.errors import NoTimeError
from evidence.times import IncidentTime

FOUND = (*SOURCES, SHEET_ITEMS)
"""Everything that can be found in a case."""

FILTER_FORMS = ("camera:412", 'person:"Jo Grey"', "tag:weapon", "kind:words", "from:21:30", "to:21:45")
"""One example of each filter that can be typed."""


def make_query(typed: str, context: TypedTimeContext) -> FindQuery:
    """Return what a typed text asks for; a time that cannot be understood is told in a note and left out."""
    query = read_query(typed)
    since, first_note = _instant(query.typed_since, context)
    until, second_note = _instant(query.typed_until, context)
    notes = tuple(note for note in (first_note, second_note) if note)
    return replace(query, since=since, until=until, notes=(*query.notes, *notes))


def _instant(typed: str, context: TypedTimeContext) -> tuple[IncidentTime | None, str]:
    if not typed:
        return None, ""
    try:
        return parse_time(typed, context).instant, ""
    except NoTimeError as error:
        return None, error.happened
