"""Turns frames into JPEG pictures, full-range BT.601, as JFIF has it."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from player.decoder.convert import matrix_of, range_of

_LAMBDA = 118
"""FFmpeg's scale of qualities (FF_QP2LAMBDA)."""


class JpegWriter:
    """Encodes pictures of one size. Used by one thread."""

    def __init__(self, size: tuple[int, int], quality: int) -> None:
        """Make an encoder.

        Args:
            size: width and height in pixels, as coded.
            quality: FFmpeg's quantiser scale, 2 (best) to 31.
        """
        self._size = size
        self._scaler = VideoReformatter()
        codec = av.CodecContext.create("mjpeg", "w")
        assert isinstance(codec, av.VideoCodecContext)
        codec.width, codec.height = size
        codec.pix_fmt = "yuvj420p"
        codec.time_base = Fraction(1, 25)
        codec.thread_count = 1
        scale = str(quality)
        codec.options = {"qmin": scale, "qmax": scale, "flags": "+qscale", "global_quality": str(quality * _LAMBDA)}
        self._codec = codec
        self._count = 0

    def encode(self, frame: av.VideoFrame) -> bytes:
        """Return a frame as it was coded: scaled, not turned.

        Raises:
            av.error.FFmpegError: the frame is of a kind that cannot be scaled.
        """
        return self._encode(
            self._scaler.reformat(
                frame,
                *self._size,
                "yuvj420p",
                src_colorspace=matrix_of(frame),
                dst_colorspace=Colorspace.ITU601,
                src_color_range=range_of(frame),
                dst_color_range=ColorRange.JPEG,
                interpolation=Interpolation.AREA,
            )
        )

    def encode_turned(self, frame: av.VideoFrame, rotation: int) -> bytes:
        """Return a frame scaled and turned clockwise by `rotation` degrees, a multiple of 90. Raises like `encode`."""
        width, height = self._size if rotation % 180 == 0 else self._size[::-1]
        coloured = self._scaler.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=range_of(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA,
        )
        turned: NDArray[np.uint8] = np.ascontiguousarray(np.rot90(coloured.to_ndarray(), -rotation // 90))
        upright = av.VideoFrame.from_ndarray(turned, format="rgb24")
        jpeg_frame = upright.reformat(
            format="yuvj420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
        )
        return self._encode(jpeg_frame)

    def _encode(self, frame: av.VideoFrame) -> bytes:
        frame.pts = self._count
        frame.time_base = Fraction(1, 25)
        self._count += 1
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))
