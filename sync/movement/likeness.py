"""Says at each instant how unlike a recording's movement is to that up to three seconds earlier and later.

Two cameras see the same movement from two sides, so their pictures cannot be compared. But when it comes back to what
it was a second ago in one, it does in the other (self-similarity: Junejo and others, Cross-view action recognition
from temporal self-similarities, 2008). Where the movement is counts, hardly how much of it there is. A camera that is
carried sees all of its picture move, as it moves itself, which no other camera shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from sync.movement.reading import RATE, Change

Array = NDArray[np.float32]

LEAST_MOVING_S = 10.0
"""For less time than this anybody who passes is like anybody else who does."""

DELAYS = 6 * RATE
"""How many delays each of the two measures has: `DELAYS` / 2 earlier, and as many later."""

_REACH = DELAYS // 2
_PIECE = 2000
_SOFT = 0.5
_MOVES = 0.1
_OF_NOISE, _STILL = 0.5, 10.0
_CHANGED_LEVELS = 0.5
_CARRIED = 1 / 3
"""Cells that change at once, at the median: 0.05 to 0.23 in five fixed cameras, 0.42 to 0.67 in five carried ones."""


@dataclass(frozen=True, eq=False)
class Movement:
    """What is compared of a recording.

    Attributes:
        start_s: media time of the first sample, s; they follow one another at `reading.RATE`.
        step_s: the usual time between the frames that were compared, s.
        likeness: for both measures, to each delay, with what is usual taken away: float32[samples, 2 * DELAYS]; no
            samples where the recording says nothing: nothing moves for long enough, or the camera itself does.
        moves: whether something moves around each sample, bool[samples].
    """

    start_s: float
    step_s: float
    likeness: Array
    moves: NDArray[np.bool_]


def find_movement(change: Change | None) -> Movement:
    """Make of what changed in a recording what can be compared."""
    if change is None:
        return _nothing(0.0, 0.0)
    noise = 1.5 * np.percentile(change.amount, 20, axis=0).astype(np.float32)
    total, shares = np.empty(len(change.amount), dtype=np.float32), np.empty(len(change.amount))
    for piece in _pieces(len(total)):
        over = np.maximum(change.amount[piece] - noise, 0)
        total[piece], shares[piece] = over.sum(axis=1), (over > _CHANGED_LEVELS).mean(axis=1)
    moves = _moves(total, float(noise.sum()))
    if moves.sum() < LEAST_MOVING_S * RATE or np.median(shares) > _CARRIED:
        return _nothing(change.start_s, change.step_s)
    whole = change.amount.sum(axis=1)
    usual_total, usual_whole = np.median(total), np.median(whole)
    measures = [np.empty((len(total), DELAYS), dtype=np.float32) for _ in range(2)]
    for piece in _pieces(len(total)):
        around = slice(max(0, piece.start - _REACH), min(len(total), piece.stop + _REACH))
        over = np.maximum(change.amount[around] - noise, 0)
        where = np.sqrt(over / (total[around, None] + 0.3 * usual_total + 1e-6))
        going = change.ways[around] / (whole[around, None] / 4 + 0.1 * usual_whole + 1e-6)
        for measure, states in zip(measures, (where, 1.2 * np.sign(going) * np.sqrt(np.abs(going))), strict=True):
            measure[piece] = _apart(states, piece.start - around.start, piece.stop - piece.start)
    likeness = np.hstack([_less_usual(one) for one in measures])
    return Movement(change.start_s, change.step_s, likeness, moves)


def backwards(likeness: Array) -> Array:
    """Return the likeness of the same recording run backwards."""
    both = likeness.reshape(len(likeness), 2, DELAYS)
    return np.asarray(both[::-1, :, ::-1].reshape(len(likeness), 2 * DELAYS), dtype=np.float32)


def _nothing(start_s: float, step_s: float) -> Movement:
    return Movement(start_s, step_s, np.zeros((0, 2 * DELAYS), dtype=np.float32), np.zeros(0, dtype=np.bool_))


def _pieces(count: int) -> list[slice]:
    return [slice(low, min(count, low + _PIECE)) for low in range(0, count, _PIECE)]


def _moves(total: Array, noise: float) -> NDArray[np.bool_]:
    """Tell around which samples something moves: more than a little of the liveliest, and more than noise does."""
    around = scipy.ndimage.uniform_filter1d(total, 2 * RATE)
    return np.asarray(around > max(_MOVES * float(np.percentile(around, 90)), _OF_NOISE * noise + _STILL))


def _delays() -> NDArray[np.int64]:
    return np.concatenate([np.arange(-_REACH, 0), np.arange(1, _REACH + 1)])


def _apart(states: Array, begin: int, count: int) -> Array:
    """Return how far the states from `begin` on are from those at each delay; nan where there is none."""
    found = np.full((count, DELAYS), np.nan, dtype=np.float32)
    rows = np.arange(begin, begin + count)
    for number, delay in enumerate(_delays().tolist()):
        there = (rows + delay >= 0) & (rows + delay < len(states))
        difference = states[rows[there]] - states[rows[there] + delay]
        found[there, number] = np.sqrt(np.einsum("ij,ij->i", difference, difference))
    return found


def _less_usual(apart: Array) -> Array:
    """Take away what is usual at each instant and at each delay, and bring each instant to about one size."""
    there = np.isfinite(apart)
    found = np.where(there, apart, 0.0)
    for _ in range(3):
        for axis in (0, 1):
            usual = found.sum(axis=axis, keepdims=True) / np.maximum(there.sum(axis=axis, keepdims=True), 1)
            found = np.where(there, found - usual, 0.0)
    size = np.sqrt((found * found).sum(axis=1, keepdims=True))
    return np.asarray(found / (size + _SOFT * np.median(size) + 1e-9), dtype=np.float32)
