"""Puts the tiles' pictures, their labels and what stands where there is no picture into the frames of the video.

Labels stand beside the pictures, never over them, so that they hide nothing of what was recorded; captions, marks and
shapes are drawn over pictures, and only where they were asked for. Runs in the process that composes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Protocol
from zoneinfo import ZoneInfo

import av
import numpy as np
from numpy.typing import NDArray

from annotations.composite.far_feed import FarFeed, TilePipe
from annotations.composite.feeds import Planes, TileFeed, TilePlanes
from annotations.composite.messages import Box, Burn, CompositeOrder, DecoderFailed, Missing, Tile, TileSource
from annotations.shapes.on_frame import Placed
from evidence.errors import DecoderError
from evidence.time_text import LocalTimes
from player.decoder.planes import rows_of

_BLACK, _NO_COLOUR = 16, 128
_TOLD_MISSING = 100
_PROCESSORS = 4
CANNOT = ("Cannot be shown", "This frame cannot be decoded")
FAILED = "Failed"


class Lettering(Protocol):
    """Writes and draws; all luma is in limited range."""

    def label(self, width: int, height: int, left: str, right: str, *, is_title: bool = False) -> NDArray[np.uint8]:
        """Return luma of a strip with text at its left and at its right."""

    def message(self, width: int, height: int, headline: str, line: str) -> NDArray[np.uint8]:
        """Return luma of an empty tile with words in its middle."""

    def drawn_over(self, planes: Planes, shapes: Sequence[Placed], source: TileSource, words: str) -> Planes:
        """Return a copy of a picture with shapes and words over it."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where a tile's label and its picture stand."""

    label: Box | None
    picture: Box


