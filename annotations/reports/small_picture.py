"""Makes a decoded frame small, for a page where it only shows which moment is meant."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from annotations.paper.page import fitted
from player.stills.messages import StillPicture

_QUALITY = 88


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A picture in JPEG, and its size in pixels."""

    content: bytes
    width: int
    height: int


def as_array(picture: StillPicture) -> NDArray[np.uint8]:
    """Return red, green and blue in 8 bits; of 16 the more significant."""
    values = np.frombuffer(picture.pixels, dtype=np.uint8)
    if picture.depth == 16:
        values = values[::2]
    return values.reshape(picture.height, picture.width, 3)


def made_small(pixels: NDArray[np.uint8], most: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture made to fit, by averaging; never enlarged."""
    height, width = pixels.shape[:2]
    size = fitted(width, height, *most)
    if size == (width, height):
        return pixels
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def jpeg_of(picture: StillPicture, most: tuple[int, int]) -> SmallPicture:
    """Return a frame as a small JPEG; the same frame gives the same bytes."""
    small = made_small(as_array(picture), most)
    is_packed, packed = cv2.imencode(
        ".jpg", np.ascontiguousarray(small[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    assert is_packed
    return SmallPicture(packed.tobytes(), small.shape[1], small.shape[0])
