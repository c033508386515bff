"""Writes our own files so that a reader, and a power cut, sees the old one or the new one and nothing between.

The bytes go to a temporary name in the same folder, are fsynced, take the file's name in one step, and the folder is
fsynced so that the name lasts.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends well, and is gone when it does not.

    Raises:
        OSError: the disk does not take it; `path` is as it was.
    """
    unfinished = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file in one step. Raises OSError, and then `path` is as it was."""
    with replacing(path) as file:
        file.write(content)


def sync_file(path: Path) -> None:
    """Make a file's content last. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last, where the system knows how (Windows does it by itself)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
