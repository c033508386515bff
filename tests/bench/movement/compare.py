"""Lays the movement of two recordings along one another at every lag, and says how far the best stands out.

Each second of one votes for the lags at which it is like the other; a vote counts only so far. The same is done with
the second recording run backwards, in which nothing can be right: its best lag is a rival as any other lag is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tests.bench.movement.likeness import likeness, moves
from tests.bench.movement.moving import RATE, Array

_SHORTEST = 10 * RATE
_BLOCK = RATE
_MOST = 3.0
_APART = RATE
_LEAST_OVER = 0.5
_MEMBERS = 0.6


@dataclass(frozen=True, slots=True)
class Standing:
    """How two recordings stand to one another.

    Attributes:
        lag_s: time in the second less time in the first at the likeliest lag.
        deviations: by how many robust deviations it stands out among all lags, forwards and backwards.
        rival: the same for the best other lag, a second or more away, or backwards.
        moving_s: for how long something moves in both there.
    """

    lag_s: float
    deviations: float
    rival: float
    moving_s: float

    @property
    def margin(self) -> float:
        """Deviations over the rival."""
        return self.deviations - max(self.rival, _LEAST_OVER)


def compare(first: Array, second: Array) -> Standing | None:
    """Compare what moved in two recordings (`moving.read_movement`); None where they are too short."""
    if min(len(first), len(second)) < _SHORTEST + 3:
        return None
    ours, theirs = likeness(first), likeness(second)
    alike = np.hstack(ours) @ np.hstack(theirs).T
    backwards = np.hstack(ours) @ np.hstack([one[::-1, ::-1] for one in theirs]).T
    there = _votes(alike, backwards)
    back = _votes(alike.T, backwards.T)
    score, null = ((one + other[::-1]) / 2 for one, other in zip(there, back, strict=True))
    lags = np.arange(-(len(first) - _SHORTEST), len(second) - _SHORTEST + 1)
    best = int(np.argmax(score))
    away = score[np.abs(lags - lags[best]) > _APART]
    pool = np.concatenate([away, null])
    middle = float(np.median(pool))
    deviation = 1.4826 * float(np.median(np.abs(pool - middle))) + 1e-9
    part = 0.0
    if 0 < best < len(score) - 1:
        before, here, after = score[best - 1 : best + 2]
        part = float(0.5 * (before - after) / (before - 2 * here + after - 1e-9))
    lag = int(lags[best])
    begin, end = max(0, -lag), min(len(first), len(second) - lag)
    both = float((moves(first)[begin:end] * moves(second)[begin + lag : end + lag]).sum()) / RATE
    rival = (float(pool.max()) - middle) / deviation
    return Standing((lag + part) / RATE, (float(score[best]) - middle) / deviation, rival, both)


def _votes(alike: Array, backwards: Array) -> tuple[Array, Array]:
    """Return the sums of the votes at each lag, forwards and backwards."""
    means = [_block_means(one) for one in (alike, backwards)]
    every = np.concatenate(means, axis=1)
    middle = np.nanmedian(every)
    spread = 1.4826 * np.nanmedian(np.abs(every - middle)) + 1e-9
    sums = []
    for one in means:
        clipped = np.clip((one - middle) / spread, -_MOST, _MOST)
        counts = np.maximum(np.isfinite(clipped).sum(axis=0), 1)
        sums.append(np.asarray(np.nansum(clipped, axis=0) / np.sqrt(counts)))
    return sums[0], sums[1]


def _block_means(alike: Array) -> Array:
    """Return how like each block of the first is at each lag: [blocks, lags], nan where the second has nothing."""
    count, other = alike.shape
    blocks = count // _BLOCK
    lags = np.arange(-(count - _SHORTEST), other - _SHORTEST + 1)
    known = np.zeros((count, other + 2 * count), dtype=np.float32)
    padded = known.copy()
    padded[:, count : count + other], known[:, count : count + other] = alike, 1
    sums, counts = (_sums(one, count + int(lags[0]), blocks, len(lags)) for one in (padded, known))
    return np.where(counts >= _MEMBERS * _BLOCK, sums / np.maximum(counts, 1), np.nan)


def _sums(padded: Array, offset: int, blocks: int, lags: int) -> Array:
    down, right = padded.strides
    sheared = as_strided(padded[:, offset:], (len(padded), lags), (down + right, right), writeable=False)
    starts = np.arange(0, blocks * _BLOCK, _BLOCK)
    return np.asarray(np.add.reduceat(sheared[: blocks * _BLOCK], starts, axis=0))
