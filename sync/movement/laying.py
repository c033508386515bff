"""Lays the movement of two recordings along one another at every lag, and says how far the best stands out.

Each second of one votes for the lags at which it is like the other; a vote counts only so far. The same is done with
the second recording run backwards, in which nothing can be right: its best lag is a rival as any other lag is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.movement.likeness import LEAST_MOVING_S, Array, Movement, backwards
from sync.movement.reading import RATE

MARGIN = 3.0
"""Six pairs of one scene stand 3.6 to 5.5 over their rivals, the best of 262 others 2.0 (decision 23)."""

_SHORTEST = 10 * RATE
_BLOCK = RATE
_FEWEST_OF_BLOCK = 6
_MOST = 3.0
_APART = RATE
_LEAST_OVER = 0.5
_SAMPLED = 300
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Meeting:
    """How two recordings stand to one another by what moves in them.

    Attributes:
        at_s: media time in the first recording in the middle of what moves in both, s.
        lag_s: time in the second less time in the first at the likeliest lag.
        sigma_s: how far the lag may be from it before it stands out by one deviation less.
        deviations: by how many robust deviations it stands out among all lags, forwards and backwards.
        rival: the same for the best other lag, a second or more away, or backwards.
        moving_s: for how long something moves in both there.
        step_s: the usual time between the frames of each that were compared, s.
    """

    at_s: float
    lag_s: float
    sigma_s: float
    deviations: float
    rival: float
    moving_s: float
    step_s: tuple[float, float]

    @property
    def margin(self) -> float:
        """Deviations over the rival."""
        return self.deviations - max(self.rival, _LEAST_OVER)

    @property
    def is_possible(self) -> bool:
        """Whether it stands out enough for a person to look at it. It is never enough to be believed."""
        return self.margin >= MARGIN and self.moving_s >= LEAST_MOVING_S

    @property
    def words(self) -> str:
        """What it rests on, for people."""
        return (
            f"Something moves in both for {self.moving_s:.0f} s, and alike at this lag by {self.deviations:.1f} "
            f"deviations (the next best: {self.rival:.1f}). Others may move alike too. Look at both pictures before "
            "you accept it."
        )


def lay_along(first: Movement, second: Movement) -> Meeting | None:
    """Lay two recordings along one another; None where one says nothing or is too short. Deterministic."""
    ours, theirs = first.likeness, second.likeness
    count, other = len(ours), len(theirs)
    if min(count, other) < _SHORTEST + 3:
        return None
    reverse = backwards(theirs)
    there = _votes([(ours, theirs), (ours, reverse)])
    back = _votes([(theirs, ours), (reverse, ours)])
    score, null = ((one + other[::-1]) / 2 for one, other in zip(there, back, strict=True))
    lags = np.arange(-(count - _SHORTEST), other - _SHORTEST + 1)
    best = int(np.argmax(score))
    pool = np.concatenate([score[np.abs(lags - lags[best]) > _APART], null])
    middle = float(np.median(pool))
    deviation = 1.4826 * float(np.median(np.abs(pool - middle))) + 1e-9
    part, sharpness = _peak(score, best)
    lag = int(lags[best])
    begin, end = max(0, -lag), min(count, other - lag)
    both = np.flatnonzero(first.moves[begin:end] & second.moves[begin + lag : end + lag])
    middle_at = begin + (float(both.mean()) if len(both) else (end - begin) / 2)
    return Meeting(
        at_s=first.start_s + middle_at / RATE,
        lag_s=second.start_s - first.start_s + (lag + part) / RATE,
        sigma_s=float(np.sqrt(2 * deviation / sharpness)) / RATE,
        deviations=(float(score[best]) - middle) / deviation,
        rival=(float(pool.max()) - middle) / deviation,
        moving_s=len(both) / RATE,
        step_s=(first.step_s, second.step_s),
    )


def _peak(score: NDArray[np.float64], best: int) -> tuple[float, float]:
    """Return where between the samples the highest point is, and by how much it is bent there (a parabola's)."""
    if not 0 < best < len(score) - 1:
        return 0.0, 1e-6
    before, here, after = score[best - 1 : best + 2]
    sharpness = max(2 * float(here) - float(before) - float(after), 1e-6)
    return 0.5 * (float(after) - float(before)) / sharpness, sharpness


def _votes(pairs: list[tuple[Array, Array]]) -> list[NDArray[np.float64]]:
    """Return for each two the sums of the votes of the one's blocks at each lag; all have one scale.

    The scale is that of all blocks, or of some of them evenly spread where there are many.
    """
    blocks = len(pairs[0][0]) // _BLOCK
    some = np.unique(np.linspace(0, blocks - 1, min(blocks, _SAMPLED)).astype(np.int64))
    known = [means[np.isfinite(means)] for one, other in pairs for _, means in _block_means(one, other, some)]
    every = np.concatenate(known)
    middle = np.median(every)
    spread = 1.4826 * np.median(np.abs(every - middle)) + 1e-9
    found = []
    for one, other in pairs:
        lags = len(one) + len(other) - 2 * _SHORTEST + 1
        sums, counts = np.zeros(lags), np.zeros(lags, dtype=np.int64)
        for begin, means in _block_means(one, other, np.arange(blocks)):
            is_known = np.isfinite(means)
            votes = np.clip((means - middle) / spread, -_MOST, _MOST)
            sums[begin : begin + len(means)] += np.where(is_known, votes, 0.0)
            counts[begin : begin + len(means)] += is_known
        found.append(sums / np.sqrt(np.maximum(counts, 1)))
    return found


def _block_means(one: Array, other: Array, blocks: NDArray[np.int64]) -> Iterator[tuple[int, Array]]:
    """Yield how like each block of the one is to the other: the number of its first lag, and each lag's mean.

    A mean is nan where too little of the block meets the other. Lags count from that at which only the other's first
    `_SHORTEST` samples meet the one's last.
    """
    length, edge = len(other), _BLOCK - 1
    there = np.zeros(length + 2 * edge)
    there[edge : edge + length] = 1
    wide = length + edge
    counts = np.convolve(there, np.ones(_BLOCK), mode="valid")
    counts = np.where(counts >= _FEWEST_OF_BLOCK, counts, np.nan).astype(np.float32)
    lags = len(one) + length - 2 * _SHORTEST + 1
    for low in range(0, len(blocks), _AT_ONCE):
        chosen = blocks[low : low + _AT_ONCE]
        rows = (chosen[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        alike = np.zeros((len(chosen), _BLOCK, length + 2 * edge), dtype=np.float32)
        alike[:, :, edge : edge + length] = (one[rows] @ other.T).reshape(len(chosen), _BLOCK, length)
        sums = np.zeros((len(chosen), wide), dtype=np.float32)
        for place in range(_BLOCK):
            sums += alike[:, place, place : place + wide]
        for block, means in zip(chosen.tolist(), sums / counts, strict=True):
            first = len(one) - _SHORTEST - edge - block * _BLOCK
            begin, end = max(0, first), min(lags, first + wide)
            if end > begin:
                yield begin, means[begin - first : end - first]
