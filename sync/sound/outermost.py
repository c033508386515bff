"""Finds the place farthest out from which a voice at one microphone is heard by the other camera, where people stand.

No source can be seen farther out than the cameras themselves. So the lag farthest out at which all windows together
stand out is the wearer's, or that of somebody about as near to that camera, however faint it is in each window. Echoes
come from farther out as well: they are much weaker than what they are echoes of, and follow it closely.

How far the voice falls is worked out from all windows together too: what is heard is added up as it was said, so noise
and other voices drop out, which in single windows hide how faint it is.
"""

from __future__ import annotations

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from sync.sound.decode import RATE
from sync.sound.directions import WINDOW_S, Arrivals, Rows
from sync.sound.stacked import Stack, stacked_lags, stand_out
from sync.sound.wearers import End, Listened, noise_between_db, quieter_db

_WINDOW = int(WINDOW_S * RATE)
_SURE = 8.0
_ECHO_S = 0.06
"""The way to a wall ten metres off and back is as long."""

_OVER_ECHO = 0.4
_BY_CHANCE = 0.05
"""In how many windows something else stands as high at a given lag."""

_OVER_CHANCE = 2.0
_FEWEST = 4
_NEAR_S = 0.00125
_SAME_MS = 2
_AROUND = 8
"""Samples, either way, among which what was said is looked for in what was heard."""


def find_outermost(rows: Rows, direction: Listened) -> End | None:
    """Return what comes from farthest out, or None where nothing is sure or too few windows show it.

    Args:
        rows: correlations of the speaker's voice with what the other camera heard.
        direction: the same direction.
    """
    if not len(rows.at_s):
        return None
    stacks = [one for one in stacked_lags(rows.heights) if one.stands_out >= _SURE]
    sign = 1.0 if direction.is_first else -1.0
    own = [one for one in stacks if not _is_echo(one, stacks, sign)]
    if not own:
        return None
    outermost = max(own, key=lambda one: sign * one.lag_s)
    arrivals = _gathered(rows, outermost)
    if arrivals is None:
        return None
    return End(arrivals, _fall_db(rows, outermost.lag_s, direction), quieter_db(arrivals, direction))


def find_alike(there: Rows, back: Rows, ours: End, theirs: End) -> float:
    """Return how alike both voices stand out at both microphones: about 1 where both are of third places.

    Whoever wears a camera stands out far more in what was said at that microphone than in what was said at the other;
    with both wearers the two ratios multiply, and how much is said and how noisy the places are drops out. Two sources
    of sound far from one of the cameras, or one and its echo, are as loud beside one another at either.

    Args:
        there: correlations of the first's voice with what the second heard.
        back: the other way round.
        ours: what comes to the second from farthest out.
        theirs: the other way round.
    """
    product = 1.0
    for here, elsewhere, end in ((there, back, ours), (back, there, theirs)):
        lag_s = float(np.median(end.path.lag_s))
        product *= _stands_out_at(elsewhere, lag_s) / _stands_out_at(here, lag_s)
    return product


def _stands_out_at(rows: Rows, lag_s: float) -> float:
    """Return by how many deviations all windows together stand out at a lag, 1 at least."""
    total = stand_out(rows.heights)
    column = int((lag_s - float(np.median(rows.base_s))) * 1000)
    return max(1.0, float(total[max(0, column - _SAME_MS) : column + _SAME_MS + 1].max(initial=0.0)))


def _is_echo(one: Stack, others: list[Stack], sign: float) -> bool:
    return any(
        0 < sign * (one.lag_s - other.lag_s) <= _ECHO_S and one.stands_out < _OVER_ECHO * other.stands_out
        for other in others
    )


def _gathered(rows: Rows, stack: Stack) -> Arrivals | None:
    """Return the windows that show it, where they are more than chance would bring."""
    reach, centre = round(_NEAR_S * RATE), round(stack.lag_s * RATE)
    wide, total = 2 * reach + 1, rows.heights.shape[1]
    first = min(max(1, centre - reach), total - wide - 1)
    part = rows.heights[:, first : first + wide]
    pieces = rows.heights[:, : total // wide * wide].reshape(len(part), -1, wide).max(axis=2)
    heights = part.max(axis=1)
    heard = heights > np.percentile(pieces, 100 * (1 - _BY_CHANCE), axis=1)
    if int(heard.sum()) < max(_FEWEST, _OVER_CHANCE * _BY_CHANCE * len(heights)):
        return None
    columns = first + part.argmax(axis=1)
    lag_s = rows.base_s + (columns + _to_the_top(rows.heights, columns)) / RATE
    log10 = float(scipy.stats.norm.logsf(stack.stands_out) / np.log(10) + np.log10(total))
    return Arrivals(rows.at_s[heard], lag_s[heard], heights[heard], rows.starts[heard], rows.starts, log10)


def _to_the_top(heights: NDArray[np.float32], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where the top of a peak is off its highest sample, by a parabola; samples."""
    which = np.arange(len(columns))
    left, top, right = (heights[which, columns + by].astype(np.float64) for by in (-1, 0, 1))
    bend = np.minimum(left - 2 * top + right, -1e-9)
    return np.asarray(np.clip(0.5 * (left - right) / bend, -0.5, 0.5), dtype=np.float64)


def _fall_db(rows: Rows, lag_s: float, direction: Listened) -> float:
    """Return by how much less a voice stands above the noise at the listener than at the speaker, of all windows."""
    heard, said_energy = np.zeros(2 * _AROUND + 1), 1e-12
    for start, base_s, at_s in zip(rows.starts, rows.base_s, rows.at_s, strict=True):
        place = direction.place(int(start), float(at_s), float(lag_s + base_s))
        if place < _AROUND or place + _WINDOW + _AROUND > len(direction.heard):
            continue
        said = direction.speaker.loud_at(start, start + _WINDOW)
        there = direction.heard[place - _AROUND : place + _WINDOW + _AROUND]
        quieter = 10 ** (noise_between_db(direction, int(start), place) / 20)
        heard += quieter * np.correlate(there, said, "valid")
        said_energy += float(np.square(said).sum())
    return float(20 * np.log10(np.abs(heard).max() / said_energy + 1e-9))
