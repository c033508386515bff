"""Interlaced pictures: two fields, taken at different times, woven line by line into one frame.

FFmpeg's scaler makes each field smaller by itself, which leaves combs two lines high in a small picture; pictures are
scaled whole here. As an aid to the eye one field can be kept: the lines between are filled in from those above and
below, so nothing of another moment is mixed in. It depends on this one frame alone.
"""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from player.decoder.planes import rows_of


def without_fields(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a copy of the frame that is not marked as interlaced; where its chroma lies is forgotten with it."""
    return _copy(frame) if _has_lines(frame) else frame


def keep_one_field(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a copy with the first, third, fifth … line as recorded, and each line between as the mean of its two."""
    if not _has_lines(frame):
        return frame
    copy = _copy(frame)
    is_wide = any(one.bits > 8 for one in frame.format.components)
    for number in range(len(copy.planes)):
        rows = rows_of(copy, number)
        _fill_in(rows.view(np.uint16) if is_wide else rows)
    return copy


def _fill_in(rows: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    above, below = rows[0:-2:2], rows[2::2]
    count = min(len(above), len(below))
    between = rows[1::2]
    between[:count] = (above[:count].astype(np.uint32) + below[:count].astype(np.uint32) + 1) >> 1
    if len(between) > count:
        between[count:] = rows[2 * count]


def _has_lines(frame: av.VideoFrame) -> bool:
    """Tell whether lines can be copied and averaged: samples of whole bytes, and no look-up in a palette."""
    form = frame.format
    return not (form.has_palette or form.is_bit_stream or form.is_big_endian)


def _copy(frame: av.VideoFrame) -> av.VideoFrame:
    copy = av.VideoFrame(frame.width, frame.height, frame.format.name)
    for number in range(len(frame.planes)):
        source, target = rows_of(frame, number), rows_of(copy, number)
        length = min(source.shape[1], target.shape[1])
        target[:, :length] = source[: len(target), :length]
    copy.colorspace = frame.colorspace
    copy.color_range = frame.color_range
    return copy
