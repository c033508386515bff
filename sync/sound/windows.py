"""Measures how the two recordings stand to one another, window by window, around a lag that the search proposed.

Each window of two seconds gives a generalised cross-correlation with phase transform (Knapp and Carter, 1976) in the
band that all codecs keep. Short windows bear the drift of two bad clocks (300 ppm are 0.6 ms in two seconds).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples

REACH_S = 0.6
"""How far on either side of the proposed lag is looked: search, drift and 100 m of path together."""

WINDOW_S = 2.0
_WINDOW = int(WINDOW_S * RATE)
_REACH = int(REACH_S * RATE)
LOW_HZ, HIGH_HZ = 250.0, 3400.0
"""The band that all codecs keep."""

_MOST_WINDOWS = 300
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Windows:
    """Correlations of all windows.

    Attributes:
        at_s: time of each window's middle in the first recording, float64[windows].
        lag_s: the lag around which was looked.
        heights: how many deviations each lag stands out, either polarity, float32[windows, lags]; lags run from
            `-REACH_S` to `REACH_S` around `lag_s` in steps of one sample.
    """

    at_s: NDArray[np.float64]
    lag_s: float
    heights: NDArray[np.float32]

    @property
    def lags_s(self) -> NDArray[np.float64]:
        """The lags of the columns, s."""
        return self.lag_s + (np.arange(self.heights.shape[1]) - _REACH) / RATE


def correlate_windows(first: Samples, second: Samples, lag_s: float) -> Windows:
    """Correlate what overlaps at a lag; long overlaps are sampled evenly."""
    lag = round(lag_s * RATE)
    begin = max(0, _REACH - lag)
    end = min(len(first), len(second) - lag - _REACH)
    starts = np.arange(begin, end - _WINDOW + 1, _WINDOW)
    if len(starts) > _MOST_WINDOWS:
        starts = starts[np.unique(np.linspace(0, len(starts) - 1, _MOST_WINDOWS).astype(np.int64))]
    size = scipy.fft.next_fast_len(_WINDOW + 2 * _REACH, real=True)
    frequency = scipy.fft.rfftfreq(size, 1 / RATE)
    band = (frequency >= LOW_HZ) & (frequency <= HIGH_HZ)
    kept: list[NDArray[np.float32]] = []
    used: list[int] = []
    taper = np.hanning(_WINDOW).astype(np.float32)
    for at in range(0, len(starts), _BATCH):
        batch = starts[at : at + _BATCH]
        ours = np.stack([first[start : start + _WINDOW] for start in batch]) * taper
        theirs = np.stack([second[start + lag - _REACH : start + lag + _WINDOW + _REACH] for start in batch])
        sounding = (np.abs(ours).max(axis=1) > 1e-5) & (np.abs(theirs).max(axis=1) > 1e-5)
        cross = np.conj(scipy.fft.rfft(ours, size, axis=1)) * scipy.fft.rfft(theirs, size, axis=1)
        cross = np.where(band, cross / (np.abs(cross) + 1e-12), 0)
        along = np.abs(scipy.fft.irfft(cross, size, axis=1)[:, : 2 * _REACH + 1])
        kept.append(
            np.asarray(along / (1.4826 * np.median(along, axis=1, keepdims=True) + 1e-12), dtype=np.float32)[sounding]
        )
        used += [int(start) for start in batch[sounding]]
    heights = np.concatenate(kept) if kept else np.zeros((0, 2 * _REACH + 1), dtype=np.float32)
    return Windows((np.array(used, dtype=np.float64) + _WINDOW / 2) / RATE, lag / RATE, heights)
