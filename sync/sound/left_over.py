"""Takes what repeats itself out of a sound: alarms, sirens and looped music; what was said or done once is left.

At each moment and frequency the sound is as loud as it was a period earlier and later, or louder: what is more than
the median of these is left, the rest is silenced (REPET: Rafii and Pardo, 2013). `novelty` does the same with features,
which find a lag; here it is done with the sound itself, so that the windows of what is left measure to a fraction of a
sample. Where too few periods are known nothing can be told, and the sound is silenced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync.sound.decode import RATE, Samples
from sync.sound.features import make_features
from sync.sound.frames import frames_of
from sync.sound.middle import middle_of
from sync.sound.novelty import find_novelty

_HOP = 160
_OVERLAPS = 3
_SIZE = _HOP * _OVERLAPS
_BLOCK = 4000
_STEPS_PER_DB = 2
_LOWEST_DB = -80.0
_MOST_COPIES = 8
_FEWEST_COPIES = 4
_OVER = 3.0
"""What is left must have more than this times the energy of what repeats; the loudness of copies varies."""

_SPARSER = 3
_MOST_GAIN = 12 * _STEPS_PER_DB
_TIMES = 2
_SAME_S = 0.05

_TAPER = np.asarray(np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_SIZE) / _SIZE)), dtype=np.float32)

_Levels = NDArray[np.uint8]
"""Loudness in half decibels, uint8[moments, frequencies], a moment every 20 ms: an hour is 43 MB."""


@dataclass(frozen=True, eq=False)
class LeftOver:
    """What is left of a recording.

    Attributes:
        samples: at 8 kHz; the recording's own where nothing repeats.
        periods_s: lags, s, at which it resembled itself before, likeliest first.
    """

    samples: Samples
    periods_s: tuple[float, ...]


def take_out_repeats(samples: Samples, periods_s: tuple[float, ...]) -> LeftOver:
    """Take out what a recording repeats, then what the rest repeats.

    Args:
        samples: at 8 kHz.
        periods_s: lags at which it resembles itself, likeliest first.
    """
    known: list[float] = []
    for number in range(_TIMES):
        periods = find_novelty(make_features(samples)).periods_s if number else periods_s
        if not periods:
            break
        samples = leave_over(samples, periods)
        known += [one for one in periods if all(abs(one - other) > _SAME_S for other in known)]
    return LeftOver(samples, tuple(known))


def leave_over(samples: Samples, periods_s: tuple[float, ...]) -> Samples:
    """Return a recording less what it repeats.

    Args:
        samples: at 8 kHz.
        periods_s: lags at which it resembles itself, likeliest first; where there is none, all is left.
    """
    if not periods_s:
        return samples
    count = -(-len(samples) // _HOP) + _SIZE // _HOP + 1
    levels = np.empty((count, _SIZE // 2 + 1), dtype=np.uint8)
    for begin in range(0, count, _BLOCK):
        levels[begin : begin + _BLOCK] = _levels(_transform(_frames(samples, begin, min(begin + _BLOCK, count))))
    shifts = [sign * round(one * RATE / _HOP) for one in periods_s for sign in (1, -1)]
    whole = np.zeros((count + _OVERLAPS - 1) * _HOP, dtype=np.float32)
    for begin, end, copies in _stretches(count, shifts):
        here = levels[begin:end]
        repeated = middle_of([_as_loud_as(here, levels[begin + shift : end + shift]) for shift in copies])
        over_db = (here - repeated) / _STEPS_PER_DB
        share = np.sqrt(np.maximum(1 - _OVER * 10 ** (-over_db / 10), 0))
        parts = scipy.fft.irfft(_transform(_frames(samples, begin, end)) * share, _SIZE, axis=1) * _TAPER
        rows = parts.reshape(end - begin, _OVERLAPS, _HOP)
        for number in range(_OVERLAPS):
            at = (begin + number) * _HOP
            whole[at : at + (end - begin) * _HOP] += rows[:, number].ravel()
    whole *= 2 / _OVERLAPS
    return np.ascontiguousarray(whole[_SIZE : _SIZE + len(samples)])


def _frames(samples: Samples, begin: int, end: int) -> NDArray[np.float32]:
    return frames_of(samples, begin, end, size=_SIZE, hop=_HOP, before=_SIZE)


def _transform(frames: NDArray[np.float32]) -> NDArray[np.complex64]:
    return np.asarray(scipy.fft.rfft(frames * _TAPER, axis=1), dtype=np.complex64)


def _levels(spectra: NDArray[np.complex64]) -> _Levels:
    level_db = 10 * np.log10(spectra.real**2 + spectra.imag**2 + 10 ** (_LOWEST_DB / 10)) - _LOWEST_DB
    return np.asarray(np.clip(level_db * _STEPS_PER_DB, 0, 255), dtype=np.uint8)


def _stretches(count: int, shifts: list[int]) -> Iterator[tuple[int, int, list[int]]]:
    """Yield stretches of moments with the copies of them that are there; none where these are too few."""
    edges = {0, count, *(min(max(edge, 0), count) for one in shifts for edge in (-one, count - one))}
    for low, high in pairwise(sorted(edges | set(range(0, count, _BLOCK)))):
        copies = [one for one in shifts if low + one >= 0 and high + one <= count][:_MOST_COPIES]
        if len(copies) >= min(_FEWEST_COPIES, len(shifts) // 2):
            yield low, high, copies


def _as_loud_as(here: _Levels, copy: _Levels) -> _Levels:
    """Return a copy brought to the loudness of each moment here, for a recorder's gain comes and goes.

    New sound is in fewer than half of the frequencies mostly, so the median over them is the gain.
    """
    some = slice(None, None, _SPARSER)
    gain = np.median(here[:, some].astype(np.int16) - copy[:, some], axis=1, keepdims=True)
    return np.asarray(np.clip(copy + np.clip(gain, -_MOST_GAIN, _MOST_GAIN), 0, 255), dtype=np.uint8)