class Scene:
    """The frames of a video, one after another. Used by one thread.

    Attributes:
        missing: frames that could not be decoded, the first hundred.
        missing_count: how many there were.
        failed: by number of the tile, decoders that failed.
    """

    def __init__(self, order: CompositeOrder, lettering: Lettering, decoders: Sequence[TilePipe] = ()) -> None:
        """Make a scene; nothing is decoded yet.

        Args:
            order: what is shown.
            lettering: writes and draws.
            decoders: a process for each tile; none to decode in threads of this process.
        """
        self._order = order
        self._decoders = decoders
        self.failed: dict[int, DecoderFailed] = {}
        self._lettering = lettering
        self._times = LocalTimes(ZoneInfo(order.zone))
        self._parts = [_parts(order, tile) for tile in order.tiles]
        self.missing: list[Missing] = []
        self.missing_count = 0
        height, width = order.height, order.width
        self._canvas: Planes = (
            np.full((height, width), _BLACK, dtype=np.uint8),
            np.full((height // 2, width // 2), _NO_COLOUR, dtype=np.uint8),
            np.full((height // 2, width // 2), _NO_COLOUR, dtype=np.uint8),
        )
        self._state: list[object] = [None for _tile in order.tiles]
        self._labels: list[object] = [None for _tile in order.tiles]

    def frames(self, numbers: Sequence[int]) -> Iterator[av.VideoFrame]:
        """Yield frames of the video, by rising numbers.

        Raises:
            SightlineError: an original is missing or may not be read.
            FFmpegError: one cannot be read on.
        """
        threads = max(1, _PROCESSORS // max(1, len(self._order.tiles)))
        with ExitStack() as stack:
            feeds = [self._feed(place, numbers, threads) for place in range(len(self._parts))]
            for feed in feeds:
                stack.enter_context(feed)
            for number in numbers:
                for place, feed in enumerate(feeds):
                    self._show(place, feed, number)
                self._head(number)
                yield self._copy(number)

    def _feed(self, place: int, numbers: Sequence[int], threads: int) -> TileFeed | FarFeed:
        tile, box = self._order.tiles[place], self._parts[place].picture
        if self._decoders:
            with contextlib.suppress(DecoderError):  # no shared memory: decode here
                return FarFeed(self._decoders[place], tile, numbers, (box.width, box.height), threads)
        return TileFeed(tile, numbers, (box.width, box.height), threads)

    def _show(self, place: int, feed: TileFeed | FarFeed, number: int) -> None:
        """Bring one tile up to date; what has not changed since the frame before stays."""
        tile, parts = self._order.tiles[place], self._parts[place]
        shown = tile.shown(number)
        words = int(tile.words_of[number]) if len(tile.words_of) else -1
        state = (shown, int(tile.gap_of[number]), words)
        made = None if shown is None else feed.take(shown)
        if made is not None and made.failure:
            self._note_failure(place, made, number)
            state = (None, -1, -1)
        if state != self._state[place]:
            self._state[place] = state
            if made is not None and made.failure:
                self._say(parts.picture, FAILED, f"From here on: {made.failure}")
            elif shown is not None and made is not None and made.planes is not None:
                self._picture(tile, parts.picture, made, "" if words < 0 else tile.words[words])
            else:
                self._message(tile, parts.picture, shown, int(tile.gap_of[number]))
        if parts.label is not None:
            self._label(place, parts.label, number, made)

    def _picture(self, tile: Tile, box: Box, made: TilePlanes, words: str) -> None:
        assert made.planes is not None
        planes, shapes = made.planes, tile.shapes.get(made.shown, ())
        if shapes or words:
            planes = self._lettering.drawn_over(planes, shapes, tile.sources[made.shown[0]], words)
        height, width = planes[0].shape
        x, y = box.x + (box.width - width) // 4 * 2, box.y + (box.height - height) // 4 * 2
        if (width, height) != (box.width, box.height):
            self._fill(box)
        for number, plane in enumerate(planes):
            half = 1 if number == 0 else 2
            top, left = y // half, x // half
            self._canvas[number][top : top + plane.shape[0], left : left + plane.shape[1]] = plane

    def _message(self, tile: Tile, box: Box, shown: tuple[int, int] | None, gap: int) -> None:
        headline, line = CANNOT if shown is not None else tile.gaps[gap]
        if shown is not None:
            self.missing_count += 1
            if len(self.missing) < _TOLD_MISSING:
                file = tile.sources[shown[0]].source.display_name
                self.missing.append(Missing(tile.name, file, shown[1]))
        self._say(box, headline, line)

    def _say(self, box: Box, headline: str, line: str) -> None:
        self._fill(box)
        self._luma(box)[:] = self._lettering.message(box.width, box.height, headline, line)

    def _note_failure(self, place: int, made: TilePlanes, number: int) -> None:
        tile, before = self._order.tiles[place], self.failed.get(place)
        file = tile.sources[made.shown[0]].source.display_name
        first = before or DecoderFailed(tile.name, file, made.shown[1], number, 0, made.failure)
        self.failed[place] = replace(first, frames=first.frames + 1)

    def _label(self, place: int, box: Box, number: int, made: TilePlanes | None) -> None:
        tile, burns = self._order.tiles[place], self._order.burns
        shown = tile.shown(number)
        source = None if shown is None else tile.sources[shown[0]]
        left = [tile.name if Burn.NAME in burns else ""]
        right: list[str] = []
        if source is not None and shown is not None:
            left.append(source.exhibit if Burn.EXHIBIT in burns else "")
            if Burn.TIME in burns:
                right.append(f"{self._times.clock(int(tile.at_ns[number]))} {source.unsure}".rstrip())
            if Burn.FRAME in burns:
                right.append(f"frame {shown[1]:,}")
            if made is not None and (made.is_damaged or made.failure):
                right.append("failed" if made.failure else "damaged")
        texts = (" · ".join(filter(None, left)), " · ".join(right))
        if texts != self._labels[place]:
            self._labels[place] = texts
            self._luma(box)[:] = self._lettering.label(box.width, box.height, *texts)

    def _head(self, number: int) -> None:
        order, box = self._order, self._order.head
        if box is None:
            return
        count = len(order.tiles)
        cameras = "1 camera" if count == 1 else f"{count} cameras"
        instant = order.instant(number)
        right = f"Composite of {cameras} · {self._times.day_and_clock(instant)} {self._times.zone_name(instant)}"
        self._luma(box)[:] = self._lettering.label(box.width, box.height, order.title, right, is_title=True)

    def _fill(self, box: Box) -> None:
        self._luma(box)[:] = _BLACK
        for plane in self._canvas[1:]:
            plane[box.y // 2 : (box.y + box.height) // 2, box.x // 2 : (box.x + box.width) // 2] = _NO_COLOUR

    def _luma(self, box: Box) -> NDArray[np.uint8]:
        return self._canvas[0][box.y : box.y + box.height, box.x : box.x + box.width]

    def _copy(self, number: int) -> av.VideoFrame:
        frame = av.VideoFrame(self._order.width, self._order.height, "yuv420p")
        for place, plane in enumerate(self._canvas):
            rows_of(frame, place)[: plane.shape[0], : plane.shape[1]] = plane
        frame.pts, frame.time_base = number, 1 / self._order.rate
        return frame


def line_height(height: int) -> int:
    """Return how high a line of a label is in a video of this height, in pixels; even."""
    return max(18, height * 28 // 1080) // 2 * 2


def _parts(order: CompositeOrder, tile: Tile) -> _Parts:
    """Put the label above the picture; in two lines where the tile is narrow."""
    box = tile.box
    if not order.burns & {Burn.NAME, Burn.TIME, Burn.FRAME, Burn.EXHIBIT}:
        return _Parts(None, box)
    line = line_height(order.height)
    high = line if box.width >= 24 * line else 2 * line
    if box.height <= 2 * high:
        return _Parts(None, box)
    label = Box(box.x, box.y, box.width, high)
    return _Parts(label, Box(box.x, box.y + high, box.width, box.height - high))
