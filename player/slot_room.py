"""How much room a slot of a ring needs for the pictures that a camera's tile wants."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.records import StreamInfo
from player.pixels import Manner, PixelLayout, fitted_size, native_bytes, stays_native


def slot_bytes_for(box: tuple[int, int], manner: Manner, streams: Iterable[StreamInfo]) -> int:
    """Return the bytes of a slot: for a finished picture in the box, or for planes of any of the streams.

    Args:
        box: greatest width and height in device pixels.
        manner: how pictures shall lie.
        streams: the video streams that may be shown; what their files say of them need not be true, and a decoder
            that finds a picture too large for its slot makes a finished one instead.
    """
    finished = box[0] * box[1] * 4
    if manner.layout is PixelLayout.BGRA:
        return finished
    return max([finished, *(_planes_bytes(stream, box) for stream in streams)])


def _planes_bytes(stream: StreamInfo, box: tuple[int, int]) -> int:
    coded = (stream.width, stream.height)
    if min(coded) < 1:
        return 0
    shown = fitted_size(coded, box, stream.pixel_aspect, stream.rotation)
    return native_bytes(*coded, stream.pixel_format) if stays_native(coded, shown, stream.rotation) else 0
