"""Finds what recordings repeat: alarms, sirens and looped music match at many lags, so they prove none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import Samples
from sync.sound.features import FEATURE_RATE, Features
from sync.sound.line import Line
from sync.sound.search import Searchable, find_meetings
from sync.sound.windows import correlate_windows

_LAGS = 6
_MOST_WINDOWS = 160
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


REPEATS_NOTHING = Repeats(np.zeros(0), np.zeros(0, dtype=np.bool_))
"""What is said of a recording in which nothing was looked at: no moment counts as repeated."""


def find_repeats(samples: Samples, searchable: Searchable) -> Repeats:
    """Lay a recording along itself."""
    marked: dict[int, bool] = {}
    lags = [one.lag_s for one in find_meetings(searchable, searchable, 24) if one.lag_s > _SHORTEST_S]
    for lag in lags[:_LAGS]:
        windows = correlate_windows(samples, samples, lag, _MOST_WINDOWS)
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


def shared_beat(first: Features, second: Features, line: Line) -> float:
    """Return how strictly a beat is kept by what both recordings hear at once, along a line.

    Of the onsets that both have, the autocorrelation has its highest value within `_BEAT_S`. Talk: below 0.25. Music:
    0.45 and more, however much else each hears, for that is not in both.
    """
    ours = np.arange(first.shape[1])
    at_s = ours / FEATURE_RATE
    theirs = np.rint(ours + (line.lag_s + line.drift * (at_s - line.at_s)) * FEATURE_RATE).astype(np.int64)
    is_there = (theirs >= 0) & (theirs < second.shape[1])
    if int(is_there.sum()) < 2 * _AROUND_S * FEATURE_RATE:
        return 0.0
    both = np.maximum(first[:, is_there], 0) * np.maximum(second[:, theirs[is_there]], 0)
    heard = both.sum(axis=0, dtype=np.float64)
    heard = np.minimum(heard, np.percentile(heard, 98))
    heard -= heard.mean()
    size = scipy.fft.next_fast_len(len(heard) + FEATURE_RATE * 2, real=True)
    along = scipy.fft.irfft(np.abs(scipy.fft.rfft(heard, size)) ** 2, size)
    low, high = (int(beat * FEATURE_RATE) for beat in _BEAT_S)
    return float(along[low:high].max() / along[0]) if along[0] > 0 else 0.0
