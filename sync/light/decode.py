"""Reads how light falls on a recording's picture: a coarse grid's brightness and blueness, at each frame's own time.

The small pictures that the grid is made of are shown to whoever else wants them, so that nothing is decoded twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from evidence.demux import open_container
from evidence.errors import Cancelled, MediaError
from evidence.jobs import IsCancelled
from evidence.originals import OriginalStream, open_original
from evidence.times import ticks_to_ns

COLUMNS, ROWS = 12, 8
"""Cells of the grid."""

See = Callable[[int, NDArray[np.uint8]], None]
"""Is shown a frame: its stamp, ns, and its luma made small, uint8[rows, columns]."""

_FINE = 8
_FEWEST_FRAMES = 20
_MOST_FRAMES = 2_000_000


@dataclass(frozen=True, eq=False)
class Light:
    """What one lens saw of the light.

    Attributes:
        starts_ns: when each frame begins, media time, int64[frames], ascending.
        end_ns: when the last frame ends.
        luma: mean of each cell, 0 to 255, float32[frames, cells].
        blue: its mean blue difference (Cb less its middle), float32[frames, cells].
    """

    starts_ns: NDArray[np.int64]
    end_ns: int
    luma: NDArray[np.float32]
    blue: NDArray[np.float32]


def read_light(
    path_bytes: bytes, display_name: str, stream_index: int, cancelled: IsCancelled, see: See | None = None
) -> Light:
    """Decode all of a recording's picture.

    Args:
        path_bytes: where it is.
        display_name: for people.
        stream_index: which stream it is.
        cancelled: whether to stop.
        see: is shown every frame as it is decoded.

    Raises:
        OriginalError: it cannot be opened.
        MediaError: it holds no picture there that can be decoded.
        Cancelled: as asked.
    """
    starts: list[int] = []
    grids: list[NDArray[np.float32]] = []
    with open_original(path_bytes) as original:
        try:
            container = open_container(OriginalStream(original))
        except av.error.FFmpegError as error:
            raise _no_picture(display_name) from error
        with container:
            stream = next((one for one in container.streams.video if one.index == stream_index), None)
            if stream is None or stream.time_base is None:
                raise _no_picture(display_name)
            for packet in container.demux(stream):
                if cancelled():
                    raise Cancelled("Reading the light was cancelled.")
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    continue
                for frame in frames:
                    if frame.pts is not None and len(starts) < _MOST_FRAMES:
                        starts.append(ticks_to_ns(frame.pts, stream.time_base))
                        small = shrink(frame)
                        grids.append(_grid(small))
                        if see is not None:
                            see(starts[-1], small[0])
    if len(starts) < _FEWEST_FRAMES:
        raise _no_picture(display_name)
    times, first = np.unique(np.array(starts, dtype=np.int64), return_index=True)
    whole = np.stack(grids)[first]
    end_ns = int(times[-1] + np.median(np.diff(times)))
    return Light(times, end_ns, whole[:, 0], whole[:, 1] - 128.0)


def shrink(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return a frame made small, luma and both differences: uint8[3, rows, columns]."""
    small = frame.reformat(COLUMNS * _FINE, ROWS * _FINE, "yuv444p", interpolation="AREA")
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _grid(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return mean luma and blue difference of the cells: float32[2, cells]."""
    cells = small[:2].reshape(2, ROWS, _FINE, COLUMNS, _FINE).mean(axis=(2, 4), dtype=np.float32)
    return np.asarray(cells.reshape(2, -1))


def _no_picture(display_name: str) -> MediaError:
    return MediaError(
        f"{display_name} has no picture that could be read.",
        meaning="It cannot be matched by light.",
        remedy="Match it by sound, or state its clock's error.",
    )
