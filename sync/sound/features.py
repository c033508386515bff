"""What is searched: how the loudness of 24 bands rises and falls, 100 times a second, whatever microphone heard it.

Each band is taken as a logarithm, freed from what changes slowly (tone of the microphone, hum, automatic gain) and
brought to one spread, so that a quiet band says as much as a loud one.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.frames import frames_of

HOP = 80
FEATURE_RATE = RATE // HOP
BANDS = 24

_WINDOW = 256
_LOW_HZ, _HIGH_HZ = 250.0, 3400.0
_SLOW = 41
_SPREAD = 401
_BLOCK = 4_000

Features = NDArray[np.float32]
"""float32[bands, moments]; moment `k` is centred on sample `k * HOP`."""


def make_features(samples: Samples) -> Features:
    """Return the features of a recording; 0 where it was silent or muted."""
    energy = _band_energy(samples)
    silent = energy.sum(axis=0) < 1e-9
    found = np.empty(energy.shape, dtype=np.float32)
    for row, of_band in zip(found, energy, strict=True):  # one by one: an hour of all fills memory
        floor = float(np.percentile(of_band[~silent], 10)) if not silent.all() else 1.0
        level = np.log(of_band + 0.3 * floor + 1e-12)
        level -= scipy.ndimage.uniform_filter1d(level, _SLOW, mode="nearest")
        variance = scipy.ndimage.uniform_filter1d(level**2, _SPREAD, mode="nearest")
        spread = np.sqrt(np.maximum(variance, 0.0))  # a running sum can end a hair below nothing
        row[:] = np.clip(level / np.maximum(spread, 1e-3), -3.0, 3.0)
    found[:, scipy.ndimage.binary_dilation(silent, iterations=_SLOW // 2)] = 0.0
    return found


def _band_energy(samples: Samples) -> NDArray[np.float64]:
    """Return the energy of each band at each moment, float64[bands, moments]."""
    window = np.hanning(_WINDOW).astype(np.float32)
    weights = np.asarray(_band_weights(), dtype=np.float32)
    energy = np.empty((BANDS, len(samples) // HOP + 1), dtype=np.float64)
    for at in range(0, energy.shape[1], _BLOCK):
        end = min(at + _BLOCK, energy.shape[1])
        frames = frames_of(samples, at, end, size=_WINDOW, hop=HOP, before=_WINDOW // 2)
        spectra = scipy.fft.rfft(frames * window, axis=1)
        energy[:, at:end] = weights @ (spectra.real**2 + spectra.imag**2).T
    return energy


def _band_weights() -> NDArray[np.float64]:
    """Return which bins make up which band; bands are even in octaves, and at least two bins wide."""
    frequency = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    step = float(frequency[1])
    edges = [_LOW_HZ]
    for number in range(1, BANDS + 1):
        even = _LOW_HZ * (_HIGH_HZ / _LOW_HZ) ** (number / BANDS)
        edges.append(max(even, edges[-1] + 2 * step))
    return np.array([(frequency >= low) & (frequency < high) for low, high in pairwise(edges)], dtype=np.float64)
