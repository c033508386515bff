"""A frame's number as a block of black and white cells in the picture, for machines to read back from a screen.

The block has 4 rows of 8 square cells, each 6 % of the picture's height, at the right of the vertical middle: there
it stays clear of label strips at the top or bottom of a tile, of burnt-in clocks and of play-back controls. At a
tile 200 pixels wide a cell still has 6 pixels or more. Cells are read row by row, the most significant bit first:

    1 white cell, 4 bits camera, 2 bits part, 1 black cell, 16 bits frame number, 8 bits check sum (CRC-8, 0x07)

A reader needs to know only the rectangle in which the picture (as displayed: upright) is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS, _COLUMNS = 4, 8
_CELL = 0.06
_RIGHT_MARGIN = 0.04
_QUIET = 0.02
_WHITE_AT, _BLACK_AT = 0, 7
_LEAST_CONTRAST = 60.0
_UNSURE = 0.2

Picture = NDArray[np.uint8]
Rect = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


@dataclass(frozen=True, slots=True)
class FrameCode:
    """What a code says.

    Attributes:
        camera: number of the camera, 0 to 15.
        part: which of the camera's files, 0 to 3.
        number: the frame's number in its file, from 0 in order of presentation, to 65,535.
    """

    camera: int
    part: int
    number: int

    def __post_init__(self) -> None:
        if not (0 <= self.camera < 16 and 0 <= self.part < 4 and 0 <= self.number < 65_536):
            raise ValueError(f"a frame code cannot hold {self}")


def draw(picture: NDArray[Any], code: FrameCode, *, white: int = 235, black: int = 16) -> Rect:
    """Write a code into a picture, in place.

    Args:
        picture: uint8[height, width] or uint8[height, width, channels], upright, contiguous or a view.
        code: what to write.
        white: value of a white cell.
        black: value of a black cell and of the quiet border around the block.

    Returns:
        The rectangle that was written, border included, so that a planar picture's chroma can be made grey there.
    """
    height, width = picture.shape[:2]
    left, top, cell = _place(width, height)
    quiet = _QUIET * height
    x0, y0 = max(0, int(left - quiet)), max(0, int(top - quiet))
    x1, y1 = min(width, round(left + _COLUMNS * cell + quiet)), min(height, round(top + _ROWS * cell + quiet))
    picture[y0:y1, x0:x1] = black
    for place, bit in enumerate(_bits_of(code)):
        row, column = divmod(place, _COLUMNS)
        if bit:
            ys, ye = round(top + row * cell), round(top + (row + 1) * cell)
            xs, xe = round(left + column * cell), round(left + (column + 1) * cell)
            picture[ys:ye, xs:xe] = white
    return x0, y0, x1 - x0, y1 - y0


def read(image: NDArray[Any], rect: Rect | None = None) -> FrameCode | None:
    """Read the code of the picture that is shown in `rect` of an image.

    Args:
        image: uint8[height, width] or uint8[height, width, channels], for instance a screenshot.
        rect: where the upright picture is, or None where it fills the image.

    Returns:
        The code, or None where there is none, or where any cell or the check sum leaves a doubt.
    """
    x, y, width, height = rect or (0, 0, image.shape[1], image.shape[0])
    if width < 8 or height < 8 or x < 0 or y < 0 or x + width > image.shape[1] or y + height > image.shape[0]:
        return None
    shown = image[y : y + height, x : x + width]
    levels = np.array([_level(shown, place) for place in range(_ROWS * _COLUMNS)])
    low, high = levels[_BLACK_AT], levels[_WHITE_AT]
    if high - low < _LEAST_CONTRAST:
        return None
    share = (levels - low) / (high - low)
    if np.any(np.abs(share - 0.5) < _UNSURE):
        return None
    return _code_of([int(value > 0.5) for value in share])


def _place(width: int, height: int) -> tuple[float, float, float]:
    """Return the block's left and top edge and the length of a cell's side, in pixels."""
    cell = _CELL * height
    return width - _RIGHT_MARGIN * height - _COLUMNS * cell, (height - _ROWS * cell) / 2, cell


def _level(shown: NDArray[Any], place: int) -> float:
    """Return the mean of the middle of a cell."""
    height, width = shown.shape[:2]
    left, top, cell = _place(width, height)
    row, column = divmod(place, _COLUMNS)
    x, y = left + (column + 0.5) * cell, top + (row + 0.5) * cell
    reach = max(0.5, cell * 0.22)
    patch = shown[round(y - reach) : max(round(y + reach), round(y - reach) + 1)]
    patch = patch[:, max(0, round(x - reach)) : max(round(x + reach), round(x - reach) + 1)]
    if patch.ndim == 3:
        patch = patch[:, :, :3]
    return float(patch.mean()) if patch.size else 0.0


def _bits_of(code: FrameCode) -> list[int]:
    bits = [1, *_binary(code.camera, 4), *_binary(code.part, 2), 0, *_binary(code.number, 16)]
    return bits + _binary(_crc8(bits), 8)


def _code_of(bits: list[int]) -> FrameCode | None:
    if bits[_WHITE_AT] != 1 or bits[_BLACK_AT] != 0 or _number(bits[24:]) != _crc8(bits[:24]):
        return None
    return FrameCode(_number(bits[1:5]), _number(bits[5:7]), _number(bits[8:24]))


def _binary(value: int, digits: int) -> list[int]:
    return [value >> place & 1 for place in reversed(range(digits))]


def _number(bits: list[int]) -> int:
    return int("".join(map(str, bits)), 2)


def _crc8(bits: list[int]) -> int:
    """Return the CRC-8 (polynomial 0x07, start 0xFF so that all zeros do not check) of a row of bits."""
    crc = 0xFF
    for bit in bits:
        crc ^= bit << 7
        crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc
