"""Opens the database of a case, sets it up so that a kill loses nothing committed, and puts its errors into words.

SQLite in WAL mode with `synchronous=FULL`: a commit is on the disk when it returns. Transactions are begun by us and
not by the driver, so that what is read in one transaction belongs together and a change takes the write lock at its
start (https://docs.sqlalchemy.org/en/20/dialects/sqlite.html, "serializable isolation").

A case on read-only media has no place for SQLite's side files. Without a write-ahead file it is opened `immutable`;
with one (the case was copied while it was open, or after a kill) it is copied to a private temporary folder, so that
what stands in the write-ahead file is seen too.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from evidence.errors import CaseBusyError, CaseDamagedError, StorageError
from evidence.scratch import Scratch

_BUSY_MS = 5_000
_SIDE_FILES_BYTES = 128 * 1024
_FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
WRITES = "sightline_writes"
"""Execution option of connections that will write; they take the write lock when their transaction begins."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine, and the private copy it reads where the case itself could not be opened in place.

    Attributes:
        engine: for reading, from any thread.
        copy: the temporary folder of that copy, which `close` removes, or None.
    """

    engine: Engine
    copy: Scratch | None = None

    def close(self) -> None:
        """Close all connections; the last one to leave folds the write-ahead file into the database."""
        self.engine.dispose()
        if self.copy is not None:
            self.copy.close()


def open_for_writing(path: Path) -> Database:
    """Return the database of a case that may be changed. Nothing is read yet."""
    return Database(_engine(path, "rwc", pragmas=("journal_mode=WAL", "synchronous=FULL")))


def open_for_reading(path: Path, *, is_folder_writable: bool) -> Database:
    """Return the database of a case that will not be changed.

    Args:
        path: the database file.
        is_folder_writable: whether SQLite may put its side files beside it; then another program may write the case
            meanwhile, and this one sees every commit.

    Raises:
        OSError: a private copy is needed and cannot be made.
    """
    if is_folder_writable:
        return Database(_engine(path, "ro"))
    log = write_ahead_file(path)
    if not log.exists() or log.stat().st_size == 0:
        return Database(_engine(path, "ro&immutable=1"))
    return open_copy(path)


def open_copy(path: Path) -> Database:
    """Return a private copy of the database as it is now. Raises OSError where it cannot be made."""
    copy = Scratch("case")
    try:
        for source in (path, write_ahead_file(path)):
            if source.exists():
                shutil.copyfile(source, copy.folder / source.name)
    except OSError:
        copy.close()
        raise
    return Database(_engine(copy.folder / path.name, "rw", pragmas=("journal_mode=WAL",)), copy)


def write_ahead_file(path: Path) -> Path:
    """Return where SQLite keeps what is committed and not folded into the database yet."""
    return path.with_name(path.name + "-wal")


@contextlib.contextmanager
def storage_errors(doing: str, folder: Path | None = None) -> Iterator[None]:
    """Turn what the database and the disk raise into errors that people can act on.

    Args:
        doing: what was being done, to follow "while", for instance "saving the new name".
        folder: where the case lies, to tell a full disk from a failing one, as SQLite does not always.

    Raises:
        StorageError: the disk is full or failing.
        CaseBusyError: another program holds the database for too long.
        CaseDamagedError: the database cannot be read as one.
    """
    try:
        yield
    except OperationalError as error:
        raise _operational(error, doing, folder) from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig) or "encrypted" in str(error.orig):
            raise damaged(doing, str(error.orig)) from error
        raise
    except OSError as error:
        raise disk_error(error, doing) from error


def damaged(doing: str, detail: str) -> CaseDamagedError:
    """Return the error for a database that cannot be read as one."""
    return CaseDamagedError(
        f"The case's database is damaged ({detail}; while {doing}).",
        meaning="The originals are not touched by this, but what the case says of them cannot be relied on.",
        remedy="Keep the folder as it is, and go on from a backup of the case, or add the originals to a new one.",
    )


def disk_error(error: OSError, doing: str) -> StorageError:
    """Return the error for a disk that is full or failing."""
    if error.errno in _FULL_DISK:
        return _full(doing)
    return StorageError(
        f"The disk of the case reported an error while {doing}: {error.strerror or error}.",
        meaning="What was confirmed before is kept; this step was not.",
        remedy="Check the disk and its connection, then try again.",
    )


def _is_full(folder: Path | None) -> bool:
    """Tell whether a disk has no room for SQLite's side files; one that cannot be asked is not called full."""
    try:
        return folder is not None and shutil.disk_usage(folder).free < _SIDE_FILES_BYTES
    except OSError:
        return False


def _full(doing: str) -> StorageError:
    return StorageError(
        f"The disk of the case is full; this was noticed while {doing}.",
        meaning="What was confirmed before is kept and whole; this step was not completed.",
        remedy="Free some space on that disk, then do the same again: it goes on from where it stopped.",
    )


def _operational(
    error: OperationalError, doing: str, folder: Path | None
) -> StorageError | CaseBusyError | CaseDamagedError:
    said = str(error.orig)
    if "full" in said or (("I/O" in said or "unable to open" in said) and _is_full(folder)):
        return _full(doing)
    if "locked" in said or "busy" in said:
        return CaseBusyError(
            f"The case's database is held by another program (while {doing}).",
            meaning="Nothing was changed.",
            remedy="Wait until the other program has finished, or close it, and try again.",
        )
    if "no such table" in said or "no such column" in said:
        return damaged(doing, said)
    return StorageError(
        f"The case's database could not be used while {doing} ({said}).",
        meaning="What was confirmed before is kept; this step was not.",
        remedy="Check that the disk is there, has space and may be written, then try again.",
    )


def _engine(path: Path, mode: str, *, pragmas: tuple[str, ...] = ()) -> Engine:
    address = f"{path.absolute().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        with contextlib.ExitStack() as undo:
            undo.callback(connection.close)
            for pragma in ("foreign_keys=ON", "trusted_schema=OFF", *pragmas):
                connection.execute(f"PRAGMA {pragma}")
            undo.pop_all()
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin a transaction ourselves, as the driver is told not to; without the option it cannot write anything."""
    will_write = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if will_write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN")
