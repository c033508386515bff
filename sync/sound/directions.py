"""Follows one wearer's voice into the other recording: the lag at which it arrives there, as both walk about.

What was said at the one microphone is correlated, two seconds at a time, with all that the other heard. Others who
speak at the same moment make peaks as well, but each of these in few windows; the wearer's own voice is there whenever
they speak. The likeliest path of lags through all windows is found by dynamic programming (Viterbi, 1967), where each
millisecond of walking costs something; it is judged by how many windows agree with it against how many would by chance.
Who stands still is also found by all windows together (`stacked`), however faint in each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.line import Line, log10_tail
from sync.sound.near_voice import NearVoice
from sync.sound.stacked import stacked_lags

REACH_S = 0.35
"""How far from the one-way lag is looked: twice the way of 50 m and a little."""

WINDOW_S = 2.0
_WINDOW = int(WINDOW_S * RATE)
_REACH = int(REACH_S * RATE)
_MOST_WINDOWS = 400
_WHITE = 0.5
_LEAST_SHARE = 0.05
_LEAST_SOUNDING = 0.5
_POOL = RATE // 1000
_FLOOR, _CEILING = 3.5, 9.0
_COST_PER_MS = 1.0
_BAND_MS = 12
_HEARD = 5.0
_FAINTLY = 3.5
_SAME_S = 0.0015
_NEAR_S = 0.0015
_LOG10_TRIED = 4.0
_BELIEVE = -4.0
_FEWEST = 4
_MOST_PATHS = 5
_APART_MS = 4
_ECHO_S = 0.04
_OVER_ECHO = 0.6


@dataclass(frozen=True, eq=False)
class Rows:
    """Correlations of a wearer's voice with the other recording.

    Attributes:
        at_s: time of each window's middle in the line's first recording.
        base_s: lag of the first column less the line's lag there, s.
        heights: by how many deviations each lag stands out, float32[windows, lags]; lags are those of the second
            recording against the first, whoever speaks, one sample apart.
        starts: sample at which each window begins in the speaker's recording.
    """

    at_s: NDArray[np.float64]
    base_s: NDArray[np.float64]
    heights: NDArray[np.float32]
    starts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """When a wearer's voice came to the other camera.

    Attributes:
        at_s: times in the first recording.
        lag_s: second less first, less the line's lag at that time; s.
        heights: by how many deviations each stands out.
        starts: sample at which each window begins in the speaker's recording.
        all_starts: the same for all windows in which the wearer spoke.
        log10_chance: logarithm of how many such paths chance makes.
    """

    at_s: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    heights: NDArray[np.float64]
    starts: NDArray[np.int64]
    all_starts: NDArray[np.int64]
    log10_chance: float

    @property
    def spoken(self) -> int:
        """In how many windows the wearer spoke."""
        return len(self.all_starts)


def correlate_voice(speaker: NearVoice, listener: NearVoice, line: Line, *, is_first: bool) -> Rows:
    """Correlate what was said at one microphone with what the other heard.

    Args:
        speaker: whose wearer's voice is looked for.
        listener: in which it is looked for.
        line: how the second recording stands to the first, in times of the samples.
        is_first: whether the speaker's is the line's first recording.
    """
    starts = _starts(speaker, listener, line, is_first=is_first)
    size = scipy.fft.next_fast_len(_WINDOW + 2 * _REACH, real=True)
    heights = np.zeros((len(starts), 2 * _REACH + 1), dtype=np.float32)
    at_s, base_s = np.zeros(len(starts)), np.zeros(len(starts))
    for number, start in enumerate(starts):
        at_s[number], place = _listening(int(start), line, is_first=is_first)
        ours = speaker.near_at(start, start + _WINDOW)
        theirs = listener.far_at(place - _REACH, place + _WINDOW + _REACH)
        cross = np.conj(scipy.fft.rfft(ours, size)) * scipy.fft.rfft(theirs, size)
        cross /= np.abs(cross) ** _WHITE + 1e-12
        along = np.abs(scipy.fft.irfft(cross, size)[: 2 * _REACH + 1])
        heights[number] = along / (1.4826 * float(np.median(along)) + 1e-12)
        shift_s = (place - start) / RATE
        if is_first:
            base_s[number] = shift_s - REACH_S - line.lag_at(at_s[number])
        else:
            heights[number] = heights[number, ::-1].copy()
            base_s[number] = -shift_s - REACH_S - line.lag_at(at_s[number])
    return Rows(at_s, base_s, heights, starts)


def follow(rows: Rows) -> tuple[Arrivals, ...]:
    """Return the paths that voices take through the windows, each beyond chance, likeliest first."""
    found: list[Arrivals] = []
    if not len(rows.at_s):
        return ()
    votes = _votes(rows)
    for _ in range(_MOST_PATHS):
        path_s = _path(votes) + rows.base_s
        arrivals = _along(rows, path_s)
        if arrivals.log10_chance < _BELIEVE and len(arrivals.at_s) >= _FEWEST:
            found.append(arrivals)
        for row, lag_s in zip(votes, path_s - rows.base_s, strict=True):
            column = int(lag_s * 1000)
            row[max(0, column - _APART_MS) : column + _APART_MS + 1] = 0
    for stack in stacked_lags(rows.heights):
        arrivals = _along(rows, stack.lag_s + rows.base_s, _FAINTLY)
        if arrivals.log10_chance < _BELIEVE and len(arrivals.at_s) >= _FEWEST:
            found.append(arrivals)
    return _each_once(sorted(found, key=lambda one: one.log10_chance))


def _each_once(paths: list[Arrivals]) -> tuple[Arrivals, ...]:
    """Return paths without those that come with one that is likelier."""
    kept: list[Arrivals] = []
    for path in paths:
        if all(abs(float(np.median(path.lag_s) - np.median(one.lag_s))) > _SAME_S for one in kept):
            kept.append(path)
    return tuple(kept)


def _along(rows: Rows, path_s: NDArray[np.float64], least: float = _HEARD) -> Arrivals:
    """Gather the windows that agree with a path. Where something close by is much louder, it is that one's echo."""
    found, heights, chances = np.zeros(len(path_s)), np.zeros(len(path_s)), np.zeros(len(path_s))
    heard = np.zeros(len(path_s), dtype=np.bool_)
    around = round(_ECHO_S * RATE)
    for number, lag_s in enumerate(path_s):
        row = rows.heights[number]
        place, heights[number] = _peak(row, (lag_s - rows.base_s[number]) * RATE)
        found[number] = rows.base_s[number] + place / RATE
        near = row[max(0, round(place) - around) : round(place) + around]
        heard[number] = heights[number] > least and heights[number] > _OVER_ECHO * float(near.max())
        chances[number] = ((row > least).sum() + 1) / len(row) * (2 * _NEAR_S * RATE + 1)
    hits = int(heard.sum())
    log10 = _LOG10_TRIED + log10_tail(len(path_s), hits, min(0.5, float(chances.mean()))) if hits else 0.0
    return Arrivals(rows.at_s[heard], found[heard], heights[heard], rows.starts[heard], rows.starts, log10)


