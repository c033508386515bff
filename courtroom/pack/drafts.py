"""Folders that come to be in one step: filled under an incomplete name, on the disk whole, then renamed."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from courtroom.errors import PackError
from evidence.atomic_file import sync_folder
from evidence.case_folder import LOCK, is_locked, take_lock
from evidence.database import disk_error
from evidence.errors import StorageError
from evidence.text import display_path

SPARE_BYTES = 32 << 20


def check_free(folder: Path) -> None:
    """Raise PackError where something is at that place already; an empty folder gives way."""
    is_empty = folder.is_dir() and not folder.is_symlink() and next(folder.iterdir(), None) is None
    if (folder.exists() or folder.is_symlink()) and not is_empty:
        raise PackError(
            f"There is something already at {display_path(os.fsencode(folder))}.",
            meaning="It was left as it is; no pack was made.",
            remedy="Choose another name for the pack.",
        )


def check_room(parent: Path, needed: int) -> None:
    """Raise StorageError where a disk has too little room for so many bytes."""
    free, whole = shutil.disk_usage(parent).free, needed + SPARE_BYTES
    if free < whole:
        raise StorageError(
            f"The pack needs {whole:,} bytes, and {display_path(os.fsencode(parent))} has {free:,} free.",
            meaning="Nothing was made.",
            remedy="Free some space there, or choose a larger disk or stick.",
        )


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Give a folder under an incomplete name, which takes its name when the block ends well and is gone else.

    What a kill left of earlier tries under this name is removed, unless somebody is at it.

    Raises:
        PackError: something is at that place already.
        OSError: the disk does not take it.
    """
    check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    draft = folder.with_name(f"{folder.name}.incomplete-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    lock = take_lock(draft)
    try:
        yield draft
        check_free(folder)
        lock.release()
        (draft / LOCK).unlink()
        if folder.exists():
            folder.rmdir()
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        lock.release()
        if draft.exists():
            shutil.rmtree(draft, ignore_errors=True)
    sync_folder(folder.parent)


@contextlib.contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what the disk raises into a StorageError that people can act on."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, doing) from error


def _remove_leftovers(folder: Path) -> None:
    for place in folder.parent.glob(f"{glob.escape(folder.name)}.incomplete-*"):
        if place.is_dir() and not place.is_symlink() and not is_locked(place):
            shutil.rmtree(place, ignore_errors=True)
