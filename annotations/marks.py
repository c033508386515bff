"""Marks on the incident: an instant, what a person says of it, who said so and when.

A mark is kept in incident time, so it stands where it was put whatever is learnt about a camera's clock later.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotations.models import MarkRow
from evidence.case_store import CaseStore
from evidence.errors import NoSuchItemError
from evidence.text import clean_line
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


def load_marks(case: CaseStore) -> tuple[Mark, ...]:
    """Return the marks of a case by time; those that were deleted are left out. From any thread.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    query = select(MarkRow).where(MarkRow.deleted_ns.is_(None)).order_by(MarkRow.instant_ns, MarkRow.id)
    with case.reading("reading the marks") as session:
        return tuple(_record(row) for row in session.execute(query).scalars())


def add_mark(case: CaseStore, instant: IncidentTime, text: str, *, by: str) -> Mark:
    """Put a mark on the incident and return it. From any thread.

    Raises:
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was marked.
    """
    with case.change(by, "adding a mark") as change:
        row = MarkRow(
            id=str(uuid.uuid4()),
            instant_ns=instant,
            text=clean_line(text, limit=LONGEST_TEXT),
            by=change.by,
            created_ns=change.now_ns,
            changed_by=change.by,
            changed_ns=change.now_ns,
        )
        change.session.add(row)
        change.tell("mark.added", items=[row.id], instant_ns=instant, text=row.text)
        return _record(row)


def set_mark_text(case: CaseStore, mark_id: str, text: str, *, by: str) -> None:
    """Change what a mark says; both texts are in the audit log. From any thread.

    Raises:
        NoSuchItemError: there is no such mark, or it was deleted.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    cleaned = clean_line(text, limit=LONGEST_TEXT)
    with case.change(by, "changing a mark") as change:
        row = _row(change.session, mark_id)
        if row.text == cleaned:
            change.abandon()
            return
        change.tell("mark.changed", items=[mark_id], text=cleaned, text_before=row.text)
        row.text, row.changed_by, row.changed_ns = cleaned, change.by, change.now_ns


def delete_mark(case: CaseStore, mark_id: str, *, by: str) -> None:
    """Take a mark out of sight; its row and the audit log keep it. From any thread.

    Raises:
        NoSuchItemError: there is no such mark, or it was deleted.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    with case.change(by, "deleting a mark") as change:
        row = _row(change.session, mark_id)
        row.deleted_ns, row.changed_by, row.changed_ns = change.now_ns, change.by, change.now_ns
        change.tell("mark.deleted", items=[mark_id], instant_ns=row.instant_ns, text=row.text)


def _row(session: Session, mark_id: str) -> MarkRow:
    row = session.get(MarkRow, mark_id)
    if row is None or row.deleted_ns is not None:
        raise NoSuchItemError(f"The case has no mark {mark_id}.", remedy="Look at the list of marks again.")
    return row


def _record(row: MarkRow) -> Mark:
    return Mark(
        id=row.id,
        instant=IncidentTime(row.instant_ns),
        text=row.text,
        by=row.by,
        created_ns=row.created_ns,
        changed_by=row.changed_by,
        changed_ns=row.changed_ns,
    )
