"""What the process that composes and the process that decodes one camera say to each other: frozen records.

Pictures go through a `player.ring.Ring`: a slot is the decoder's until `TilePicture` hands it over, then the composer's
until `Recycled` hands it back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.composite.messages import TileSource


@dataclass(frozen=True, eq=False)
class TileWork:
    """Frames to be decoded and made the tile's size, in order.

    Attributes:
        sources: the recordings.
        wanted: int64[n, 2]: number of the recording and of the frame, in the order in which they show.
        room: greatest width and height of a picture.
        threads: how many decode one recording.
        ring: name of the memory.
        slots: how many pictures it holds.
        slot_bytes: room for one.
    """

    sources: tuple[TileSource, ...]
    wanted: NDArray[np.int64]
    room: tuple[int, int]
    threads: int
    ring: str
    slots: int
    slot_bytes: int


@dataclass(frozen=True, slots=True)
class Recycled:
    """A slot may be written again."""

    slot: int


@dataclass(frozen=True, slots=True)
class TilePicture:
    """The next frame.

    Attributes:
        shown: number of the recording, and of the frame.
        slot: where its luma and both chroma planes lie one after another; None where it could not be decoded.
        width: of the luma, even.
        height: of the luma, even.
        is_damaged: the decoder met errors in it.
    """

    shown: tuple[int, int]
    slot: int | None
    width: int = 0
    height: int = 0
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class TileRefused:
    """An original is missing or may not be read; nothing more comes of this work."""

    reason: str
    remedy: str


ToTile = TileWork | Recycled
FromTile = TilePicture | TileRefused


def bytes_of(width: int, height: int) -> int:
    """Return how many bytes a picture's planes take, 4:2:0."""
    return width * height + 2 * (width // 2) * (height // 2)
