"""What reading and changing a case stand on: transactions, and audit entries that cannot be forgotten.

A change and its audit entries are committed together, the entries in an outbox table. Then they are appended to
`audit.log`, fsynced, and ticked off. What a kill or a full disk interrupts is finished at the next change or opening.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evidence.audit import AuditEntry, JsonValue, LogAnchor, append_entries, new_entry
from evidence.audit_line import GENESIS, compose_line, entry_as_json, entry_from_json
from evidence.case_folder import AUDIT_LOG, WriteLock
from evidence.database import WRITES, Database, damaged, storage_errors
from evidence.errors import CaseError, CaseReadOnlyError, StorageError, UsageError
from evidence.models import AuditAnchorRow, AuditOutboxRow
from evidence.program import program_name
from evidence.text import clean_line, clean_text


class Change:
    """A change under way: its transaction, and the entries that will tell of it.

    Attributes:
        session: the transaction; commit and roll back are not yours to call.
        by: who makes the change, cleaned.
        now_ns: when, ns since the epoch by this machine's clock; the same for the whole change.
    """

    def __init__(self, session: Session, by: str) -> None:
        self.session = session
        self.by = by
        self.now_ns = time.time_ns()
        self.entries: list[AuditEntry] = []
        self.is_abandoned = False

    def tell(self, action: str, *, items: Iterable[str] = (), **details: JsonValue) -> None:
        """Say what was done.

        Args:
            action: `thing.done`, for instance `camera.renamed`.
            items: ids of what it was done to.
            details: plain JSON; texts are cleaned.
        """
        cleaned = {name: _cleaned(value) for name, value in details.items()}
        self.entries.append(new_entry(action, by=self.by, program=program_name(), items=items, details=cleaned))

    def abandon(self) -> None:
        """Undo whatever was begun when the block ends: it turned out that there was nothing to change."""
        self.is_abandoned = True


class CaseStore:
    """An open case, as far as transactions go. Usable from any thread; changes wait for one another.

    Attributes:
        folder: the case's folder, absolute.
        is_read_only: whether changes are refused.
        read_only_reason: why, in words for people; "" where the case can be changed.
    """

    def __init__(self, folder: Path, database: Database, lock: WriteLock | None, read_only_reason: str) -> None:
        self.folder = folder
        self.is_read_only = lock is None
        self.read_only_reason = read_only_reason
        self._database = database
        self._write_engine = database.engine.execution_options(**{WRITES: True})
        self._lock = lock
        self._turn = threading.RLock()
        self._is_changing = False
        self._whole: Change | None = None
        self._is_closed = False

    def close(self) -> None:
        """Write what is left to write and let others change the case; doing so twice is no fault."""
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            self._database.close()
            if self._lock is not None:
                self._lock.release()

    @contextlib.contextmanager
    def reading(self, what: str = "reading the case") -> Iterator[Session]:
        """Give a session that sees one state of the case, whatever is changed meanwhile. Nothing in it is saved.

        Raises:
            CaseDamagedError: the database cannot be read.
        """
        self._check_open()
        with storage_errors(what, self.folder), Session(self._database.engine) as session:
            yield session

    @contextlib.contextmanager
    def change(self, by: str, doing: str) -> Iterator[Change]:
        """Give a session within an audited change, also to the rooms above with tables of their own.

        When the block ends well, everything is committed in one transaction together with the entries it told of;
        then they are appended to `audit.log`. When it does not, nothing is changed.

        Args:
            by: who makes the change.
            doing: what is done, for error messages, for instance "renaming a camera".

        Raises:
            UsageError: nobody is named.
            CaseReadOnlyError: the case is open read-only.
            StorageError: the disk is full or failing. Where the text says that the change itself was saved, only its
                line in `audit.log` is outstanding.
        """
        who = clean_line(by, limit=200)
        if not who:
            raise UsageError("A change needs the name of who makes it.", remedy="Say who you are.")
        self.check_writable(doing)
        with self._turn:
            self._check_open()
            if self._whole is not None:
                yield from self._part_of(self._whole, who)
                return
            if self._is_changing:
                raise RuntimeError("changes do not nest: one change is one transaction")
            self._is_changing = True
            try:
                with storage_errors(doing, self.folder), Session(self._write_engine, expire_on_commit=False) as session:
                    change = Change(session, who)
                    yield change
                    self._commit(change)
            finally:
                self._is_changing = False
            if not change.is_abandoned:
                self.write_audit()

    @contextlib.contextmanager
    def one_step(self, by: str, doing: str) -> Iterator[None]:
        """Make all changes within the block one: either all of them are made, or none. Reading sees none of them yet.

        Each tells of itself as by itself; the entries are written together.

        Args:
            by: who makes them.
            doing: what is done, for error messages.

        Raises:
            UsageError: nobody is named.
            CaseReadOnlyError: the case is open read-only.
            StorageError: as by `change`.
        """
        with self.change(by, doing) as whole:
            self._whole = whole
            try:
                yield
            finally:
                self._whole = None
            if not whole.entries:
                whole.abandon()

    def _part_of(self, whole: Change, by: str) -> Iterator[Change]:
        """Give a change that is a part of a larger one; where it is abandoned, the rest of that stays."""
        part = Change(whole.session, by)
        part.now_ns = whole.now_ns
        with whole.session.begin_nested() as savepoint:
            yield part
            if part.is_abandoned:
                savepoint.rollback()
                return
            if not part.entries:
                raise RuntimeError("a change says what it did, or abandons it")
        whole.entries += part.entries

    @contextlib.contextmanager
    def deriving(self, what: str) -> Iterator[Session]:
        """Give a session that may change tables that only repeat what the case says otherwise, such as an index.

        Such a table can be thrown away and made anew, so the audit log is told nothing.
        Never change anything else here.

        Raises:
            CaseReadOnlyError: the case is open read-only.
            StorageError: the disk is full or failing.
        """
        self.check_writable(what)
        with self._turn:
            self._check_open()
            with storage_errors(what, self.folder), Session(self._write_engine) as session:
                yield session
                session.commit()

    def write_audit(self) -> None:
        """Append outstanding entries to `audit.log`, and put its end in order after a kill.

        Raises:
            StorageError: the disk does not take it; the entries wait in the case.
        """
        with self._turn:
            self._check_open()
            with storage_errors("reading the case", self.folder), Session(self._database.engine) as session:
                waiting = list(session.execute(select(AuditOutboxRow).order_by(AuditOutboxRow.position)).scalars())
                anchor = _anchor(session)
            try:
                entries = [entry_from_json(row.entry) for row in waiting]
            except ValueError as error:
                raise damaged("reading the audit entries", str(error)) from error
            try:
                reached = append_entries(self.folder / AUDIT_LOG, entries, anchor, program=program_name())
                if waiting or reached != anchor:
                    self._tick_off(waiting, reached)
            except (OSError, StorageError) as error:
                raise _log_not_written(error) from error

    def audit_anchor(self) -> LogAnchor:
        """Return where `audit.log` ends as far as the case knows; `evidence.audit.check_audit` compares it."""
        with self.reading() as session:
            return _anchor(session)

    def pending_events(self) -> frozenset[str]:
        """Return the ids of audit entries that are not known to be in `audit.log` yet."""
        with self.reading() as session:
            return frozenset(session.execute(select(AuditOutboxRow.event)).scalars())

    def _commit(self, change: Change) -> None:
        if change.is_abandoned:
            change.session.rollback()
            return
        if not change.entries:
            raise RuntimeError("a change says what it did, or abandons it")
        change.session.flush()
        for entry in change.entries:
            compose_line(entry, 1, GENESIS)  # raises where it is too long for the log, while all can be undone
            change.session.add(AuditOutboxRow(event=entry.event, entry=entry_as_json(entry)))
            change.session.flush()
        change.session.commit()

    def _tick_off(self, written: list[AuditOutboxRow], reached: LogAnchor) -> None:
        events = [row.event for row in written]
        with storage_errors("writing the audit log", self.folder), Session(self._write_engine) as session:
            session.execute(delete(AuditOutboxRow).where(AuditOutboxRow.event.in_(events)))
            row = session.get_one(AuditAnchorRow, 1)
            row.seq, row.sha256 = reached.seq, reached.sha256
            row.size_bytes, row.line_bytes = reached.size_bytes, reached.line_bytes
            session.commit()

    def _check_open(self) -> None:
        if self._is_closed:
            raise CaseError("The case has been closed.", remedy="Open it again.")

    def check_writable(self, doing: str) -> None:
        """Refuse what would end in a change before it begins. Raises CaseReadOnlyError."""
        if self.is_read_only:
            what = doing[:1].upper() + doing[1:]
            raise CaseReadOnlyError(
                f"{what} is not possible: the case is open read-only ({self.read_only_reason}).",
                meaning="Nothing was changed.",
                remedy="Free space on its disk, or copy it to a disk that can be written, and open it for changes.",
            )


def _anchor(session: Session) -> LogAnchor:
    row = session.get(AuditAnchorRow, 1)
    if row is None:
        raise damaged("reading the end of the audit log", "its anchor is missing")
    return LogAnchor(row.seq, row.sha256, row.size_bytes, row.line_bytes)


def _log_not_written(error: OSError | StorageError) -> StorageError:
    why = error.happened if isinstance(error, StorageError) else (error.strerror or str(error))
    return StorageError(
        f"The case's audit.log could not be written ({why.rstrip('.')}).",
        meaning="The change itself was saved and its entry waits in the case, so nothing is lost.",
        remedy="Free some space on the disk of the case, then go on.",
    )


def _cleaned(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (int, type(None))):
        return value
    if isinstance(value, dict):
        return {clean_text(str(name)): _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value]
