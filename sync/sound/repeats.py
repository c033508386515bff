"""Finds what a recording repeats of itself: alarms, sirens and looped music match at many lags, so they prove none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sound.decode import Samples
from sync.sound.features import FEATURE_RATE, Features
from sync.sound.search import Searchable, find_meetings
from sync.sound.windows import correlate_windows

_LAGS = 6
_SHORTEST_S = 0.7
_VOTE, _MARK = 4.5, 3.2
_FEWEST = 4
_NEAR = 3
_BEAT_S = (0.2, 1.5)
_AROUND_S = 3.0


@dataclass(frozen=True, eq=False)
class Repeats:
    """Which stretches of a recording come again in it.

    Attributes:
        at_s: moments that were looked at, increasing.
        is_repeated: for each, whether its two seconds come again.
    """

    at_s: NDArray[np.float64]
    is_repeated: NDArray[np.bool_]

    def at(self, moments_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each moment whether the nearest one that was looked at is repeated."""
        if not len(self.at_s):
            return np.zeros(len(moments_s), dtype=np.bool_)
        right = np.clip(np.searchsorted(self.at_s, moments_s), 0, len(self.at_s) - 1)
        left = np.maximum(right - 1, 0)
        is_left = np.abs(moments_s - self.at_s[left]) < np.abs(self.at_s[right] - moments_s)
        found: NDArray[np.bool_] = np.where(is_left, self.is_repeated[left], self.is_repeated[right])
        return found


def find_repeats(samples: Samples, searchable: Searchable) -> Repeats:
    """Lay a recording along itself."""
    marked: dict[int, bool] = {}
    lags = [one.lag_s for one in find_meetings(searchable, searchable, 24) if one.lag_s > _SHORTEST_S]
    for lag in lags[:_LAGS]:
        windows = correlate_windows(samples, samples, lag)
        if len(windows.at_s) < _FEWEST:
            continue
        sums = np.clip(windows.heights - 2.5, 0, 5.5).sum(axis=0)
        sums[np.abs(windows.lags_s) < 0.1] = 0.0
        top = int(np.argmax(sums))
        near = windows.heights[:, max(0, top - _NEAR) : top + _NEAR + 1].max(axis=1)
        is_line = int((near > _VOTE).sum()) >= _FEWEST
        for at, height in zip(windows.at_s, near, strict=True):
            hit = is_line and bool(height > _MARK)
            for moment in (round(float(at)), round(float(at + windows.lags_s[top]))):
                marked[moment] = marked.get(moment, False) or hit
    moments = sorted(marked)
    return Repeats(
        np.array(moments, dtype=np.float64), np.array([marked[moment] for moment in moments], dtype=np.bool_)
    )


def rhythm(features: Features, moments_s: NDArray[np.float64]) -> float:
    """Return how strictly a recording keeps a beat around some moments.

    Of the onsets within three seconds of each the autocorrelation is taken, and the mean of these has its highest value
    within `_BEAT_S`. Talk has no beat that stays: below 0.16. Music has: mostly 0.4 and more.
    """
    onsets = np.maximum(np.diff(features, axis=1), 0).sum(axis=0)
    low, high = (int(beat * FEATURE_RATE) for beat in _BEAT_S)
    found = []
    for moment in moments_s:
        begin = max(0, int((moment - _AROUND_S) * FEATURE_RATE))
        part = onsets[begin : int((moment + _AROUND_S) * FEATURE_RATE)]
        if len(part) < _AROUND_S * FEATURE_RATE:
            continue
        part = part - part.mean()
        size = 1 << (2 * len(part)).bit_length()
        along = np.fft.irfft(np.abs(np.fft.rfft(part, size)) ** 2, size)[:high]
        if along[0] > 0:
            found.append(along / along[0])
    return float(np.mean(found, axis=0)[low:].max()) if found else 0.0
