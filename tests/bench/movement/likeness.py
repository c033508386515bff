"""Says at each instant how unlike a recording's movement is to that up to three seconds earlier and later.

Two cameras see the same movement from two sides, so their pictures cannot be compared. But when it comes back to what
it was a second ago in one, it does in the other (self-similarity: Junejo and others, Cross-view action recognition from
temporal self-similarities, 2008). Where the movement is counts, hardly how much of it there is.
"""

from __future__ import annotations

import numpy as np
import scipy.ndimage

from tests.bench.movement.moving import CELLS, RATE, Array

_REACH = 3 * RATE
_SOFT = 0.5
_MOVES = 0.1


def likeness(movement: Array) -> tuple[Array, Array]:
    """Return by each of the two measures float32[samples, 2 * reach]: to each delay, what is usual taken away."""
    amount, ways = movement[:, : CELLS**2], movement[:, CELLS**2 :]
    over = _over_noise(amount)
    total = over.sum(axis=1, keepdims=True)
    where = np.sqrt(over / (total + 0.3 * np.median(total) + 1e-6))
    whole = amount.sum(axis=1, keepdims=True)
    going = ways / (whole / 4 + 0.1 * np.median(whole) + 1e-6)
    return _delays(where), _delays(1.2 * np.sign(going) * np.sqrt(np.abs(going)))


def moves(movement: Array) -> Array:
    """Tell of each sample whether something moves around it, 0 or 1."""
    total = scipy.ndimage.uniform_filter1d(_over_noise(movement[:, : CELLS**2]).sum(axis=1), 2 * RATE)
    return np.asarray(total > _MOVES * np.percentile(total, 90), dtype=np.float32)


def _over_noise(amount: Array) -> Array:
    return np.asarray(np.maximum(amount - 1.5 * np.percentile(amount, 20, axis=0), 0), dtype=np.float32)


def _delays(states: Array) -> Array:
    squares = (states * states).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * states @ states.T, 0))
    delays = np.concatenate([np.arange(-_REACH, 0), np.arange(1, _REACH + 1)])
    rows = np.arange(len(apart))[:, None]
    there = (rows + delays >= 0) & (rows + delays < len(apart))
    found = np.where(there, apart[rows, np.clip(rows + delays, 0, len(apart) - 1)], 0.0)
    for _ in range(3):
        for axis in (0, 1):
            usual = found.sum(axis=axis, keepdims=True) / np.maximum(there.sum(axis=axis, keepdims=True), 1)
            found = np.where(there, found - usual, 0.0)
    size = np.sqrt((found * found).sum(axis=1, keepdims=True))
    return np.asarray(found / (size + _SOFT * np.median(size) + 1e-9), dtype=np.float32)
