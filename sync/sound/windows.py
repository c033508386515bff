"""Measures how the two recordings stand to one another, window by window, around a lag that the search proposed.

Each window of two seconds gives a generalised cross-correlation with phase transform (Knapp and Carter, 1976) in the
band that all codecs keep. Short windows bear the drift of two bad clocks (300 ppm are 0.6 ms in two seconds).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples

REACH_S = 0.6
"""How far on either side of the proposed lag is looked: search, drift and 100 m of path together."""

WINDOW_S = 2.0
WINDOW = int(WINDOW_S * RATE)
_REACH = int(REACH_S * RATE)
_LOW_HZ, _HIGH_HZ = 250.0, 3400.0
"""The band that all codecs keep."""

MOST_WINDOWS = 300
_BATCH = 32
_TAPS = 32
_KAISER = 6.0
_SPARSER = 4
"""Every how many lags are enough for the median of a window's heights."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Correlations of all windows.

    Attributes:
        at_s: time of each window's middle in the first recording, float64[windows].
        lag_s: the lag around which was looked.
        heights: how many deviations each lag stands out, either polarity, float32[windows, lags]; lags run evenly to
            either side of `lag_s`, as far as `REACH_S` mostly, in steps of one sample.
    """

    at_s: NDArray[np.float64]
    lag_s: float
    heights: NDArray[np.float32]

    @property
    def lags_s(self) -> NDArray[np.float64]:
        """The lags of the columns, s."""
        steps = np.arange(self.heights.shape[1]) - self.heights.shape[1] // 2
        return np.asarray(self.lag_s + steps / RATE, dtype=np.float64)

    def within(self, reach_s: float) -> Windows:
        """Return the same with lags no farther than `reach_s` from `lag_s`."""
        middle, reach = self.heights.shape[1] // 2, round(reach_s * RATE)
        if reach >= middle:
            return self
        return Windows(self.at_s, self.lag_s, self.heights[:, middle - reach : middle + reach + 1])


def correlate_windows(first: Samples, second: Samples, lag_s: float, most: int = MOST_WINDOWS) -> Windows:
    """Correlate what overlaps at a lag; of long overlaps `most` windows, evenly."""
    lag = round(lag_s * RATE)
    begin = max(0, _REACH - lag)
    end = min(len(first), len(second) - lag - _REACH)
    starts = np.arange(begin, end - WINDOW + 1, WINDOW)
    if len(starts) > most:
        starts = starts[np.unique(np.linspace(0, len(starts) - 1, most).astype(np.int64))]
    sounding = np.array([_sounds(first, one) and _sounds(second, one + lag) for one in starts.tolist()], dtype=np.bool_)
    starts = starts[sounding] if len(starts) else starts
    heights = Transformed(first, starts, _REACH).heights(second, starts + lag, np.arange(len(starts)))
    return Windows((starts.astype(np.float64) + WINDOW / 2) / RATE, lag / RATE, even_out(heights))


def even_out(heights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring the heights of each window to one deviation, in place: tones make some windows stand out everywhere."""
    if len(heights):
        typical = np.median(heights[:, ::_SPARSER], axis=1, keepdims=True)
        heights /= np.asarray(1.4826 * typical + 1e-12, dtype=np.float32)
    return heights


class Transformed:
    """Windows of one recording, transformed once for all places of another that they are compared with."""

    def __init__(self, first: Samples, starts: NDArray[np.int64], reach: int, window: int = WINDOW) -> None:
        """Transform.

        Args:
            first: at 8 kHz.
            starts: where windows begin, int64[windows]; each lies in the recording.
            reach: how many samples on either side are looked at.
            window: how many samples a window has.
        """
        self._reach = reach
        self._window = window
        self._size = scipy.fft.next_fast_len(window + 2 * reach, real=True)
        step = RATE / self._size
        self._band = slice(int(np.ceil(_LOW_HZ / step)), int(_HIGH_HZ / step) + 1)
        taper = np.hanning(window).astype(np.float32)
        self._ours = np.zeros((len(starts), self._band.stop - self._band.start), dtype=np.complex64)
        for at in range(0, len(starts), _BATCH):
            parts = np.stack([first[one : one + window] for one in starts[at : at + _BATCH]]) * taper
            self._ours[at : at + _BATCH] = np.conj(self._transform(parts))

    def heights(
        self, second: Samples, places: NDArray[np.int64], which: NDArray[np.int64], finer: int = 1
    ) -> NDArray[np.float32]:
        """Return how many deviations each lag stands out, either polarity: float32[places, lags].

        Args:
            second: at 8 kHz.
            places: where windows are looked for; `reach` around each lies in the recording.
            which: the numbers of these windows.
            finer: steps per sample.
        """
        deviation = np.sqrt(2 * (self._band.stop - self._band.start)) / self._size
        found = []
        for at in range(0, len(places), _BATCH):
            batch = places[at : at + _BATCH]
            theirs = np.stack([second[one - self._reach : one + self._window + self._reach] for one in batch])
            cross = self._ours[which[at : at + _BATCH]] * self._transform(theirs)
            cross /= np.abs(cross) + np.float32(1e-12)
            whole = np.zeros((len(batch), self._size // 2 + 1), dtype=np.complex64)
            whole[:, self._band] = cross
            found.append(_finer(scipy.fft.irfft(whole, self._size, axis=1), 2 * self._reach + 1, finer))
        if not found:
            return np.zeros((0, 2 * self._reach * finer + 1), dtype=np.float32)
        return np.asarray(np.abs(np.concatenate(found)) / deviation, dtype=np.float32)

    def _transform(self, parts: NDArray[np.float32]) -> NDArray[np.complex64]:
        return np.asarray(scipy.fft.rfft(parts, self._size, axis=1)[:, self._band], dtype=np.complex64)


def _sounds(samples: Samples, start: int) -> bool:
    return bool(np.abs(samples[start : start + WINDOW]).max() > 1e-5)


def _finer(along: NDArray[np.float32], count: int, finer: int) -> NDArray[np.float32]:
    """Return the first `count` samples of periodic rows, with `finer` steps per sample."""
    if finer == 1:
        return along[:, :count]
    padded = np.concatenate([along[:, -_TAPS // 2 + 1 :], along[:, : count + _TAPS // 2]], axis=1)
    near = np.lib.stride_tricks.sliding_window_view(padded, _TAPS, axis=1)[:, :count]
    between = near @ _kernels(finer)
    return between.reshape(len(along), -1)[:, : (count - 1) * finer + 1]


@lru_cache(maxsize=2)
def _kernels(finer: int) -> NDArray[np.float32]:
    """Return kernels that read a band-limited signal between its samples: float32[taps, steps]."""
    at = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.arange(finer)[None, :] / finer
    shape = np.i0(_KAISER * np.sqrt(np.maximum(1 - (at / (_TAPS / 2)) ** 2, 0.0))) / np.i0(_KAISER)
    return np.asarray(np.sinc(at) * shape, dtype=np.float32)
