"""Decodes what tiles show, a few pictures ahead, and makes them the tile's size.

`TileFeed` does it in a thread of the process that composes: for a single frame to look at, and where there is no shared
memory. Videos are decoded in a process for each camera (`tile_child`), whose pictures `far_feed` takes.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from types import TracebackType
from typing import Protocol, Self

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from annotations.composite.messages import Tile, TileSource
from player.decoder.convert import is_full_range, is_grey, matrix_of, range_of
from player.decoder.fields import without_fields
from player.decoder.planes import rows_of
from player.decoder.reader import FrameReader
from player.pixels import fitted_size

_AHEAD = 3
_LOOK_EVERY_S = 0.1
_LATEST_BY = 64
"""A frame that has not come out when one so much later has is not coming."""

_FILTER = Interpolation.AREA | Interpolation.ACCURATE_RND

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
"""Luma and both chroma planes, 4:2:0, BT.709, limited range."""


@dataclass(frozen=True, eq=False)
class TilePlanes:
    """A frame in the size of its tile, or that it could not be decoded.

    Attributes:
        shown: number of the recording, and of the frame.
        planes: or None where it could not be decoded.
        is_damaged: the decoder met errors in it.
        failure: why the camera's decoder gives no more frames at all, or "".
    """

    shown: tuple[int, int]
    planes: Planes | None
    is_damaged: bool = False
    failure: str = ""


class TileWish(Protocol):
    """How frames are to be made."""

    @property
    def room(self) -> tuple[int, int]:
        """Greatest width and height of a picture."""

    @property
    def threads(self) -> int:
        """How many decode one recording."""


@dataclass(frozen=True, slots=True)
class _Wish:
    room: tuple[int, int]
    threads: int


class TileFeed:
    """Gives the frames of one tile in the order of the video; use it as a context manager."""

    def __init__(self, tile: Tile, numbers: Sequence[int], room: tuple[int, int], threads: int) -> None:
        """Begin to decode.

        Args:
            tile: whose frames.
            numbers: the frames of the video that will be asked for, rising.
            room: greatest width and height of a picture.
            threads: how many decode one recording.
        """
        self._tile = tile
        self._wish = _Wish(room, threads)
        self._wanted = wanted_frames(tile, numbers)
        self._made: queue.Queue[TilePlanes] = queue.Queue(_AHEAD)
        self._is_stopped = threading.Event()
        self._current: TilePlanes | None = None
        self._thread = ThreadPoolExecutor(1, "tile")
        self._work_done: Future[None] | None = None

    def __enter__(self) -> Self:
        self._work_done = self._thread.submit(self._work)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_stopped.set()
        self._thread.shutdown()

    def take(self, shown: tuple[int, int]) -> TilePlanes:
        """Return a frame; those before it are gone. Raises what reading it raised."""
        while self._current is None or self._current.shown != shown:
            self._current = self._next()
        return self._current

    def _next(self) -> TilePlanes:
        assert self._work_done is not None
        while True:
            is_over = self._work_done.done()
            with contextlib.suppress(queue.Empty):
                return self._made.get(timeout=0 if is_over else _LOOK_EVERY_S)
            if is_over:
                self._work_done.result()
                raise AssertionError("a frame was asked for that is not in the plan")

    def _work(self) -> None:
        for made in tile_frames(self._tile.sources, self._wanted, self._wish):
            if not self._put(made):
                return

    def _put(self, made: TilePlanes) -> bool:
        while not self._is_stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._made.put(made, timeout=_LOOK_EVERY_S)
                return True
        return False


def wanted_frames(tile: Tile, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return which frames of which recordings a tile shows in these frames of the video, each run of one once."""
    shown = (tile.shown(number) for number in numbers)
    return [key for key, _run in groupby(one for one in shown if one is not None)]


def tile_frames(
    sources: Sequence[TileSource], wanted: Sequence[tuple[int, int]], wish: TileWish
) -> Iterator[TilePlanes]:
    """Yield these frames in the tile's size.

    Raises:
        SightlineError: a file is missing or may not be read.
    """
    for number, run in groupby(wanted, key=lambda key: key[0]):
        scaler = TileScaler(sources[number], wish.room)
        for frame, picture in exact_frames(sources[number], [frame for _source, frame in run], wish.threads):
            if picture is None:
                yield TilePlanes((number, frame), None)
            else:
                yield TilePlanes((number, frame), scaler.planes(picture), bool(picture.is_corrupt))


def exact_frames(source: TileSource, wanted: Sequence[int], threads: int) -> Iterator[tuple[int, av.VideoFrame | None]]:
    """Yield exactly the frames of these rising numbers, None for what cannot be decoded.

    Raises:
        SightlineError: the file is missing or may not be read.
    """
    reader = FrameReader(source.source, source.index, threads)
    try:
        waiting: dict[int, av.VideoFrame] = {}
        for number in wanted:
            for passed in [one for one in waiting if one < number]:
                del waiting[passed]
            if number not in waiting:
                reader.aim(number, number)
            while number not in waiting and not reader.is_at_end and reader.last_out <= number + _LATEST_BY:
                waiting.update((one.number, one.picture) for one in reader.read() if one.number >= number)
            yield number, waiting.get(number)
    finally:
        reader.close()


class TileScaler:
    """Makes pictures of one recording: upright, square pixels, BT.709 in limited range. Used by one thread."""

    def __init__(self, source: TileSource, room: tuple[int, int]) -> None:
        self._source = source.source
        self._room = room
        self._scaler = VideoReformatter()
        self._last = VideoReformatter()

    def planes(self, frame: av.VideoFrame) -> Planes:
        """Return a frame as the decoder made it in the size of the tile; width and height are even."""
        turn = self._source.rotation
        fitted = fitted_size((frame.width, frame.height), self._room, self._source.pixel_aspect, turn)
        width, height = (max(2, one // 2 * 2) for one in fitted)
        if frame.interlaced_frame:
            frame = without_fields(frame)
        across, down = (height, width) if turn in (90, 270) else (width, height)
        scaled = self._scaled(frame, across, down, "yuv444p" if turn else "yuv420p")
        if turn:
            scaled = self._last.reformat(_turned(scaled, turn, width, height), width, height, "yuv420p")
        luma, first, second = (rows_of(scaled, number) for number in range(3))
        half = width // 2
        return luma[:height, :width], first[: height // 2, :half], second[: height // 2, :half]

    def _scaled(self, frame: av.VideoFrame, width: int, height: int, kind: str) -> av.VideoFrame:
        is_as_it_is = is_grey(frame) and not is_full_range(frame)  # FFmpeg's scaler takes all grey for full range
        return self._scaler.reformat(
            frame,
            width,
            height,
            kind,
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if is_grey(frame) else range_of(frame),
            dst_color_range=ColorRange.JPEG if is_as_it_is else ColorRange.MPEG,
            interpolation=_FILTER,
            threads=1,
        )


def _turned(frame: av.VideoFrame, turn: int, width: int, height: int) -> av.VideoFrame:
    upright = av.VideoFrame(width, height, "yuv444p")
    for number in range(3):
        rows_of(upright, number)[:height, :width] = np.rot90(
            rows_of(frame, number)[: frame.height, : frame.width], -turn // 90
        )
    upright.colorspace, upright.color_range = frame.colorspace, frame.color_range
    return upright
