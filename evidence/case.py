"""A case: made in one step, opened for changes or read-only, read as frozen records, changed with an audit entry each.

Reading is in `evidence.case_reading`, changes are in `evidence.edits`, transactions in `evidence.case_store`.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from evidence.audit import LogAnchor, append_entries, new_entry
from evidence.case_folder import AUDIT_LOG, DATABASE, check_is_case, is_sealed, is_writable, making, take_lock
from evidence.case_reading import CaseReading, InterruptedBatch, LastVerification
from evidence.case_store import Change
from evidence.database import (
    WRITES,
    Database,
    open_copy,
    open_for_reading,
    open_for_writing,
    storage_errors,
)
from evidence.edits.batches import BatchEdits
from evidence.edits.cameras import CameraEdits
from evidence.edits.clocks import ClockEdits, check_time_zone
from evidence.edits.lookup import checked_line
from evidence.edits.observations import ObservationEdits
from evidence.edits.recordings import RecordingEdits
from evidence.edits.verifications import VerificationEdits
from evidence.errors import StorageError
from evidence.models import AuditAnchorRow, CaseInfoRow
from evidence.program import program_name, program_version
from evidence.rows import fit, new_id
from evidence.schema import needs_upgrade, upgrade
from evidence.text import clean_line, display_path

__all__ = ["Case", "Change", "InterruptedBatch", "LastVerification"]

_LONGEST_TITLE = 300


class Case(CaseReading, CameraEdits, RecordingEdits, ClockEdits, ObservationEdits, BatchEdits, VerificationEdits):
    """An open case. Close it, or use it as a context manager; usable from any thread."""

    @classmethod
    def create(cls, folder: Path, *, title: str, reference: str, by: str, time_zone: str = "Europe/London") -> Case:
        """Make a new case and open it. It comes to be in one step: there is never half a case at `folder`.

        Raises:
            CaseExistsError: something is there already.
            UsageError: the title, the zone or the name of who makes it is no good.
            StorageError: the disk does not take it.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links in the path stay as they are
        row = CaseInfoRow(
            id=new_id(),
            title=checked_line(title, "A case's title", longest=_LONGEST_TITLE),
            reference=checked_line(reference, "A case's reference", longest=_LONGEST_TITLE, may_be_empty=True),
            time_zone=check_time_zone(time_zone),
            created_ns=time.time_ns(),
            created_by=checked_line(by, "The name of who makes the case", longest=200),
            program_version=program_version(),
        )
        with (
            storage_errors(f"making the case {display_path(os.fsencode(folder))}", folder.parent),
            making(folder) as draft,
        ):
            _fill(draft, fit(row))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Case:
        """Open a case for changes; read-only where that was asked for or the disk allows nothing else.

        What a kill interrupted is finished first. Where the disk is full the case opens read-only, with the reason.
        A sealed case opens read-only wherever it lies, and not a byte is left beside it.

        Raises:
            NotACaseError: the folder holds no case.
            CaseTooNewError: it was written by a newer version of the program.
            CaseBusyError: another program has it open for changes; open it read-only then.
            CaseDamagedError: its database cannot be read.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links in the path stay as they are
        check_is_case(folder)
        if is_sealed(folder):
            return cls.open_sealed(folder)
        if read_only:
            return cls._open_to_read(folder, "as it was asked for", may_leave_files=is_writable(folder))
        if not is_writable(folder):
            return cls._open_to_read(folder, "its folder cannot be written", may_leave_files=False)
        try:
            return cls._open_to_write(folder)
        except StorageError as error:
            return cls._open_to_read(folder, error.happened.rstrip("."), may_leave_files=False)

    @classmethod
    def open_sealed(cls, folder: Path) -> Case:
        """Open a case that is part of a pack: read-only, and not a byte is left beside it. Raises as `open`."""
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links in the path stay as they are
        check_is_case(folder)
        return cls._open_to_read(folder, "it is sealed, as part of a pack", may_leave_files=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def _open_to_write(cls, folder: Path) -> Case:
        with contextlib.ExitStack() as undo:
            with storage_errors("opening the case", folder):
                lock = take_lock(folder)
                undo.callback(lock.release)
                database = open_for_writing(folder / DATABASE)
                undo.callback(database.close)
                if needs_upgrade(database.engine):
                    upgrade(database.engine)
            case = cls(folder, database, lock, "")
            case.write_audit()
            case.mark_interrupted()
            undo.pop_all()
        return case

    @classmethod
    def _open_to_read(cls, folder: Path, reason: str, *, may_leave_files: bool) -> Case:
        with storage_errors("opening the case", folder):
            database = _readable_database(folder / DATABASE, may_leave_files=may_leave_files)
        return cls(folder, database, None, reason)


def _readable_database(path: Path, *, may_leave_files: bool) -> Database:
    """Open a database to read; as a private copy where it cannot be read in place or is of an older version."""
    database = open_for_reading(path, is_folder_writable=may_leave_files)
    with contextlib.ExitStack() as undo:
        undo.callback(database.close)
        try:
            is_old = needs_upgrade(database.engine)
        except OperationalError:
            is_old = True  # it wants side files that cannot be made here
        if not is_old:
            undo.pop_all()
            return database
    copy = open_copy(path)
    with contextlib.ExitStack() as undo:
        undo.callback(copy.close)
        if needs_upgrade(copy.engine):
            upgrade(copy.engine)
        undo.pop_all()
    return copy


def _fill(draft: Path, info: CaseInfoRow) -> None:
    """Make the database and the first line of the audit log in a folder that is no case yet."""
    entry = new_entry(
        "case.created",
        by=clean_line(info.created_by),
        program=program_name(),
        items=[info.id],
        details={"title": info.title, "reference": info.reference, "time_zone": info.time_zone},
    )
    anchor = append_entries(draft / AUDIT_LOG, [entry], LogAnchor(), program=program_name())
    database = open_for_writing(draft / DATABASE)
    try:
        upgrade(database.engine)
        with Session(database.engine.execution_options(**{WRITES: True})) as session:
            session.add(info)
            session.add(
                AuditAnchorRow(
                    id=1,
                    seq=anchor.seq,
                    sha256=anchor.sha256,
                    size_bytes=anchor.size_bytes,
                    line_bytes=anchor.line_bytes,
                )
            )
            session.commit()
    finally:
        database.close()
