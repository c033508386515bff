"""Writes a recorder's sound as the file that its device would have made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Of the samples that are written."""

Track = NDArray[np.float32]

_KINDS = {
    "wav": ("wav", "pcm_s16le", RATE, 0),
    "amr": ("amr", "libopencore_amrnb", 8_000, 7_400),
    "aac16": ("m4a", "aac", RATE, 16_000),
    "aac24": ("m4a", "aac", RATE, 24_000),
    "aac32": ("m4a", "aac", RATE, 32_000),
    "aac64": ("m4a", "aac", RATE, 64_000),
    "mp2": ("mp2", "mp2", RATE, 64_000),
    "mkv": ("mkv", "aac", RATE, 32_000),
}


def write_sound(samples: Track, codec: str, stem: Path) -> Path:
    """Encode and return the file's path."""
    suffix, encoder, rate, bits = _KINDS[codec]
    path = stem.with_suffix(f".{suffix}")
    with av.open(str(path), "w", format={"m4a": "ipod", "mkv": "matroska"}.get(suffix, suffix)) as container:
        stream = container.add_stream(encoder, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if bits:
            stream.bit_rate = bits
        pcm = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path
