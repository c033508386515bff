"""Thumbnails: small upright pictures of key frames at even distances, each with the exact pts of its frame.

The file is JPEG pictures one after another; the manifest's layout names each frame, its pts and where its picture
begins. They are for finding one's way on the timeline, never for judging what a picture shows.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np

from evidence.frame_index import FrameIndex
from evidence.times import NS_PER_S, ticks_to_ns
from player.derived.store import Json, Kind, Manifest, Recipe

LINES = 72
"""Height in pixels: twice that of a lane's strip, for screens of high density."""

WIDEST = 256
SUFFIX = ".jpegs"
_VERSION = 1
_LEAST_STEP_NS = 2 * NS_PER_S
_MOST = 1_200


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One picture.

    Attributes:
        frame: number of its frame.
        media_ns: when that starts to show, of the file's own time, ns.
        offset: byte at which the picture begins.
        size_bytes: its length.
    """

    frame: int
    media_ns: int
    offset: int
    size_bytes: int


def thumbnails_recipe(source_sha256: str, stream: int) -> Recipe:
    """Name the thumbnails of one picture stream."""
    return Recipe(source_sha256, Kind.THUMBNAILS, stream, f"{LINES}", _VERSION, SUFFIX)


def choose_frames(index: FrameIndex) -> list[int]:
    """Return the frames that become thumbnails: key frames, at least two seconds apart, at most some 1,200."""
    keys = np.flatnonzero(index.is_key_frame & (index.order == index.anchors))
    if not len(keys):
        return [0] if len(index) else []
    starts = index.start_ns[keys]
    step = max(_LEAST_STEP_NS, (int(starts[-1]) - int(starts[0])) // _MOST)
    _cells, firsts = np.unique((starts - starts[0]) // step, return_index=True)
    return [int(keys[first]) for first in firsts]


class ThumbnailWriter:
    """Writes thumbnails in the order of time."""

    def __init__(self, file: BinaryIO, index: FrameIndex) -> None:
        self._file = file
        self._index = index
        self._entries: list[Json] = []
        self._size = 0
        self._crc = 0

    def add(self, frame: int, picture: bytes) -> None:
        """Take the picture of a frame."""
        self._file.write(picture)
        self._entries.append([frame, int(self._index.pts[frame]), self._size, len(picture)])
        self._size += len(picture)
        self._crc = zlib.crc32(picture, self._crc)

    def finish(self) -> Manifest:
        """Return what the file is."""
        base = self._index.time_base
        layout: dict[str, Json] = {"time_base": [base.numerator, base.denominator], "pictures": self._entries}
        words = f"key frames decoded, scaled to {LINES} lines, upright, full-range BT.601, JPEG"
        return Manifest(words, self._size, self._crc, "", layout)


class ThumbnailFile:
    """Thumbnails that are open to be read, checked against their manifest. Used by one thread; close it."""

    def __init__(self, path: Path, manifest: Manifest, index: FrameIndex | None = None) -> None:
        """Open and check the file.

        Raises:
            ValueError: it is damaged, or of other frames than those of `index`, where that is given.
            OSError: it is gone.
        """
        self._data = path.read_bytes()
        if len(self._data) != manifest.size_bytes or zlib.crc32(self._data) != manifest.crc32:
            raise ValueError("the thumbnails are damaged")
        self.pictures = _pictures_of(manifest)
        if index is not None and any(
            one.frame >= len(index) or int(index.start_ns[one.frame]) != one.media_ns for one in self.pictures
        ):
            raise ValueError("the thumbnails are of other frames")

    def jpeg(self, number: int) -> bytes:
        """Return the bytes of thumbnail `number`."""
        one = self.pictures[number]
        return self._data[one.offset : one.offset + one.size_bytes]


def _pictures_of(manifest: Manifest) -> tuple[Thumbnail, ...]:
    base, listed = manifest.layout.get("time_base"), manifest.layout.get("pictures")
    try:
        if not isinstance(base, list) or not isinstance(listed, list):
            raise TypeError("no table")
        time_base = Fraction(int(str(base[0])), int(str(base[1])))
        found = []
        for entry in listed:
            if not isinstance(entry, list):
                raise TypeError("no row")
            frame, pts, offset, size = (int(str(number)) for number in entry)
            if frame < 0 or offset < 0 or size <= 0 or offset + size > manifest.size_bytes:
                raise ValueError("a row outside of the file")
            found.append(Thumbnail(frame, ticks_to_ns(pts, time_base), offset, size))
        return tuple(found)
    except (TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise ValueError("the thumbnails' manifest is damaged") from error
