"""The child process that decodes stills: takes orders from a pipe, answers each with a picture or a reason.

Light to import; what it needs is loaded in the child. It ends when the pipe closes. Hostile bytes can break it and
nothing else: it opens originals read-only and writes nothing.
"""

from __future__ import annotations

import contextlib
import time
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from evidence.child_process import limit_this_process
from player.stills.messages import Busy, Colour, FromStillChild, NoPicture, StillOrder, StillPicture, ToStillChild

if TYPE_CHECKING:
    import av

_BUSY_EVERY_S = 0.2
_LOST_AFTER_FRAMES = 4
MOST_PIXELS = 1 << 28
"""More than any camera makes; what a damaged header claims beyond it is refused."""

_MATRIX_NAMES = {1: "BT.709", 4: "FCC", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M", 9: "BT.2020", 10: "BT.2020"}
"""AVColorSpace (ITU-T H.273, matrix coefficients) in words."""


def run(pipe: Connection[FromStillChild, ToStillChild]) -> None:
    """Decode what is ordered until the pipe closes. Runs in the child process."""
    limit_this_process()
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = pipe.recv()
            try:
                pipe.send(make_still(order, pipe))
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - gate: a decoder process tells whatever a hostile file did
                pipe.send(NoPicture(str(error) or type(error).__name__))


def make_still(order: StillOrder, pipe: Connection[FromStillChild, ToStillChild]) -> StillPicture | NoPicture:
    """Decode one frame and make its picture; signs of life go to `pipe`.

    Raises:
        SightlineError: the file is missing, may not be read, or holds no such stream any more.
    """
    picture = _decode(order, pipe)
    if picture is None:
        return NoPicture(
            f"Frame {order.frame:,} of {order.source.display_name} cannot be decoded. The file is damaged there, or "
            "has become shorter since it was added. Verify the case, then fetch the recording again."
        )
    return _convert(picture, order)


def _decode(order: StillOrder, pipe: Connection[FromStillChild, ToStillChild]) -> av.VideoFrame | None:
    from player.decoder.reader import FrameReader

    reader = FrameReader(order.source, order.index, 1)
    try:
        reader.aim(order.frame, order.frame)
        next_word = time.monotonic() + _BUSY_EVERY_S
        while not reader.is_at_end and reader.last_out < order.frame + _LOST_AFTER_FRAMES:
            for decoded in reader.read():
                if decoded.number == order.frame:
                    return decoded.picture
            if time.monotonic() >= next_word:
                pipe.send(Busy())
                next_word = time.monotonic() + _BUSY_EVERY_S
        return None
    finally:
        reader.close()


def _convert(picture: av.VideoFrame, order: StillOrder) -> StillPicture | NoPicture:
    """Return the picture in red, green and blue, with as many bits as were recorded."""
    import numpy as np
    from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

    from player.decoder.convert import is_full_range, is_grey, matrix_of, range_of
    from player.stills.geometry import square_pixel_size
    from player.stills.levels import full_range

    size = (picture.width, picture.height)
    if order.is_upright:
        size = square_pixel_size(size, order.source.pixel_aspect)
    if size[0] * size[1] > MOST_PIXELS or min(size) < 1:
        return NoPicture(
            f"The picture of {order.source.display_name} would have {size[0]:,} by {size[1]:,} pixels, which no camera "
            "makes. Its header is damaged. Ask for the picture as recorded, or fetch the recording again."
        )
    depth = 16 if max(component.bits for component in picture.format.components) > 8 else 8
    is_yuv = not picture.format.is_rgb
    exact = (
        Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
    )
    converted = VideoReformatter().reformat(
        picture,
        *size,
        "rgb24" if depth == 8 else "rgb48be",
        src_colorspace=matrix_of(picture) if is_yuv else None,
        src_color_range=range_of(picture) if is_yuv else None,
        dst_color_range=ColorRange.JPEG,
        interpolation=exact | Interpolation.BITEXACT,
    )
    plane = converted.planes[0]
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
    pixel_bytes = 3 * depth // 8
    pixels = rows[: size[1], : size[0] * pixel_bytes].reshape(size[1], size[0], pixel_bytes)
    if is_grey(picture) and not is_full_range(picture):
        pixels = full_range(pixels)  # the scaler takes all grey for full range, whatever it is told
    upright = np.rot90(pixels, -(order.source.rotation // 90)) if order.is_upright else pixels
    return StillPicture(
        width=upright.shape[1],
        height=upright.shape[0],
        depth=depth,
        pixels=upright.tobytes(),
        coded_size=(picture.width, picture.height),
        pixel_format=picture.format.name,
        colour=_colour_of(picture, is_yuv=is_yuv),
        is_interlaced=bool(picture.interlaced_frame),
        is_damaged=bool(picture.is_corrupt),
    )


def _colour_of(picture: av.VideoFrame, *, is_yuv: bool) -> Colour:
    from player.decoder.convert import is_full_range, matrix_of

    if not is_yuv:
        return Colour("RGB", "full", is_matrix_assumed=False, is_range_assumed=False)
    number = int(picture.colorspace)
    assumed = {"ITU601": "BT.601", "ITU709": "BT.709"}.get(matrix_of(picture).name, matrix_of(picture).name)
    is_range_stated = int(picture.color_range) in {1, 2} or picture.format.name.startswith("yuvj")
    return Colour(
        matrix=_MATRIX_NAMES.get(number, assumed),
        range="full" if is_full_range(picture) else "limited",
        is_matrix_assumed=number not in _MATRIX_NAMES,
        is_range_assumed=not is_range_stated,
    )
