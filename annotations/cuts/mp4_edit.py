"""Sets the edit lists, lengths and turn of an MP4 or QuickTime file that was just written, in place.

Formats: ISO/IEC 14496-12, 8.2.2 `mvhd`, 8.3.2 `tkhd`, 8.6.6 `elst`. The file is our own, so its form is known; what is
not as it should be raises ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class TrackEdit:
    """What one track is to be.

    Attributes:
        end: how long it shows from the film's start, in seconds; None leaves it as it is.
        matrix: 36 bytes of a display matrix (9 numbers of 32 bits, little-endian as FFmpeg keeps it), or None.
    """

    end: Fraction | None
    matrix: bytes | None = None


@dataclass(frozen=True, slots=True)
class TrackTimes:
    """What a track's boxes say.

    Attributes:
        empty: seconds of nothing before it starts.
        media_start: media time at which the edit starts, in ticks of the track.
        length: how long the edit is, in seconds.
    """

    empty: Fraction
    media_start: int
    length: Fraction


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    body: int
    end: int


def set_edits(path: Path, edits: list[TrackEdit]) -> None:
    """Write the edits into the file, one for each track in order.

    Raises:
        OSError: the disk does not take it.
        ValueError: the file is not of the form that FFmpeg writes.
    """
    with path.open("r+b") as file:
        moov = _child(file, None, b"moov")
        movie = _child(file, moov, b"mvhd")
        scale = _u32(file, movie.body + (20 if _version(file, movie) else 12))
        longest = 0
        tracks = [box for box in _boxes(file, moov.body, moov.end) if box.kind == b"trak"]
        for track, edit in zip(tracks, edits, strict=False):
            longest = max(longest, _edit_track(file, track, edit, scale))
        _put(file, movie, 24 if _version(file, movie) else 16, longest)


def read_edits(path: Path) -> list[TrackTimes]:
    """Return what the edit lists of a file that we wrote say, by track. Raises ValueError."""
    with path.open("rb") as file:
        moov = _child(file, None, b"moov")
        movie = _child(file, moov, b"mvhd")
        scale = _u32(file, movie.body + (20 if _version(file, movie) else 12))
        found = []
        for track in (box for box in _boxes(file, moov.body, moov.end) if box.kind == b"trak"):
            entries = list(_entries(file, track))
            empty = sum(length for _, length, start in entries if start == -1)
            last = next(((length, start) for _, length, start in entries if start >= 0), (0, 0))
            found.append(TrackTimes(Fraction(empty, scale), last[1], Fraction(last[0], scale)))
        return found


def _edit_track(file: BinaryIO, track: _Box, edit: TrackEdit, scale: int) -> int:
    """Set one track; return its length in ticks of the film."""
    header = _child(file, track, b"tkhd")
    is_long = _version(file, header)
    entries = list(_entries(file, track))
    if not entries:
        return 0  # nothing lies in it
    empty = sum(length for _, length, start in entries if start == -1)
    place, length, _start = entries[-1]
    if edit.end is not None:
        length = max(0, min(length, round(edit.end * scale) - empty))
        size = 8 if _version(file, _edit_list(file, track)) else 4
        _write(file, place, length.to_bytes(size, "big"))
    total = empty + length
    _put(file, header, 28 if is_long else 20, total)
    if edit.matrix is not None:
        numbers = [edit.matrix[at : at + 4][::-1] for at in range(0, 36, 4)]
        _write(file, header.body + (52 if is_long else 40), b"".join(numbers))
    return total


def _edit_list(file: BinaryIO, track: _Box) -> _Box:
    return _child(file, _child(file, track, b"edts"), b"elst")


def _has_edits(file: BinaryIO, track: _Box) -> bool:
    return any(box.kind == b"edts" for box in _boxes(file, track.body, track.end))


def _entries(file: BinaryIO, track: _Box) -> Iterator[tuple[int, int, int]]:
    """Yield place in the file, length (ticks of the film) and media time (ticks of the track) of each entry."""
    if not _has_edits(file, track):
        return
    box = _edit_list(file, track)
    size = 8 if _version(file, box) else 4
    for number in range(_u32(file, box.body + 4)):
        place = box.body + 8 + number * (2 * size + 4)
        data = _read(file, place, 2 * size)
        yield place, int.from_bytes(data[:size], "big"), int.from_bytes(data[size:], "big", signed=True)


def _put(file: BinaryIO, box: _Box, offset: int, value: int) -> None:
    """Write a length whose size depends on the box's version."""
    size = 8 if _version(file, box) else 4
    _write(file, box.body + offset, min(value, 256**size - 1).to_bytes(size, "big"))


def _version(file: BinaryIO, box: _Box) -> bool:
    return _read(file, box.body, 1) == b"\x01"


def _child(file: BinaryIO, parent: _Box | None, kind: bytes) -> _Box:
    start, end = (0, file.seek(0, 2)) if parent is None else (parent.body, parent.end)
    for box in _boxes(file, start, end):
        if box.kind == kind:
            return box
    raise ValueError(f"no {kind.decode()} box")


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        head = _read(file, start, 16)
        size, body = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), start + 16
        if size < 8:
            raise ValueError("a box of impossible size")
        yield _Box(head[4:8], body, start + size)
        start += size


def _u32(file: BinaryIO, place: int) -> int:
    return int.from_bytes(_read(file, place, 4), "big")


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _write(file: BinaryIO, place: int, data: bytes) -> None:
    file.seek(place)
    file.write(data)
