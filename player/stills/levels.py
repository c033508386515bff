"""Makes limited range full: black from 16 to 0 and white from 235 to 255, or the same share of 16 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def full_range(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels whose levels fill the range; what lies below black or above white is cut off (ITU-R BT.709, 3.5).

    Args:
        pixels: uint8[height, width, 3], or with six bytes for three 16-bit levels, the most significant first.
    """
    is_deep = pixels.shape[2] == 6
    levels = np.ascontiguousarray(pixels).view(">u2") if is_deep else pixels
    most = 65_535 if is_deep else 255
    unit = 256 if is_deep else 1
    black, white = 16 * unit, 235 * unit
    table = np.clip((np.arange(most + 1) - black) * most / (white - black) + 0.5, 0, most)
    stretched: NDArray[np.uint8] = table[levels].astype(">u2" if is_deep else np.uint8).view(np.uint8)
    return stretched.reshape(pixels.shape)
