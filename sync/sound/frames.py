"""Cuts some frames out of a sound, without a copy of all of it: an hour is 115 MB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import Samples


def frames_of(samples: Samples, begin: int, end: int, *, size: int, hop: int, before: int) -> NDArray[np.float32]:
    """Return frames `begin` to `end`, float32[frames, size]; frame `k` begins at sample `k * hop - before`.

    What lies outside the sound is 0.
    """
    low, high = begin * hop - before, (end - 1) * hop - before + size
    part = samples[max(0, low) : max(0, high)]
    ahead = max(0, -low)
    padded = np.pad(part, (ahead, high - low - len(part) - ahead))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
