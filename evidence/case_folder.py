"""The folder of a case: what lies where, who may write it now, and how a new one comes to be in one step."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from evidence.atomic_file import sync_file, sync_folder
from evidence.errors import CaseBusyError, CaseExistsError, NotACaseError, StorageError
from evidence.program import program_name
from evidence.text import clean_text, display_path

DATABASE = "case.db"
AUDIT_LOG = "audit.log"
LOCK = "case.lock"
SEAL = "SEALED.txt"
FOLDERS = ("vault", "derived", "exports")
SUFFIX = ".sightline"

_ATTEMPTS = 4
_NOT_EMPTY = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EACCES, errno.EPERM})


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Give a temporary sibling to fill, which becomes `folder` when the block ends well and is gone when it does not.

    An empty folder of that name gives way; nothing else does.

    Raises:
        CaseExistsError: something is there already.
        OSError: the disk does not take it.
    """
    _refuse_to_overwrite(folder)
    draft = folder.with_name(f".{folder.name[:80]}.{secrets.token_hex(6)}.new")
    draft.mkdir(parents=True)
    try:
        for name in FOLDERS:
            (draft / name).mkdir()
        yield draft
        _sync(draft)
        _refuse_to_overwrite(folder)
        if sys.platform == "win32" and folder.exists():
            folder.rmdir()
        _take_name(draft, folder)
    finally:
        if draft.exists():
            shutil.rmtree(draft, ignore_errors=True)
    sync_folder(folder.parent)


def check_is_case(folder: Path) -> None:
    """Raise NotACaseError where the folder holds no case."""
    if (folder / DATABASE).is_file():
        return
    name = display_path(os.fsencode(folder))
    what = "is not there" if not folder.exists() else "is not a Sightline case (it has no case.db)"
    raise NotACaseError(
        f"{name} {what}.",
        meaning="Nothing was opened.",
        remedy="Choose the folder that holds case.db and audit.log; its name usually ends in .sightline.",
    )


def is_writable(folder: Path) -> bool:
    """Tell whether this user may change the case where it lies, also with regard to read-only media."""
    parts = (folder, folder / DATABASE, folder / AUDIT_LOG)
    return all(os.access(part, os.W_OK) for part in parts if part == folder or part.exists())


def is_sealed(folder: Path) -> bool:
    """Tell whether the case is part of something that was made whole and must stay so, such as a court pack."""
    return (folder / SEAL).exists()


def path_from_case(path_bytes: bytes, folder: Path) -> bytes:
    """Return where a file lies as seen from the case folder, or b"" where no such way leads there (other drives)."""
    try:
        return os.path.relpath(path_bytes, os.fsencode(folder))
    except ValueError:
        return b""


class WriteLock:
    """Held by the one program that may change a case; the system lets it go when that program ends, however it ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def release(self) -> None:
        """Let others write the case; doing so twice is no fault."""
        self._file.close()


def take_lock(folder: Path, name: str = LOCK) -> WriteLock:
    """Return the lock on a case, or say who has it.

    Args:
        folder: of the case.
        name: of the file in it that is locked; another one for folders that are no cases.

    Raises:
        CaseBusyError: another program, or another part of this one, has the case open for changes.
        StorageError: the disk cannot lock files.
        OSError: the lock file cannot be made.
    """
    file = (folder / name).open("a+b")
    try:
        for attempt in range(_ATTEMPTS):
            with contextlib.suppress(BlockingIOError):
                _lock(file)
                _sign(file)
                return WriteLock(file)
            if attempt + 1 < _ATTEMPTS:  # somebody may have been looking whether it is held
                time.sleep(0.05)
    except OSError as error:
        file.close()
        raise StorageError(
            "The disk of the case cannot tell programs apart that write at the same time (it has no file locks).",
            meaning="Two programs could damage the case, so it was not opened for changes.",
            remedy="Copy the case to a local disk, or open it read-only.",
        ) from error
    busy = _busy(file)
    file.close()
    raise busy


def _sign(file: IO[bytes]) -> None:
    """Write who holds the lock; this only serves the message that others get."""
    holder = {"program": program_name(), "pid": os.getpid(), "host": socket.gethostname()}
    with contextlib.suppress(OSError):  # a full disk: the lock holds without a signature
        file.truncate(0)
        file.write(json.dumps(holder).encode())
        file.flush()


def is_locked(folder: Path, name: str = LOCK) -> bool:
    """Tell whether some program has the case open for changes, as far as can be seen from here; as `take_lock`."""
    try:
        with (folder / name).open("rb") as file:
            _lock(file)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(2**30)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _busy(file: IO[bytes]) -> CaseBusyError:
    return CaseBusyError(
        f"The case is open for changes elsewhere{_holder(file)}.",
        meaning="Only one program may change a case at a time; nothing was changed here.",
        remedy="Close it there, or open it read-only here.",
    )


def _holder(file: IO[bytes]) -> str:
    """Return who holds the lock, as far as the file says; it may have been written by anybody."""
    try:
        file.seek(0)
        untrusted_holder = json.loads(file.read(1_000))
        program, pid, host = (clean_text(str(untrusted_holder[key]), limit=80) for key in ("program", "pid", "host"))
    except (ValueError, TypeError, KeyError, OSError):
        return ""
    return f" ({program}, process {pid} on {host})"


def _refuse_to_overwrite(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    is_empty = folder.is_dir() and not folder.is_symlink() and next(folder.iterdir(), None) is None
    if not is_empty:
        raise _exists(folder)


def _exists(folder: Path) -> CaseExistsError:
    what = "a case already" if (folder / DATABASE).exists() else "something already"
    return CaseExistsError(
        f"There is {what} at {display_path(os.fsencode(folder))}.",
        meaning="It was left as it is; no case was made.",
        remedy="Choose another name, or open the case that is there.",
    )


def _take_name(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError as error:
        if error.errno in _NOT_EMPTY and folder.exists():
            raise _exists(folder) from error
        raise


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)
