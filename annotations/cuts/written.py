"""The file that is written: FFmpeg writes it through here, so that what the disk says reaches people.

It is sent to the disk while it is written, in a thread that lets the interpreter go for all of it: most is there when
the last byte comes, and on a slow drive nothing piles up that would then take minutes without a sign of life.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import FileIO
from pathlib import Path

import av
import av.error
from av.container import OutputContainer

from annotations.cuts.containers import EDIT_LISTS

_BUFFER_BYTES = 1 << 18
_SENT_BYTES = 1 << 25
_MOST_WAITING_BYTES = 1 << 28
"""So much may wait for the disk before writing waits for it too."""


class DiskError(Exception):
    """The disk did not take what was written."""


class _Tap:
    """The file, as PyAV wants it; the first error of the disk is kept, whatever FFmpeg makes of it."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self.error: OSError | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._sending: Future[None] | None = None
        self._waiting_bytes = 0

    def close(self) -> None:
        """Wait until nothing is being sent. Raises OSError where the disk did not take it."""
        self._thread.shutdown()
        if self._sending is not None:
            self._sending.result()

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            self._waiting_bytes += len(data)
            if self._waiting_bytes >= _SENT_BYTES:
                self._send()
            return len(data)
        except OSError as error:
            self.error = self.error or error
            raise

    def _send(self) -> None:
        """Have the disk take what was written so far, unless it still takes what came before."""
        if self._sending is not None:
            if not self._sending.done() and self._waiting_bytes < _MOST_WAITING_BYTES:
                return
            self._sending.result()
        self._sending = self._thread.submit(_sync, self._file.fileno())
        self._waiting_bytes = 0

    def read(self, length: int = -1) -> bytes:
        return self._file.read(length)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)  # macOS and Windows know fsync alone


@contextmanager
def writing(
    path: Path, form: str, movie_timescale: int = 0, *, states_colour: bool = False
) -> Iterator[OutputContainer]:
    """Open a file to be written in a format; the same input gives the same bytes.

    Args:
        path: the file; what is there is replaced.
        form: FFmpeg's name of the format.
        movie_timescale: ticks a second in which MP4 and QuickTime count the whole film.
        states_colour: whether range and matrix are stated by MP4 itself, for codecs that do not state them.

    Raises:
        DiskError: the disk is full or failed.
        FFmpegError: FFmpeg cannot write this.
    """
    options = {"fflags": "+bitexact-flush_packets", "flush_packets": "0"}
    if form in EDIT_LISTS:
        options["use_editlist"] = "1"
        if states_colour:
            options["movflags"] = "+write_colr"
        if movie_timescale:
            options["movie_timescale"] = str(movie_timescale)
    if form == "mpegts":
        options["mpegts_flags"] = "+initial_discontinuity"
    with disk_errors(path), FileIO(path, "w+b") as file, closing(_Tap(file)) as tap:
        try:
            container = av.open(tap, "w", format=form, options=options, buffer_size=_BUFFER_BYTES)
            with container:
                yield container
        except (av.error.FFmpegError, OSError) as error:
            if tap.error is not None:
                raise tap.error from error
            raise
        if tap.error is not None:
            raise tap.error
        os.fsync(file.fileno())


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of a disk into a DiskError; FFmpeg's own errors pass."""
    try:
        yield
    except av.error.FFmpegError:
        raise
    except OSError as error:
        raise DiskError(f"{path.name} could not be written: {(error.strerror or str(error)).lower()}") from error
