"""Mixes the cameras' sound, 20 ms at a time, without clicks and without clipping.

Every change of a level is a straight ramp over one chunk. Where the sum would be too loud, all of it is turned down
together for a moment and comes back slowly: a limiter that looks one chunk ahead, so that it never cuts a peak off. It
touches nothing that fits: one camera at 0 dB leaves as it was recorded, to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from player.sound_mix import Matrix
from player.sound_protocol import CHUNK_SAMPLES

Samples = NDArray[np.float32]
"""float32[samples, 2], left first, full scale 1."""

CEILING = 32_767 / 32_768
_RELEASE = 1.035
"""By how much the limiter lets go in one chunk: 6 dB in 0.4 s."""

_UNITY: Matrix = np.eye(2, dtype=np.float32)
_SILENT: Matrix = np.zeros((2, 2), dtype=np.float32)
_RAMP: Samples = (np.arange(1, CHUNK_SAMPLES + 1, dtype=np.float32) / np.float32(CHUNK_SAMPLES))[:, None]


class Mixer:
    """Adds cameras together. Keeps each camera's level of the last chunk, so that changes are ramps.

    Attributes:
        peaks: by camera, the loudest sample since `take_peaks`, after its level, full scale 1.
    """

    def __init__(self) -> None:
        self._levels: dict[str, Matrix] = {}
        self.peaks: dict[str, float] = {}

    def mix(self, stems: Mapping[str, bytes], wanted: Mapping[str, Matrix]) -> Samples:
        """Return one chunk of the mix, before the limiter.

        Args:
            stems: what cameras hear, as `SoundStem.samples`; a camera that is missing has not been fetched yet.
            wanted: the levels that hold at the chunk's end; a camera that is missing is faded out.
        """
        total: Samples = np.zeros((CHUNK_SAMPLES, 2), dtype=np.float32)
        levels: dict[str, Matrix] = {}
        for camera_id, packed in stems.items():
            before = self._levels.get(camera_id, _SILENT)
            after = wanted.get(camera_id, _SILENT)
            levels[camera_id] = after
            if packed and (before.any() or after.any()):
                heard = _levelled(from_pcm(packed), before, after)
                total += heard
                self.peaks[camera_id] = max(self.peaks.get(camera_id, 0.0), float(np.abs(heard).max()))
        self._levels = levels
        return total

    def restart(self, wanted: Mapping[str, Matrix]) -> None:
        """Begin somewhere else, at these levels at once."""
        self._levels = dict(wanted)
        self.peaks.clear()

    def take_peaks(self) -> dict[str, float]:
        """Return the peaks, and begin to look for new ones."""
        taken, self.peaks = self.peaks, {}
        return taken


class Limiter:
    """Turns down what would not fit. One chunk goes in while the one before it comes out.

    Attributes:
        turned_down: the factor at the end of the last chunk, 1 while it does nothing.
    """

    def __init__(self) -> None:
        self.turned_down = 1.0

    def restart(self, first: Samples) -> None:
        """Begin with this chunk."""
        self.turned_down = _fitting(first)

    def apply(self, chunk: Samples, following: Samples) -> Samples:
        """Return a chunk, turned down as far as it and the one that follows it need."""
        before = self.turned_down
        after = min(1.0, _fitting(chunk), _fitting(following), before * _RELEASE)
        self.turned_down = after
        if before == after == 1.0:
            return chunk
        turned: Samples = chunk * (np.float32(before) + np.float32(after - before) * _RAMP)
        return turned


def from_pcm(packed: bytes) -> Samples:
    """Return 16-bit pairs as float32[samples, 2]."""
    return np.frombuffer(packed, dtype="<i2").reshape(-1, 2).astype(np.float32) / np.float32(32_768)


def to_pcm(samples: Samples) -> bytes:
    """Return samples as 16-bit pairs, rounded; what does not fit is cut off at full scale."""
    packed: bytes = np.clip(np.rint(samples * np.float32(32_768)), -32_768, 32_767).astype("<i2").tobytes()
    return packed


def _levelled(samples: Samples, before: Matrix, after: Matrix) -> Samples:
    if before is after or np.array_equal(before, after):
        return samples if np.array_equal(after, _UNITY) else samples @ after
    start: Samples = samples @ before
    ramped: Samples = start + (samples @ after - start) * _RAMP
    return ramped


def _fitting(samples: Samples) -> float:
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    return CEILING / peak if peak > 1.0 else 1.0
