"""Proxies: small pictures of every frame, each whole by itself; frame `k` of a proxy is frame `k` of the original.

The file is JPEG pictures one after another, as any program that knows raw MJPEG plays them, and then a table: for each
frame the original's pts, where its picture begins, and the CRC-32 of its bytes. A frame that the original's decoder
did not give whole has no picture here, so that the original itself says what is wrong. Pictures are full-range BT.601,
as JPEG is (JFIF, ITU-T T.871), not rotated: they are turned as the original's are.
"""

from __future__ import annotations

import zlib
from array import array
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from evidence.frame_index import FrameIndex
from evidence.records import StreamInfo
from player.derived.store import Kind, Manifest, Recipe

LINES = 360
"""Of the shorter side. 360 lines halve the disk space of 480 and decode in half a millisecond."""

QUALITY = 6
"""FFmpeg's quantiser scale for JPEG, 2 (best) to 31."""

SUFFIX = ".mjpeg"
_VERSION = 1
_SHORT_GROUP = 12
_ENTRY_BYTES = 8 + 8 + 4


def proxy_recipe(source_sha256: str, stream: int) -> Recipe:
    """Name the proxy of one picture stream."""
    return Recipe(source_sha256, Kind.PROXY, stream, f"{LINES}-q{QUALITY}", _VERSION, SUFFIX)


def proxy_size(width: int, height: int) -> tuple[int, int]:
    """Return the coded size of a proxy: even, its shorter side at most `LINES`, never larger than the original."""
    scale = min(Fraction(1), Fraction(LINES, max(1, min(width, height))))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def proxy_pixel_aspect(stream: StreamInfo, size: tuple[int, int]) -> Fraction:
    """Return the width of a proxy's pixel over its height, so that it fills exactly the original's shape."""
    return stream.pixel_aspect * Fraction(stream.width * size[1], stream.height * size[0])


def is_worth_a_proxy(stream: StreamInfo, index: FrameIndex) -> bool:
    """Tell whether a proxy is quicker than the original: that is larger, or most frames are far from a key frame."""
    if not len(index) or not stream.width or not stream.height:
        return False
    if min(stream.width, stream.height) > LINES:
        return True
    distance = index.order - index.anchors
    return int(distance.max()) > _SHORT_GROUP


@dataclass(frozen=True, eq=False)
class ProxyTable:
    """Where each frame's picture lies.

    Attributes:
        pts: the original's stamps; int64[frames].
        offsets: where each picture begins, and where the last ends; int64[frames + 1].
        crcs: CRC-32 of each picture; uint32[frames].
    """

    pts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    crcs: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.pts)

    def to_bytes(self) -> bytes:
        """Return the table as it stands at the file's end."""
        return b"".join(
            (self.pts.astype("<i8").tobytes(), self.offsets.astype("<i8").tobytes(), self.crcs.astype("<u4").tobytes())
        )

    @classmethod
    def from_bytes(cls, data: bytes, frames: int) -> ProxyTable:
        """Return the table. Raises ValueError where the bytes are none."""
        if len(data) != frames * _ENTRY_BYTES + 8:
            raise ValueError("the proxy's table has another length")
        pts = np.frombuffer(data, dtype="<i8", count=frames)
        offsets = np.frombuffer(data, dtype="<i8", count=frames + 1, offset=8 * frames)
        crcs = np.frombuffer(data, dtype="<u4", count=frames, offset=16 * frames + 8)
        if offsets[0] != 0 or np.any(np.diff(offsets) < 0):
            raise ValueError("the proxy's table is damaged")
        return cls(pts.astype(np.int64), offsets.astype(np.int64), crcs.astype(np.uint32))


class ProxyWriter:
    """Writes pictures in the order of their frames; frames that are left out have none."""

    def __init__(self, file: BinaryIO, index: FrameIndex) -> None:
        self._file = file
        self._index = index
        self._offsets = array("q", [0])
        self._crcs = array("I")

    def add(self, frame: int, picture: bytes) -> None:
        """Take the picture of a frame. Frames come in increasing order; one that comes too late is left out."""
        if not len(self._crcs) <= frame < len(self._index):
            return
        self._skip_to(frame)
        self._file.write(picture)
        self._offsets.append(self._offsets[-1] + len(picture))
        self._crcs.append(zlib.crc32(picture))

    @property
    def next_frame(self) -> int:
        """The first frame that may still come."""
        return len(self._crcs)

    def finish(self, size: tuple[int, int]) -> Manifest:
        """Write the table and return what the file is."""
        self._skip_to(len(self._index))
        offsets = np.array(self._offsets, dtype=np.int64)
        table = ProxyTable(self._index.pts, offsets, np.array(self._crcs, dtype=np.uint32)).to_bytes()
        self._file.write(table)
        missing = int((np.diff(offsets) == 0).sum())
        return Manifest(
            f"every frame decoded, scaled to {size[0]}x{size[1]}, full-range BT.601, JPEG with quantiser {QUALITY}",
            int(offsets[-1]) + len(table),
            None,
            "",
            {
                "frames": len(self._index),
                "missing": missing,
                "width": size[0],
                "height": size[1],
                "table_at": int(offsets[-1]),
                "table_crc32": zlib.crc32(table),
            },
        )

    def _skip_to(self, frame: int) -> None:
        missing = frame - len(self._crcs)
        self._offsets.extend([self._offsets[-1]] * missing)
        self._crcs.extend([0] * missing)


class ProxyFile:
    """A proxy that is open to be read; safe to delete meanwhile. Used by one thread; close it."""

    def __init__(self, path: Path, index: FrameIndex) -> None:
        """Open a proxy and make sure that it belongs to the frames of `index`.

        Raises:
            ValueError: it is damaged, or made of other frames.
            OSError: it is gone.
        """
        with ExitStack() as undo:
            self._file = undo.enter_context(path.open("rb"))
            self.table = self._read_table(index)
            undo.pop_all()

    def picture(self, frame: int) -> bytes | None:
        """Return the JPEG of a frame, or None where there is none.

        Raises:
            ValueError: its bytes are not those that were written.
            OSError: the disk returned an error.
        """
        start, end = int(self.table.offsets[frame]), int(self.table.offsets[frame + 1])
        if start == end:
            return None
        self._file.seek(start)
        data = self._file.read(end - start)
        if len(data) != end - start or zlib.crc32(data) != int(self.table.crcs[frame]):
            raise ValueError("the proxy is damaged")
        return data

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _read_table(self, index: FrameIndex) -> ProxyTable:
        length = len(index) * _ENTRY_BYTES + 8
        size = self._file.seek(0, 2)
        if size < length:
            raise ValueError("the proxy is shorter than its table")
        self._file.seek(size - length)
        table = ProxyTable.from_bytes(self._file.read(length), len(index))
        if int(table.offsets[-1]) != size - length or not np.array_equal(table.pts, index.pts):
            raise ValueError("the proxy was made of other frames")
        return table
