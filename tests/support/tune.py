"""Music as two nights may share it."""

from __future__ import annotations

import numpy as np

from tests.support.sound_files import RATE, Track


def tune(seed: int, *, bars: int) -> Track:
    """Return music with drums and a tune: bars of two seconds, no two of them alike."""
    chance = np.random.default_rng(seed)
    played = np.zeros(bars * 2 * RATE)
    drum = chance.standard_normal(RATE // 12) * np.exp(-np.arange(RATE // 12) / (RATE / 70))
    step = RATE // 4
    t = np.arange(step) / RATE
    for beat in range(bars * 8):
        at = beat * step
        played[at : at + len(drum)] += drum * (0.25 if beat % 2 else 0.1)
        pitch = 110 * 2 ** (int(chance.integers(0, 36)) / 12)
        played[at : at + step] += sum(np.sin(2 * np.pi * pitch * n * t) / n for n in (1, 2, 3)) * np.exp(-3 * t) * 0.15
    return np.asarray(played, dtype=np.float32)
