"""The folder of an export: its name ends in " incomplete" until all in it is checked; then it gets its name at once.

While it is written a lock in it is held. A folder of that name whose lock nobody holds was left by a kill or a power
cut, and is swept away at the next export beside it, or when the case is opened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from evidence.atomic_file import sync_file, sync_folder
from evidence.case_folder import LOCK, is_locked, take_lock
from evidence.errors import StorageError

INCOMPLETE = " incomplete"
_LONGEST = 80
_RESERVED = frozenset({"con", "prn", "aux", "nul"})


@contextlib.contextmanager
def drafting(parent: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Make a folder to fill; it takes its name when the block ends well and is gone when it does not.

    Yields:
        The folder to fill, and the one that it will be. Where that is taken, a number is added.

    Raises:
        StorageError: the disk does not take it.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        final = _free(parent, name)
        draft = final.with_name(final.name + INCOMPLETE)
        draft.mkdir()
    except OSError as error:
        raise StorageError(
            f"A folder in {parent} cannot be made: {error.strerror or error}.",
            meaning="Nothing was exported.",
            remedy="Choose another folder.",
        ) from error
    is_done = False
    lock = take_lock(draft)
    try:
        yield draft, final
        _sync(draft)
        lock.release()
        (draft / LOCK).unlink(missing_ok=True)
        draft.rename(final)
        sync_folder(parent)
        is_done = True
    finally:
        lock.release()
        if not is_done:
            shutil.rmtree(draft, ignore_errors=True)


def sweep(parent: Path) -> tuple[Path, ...]:
    """Delete what exports that were killed left in a folder; return what was deleted. Never raises."""
    gone = []
    with contextlib.suppress(OSError):
        for folder in sorted(parent.iterdir()):
            is_ours = folder.name.endswith(INCOMPLETE) and folder.is_dir() and not folder.is_symlink()
            if not is_ours or not ((folder / LOCK).is_file() or not any(folder.iterdir())):
                continue
            if not is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(folder)
    return tuple(gone)


def plain_name(text: str, otherwise: str) -> str:
    """Return a text as a name that every system takes: letters, digits, blanks, dots, dashes and underscores."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(one if one.isalnum() or one in " -_." else "-" for one in composed)
    name = " ".join(kept.split())[:_LONGEST].strip(" .-")
    return otherwise if not name or name.casefold() in _RESERVED else name


def _free(parent: Path, name: str) -> Path:
    number, found = 1, parent / name
    while os.path.lexists(found) or os.path.lexists(found.with_name(found.name + INCOMPLETE)):
        number += 1
        found = parent / f"{name} ({number})"
    return found


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.name != LOCK:
            sync_file(path)
    if sys.platform != "win32":
        sync_folder(folder)
