"""Keeps run sheets in the case: every save is a version with who and when, one of them is current.

Nothing is overwritten: going back to an older version makes that one current, and the newer ones stay. All calls may
come from any thread; each change is one audited transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courtroom.models import RunSheetRow, RunSheetVersionRow
from courtroom.run_sheet import RunSheet
from courtroom.run_sheet_json import from_json, to_json
from evidence.case_store import CaseStore
from evidence.errors import CaseDamagedError, NoSuchItemError


@dataclass(frozen=True, slots=True)
class SheetVersion:
    """One version of a run sheet.

    Attributes:
        sheet_id: the sheet.
        number: from 1, by the order of saving.
        title: the sheet's title in this version.
        sha256: of its JSON form, lower-case hex.
        saved_by: who saved it.
        saved_ns: when, ns since the epoch by that machine's clock.
        is_current: whether it is the one in force.
    """

    sheet_id: str
    number: int
    title: str
    sha256: str
    saved_by: str
    saved_ns: int
    is_current: bool


def list_run_sheets(case: CaseStore) -> tuple[SheetVersion, ...]:
    """Return the current version of every run sheet, the one saved last first.

    Raises:
        CaseDamagedError: the database cannot be read.
    """
    query = (
        select(RunSheetVersionRow)
        .join(RunSheetRow, RunSheetRow.id == RunSheetVersionRow.sheet_id)
        .where(RunSheetRow.deleted_ns.is_(None), RunSheetRow.current == RunSheetVersionRow.number)
        .order_by(RunSheetVersionRow.saved_ns.desc(), RunSheetVersionRow.sheet_id)
    )
    with case.reading("reading the run sheets") as session:
        return tuple(_record(row, row.number) for row in session.execute(query).scalars())


def list_versions(case: CaseStore, sheet_id: str) -> tuple[SheetVersion, ...]:
    """Return every version of a run sheet, the newest first. Raises NoSuchItemError, CaseDamagedError."""
    with case.reading("reading the run sheets") as session:
        sheet = _sheet_row(session, sheet_id)
        query = select(RunSheetVersionRow).where(RunSheetVersionRow.sheet_id == sheet_id)
        rows = session.execute(query.order_by(RunSheetVersionRow.number.desc())).scalars()
        return tuple(_record(row, sheet.current) for row in rows)


def load_run_sheet(case: CaseStore, sheet_id: str, number: int | None = None) -> RunSheet:
    """Return a run sheet: the current version, or the one with a number.

    Raises:
        NoSuchItemError: there is no such sheet or version.
        CaseDamagedError: what is kept is not what was saved.
        RunSheetTooNewError: a newer version of the program saved it.
    """
    with case.reading("reading a run sheet") as session:
        sheet = _sheet_row(session, sheet_id)
        row = session.get(RunSheetVersionRow, (sheet_id, sheet.current if number is None else number))
        if row is None:
            raise NoSuchItemError(
                f"The run sheet has no version {number}.", remedy="Look at the list of its versions again."
            )
        content = row.content.encode()
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise CaseDamagedError(
                f"Version {row.number} of the run sheet is not what was saved: its hash is another one.",
                meaning="It was not used; other versions may be whole.",
                remedy="Go back to another version, or to a backup of the case.",
            )
        return from_json(content)


def save_run_sheet(case: CaseStore, sheet: RunSheet, *, by: str) -> SheetVersion:
    """Keep a run sheet as a new version and make it current; what is as the current one is not saved again.

    Raises:
        NoSuchItemError: the sheet was deleted.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was saved.
    """
    content = to_json(sheet)
    sha256 = hashlib.sha256(content).hexdigest()
    with case.change(by, "saving a run sheet") as change:
        row = change.session.get(RunSheetRow, sheet.id)
        if row is None:
            row = RunSheetRow(id=sheet.id, current=0, created_by=change.by, created_ns=change.now_ns, deleted_ns=None)
            change.session.add(row)
            change.session.flush()
        elif row.deleted_ns is not None:
            raise _no_sheet(sheet.id)
        current = change.session.get(RunSheetVersionRow, (sheet.id, row.current))
        if current is not None and current.sha256 == sha256:
            change.abandon()
            return _record(current, row.current)
        latest = select(func.max(RunSheetVersionRow.number)).where(RunSheetVersionRow.sheet_id == sheet.id)
        version = RunSheetVersionRow(
            sheet_id=sheet.id,
            number=(change.session.execute(latest).scalar() or 0) + 1,
            title=sheet.title,
            content=content.decode(),
            sha256=sha256,
            saved_by=change.by,
            saved_ns=change.now_ns,
        )
        change.session.add(version)
        row.current = version.number
        change.tell(
            "runsheet.saved",
            items=[sheet.id],
            title=sheet.title,
            version=version.number,
            entries=len(sheet.items),
            sha256=sha256,
        )
        return _record(version, version.number)


def make_current(case: CaseStore, sheet_id: str, number: int, *, by: str) -> None:
    """Put a version in force, for instance to undo what was saved after it.

    Raises:
        NoSuchItemError: there is no such sheet or version.
        CaseReadOnlyError, StorageError, UsageError: as `CaseStore.change` says; nothing was changed.
    """
    with case.change(by, "going to another version of a run sheet") as change:
        row = _sheet_row(change.session, sheet_id)
        if change.session.get(RunSheetVersionRow, (sheet_id, number)) is None:
            raise NoSuchItemError(f"The run sheet has no version {number}.", remedy="Look at its versions again.")
        if row.current == number:
            change.abandon()
            return
        change.tell("runsheet.version_chosen", items=[sheet_id], version=number, version_before=row.current)
        row.current = number


def delete_run_sheet(case: CaseStore, sheet_id: str, *, by: str) -> None:
    """Take a run sheet out of sight; its versions and the audit log stay. Raises as `make_current`."""
    with case.change(by, "deleting a run sheet") as change:
        row = _sheet_row(change.session, sheet_id)
        row.deleted_ns = change.now_ns
        change.tell("runsheet.deleted", items=[sheet_id], version=row.current)


def _sheet_row(session: Session, sheet_id: str) -> RunSheetRow:
    row = session.get(RunSheetRow, sheet_id)
    if row is None or row.deleted_ns is not None:
        raise _no_sheet(sheet_id)
    return row


def _no_sheet(sheet_id: str) -> NoSuchItemError:
    return NoSuchItemError(f"The case has no run sheet {sheet_id}.", remedy="Look at the list of run sheets again.")


def _record(row: RunSheetVersionRow, current: int) -> SheetVersion:
    return SheetVersion(
        sheet_id=row.sheet_id,
        number=row.number,
        title=row.title,
        sha256=row.sha256,
        saved_by=row.saved_by,
        saved_ns=row.saved_ns,
        is_current=row.number == current,
    )
