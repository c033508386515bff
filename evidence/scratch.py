"""Temporary folders that outlive no program: what one leaves that was killed is removed by whatever starts next.

They hold what was made of evidence (sound, pictures, a copy of a database), so none may stay behind. Each is held by a
lock that the system lets go when its program ends, however it ends; a folder whose lock can be taken belongs to nobody
any more. Only folders with such a lock file are ever removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from evidence.case_folder import WriteLock, is_locked, take_lock
from evidence.errors import CaseBusyError, SightlineError, StorageError

_PREFIX = "sightline-"
_LOCK = "scratch.lock"
_ATTEMPTS = 8


class Scratch:
    """A temporary folder of this program's own. Close it, or use it as a context manager that gives the folder."""

    def __init__(self, matter: str) -> None:
        """Make it, and remove what programs left that are gone.

        Args:
            matter: what it is for, in a word; part of its name: "sound".

        Raises:
            OSError: the disk does not take it.
        """
        sweep_scratch()
        self.folder, self._lock = _held_folder(f"{_PREFIX}{matter}-")

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder with all that is in it; doing so twice is no fault. Never raises."""
        _remove(self.folder, self._lock)


def sweep_scratch() -> int:
    """Remove the temporary folders of programs that are gone; return how many. Never raises."""
    removed = 0
    for folder in _locked_folders():
        with contextlib.suppress(SightlineError, OSError):  # its program is still there, or it is not ours to remove
            if _is_ours(folder) and not is_locked(folder, _LOCK):
                _remove(folder, take_lock(folder, _LOCK))
                removed += not folder.exists()
    return removed


def _is_ours(folder: Path) -> bool:
    """Tell whether it is a folder of this user; others' may lie beside it where everybody may write."""
    return not folder.is_symlink() and (sys.platform == "win32" or folder.stat().st_uid == os.getuid())


def _locked_folders() -> list[Path]:
    try:
        return sorted(one.parent for one in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"))
    except OSError:
        return []


def _held_folder(prefix: str) -> tuple[Path, WriteLock | None]:
    """Return a new folder and the lock on it; no lock where the disk has none, and then nobody removes it for us.

    Between making the lock file and locking it somebody who sweeps may take it for left behind, and remove the folder:
    then another one is made.
    """
    for _ in range(_ATTEMPTS):
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        lock = None
        with contextlib.suppress(FileNotFoundError, CaseBusyError):
            try:
                lock = take_lock(folder, _LOCK)
            except StorageError:
                return folder, None
            except OSError:
                folder.rmdir()
                raise
        if (folder / _LOCK).exists():
            return folder, lock
        if lock is not None:
            lock.release()
    raise FileNotFoundError(f"a folder {prefix}… was removed each time it was made")


def _remove(folder: Path, lock: WriteLock | None) -> None:
    """Remove a folder whose lock is held, if it has one.

    The lock file goes last: what could not be removed is tried again next time.
    """
    try:
        inside = [one for one in folder.iterdir() if one.name != _LOCK]
    except OSError:
        inside = []
    for one in inside:
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                one.unlink()
    with contextlib.suppress(OSError):
        if [one.name for one in folder.iterdir()] == [_LOCK]:
            if sys.platform == "win32" and lock is not None:
                lock.release()  # Windows keeps what is open
            (folder / _LOCK).unlink()
            folder.rmdir()
    if lock is not None:
        lock.release()
