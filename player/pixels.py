"""How a picture lies in its slot, and how large it is shown: what decoders write and canvases read. No Qt, no codec.

There are two layouts. In `BGRA` the decoder has done everything (size, colours, turn), which is what a canvas without a
graphics card copies to the screen. In `PLANES` the samples are as they were coded, and the graphics card does the rest
by the same rules (`resources/shaders/tile.frag`). A decoder may answer a wish for planes with BGRA at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

MOST_REDUCTION = 3
"""Pictures that are shown smaller than this part of their size are made small by the decoder in either layout."""


class PixelLayout(StrEnum):
    """How a picture lies in its slot."""

    BGRA = "bgra"
    """Blue, green, red and 255 of each pixel, rows without padding: what a CPU painter takes as 32-bit RGB."""

    PLANES = "planes"
    """Luma, then both chroma planes where there are any, as they were coded: size, depth, subsampling."""


class Matrix(StrEnum):
    """By which red, green and blue became luma and chroma (ITU-T H.273, table 4)."""

    BT601 = "BT.601"
    BT709 = "BT.709"
    BT2020 = "BT.2020"
    FCC = "FCC"
    SMPTE240M = "SMPTE 240M"

    @property
    def weights(self) -> tuple[float, float]:
        """The shares of red and of blue in luma."""
        return _WEIGHTS[self]


_WEIGHTS = {
    Matrix.BT601: (0.299, 0.114),
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.BT2020: (0.2627, 0.0593),
    Matrix.FCC: (0.30, 0.11),
    Matrix.SMPTE240M: (0.212, 0.087),
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a camera's pictures are wanted, beside their size.

    Attributes:
        layout: what the canvas can draw.
        is_deinterlaced: one field of each picture is kept, and its lines in between are filled in.
    """

    layout: PixelLayout = PixelLayout.BGRA
    is_deinterlaced: bool = False


@dataclass(frozen=True, slots=True)
class Plane:
    """Samples of one component.

    Attributes:
        offset: of the first row in the slot, in bytes.
        width: in samples.
        height: in samples.
        stride: from row to row, in bytes; a multiple of four.
    """

    offset: int
    width: int
    height: int
    stride: int


@dataclass(frozen=True, slots=True)
class PictureForm:
    """How one picture lies in its slot. With `BGRA` only `layout` counts: the picture is finished.

    Attributes:
        planes: one (grey) or three.
        depth: bits of a sample; above 8 each sample takes two bytes, the lower first.
        matrix: how the colours were coded.
        is_full_range: whether black is 0 rather than 16 (of 8 bits).
        rotation: degrees clockwise by which the picture must be turned to be shown.
        siting: where the first chroma sample lies, right and down, in chroma samples; (0.5, 0.5) is in the middle of
            the luma samples that share it.
    """

    layout: PixelLayout = PixelLayout.BGRA
    planes: tuple[Plane, ...] = ()
    depth: int = 8
    matrix: Matrix = Matrix.BT709
    is_full_range: bool = False
    rotation: int = 0
    siting: tuple[float, float] = (0.5, 0.5)


BGRA_FORM = PictureForm()


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


def stays_native(coded: tuple[int, int], shown: tuple[int, int], rotation: int) -> bool:
    """Tell whether a canvas may be given a picture at its coded size, to be made as small as `shown` by itself."""
    width, height = shown if rotation in (0, 180) else (shown[1], shown[0])
    return coded[0] <= MOST_REDUCTION * width and coded[1] <= MOST_REDUCTION * height


def native_bytes(width: int, height: int, pixel_format: str) -> int:
    """Return room enough for the planes of a picture, by FFmpeg's name of its format; unknown ones count as largest."""
    samples = next((share for name, share in _SHARES.items() if name in pixel_format), Fraction(3))
    bytes_each = 1 if pixel_format in {"gray", *_EIGHT_BIT} else 2
    padding = 3 * 4 * (height + 1) + 16
    return int((width + 1) * (height + 1) * samples) * bytes_each + padding


_SHARES = {"410": Fraction(5, 4), "411": Fraction(3, 2), "420": Fraction(3, 2), "422": Fraction(2), "440": Fraction(2),
           "444": Fraction(3), "gray": Fraction(1)}  # fmt: skip
_EIGHT_BIT = frozenset(f"{kind}{share}p" for kind in ("yuv", "yuvj") for share in _SHARES)
