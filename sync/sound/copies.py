"""Tells whether two recordings hold the same sound, as a file and its export do, rather than two that heard the same.

Two microphones never hear alike: noise, echoes and the ways of sounds are their own. Where most stretches along the
line are alike to a few per cent, there was one microphone, and no way of the sound lies between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from sync.sound.decode import RATE, Samples
from sync.sound.line import Line

_LENGTH = 2 * RATE
_SHORTEST = RATE // 2
_MOST, _FEW = 24, 3
_LOW_HZ, _HIGH_HZ = 250.0, 2500.0
"""Below what coders of few bits leave out or make up."""

_FINER = 8
_OFF = round(0.0005 * RATE * _FINER)
"""Steps by which the line may be off."""

_ALIKE = 0.95


@dataclass(frozen=True, slots=True)
class SameSound:
    """Two recordings hold the same sound: of one microphone, or of two side by side."""


def hold_the_same_sound(first: Samples, second: Samples, line: Line) -> bool:
    """Tell whether most stretches along a line are the same sound but for their loudness.

    Args:
        first: at 8 kHz.
        second: at 8 kHz.
        line: how they stand, in times of the samples.
    """
    length = min(_LENGTH, len(first), len(second))
    if length < _SHORTEST:
        return False
    begin, end = max(0.0, -line.lag_s) * RATE, min(len(first), len(second) - line.lag_s * RATE) - length
    starts = np.unique(np.linspace(begin, max(begin, end), _MOST).astype(np.int64))
    known: list[float] = []
    for start in np.random.default_rng(1).permutation(starts).tolist():
        alike = _alike(first, second, line, start, length)
        known += [] if alike is None else [alike]
        if len(known) == _FEW and max(known) < _ALIKE:
            return False
    return bool(known) and float(np.median(known)) >= _ALIKE


def _alike(first: Samples, second: Samples, line: Line, start: int, length: int) -> float | None:
    """Return the correlation of a stretch of both, at the best lag near the line; None outside, or in silence."""
    there = start + line.lag_at((start + length / 2) / RATE) * RATE
    place = int(np.floor(there))
    if place < 0 or place + length > len(second) or start + length > len(first):
        return None
    taper = np.hanning(length).astype(np.float32)
    ours, theirs = (scipy.fft.rfft(one[at : at + length] * taper) for one, at in ((first, start), (second, place)))
    hertz = np.arange(len(ours)) * RATE / length
    band = (hertz >= _LOW_HZ) & (hertz <= _HIGH_HZ)
    power = float(np.linalg.norm(ours[band]) * np.linalg.norm(theirs[band]))
    if power < 1e-6:
        return None
    size = _FINER * length
    along = scipy.fft.irfft(np.where(band, np.conj(ours) * theirs, 0), size)
    here = round((there - place) * _FINER)
    near = np.take(along, np.arange(here - _OFF, here + _OFF + 1), mode="wrap")
    return float(np.abs(near).max() * size / 2 / power)
