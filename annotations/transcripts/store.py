"""Reads the transcripts of a case, as frozen records. From any thread."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from annotations.models import HistoryRow
from annotations.transcripts.models import CueRow, TranscriptRow
from annotations.transcripts.records import TranscriptBook
from annotations.transcripts.states import cue_record, transcript_record
from evidence.case_store import CaseStore

_KINDS = ("cue", "transcript")


def load_book(case: CaseStore) -> TranscriptBook:
    """Return every transcript of a case with all cues.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    transcripts = select(*TranscriptRow.__table__.columns)
    cues = select(*CueRow.__table__.columns).order_by(CueRow.recording_id, CueRow.start_ns, CueRow.end_ns, CueRow.id)
    with case.reading("reading the transcripts") as session:
        stamp = session.scalar(_newest()) or 0
        found = [transcript_record(row) for row in session.execute(transcripts)]
        kept = tuple(cue_record(row) for row in session.execute(cues))
    return TranscriptBook(tuple(sorted(found, key=lambda one: (one.name.casefold(), one.created_ns))), kept, stamp)


def book_stamp(case: CaseStore) -> int:
    """Return a number that is another after every change of a transcript; quick."""
    with case.reading("reading the transcripts") as session:
        return session.scalar(_newest()) or 0


def _newest() -> Select[int]:
    return select(func.max(HistoryRow.position)).where(HistoryRow.kind.in_(_KINDS))