def _starts(speaker: NearVoice, listener: NearVoice, line: Line, *, is_first: bool) -> NDArray[np.int64]:
    """Return where windows begin in which the wearer speaks and the other recording has sound."""
    found = []
    for start in range(0, len(speaker.near) - _WINDOW + 1, _WINDOW):
        _, place = _listening(start, line, is_first=is_first)
        if place - _REACH < 0 or place + _WINDOW + _REACH > len(listener.far):
            continue
        near = speaker.near_at(start, start + _WINDOW)
        whole = float(np.square(speaker.far_at(start, start + _WINDOW)).sum())
        if float(np.square(near).sum()) < _LEAST_SHARE * whole or whole <= 0:
            continue
        heard = listener.far[place : place + _WINDOW]
        if np.count_nonzero(heard) >= _LEAST_SOUNDING * _WINDOW:
            found.append(start)
    if len(found) > _MOST_WINDOWS:
        found = [found[one] for one in np.unique(np.linspace(0, len(found) - 1, _MOST_WINDOWS).astype(np.int64))]
    return np.array(found, dtype=np.int64)


def _listening(start: int, line: Line, *, is_first: bool) -> tuple[float, int]:
    """Return the time of a window's middle in the first recording, and where it lies in the listener's, in samples."""
    middle_s = (start + _WINDOW / 2) / RATE
    if is_first:
        return middle_s, round(start + line.lag_at(middle_s) * RATE)
    at_s = line.at_s + (middle_s - line.at_s - line.lag_s) / (1 + line.drift)
    return at_s, round(start - line.lag_at(at_s) * RATE)


def _votes(rows: Rows) -> NDArray[np.float64]:
    """Return what speaks for each millisecond of lag in each window."""
    count = rows.heights.shape[1] // _POOL
    pooled = rows.heights[:, : count * _POOL].reshape(len(rows.heights), count, _POOL).max(axis=2)
    return np.asarray(np.clip(pooled - _FLOOR, 0, _CEILING - _FLOOR), dtype=np.float64)


def _path(votes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the likeliest lag in each window, counted from the row's first, to a millisecond.

    Rows begin within a sample or so of one another, so a column is the same lag in all of them.
    """
    count = votes.shape[1]
    steps = np.arange(-_BAND_MS, _BAND_MS + 1)
    total = votes[0].copy()
    came: list[NDArray[np.int64]] = []
    for row in votes[1:]:
        padded = np.pad(total, _BAND_MS, constant_values=-np.inf)
        moved = np.stack([padded[_BAND_MS + step : _BAND_MS + step + count] for step in steps])
        moved -= _COST_PER_MS * np.abs(steps)[:, None]
        best = np.argmax(moved, axis=0)
        came.append(np.arange(count) + steps[best])
        total = moved[best, np.arange(count)] + row
    at = int(np.argmax(total))
    path = [at]
    for back in reversed(came):
        at = int(back[at])
        path.append(at)
    return (np.array(path[::-1]) + 0.5) * _POOL / RATE


def _peak(row: NDArray[np.float32], centre: float) -> tuple[float, float]:
    """Return the place of the highest peak near a place, to a fraction of a sample, and its height."""
    reach = round(_NEAR_S * RATE)
    low, high = max(1, round(centre) - reach), min(len(row) - 1, round(centre) + reach + 1)
    if high <= low:
        return centre, 0.0
    top = low + int(np.argmax(row[low:high]))
    a, b, c = (float(value) for value in row[top - 1 : top + 2])
    bend = a - 2 * b + c
    part = 0.5 * (a - c) / bend if bend < 0 else 0.0
    return top + float(np.clip(part, -0.5, 0.5)), b
