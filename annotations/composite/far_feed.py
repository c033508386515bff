"""Takes the pictures of one tile from the process that decodes its camera; says where that process fails.

Runs in the process that composes.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotations.composite.feeds import Planes, TilePlanes, wanted_frames
from annotations.composite.messages import Tile
from annotations.composite.tile_messages import (
    FromTile,
    Recycled,
    TilePicture,
    TileRefused,
    TileWork,
    ToTile,
    bytes_of,
)
from evidence.errors import MediaError
from player.ring import Ring

HANG_S = 60.0
"""How long a decoder may take for one picture; a slow drive can stall for half a minute."""

_SLOTS = 4
CRASHED = "its decoder crashed"
HANGS = "its decoder hangs"

TilePipe: TypeAlias = "Connection[ToTile, FromTile]"


class FarFeed:
    """Gives the frames of one tile in the order of the video; use it as a context manager.

    Once the decoder has failed every frame comes back as one that could not be decoded, with the reason.
    """

    def __init__(self, pipe: TilePipe, tile: Tile, numbers: Sequence[int], room: tuple[int, int], threads: int) -> None:
        """Begin to decode; the arguments are those of `annotations.composite.feeds.TileFeed`.

        Raises:
            DecoderError: there is no shared memory for it.
        """
        self._pipe = pipe
        self._ring = Ring.create(0, _SLOTS, bytes_of(*(one + one % 2 for one in room)))
        self._work = TileWork(
            tile.sources,
            np.array(wanted_frames(tile, numbers), dtype=np.int64).reshape(-1, 2),
            room,
            threads,
            self._ring.name,
            self._ring.slots,
            self._ring.slot_bytes,
        )
        self._held: int | None = None
        self._current: TilePlanes | None = None
        self._failure = ""

    def __enter__(self) -> Self:
        try:
            self._pipe.send(self._work)
        except OSError:
            self._failure = CRASHED
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._current = None
        self._ring.close()

    def take(self, shown: tuple[int, int]) -> TilePlanes:
        """Return a frame; those before it are gone, and so are their planes.

        Raises:
            MediaError: an original is missing or may not be read.
        """
        while not self._failure and (self._current is None or self._current.shown != shown):
            self._current = self._next()
        if self._failure:
            return TilePlanes(shown, None, failure=self._failure)
        assert self._current is not None
        return self._current

    def _next(self) -> TilePlanes | None:
        """Return the next picture; None where the decoder has failed."""
        self._current = None
        try:
            if self._held is not None:
                self._pipe.send(Recycled(self._held))
                self._held = None
            if not self._pipe.poll(HANG_S):
                self._failure = HANGS
                self._pipe.close()
                return None
            told = self._pipe.recv()
        except (EOFError, OSError):
            self._failure = CRASHED
            return None
        self._ring.remove_name()  # the decoder has attached
        if isinstance(told, TileRefused):
            raise MediaError(told.reason, remedy=told.remedy)
        self._held = told.slot
        planes = None if told.slot is None else _planes(self._ring.samples(told.slot), told)
        return TilePlanes(told.shown, planes, told.is_damaged)


def _planes(room: NDArray[np.uint8], told: TilePicture) -> Planes:
    width, height = told.width, told.height
    luma, half = width * height, (width // 2) * (height // 2)
    return (
        room[:luma].reshape(height, width),
        room[luma : luma + half].reshape(height // 2, width // 2),
        room[luma + half : luma + 2 * half].reshape(height // 2, width // 2),
    )
