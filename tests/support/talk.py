"""A talk that several recorders hear: the same words, each by its own clock, with its own noise."""

from __future__ import annotations

import numpy as np
import scipy.signal

from app.demo import sounds
from tests.support.sound_files import RATE, Track


def talk(seed: int, seconds: float) -> Track:
    """Return somebody who talks, with pauses, 16 kHz."""
    chance = np.random.default_rng(seed)
    parts: list[Track] = []
    while sum(map(len, parts)) < seconds * RATE:
        words = sounds.make_speech(chance, int(chance.integers(4, 12)), float(chance.uniform(100, 220)))
        parts.append(np.asarray(scipy.signal.resample_poly(words, 1, 3), dtype=np.float32))
        parts.append(np.zeros(int(chance.uniform(0.2, 1.0) * RATE), dtype=np.float32))
    return np.concatenate(parts)[: int(seconds * RATE)]


def heard(sound: Track, *, start_s: float, seconds: float, ppm: float, noise: float, seed: int) -> Track:
    """Return what a recorder makes of a sound from `start_s` on, by a clock that gains `ppm`, with noise of its own."""
    chance = np.random.default_rng(seed)
    at = start_s * RATE + np.arange(int(seconds * RATE)) / (1 + ppm * 1e-6)
    samples = np.interp(at, np.arange(len(sound)), sound, left=0.0, right=0.0)
    return np.asarray(np.clip(0.3 * samples + noise * chance.standard_normal(len(at)), -1, 1), dtype=np.float32)
