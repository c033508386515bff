"""Makes the picture that is shown out of a decoded frame: right matrix and range, size, pixel aspect and rotation.

Where the file does not say its matrix, ITU-R BT.601 is taken up to 576 lines and BT.709 above, as the two standards'
own scopes suggest; where it does not say its range, limited (video) range.

Pictures are made smaller by averaging the area that each new pixel covers, and larger by linear interpolation, each
component from its own samples straight to the size shown. A graphics card does the same with planes, by
`resources/shaders/tile.frag`; change both or neither. Docs: `docs/decisions/0006-one-picture-two-painters.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from player.decoder.fields import keep_one_field, without_fields
from player.decoder.interleave import Interleaver
from player.decoder.planes import copy_planes, is_plain, planes_form, rows_of
from player.pixels import BGRA_FORM, Manner, Matrix, PictureForm, PixelLayout, fitted_size, stays_native
from player.protocol import Source

_SD_LINES = 576
_FILTER = Interpolation.AREA | Interpolation.ACCURATE_RND
_MATRICES = {1: Matrix.BT709, 4: Matrix.FCC, 5: Matrix.BT601, 6: Matrix.BT601, 7: Matrix.SMPTE240M, 9: Matrix.BT2020,
             10: Matrix.BT2020}  # fmt: skip
"""AVColorSpace (ITU-T H.273, matrix coefficients) to its matrix."""

_SWSCALE = {Matrix.BT709: Colorspace.ITU709, Matrix.FCC: Colorspace.FCC, Matrix.BT601: Colorspace.ITU601,
            Matrix.SMPTE240M: Colorspace.SMPTE240M, Matrix.BT2020: Colorspace.BT2020}  # fmt: skip
_FINISHED = "gbrp"
"""Red, green and blue in planes: swscale is quick at it, and interpolates chroma for every pixel, as it does for no
packed format at a bearable price."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A frame with all done to it but the turn: what `Converter.write` takes.

    Attributes:
        frame: its samples.
        form: how its own planes shall lie in a slot; None where it was made red, green and blue at the size shown.
        width: of the picture as shown, in device pixels.
        height: of the picture as shown.
        is_damaged: the decoder met errors in it.
    """

    frame: av.VideoFrame
    form: PictureForm | None
    width: int
    height: int
    is_damaged: bool = False


class Converter:
    """Makes pictures of one source for one size of tile. Used by one thread.

    Args:
        source: whose frames come.
        box_width: greatest width in device pixels.
        box_height: greatest height in device pixels.
        manner: how pictures shall lie.
        slot_bytes: room for one; what does not fit as planes is made BGRA.
    """

    def __init__(
        self,
        source: Source,
        box_width: int,
        box_height: int,
        manner: Manner | None = None,
        slot_bytes: int = 0,
    ) -> None:
        self._source = source
        self._box = (box_width, box_height)
        self._manner = manner or Manner()
        self._slot_bytes = slot_bytes
        self._scaler = VideoReformatter()
        self._interleaver = Interleaver()
        self._coded = (0, 0)
        self._shown = (0, 0)
        self._form_for: tuple[object, ...] = ()
        self._form: PictureForm | None = None

    def size_of(self, frame: av.VideoFrame) -> tuple[int, int]:
        """Return the width and height at which a frame as the decoder made it is shown, in device pixels."""
        coded = (frame.width, frame.height)
        if coded != self._coded:
            self._coded = coded
            self._shown = fitted_size(coded, self._box, self._source.pixel_aspect, self._source.rotation)
        return self._shown

    def finish(self, frame: av.VideoFrame) -> Finished:
        """Return a frame as the decoder made it, as `write` takes it: planes as they are, or scaled and coloured."""
        width, height = shown = self.size_of(frame)
        is_damaged = bool(frame.is_corrupt)
        if self._source.rotation in (90, 270):
            width, height = height, width
        if self._manner.is_deinterlaced:
            frame = keep_one_field(frame)
        elif frame.interlaced_frame:
            frame = without_fields(frame)
        form = self._native_form(frame)
        if form is not None:
            return Finished(frame, form, *shown, is_damaged)
        scaled = self._scaler.reformat(
            frame,
            width,
            height,
            _FINISHED,
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=range_of(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=_FILTER,
            threads=1,
        )
        if is_grey(frame) and not is_full_range(frame):
            _stretch(scaled)
        return Finished(scaled, None, *shown, is_damaged)

    def write(self, finished: Finished, slot: NDArray[np.uint8]) -> PictureForm:
        """Write a finished frame into the bytes of a slot and return how it lies there."""
        frame = finished.frame
        if finished.form is not None:
            copy_planes(frame, finished.form, slot)
            return finished.form
        green, blue, red = (self._turned(rows_of(frame, plane)[:, : frame.width]) for plane in range(3))
        self._interleaver.write(blue, green, red, slot[: finished.width * finished.height * 4])
        return BGRA_FORM

    def _turned(self, samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.rot90(samples, -self._source.rotation // 90) if self._source.rotation else samples

    def _native_form(self, frame: av.VideoFrame) -> PictureForm | None:
        """Return how the frame's own planes lie in a slot, or None where it is to be finished here."""
        if self._manner.layout is not PixelLayout.PLANES:
            return None
        facts = (frame.format.name, frame.width, frame.height, int(frame.colorspace), int(frame.color_range))
        if facts != self._form_for:
            self._form_for = facts
            self._form = self._find_native_form(frame)
        return self._form

    def _find_native_form(self, frame: av.VideoFrame) -> PictureForm | None:
        shown = self.size_of(frame)
        if not is_plain(frame) or not stays_native((frame.width, frame.height), shown, self._source.rotation):
            return None
        form = planes_form(frame)
        last = form.planes[-1]
        if last.offset + last.stride * last.height > self._slot_bytes:
            return None
        is_full = is_full_range(frame)
        return replace(form, matrix=coding_of(frame), is_full_range=is_full, rotation=self._source.rotation)


def coding_of(frame: av.VideoFrame) -> Matrix:
    """Return the matrix by which the frame's colours were coded."""
    known = _MATRICES.get(int(frame.colorspace))
    if known is not None:
        return known
    return Matrix.BT601 if frame.height <= _SD_LINES else Matrix.BT709


def matrix_of(frame: av.VideoFrame) -> Colorspace:
    """Return the same by the name that FFmpeg's scaler has for it."""
    return _SWSCALE[coding_of(frame)]


def is_grey(frame: av.VideoFrame) -> bool:
    """Tell whether the frame has luma alone."""
    return frame.format.name.startswith("gray")


def is_full_range(frame: av.VideoFrame) -> bool:
    """Tell whether black is 0; where a grey picture does not say, it is, as FFmpeg takes it."""
    if is_grey(frame):
        return int(frame.color_range) != ColorRange.MPEG
    return range_of(frame) == ColorRange.JPEG


def _stretch(frame: av.VideoFrame) -> None:
    """Make limited range full, in place: FFmpeg's scaler takes all grey for full, whatever it is told."""
    levels = np.clip((np.arange(256) - 16) * 255 / 219 + 0.5, 0, 255).astype(np.uint8)
    for number in range(3):
        rows = rows_of(frame, number)
        rows[:] = levels[rows]


def range_of(frame: av.VideoFrame) -> ColorRange:
    """Return whether black is 0 (full range) or 16 (limited)."""
    is_full = int(frame.color_range) == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return ColorRange.JPEG if is_full else ColorRange.MPEG
