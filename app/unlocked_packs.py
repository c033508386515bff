"""Where locked packs are unlocked to for as long as the program runs: folders of its own, private, removed at the end.

Each run has a folder that only this user can look into, held by a lock that the system lets go when the run ends,
however it ends. So the next run can tell what a crash left behind, and removes it. What is removed is deleted, not
overwritten: where that matters, the disk itself is to be encrypted.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from platformdirs import user_data_path

from evidence.case_folder import WriteLock, take_lock
from evidence.errors import CaseBusyError, NoSuchItemError, SightlineError
from evidence.text import clean_text

_PREFIX = "run-"


def unlocked_root() -> Path:
    """Return the folder that holds those of all runs."""
    return user_data_path("sightline", appauthor=False) / "unlocked for now"


def check_unlocked(pack: Path, *, item: int) -> None:
    """Raise NoSuchItemError where a show cannot be gone on with, since what was unlocked for it has been removed.

    Args:
        pack: what was shown; anything that was not unlocked for now is let through.
        item: the one that was on, from 1.
    """
    if unlocked_root() in pack.parents and not pack.exists():
        raise NoSuchItemError(
            f"The show that was interrupted was of the locked court pack “{pack.name}”; what was unlocked for it has "
            "been removed since.",
            meaning=f"Item {item} was on. The court log is kept.",
            remedy="Open the locked pack again, with its passphrase, and go to that item.",
        )


class UnlockedPacks:
    """The folders of one run. Close it, or use it as a context manager; the end of the program closes it too."""

    def __init__(self, root: Path | None = None) -> None:
        """Make it; nothing is written yet.

        Args:
            root: the folder that holds those of all runs; the user's own where it is None.
        """
        self._root = root or unlocked_root()
        self._held: dict[Path, WriteLock] = {}
        self._own: Path | None = None
        self._process_id = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def place(self, name: str) -> Path:
        """Return where a pack of this name can be unlocked to; there is nothing yet.

        Raises:
            OSError: the disk does not take it.
            SightlineError: the disk has no locks.
        """
        if self._own is None:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._root.chmod(0o700)
            own = self._root / f"{_PREFIX}{secrets.token_hex(8)}"
            own.mkdir(mode=0o700)
            self._hold(own, take_lock(own))
            self._own = own
        wanted = self._own / (clean_text(name, limit=80).replace("/", " ") or "Court pack")
        return wanted.with_name(f"{wanted.name} {secrets.token_hex(4)}") if wanted.exists() else wanted

    def owns(self, folder: Path) -> bool:
        """Tell whether a folder is removed when this is closed."""
        return any(held in folder.parents for held in self._held)

    def sweep(self, keep: Path | None = None) -> int:
        """Remove what runs left that broke off; return how many. Never raises.

        Args:
            keep: a pack that a show can be gone on with; its folder is taken over, and removed when this is closed.
        """
        removed = 0
        for folder in self._left():
            try:
                lock = take_lock(folder)
            except (CaseBusyError, SightlineError, OSError):
                continue  # a run that is still there, or nothing that can be removed
            if keep is not None and folder in keep.parents:
                self._hold(folder, lock)
                continue
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
            removed += not folder.exists()
        return removed

    def close(self) -> None:
        """Remove every folder of this run; a second time does nothing, nor does a copy of this in a forked process."""
        if os.getpid() != self._process_id:
            return
        held, self._held, self._own = self._held, {}, None
        for folder, lock in held.items():
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
        atexit.unregister(self.close)

    def _hold(self, folder: Path, lock: WriteLock) -> None:
        self._held[folder] = lock
        atexit.register(self.close)

    def _left(self) -> list[Path]:
        try:
            found = sorted(self._root.glob(f"{_PREFIX}*"))
        except OSError:
            return []
        return [one for one in found if one not in self._held and one.is_dir() and not one.is_symlink()]
