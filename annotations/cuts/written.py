"""The file that is written: FFmpeg writes it through here, so that what the disk says reaches people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import av
import av.error
from av.container import OutputContainer

from annotations.cuts.containers import EDIT_LISTS

_BUFFER_BYTES = 1 << 18


class DiskError(Exception):
    """The disk did not take what was written."""


class _Tap:
    """The file, as PyAV wants it; the first error of the disk is kept, whatever FFmpeg makes of it."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            return len(data)
        except OSError as error:
            self.error = self.error or error
            raise

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
    with disk_errors(path), FileIO(path, "w+b") as file:
        tap = _Tap(file)
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
