"""Opens originals, read-only. This is the only module that does, so that nothing else can change one.

An original is a regular file, or the files of one DVD title, one behind the other (`evidence.dvd`). It is opened
without ever being created, written, locked or waited for: a FIFO, a device or a socket is refused before a byte is
read. What it was when it was opened (size, time of change, identity) is kept, and `check_unchanged` says whether it
still is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from evidence.dvd import title_parts
from evidence.errors import (
    NotAnOriginalError,
    OriginalChangedError,
    OriginalError,
    OriginalMissingError,
    OriginalUnreadableError,
)
from evidence.text import display_name

_READ_ONLY = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_ACCESS_TIME = getattr(os, "O_NOATIME", 0)
_HAS_PREAD = hasattr(os, "pread")
_MISSING = {errno.ENOENT, errno.ENOTDIR}
_WITHOUT_RIGHTS = {errno.EACCES, errno.EPERM}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe between programs"),
    (stat.S_ISSOCK, "a socket between programs"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a disc or other device"),
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file of an original: where it begins in the whole, and what it was when it was opened."""

    start: int
    path_bytes: bytes
    descriptor: int
    opened_as: os.stat_result

    @property
    def end(self) -> int:
        return self.start + self.opened_as.st_size


class Original:
    """An original that is open for reading; close it, or use it as a context manager.

    Reads name their own offset, so that several threads may use one original.

    Attributes:
        path_bytes: its path as the operating system names it.
        name: its name for people.
        size_bytes: its length when it was opened.
        mtime_ns: its time of last change when it was opened, ns since the epoch.
    """

    def __init__(self, path_bytes: bytes, pieces: tuple[_Piece, ...]) -> None:
        self.path_bytes = path_bytes
        self.name = display_name(path_bytes)
        self.size_bytes = pieces[-1].end
        self.mtime_ns = max(piece.opened_as.st_mtime_ns for piece in pieces)
        self._pieces = pieces
        self._is_open = True
        self._seek_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        pieces, self._pieces = self._pieces if self._is_open else (), ()
        self._is_open = False
        for piece in pieces:
            os.close(piece.descriptor)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; fewer only where the file ends.

        Raises:
            OriginalUnreadableError: the disk returned an error.
        """
        try:
            if len(self._pieces) == 1:
                return self._read(self._pieces[0].descriptor, offset, length)
            return b"".join(
                self._read(piece.descriptor, start - piece.start, end - start)
                for piece in self._pieces
                if (start := max(offset, piece.start)) < (end := min(offset + length, piece.end))
            )
        except OSError as error:
            raise OriginalUnreadableError(
                f"{self.name} could not be read at byte {offset:,}: {_reason(error)}.",
                meaning="The disk or the connection to it failed, so nothing is known of what lies there.",
                remedy="Copy the file again from its source, or try another drive or cable.",
            ) from error

    def _read(self, descriptor: int, offset: int, length: int) -> bytes:
        if _HAS_PREAD:
            return os.pread(descriptor, length, offset)
        with self._seek_lock:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, length)

    def check_unchanged(self) -> None:
        """Make sure that the file is still what it was when it was opened, and still under its path.

        Raises:
            OriginalChangedError: it grew, shrank, was written, or another file took its place.
        """
        try:
            same = all(
                _identity(os.fstat(piece.descriptor))
                == _identity(os.stat(piece.path_bytes))  # noqa: PTH116 - a bytes path
                == _identity(piece.opened_as)
                for piece in self._pieces
            )
            same = same and len(title_parts(self.path_bytes)) == len(self._pieces)
        except OSError:
            same = False
        if not same:
            raise OriginalChangedError(
                f"{self.name} changed while it was read.",
                meaning="What was read is not one state of the file, so its hash would prove nothing.",
                remedy="Wait until whatever writes the file has finished, then add it again.",
            )


class OriginalStream:
    """An original as a file object that can be read and sought, for libraries that want one; it cannot be written.

    Not safe to share between threads, because it has a position.
    """

    def __init__(self, original: Original) -> None:
        self._original = original
        self._place = 0

    def read(self, length: int = -1) -> bytes:
        """Return up to `length` bytes from where the stream stands, or all that is left."""
        if length < 0:
            length = max(0, self._original.size_bytes - self._place)
        found = self._original.read_at(self._place, length)
        self._place += len(found)
        return found

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a byte and return its number. Raises OSError before the first byte."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._original.size_bytes}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "a place before the file's first byte")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """Return where the stream stands, in bytes."""
        return self._place

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be moved."""
        return True


def open_original(path_bytes: bytes) -> Original:
    """Open a regular file for reading, and for nothing else.

    Raises:
        OriginalMissingError: nothing is there.
        OriginalUnreadableError: it may not be read.
        NotAnOriginalError: it is no regular file.
    """
    pieces: list[_Piece] = []
    with contextlib.ExitStack() as undo:
        for part in title_parts(path_bytes):
            descriptor, opened_as = _open_regular(part)
            undo.callback(os.close, descriptor)
            pieces.append(_Piece(pieces[-1].end if pieces else 0, part, descriptor, opened_as))
        undo.pop_all()
    return Original(path_bytes, tuple(pieces))


def _open_regular(path_bytes: bytes) -> tuple[int, os.stat_result]:
    name = display_name(path_bytes)
    try:
        before = os.stat(path_bytes)  # noqa: PTH116 - a bytes path
        _check_regular(before, name)
        descriptor = _open(path_bytes)
    except (OSError, ValueError) as error:
        raise _as_original_error(error, name) from error
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, descriptor)
        opened_as = os.fstat(descriptor)
        _check_regular(opened_as, name)
        undo.pop_all()
    return descriptor, opened_as


def _open(path_bytes: bytes) -> int:
    if _NO_ACCESS_TIME:
        try:
            return os.open(path_bytes, _READ_ONLY | _NO_ACCESS_TIME)
        except PermissionError:
            pass  # only the owner may leave the access time alone
    return os.open(path_bytes, _READ_ONLY)


def _check_regular(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    what = next((words for matches, words in _KINDS if matches(status.st_mode)), "not a file")
    raise NotAnOriginalError(
        f"{name} is {what}, not a file.",
        meaning="It holds no recording, and it was not opened.",
        remedy="Offer the recording itself, or a copy of it on a disc.",
    )


def _as_original_error(error: OSError | ValueError, name: str) -> OriginalError:
    number = error.errno if isinstance(error, OSError) else errno.EINVAL
    if number in _MISSING:
        return OriginalMissingError(
            f"{name} is not there.",
            meaning="It was moved, renamed or deleted, or its drive is not connected.",
            remedy="Connect the drive, or find where the file is now.",
        )
    if number in _WITHOUT_RIGHTS:
        return OriginalUnreadableError(
            f"{name} may not be read by this user.",
            meaning="The file is there, but nothing is known of what it holds.",
            remedy="Have its owner give you the right to read it, or copy it to a folder of your own.",
        )
    return OriginalUnreadableError(
        f"{name} could not be opened: {_reason(error)}.",
        meaning="The file may be there, but nothing is known of what it holds.",
        remedy="Copy it to a local disc under a short, plain name and add the copy.",
    )


def _reason(error: OSError | ValueError) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or "unknown reason").lower()


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
