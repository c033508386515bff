"""Another tempo at the same pitch: overlapping stretches of the recording, shifted until their waves fit together.

The method is WSOLA (Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993) with
stretches of 40 ms. Every stretch lies within 10 ms of where it belongs, so the time is right at every moment and not
only on average. All cameras are shifted alike, by what fits their sum: they stay together to the sample.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from player.decoder.sound_reader import Samples
from player.sound_protocol import CHUNK_SAMPLES

_REACH = CHUNK_SAMPLES // 2
_KEEP = 256
"""How many chunks' shifts are remembered, for cameras that are asked for later."""

_RISE = (0.5 - 0.5 * np.cos(np.pi * (np.arange(CHUNK_SAMPLES) + 0.5) / CHUNK_SAMPLES)).astype(np.float32)[:, None]

Fetch = Callable[[int, int], Samples]
"""Gives `count` samples of the recording from number `first` on."""


class Tempo:
    """Where each chunk is taken from. Used by one thread."""

    def __init__(self, speed: Fraction, first: int) -> None:
        """Begin with chunk number `first`."""
        self._speed = speed
        self._places: dict[int, int] = {first: self._nominal(first)}

    def plan(self, chunk: int, fetch_sum: Fetch) -> None:
        """Choose where a chunk is taken from; chunks are planned in order.

        Args:
            chunk: its number.
            fetch_sum: gives the sum of all cameras.
        """
        if chunk in self._places:
            return
        nominal = self._nominal(chunk)
        wanted = fetch_sum(self._places[chunk - 1] + CHUNK_SAMPLES, CHUNK_SAMPLES).sum(axis=1)
        offered = fetch_sum(nominal - _REACH, CHUNK_SAMPLES + 2 * _REACH).sum(axis=1)
        self._places[chunk] = nominal - _REACH + best_fit(wanted, offered)
        self._places.pop(chunk - _KEEP, None)

    def can_render(self, chunk: int) -> bool:
        """Tell whether a chunk was planned and is remembered."""
        return chunk in self._places

    def render(self, chunk: int, fetch: Fetch) -> Samples:
        """Return a chunk that was planned, out of one camera's sound."""
        rising = fetch(self._places[chunk], CHUNK_SAMPLES)
        before = self._places.get(chunk - 1)
        if before is None:
            return rising
        falling = fetch(before + CHUNK_SAMPLES, CHUNK_SAMPLES)
        mixed: Samples = falling + (rising - falling) * _RISE
        return mixed

    def _nominal(self, chunk: int) -> int:
        """Return where a chunk's stretch begins: its middle is what belongs to the middle of its place."""
        return int((chunk + 1) * CHUNK_SAMPLES * self._speed) - CHUNK_SAMPLES


def best_fit(wanted: NDArray[np.float32], offered: NDArray[np.float32]) -> int:
    """Return at which offset in `offered` the waves are most like `wanted`; the middle where nothing is like it."""
    products = np.correlate(offered, wanted, "valid")
    powers = np.concatenate([[0.0], np.cumsum(offered.astype(np.float64) ** 2)])
    sizes = np.sqrt(np.maximum(powers[len(wanted) :] - powers[: -len(wanted)], 1e-9))
    middle = len(products) // 2
    likeness = products / sizes
    best = int(np.argmax(likeness))
    return best if likeness[best] > likeness[middle] + 1e-6 else middle
