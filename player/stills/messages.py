"""What the program and the process that decodes stills say to each other: frozen messages, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.frame_index import FrameIndex
from player.protocol import Source


@dataclass(frozen=True, slots=True)
class StillOrder:
    """One frame that is wanted.

    Attributes:
        source: the stream.
        index: its table of frames.
        frame: number of the frame, from 0 in order of presentation.
        is_upright: turned and with square pixels, as it is displayed; else every coded pixel as it lies.
    """

    source: Source
    index: FrameIndex
    frame: int
    is_upright: bool


@dataclass(frozen=True, slots=True)
class Colour:
    """How the recorded values were made red, green and blue.

    Attributes:
        matrix: name of the matrix, or "RGB" where the picture was recorded as such.
        range: `limited` (black is 16 in 8 bits) or `full`.
        is_matrix_assumed: the file does not say, so the size of the picture decided.
        is_range_assumed: the file does not say, so limited range was taken.
    """

    matrix: str
    range: str
    is_matrix_assumed: bool
    is_range_assumed: bool


@dataclass(frozen=True, slots=True)
class StillPicture:
    """One decoded frame as red, green, blue.

    Attributes:
        width: in pixels, after turning and stretching where that was asked for.
        height: in pixels.
        depth: bits of one value, 8 or 16; of 16 the more significant byte comes first.
        pixels: rows from the top, red, green, blue, no padding.
        coded_size: width and height as recorded.
        pixel_format: FFmpeg's name of what the decoder made.
        is_interlaced: it holds two fields, taken at different times.
        is_damaged: the decoder met errors in it.
    """

    width: int
    height: int
    depth: int
    pixels: bytes
    coded_size: tuple[int, int]
    pixel_format: str
    colour: Colour
    is_interlaced: bool
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class Busy:
    """A sign of life."""


@dataclass(frozen=True, slots=True)
class NoPicture:
    """The frame could not be made; `reason` is a sentence or more for people."""

    reason: str


FromStillChild = StillPicture | Busy | NoPicture
ToStillChild = StillOrder
