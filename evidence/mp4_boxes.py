"""Walks the outermost boxes of an MP4 or QuickTime file, to say why one that FFmpeg refuses cannot be played.

Format: ISO/IEC 14496-12, clause 4.2: four bytes of size, four of type; size 1 means that eight bytes of size follow,
0 that the box reaches to the end of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    place = 0
    found: set[bytes] = set()
    missing = 0
    for _ in range(_MOST_BOXES):
        head = read_at(place, 16)
        if len(head) < 8:
            if not found:
                return None
            missing = missing or (8 - len(head) if head else 0)
            break
        kind, size = head[4:8], int.from_bytes(head[:4], "big")
        if kind not in _KNOWN and not found:
            return None
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:
            size = size_bytes - place
        if size < 8:
            break
        if place + size > size_bytes:
            missing = place + size - size_bytes
        if kind != b"moov" or not missing:
            found.add(kind)
        place += size
        if place >= size_bytes:
            break
    return Boxes(b"moov" in found, b"mdat" in found, missing)
