"""Writes PNG files (ISO/IEC 15948) of red, green and blue with text in them; the same input gives the same bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = 2
_PAETH = 4
_BAND_ROWS = 64
_LEVEL = 6


def encode_png(
    width: int,
    height: int,
    depth: int,
    pixels: bytes,
    *,
    texts: Iterable[tuple[str, str]] = (),
    pixel_aspect: Fraction = Fraction(1),
) -> bytes:
    """Return a PNG file.

    Args:
        width: in pixels.
        height: in pixels.
        depth: bits of one value, 8 or 16; of 16 the more significant byte comes first.
        pixels: rows from the top, red, green, blue, no padding.
        texts: keyword (1 to 79 characters of Latin-1) and text of each text chunk, in order.
        pixel_aspect: width of a pixel over its height; written where it is not 1.

    Raises:
        ValueError: the pixels are not as many as the size says, or a keyword is no good.
    """
    row_bytes = width * 3 * depth // 8
    if len(pixels) != row_bytes * height or not pixels:
        raise ValueError(f"{len(pixels)} bytes are not {width} by {height} pixels of 3 times {depth} bits")
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, _RGB, 0, 0, 0))]
    if pixel_aspect != 1:
        per_unit = (pixel_aspect.denominator, pixel_aspect.numerator)
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", *per_unit, 0)))
    chunks += [_text_chunk(keyword, text) for keyword, text in texts]
    chunks.append(_chunk(b"IDAT", _compressed(pixels, row_bytes, 3 * depth // 8)))
    chunks.append(_chunk(b"IEND", b""))
    return _SIGNATURE + b"".join(chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _text_chunk(keyword: str, text: str) -> bytes:
    """Return a tEXt chunk, which every reader knows; an iTXt chunk where the text has characters beyond Latin-1."""
    name = keyword.encode("latin-1")
    if not 1 <= len(name) <= 79 or keyword != keyword.strip() or not keyword.isprintable() or "\0" in text:
        raise ValueError(f"not a keyword and text that a PNG can hold: {keyword!r}")
    try:
        return _chunk(b"tEXt", name + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return _chunk(b"iTXt", name + b"\0\0\0\0\0" + text.encode("utf-8", errors="backslashreplace"))


def _compressed(pixels: bytes, row_bytes: int, pixel_bytes: int) -> bytes:
    packer = zlib.compressobj(_LEVEL)
    return b"".join([*(packer.compress(band) for band in _filtered(pixels, row_bytes, pixel_bytes)), packer.flush()])


def _filtered(pixels: bytes, row_bytes: int, pixel_bytes: int) -> Iterator[bytes]:
    """Yield the rows in bands, each row led by its filter type and filtered by Paeth's predictor (clause 9.4)."""
    rows = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, row_bytes)
    for top in range(0, len(rows), _BAND_ROWS):
        band = rows[top : top + _BAND_ROWS].astype(np.int16)
        above = np.zeros_like(band)
        above[1:] = band[:-1]
        if top:
            above[0] = rows[top - 1]
        left, above_left = _shifted(band, pixel_bytes), _shifted(above, pixel_bytes)
        filtered = np.empty((len(band), row_bytes + 1), dtype=np.uint8)
        filtered[:, 0] = _PAETH
        filtered[:, 1:] = (band - _paeth(left, above, above_left)).astype(np.uint8)
        yield filtered.tobytes()


def _shifted(band: NDArray[np.int16], pixel_bytes: int) -> NDArray[np.int16]:
    moved = np.zeros_like(band)
    moved[:, pixel_bytes:] = band[:, :-pixel_bytes]
    return moved


def _paeth(left: NDArray[np.int16], above: NDArray[np.int16], above_left: NDArray[np.int16]) -> NDArray[np.int16]:
    by_left, by_above = np.abs(above - above_left), np.abs(left - above_left)
    by_both = np.abs(left + above - 2 * above_left)
    best: NDArray[np.int16] = np.where(
        (by_left <= by_above) & (by_left <= by_both), left, np.where(by_above <= by_both, above, above_left)
    )
    return best
