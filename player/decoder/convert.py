"""Makes the picture that is shown out of a decoded frame: right matrix and range, size, pixel aspect and rotation.

Where the file does not say its matrix, ITU-R BT.601 is taken up to 576 lines and BT.709 above, as the two standards'
own scopes suggest; where it does not say its range, limited (video) range.
"""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from player.protocol import Source

_SD_LINES = 576
_MATRIX_BY_NUMBER = {1: Colorspace.ITU709, 4: Colorspace.FCC, 5: Colorspace.ITU601, 6: Colorspace.ITU601,
                     7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020}  # fmt: skip
"""AVColorSpace (ITU-T H.273, matrix coefficients) to swscale's own numbering."""


class Converter:
    """Makes pictures of one source for one size of tile. Used by one thread."""

    def __init__(self, source: Source, box_width: int, box_height: int) -> None:
        self._source = source
        self._box = (box_width, box_height)
        self._scaler = VideoReformatter()
        self._coded = (0, 0)
        self._shown = (0, 0)

    def size_of(self, frame: av.VideoFrame) -> tuple[int, int]:
        """Return the width and height of the picture as shown, in device pixels."""
        coded = (frame.width, frame.height)
        if coded != self._coded:
            self._coded = coded
            self._shown = fitted_size(coded, self._box, self._source.pixel_aspect, self._source.rotation)
        return self._shown

    def scale(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame in 32-bit colour, scaled, not yet rotated. A frame that is so already is handed back."""
        width, height = self.size_of(frame)
        if self._source.rotation in (90, 270):
            width, height = height, width
        if frame.format.name == "bgra":
            if (frame.width, frame.height) == (width, height):
                return frame
            return self._scaler.reformat(frame, width, height, "bgra", interpolation=Interpolation.AREA)
        return self._scaler.reformat(
            frame,
            width,
            height,
            "bgra",
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=range_of(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if width < frame.width else Interpolation.BILINEAR,
        )

    def write(self, frame: av.VideoFrame, target: NDArray[np.uint8]) -> None:
        """Write a frame that `scale` returned into `target`, uint8[height, width, 4] as shown."""
        plane = frame.planes[0]
        rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
        pixels = rows[: frame.height, : frame.width * 4].view(np.uint32)
        turned = np.rot90(pixels, -self._source.rotation // 90)
        np.copyto(target.view(np.uint32)[:, :, 0], turned)


def fitted_size(size: tuple[int, int], box: tuple[int, int], pixel_aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Return the largest size in a box that keeps the picture's shape as it is to be shown; at least one pixel.

    Args:
        size: coded width and height in pixels.
        box: greatest width and height in device pixels.
        pixel_aspect: width of a pixel over its height.
        rotation: degrees clockwise by which the picture is turned.
    """
    width, height = size
    shown_width = width * pixel_aspect
    shown_height = Fraction(height)
    if rotation in (90, 270):
        shown_width, shown_height = shown_height, shown_width
    scale = min(Fraction(box[0]) / shown_width, Fraction(box[1]) / shown_height)
    return max(1, int(shown_width * scale)), max(1, int(shown_height * scale))


def matrix_of(frame: av.VideoFrame) -> Colorspace:
    """Return the matrix by which the frame's colours were coded."""
    known = _MATRIX_BY_NUMBER.get(int(frame.colorspace))
    if known is not None:
        return known
    return Colorspace.ITU601 if frame.height <= _SD_LINES else Colorspace.ITU709


def range_of(frame: av.VideoFrame) -> ColorRange:
    """Return whether black is 0 (full range) or 16 (limited)."""
    is_full = int(frame.color_range) == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return ColorRange.JPEG if is_full else ColorRange.MPEG
