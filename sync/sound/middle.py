"""The median of several arrays, element by element, by a sorting network: far faster than sorting across them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 14
"""How many elements at once: what is put in order stays in the processor's cache."""

_Number = TypeVar("_Number", bound=np.generic)


def middle_of(arrays: Sequence[NDArray[_Number]]) -> NDArray[np.float32]:
    """Return the median of some arrays of one shape; of an even number of them the mean of both in the middle.

    The network is Batcher's merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M), less what
    does not touch the middle.
    """
    flat = [np.ascontiguousarray(array).reshape(-1) for array in arrays]
    found = np.empty(len(flat[0]), dtype=np.float32)
    for begin in range(0, len(found), _CHUNK):
        found[begin : begin + _CHUNK] = _middle([one[begin : begin + _CHUNK].copy() for one in flat])
    return found.reshape(arrays[0].shape)


def _middle(ordered: list[NDArray[_Number]]) -> NDArray[np.float32]:
    """Return the median; the arrays are put in order."""
    spare = np.empty_like(ordered[0])
    for one, other in _network(len(ordered)):
        low, high = ordered[one], ordered[other]
        np.minimum(low, high, out=spare)
        np.maximum(low, high, out=high)
        ordered[one], spare = spare, low
    below, above = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return np.asarray((below.astype(np.float32) + above.astype(np.float32)) / 2, dtype=np.float32)


@lru_cache(maxsize=32)
def _network(count: int) -> tuple[tuple[int, int], ...]:
    """Return which places are brought in order, one after the other, so that those in the middle are right."""
    wanted = {(count - 1) // 2, count // 2}
    kept: list[tuple[int, int]] = []
    for one, other in reversed(list(_merge_exchange(count))):
        if one in wanted or other in wanted:
            kept.append((one, other))
            wanted |= {one, other}
    return tuple(reversed(kept))


def _merge_exchange(count: int) -> Iterator[tuple[int, int]]:
    highest = 1 << max(0, (count - 1).bit_length() - 1)
    step = highest
    while step:
        far, remainder, distance = highest, 0, step
        while True:
            for one in range(count - distance):
                if one & step == remainder:
                    yield one, one + distance
            if far == step:
                break
            far, remainder, distance = far // 2, step, far - step
        step //= 2
