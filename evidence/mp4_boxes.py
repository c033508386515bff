"""Walks the outermost boxes of an MP4 or QuickTime file, to say why one that FFmpeg refuses cannot be played.

Format: ISO/IEC 14496-12, clause 4.2: four bytes of size, four of type; size 1 means that eight bytes of size follow,
0 that the box reaches to the end of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_HEAD_BYTES = 8
_MOST_BOXES = 4_096
_KNOWN = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"moof", b"sidx", b"styp"})


@dataclass(frozen=True, slots=True)
class Boxes:
    """What the outermost boxes tell.

    Attributes:
        has_header: whether there is a `moov` box that is whole: without it nothing can be played.
        has_data: whether there is an `mdat` box.
        missing_bytes: how far the last box reaches beyond the file's end; 0 where it does not.
    """

    has_header: bool
    has_data: bool
    missing_bytes: int


def walk_boxes(read_at: Callable[[int, int], bytes], size_bytes: int) -> Boxes | None:
    """Return what the outermost boxes tell, or None where the file does not start like an MP4 or QuickTime file."""
    found: set[bytes] = set()
    place = missing = 0
    for _ in range(_MOST_BOXES):
        if place >= size_bytes or missing:
            break
        kind, size = _read_box(read_at(place, 16), size_bytes - place)
        if not found and kind not in _KNOWN:
            return None
        missing = max(0, place + size - size_bytes)
        if not (missing and kind == b"moov"):
            found.add(kind)
        if size < _HEAD_BYTES:
            break
        place += size
    return Boxes(b"moov" in found, b"mdat" in found, missing)


def _read_box(head: bytes, left_bytes: int) -> tuple[bytes, int]:
    """Return a box's type and its size in bytes; a head that is cut off itself is a box of no type."""
    if len(head) < _HEAD_BYTES:
        return b"", _HEAD_BYTES
    kind, size = head[4:8], int.from_bytes(head[:4], "big")
    if size == 1:
        size = int.from_bytes(head[8:16], "big")
    return kind, left_bytes if size == 0 else size
