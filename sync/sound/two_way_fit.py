"""Fits clocks and way to what both directions say: the lag of the clocks, its drift, and how far the wearers are apart.

`lag = clocks + drift t + way(t)` where the first wearer speaks, `- way(t)` where the second does. The way is linear
between knots and walks at random from knot to knot, so that people may come nearer in the meantime and what they say
minutes apart is not played off against each other. Weighted least squares, outliers weighed down (Tukey's biweight).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sync.sound.directions import Arrivals
from sync.sound.line import Line

SPEED_OF_SOUND = 343.0
"""Metres a second in air of 20 degrees."""

_KNOT_S = 15.0
_WALK_M = 0.8
"""How far the way between two people changes in a second by chance; in `t` seconds by this times the root of `t`."""

_DRIFT_SIGMA = 15e-6
"""How far the one-way line's drift may be off, where it was drawn through sources that moved or were two."""

_END_M = 0.75
"""How far the place where a wearer's voice seems to come from is off the camera (one sigma): the mouth before or behind
it, the wearer turned away, a neighbour who speaks into it."""

_SPEED_SIGMA = 0.03
_SCATTER_S = 0.0005
_MOST_SCATTER_S = 0.02
_TUKEY = 4.7
_ROUNDS = 12
_FEWEST = 4

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BothWays:
    """What two wearers' voices say of their clocks and of the way between them.

    Attributes:
        at_s: time in the first recording at which `lag_s` holds.
        lag_s: the clocks' lag there, second less first.
        sigma_s: standard uncertainty of it.
        drift: by how much the second clock gains on the first, as a ratio.
        drift_sigma: standard uncertainty of it.
        distance_m: how far the wearers were apart, the mean over the time.
        distance_sigma_m: standard uncertainty of it.
        nearest_m: the least.
        farthest_m: the most.
        first_heard: in how many windows of two seconds the second camera heard the first's wearer.
        first_spoken: of how many.
        second_heard: in how many windows the first camera heard the second's wearer.
        second_spoken: of how many.
        first_s: time in the first recording of the first window that was used.
        last_s: of the last.
    """

    at_s: float
    lag_s: float
    sigma_s: float
    drift: float
    drift_sigma: float
    distance_m: float
    distance_sigma_m: float
    nearest_m: float
    farthest_m: float
    first_heard: int
    first_spoken: int
    second_heard: int
    second_spoken: int
    first_s: float
    last_s: float

    def shifted(self, start_s: float, shift_s: float) -> BothWays:
        """Return the same with both recordings counted from elsewhere."""
        return replace(
            self,
            at_s=self.at_s + start_s,
            lag_s=self.lag_s + shift_s,
            first_s=self.first_s + start_s,
            last_s=self.last_s + start_s,
        )

    def lag_at(self, at_s: float) -> float:
        """Return the clocks' lag at a time of the first recording."""
        return self.lag_s + self.drift * (at_s - self.at_s)


def fit_both(ours: Arrivals, theirs: Arrivals, line: Line) -> BothWays | None:
    """Fit; None where too few windows of either direction agree in the end."""
    at = np.concatenate([ours.at_s, theirs.at_s])
    lag = np.concatenate([ours.lag_s, theirs.lag_s])
    way = np.concatenate([np.ones(len(ours.at_s)), -np.ones(len(theirs.at_s))])
    middle = float(at.mean())
    knots = np.linspace(at.min(), at.max(), max(2, int(np.ceil((at.max() - at.min()) / _KNOT_S)) + 1))
    model = np.column_stack([np.ones(len(at)), at - middle, way[:, None] * _hats(at, knots)])
    prior, prior_values = _prior(knots, line)
    start = (float(np.median(ours.lag_s)) - float(np.median(theirs.lag_s))) / 2
    centre = (float(np.median(ours.lag_s)) + float(np.median(theirs.lag_s))) / 2
    found = np.array([centre, 0.0, *np.full(len(knots), start)])
    weights, scatter, scaled = np.zeros(len(at)), _MOST_SCATTER_S, np.eye(len(found))
    for number in range(_ROUNDS):
        rest = lag - model @ found
        scatter = float(np.clip(1.4826 * np.median(np.abs(rest)), _SCATTER_S, _MOST_SCATTER_S / (number + 1)))
        scatter = max(scatter, _SCATTER_S)
        weights = np.clip(1 - (rest / (_TUKEY * scatter)) ** 2, 0, None) ** 2
        whole = model * (weights / scatter**2)[:, None]
        scaled = whole.T @ model + prior.T @ prior
        found = np.linalg.solve(scaled, whole.T @ lag + prior.T @ prior_values)
    used = weights > 0.1
    is_ours = way > 0
    if min(int((used & is_ours).sum()), int((used & ~is_ours).sum())) < _FEWEST:
        return None
    covariance = np.linalg.inv(scaled)
    ways = found[2:] * SPEED_OF_SOUND
    # both ends are off by themselves; the middle takes half of each
    end_s = _END_M / SPEED_OF_SOUND / 2**0.5
    mean = np.full(len(knots), 1 / len(knots))
    way_sigma = float(np.sqrt(mean @ covariance[2:, 2:] @ mean)) * SPEED_OF_SOUND
    distance = float(ways.mean())
    return BothWays(
        at_s=middle,
        lag_s=line.lag_at(middle) + float(found[0]),
        sigma_s=float(np.hypot(np.sqrt(covariance[0, 0]), end_s)),
        drift=line.drift + float(found[1]),
        drift_sigma=float(np.sqrt(covariance[1, 1])),
        distance_m=distance,
        distance_sigma_m=float(np.sqrt(way_sigma**2 + _END_M**2 / 2 + (_SPEED_SIGMA * distance) ** 2)),
        nearest_m=max(0.0, float(ways.min())),
        farthest_m=float(ways.max()),
        first_heard=int((used & is_ours).sum()),
        first_spoken=ours.spoken,
        second_heard=int((used & ~is_ours).sum()),
        second_spoken=theirs.spoken,
        first_s=float(at[used].min()),
        last_s=float(at[used].max()),
    )


def _hats(at: Vector, knots: Vector) -> Vector:
    """Return how much each knot weighs at each time, float64[times, knots]."""
    return np.column_stack([np.interp(at, knots, one) for one in np.eye(len(knots))])


def _prior(knots: Vector, line: Line) -> tuple[Vector, Vector]:
    """Return what is believed before: rows of equations of standard uncertainty 1, and their right sides."""
    count = len(knots) + 2
    rows = [np.eye(count)[1] / float(np.hypot(line.drift_sigma, _DRIFT_SIGMA))]
    sides = [0.0]
    for number, gap in enumerate(np.diff(knots)):
        row = np.zeros(count)
        row[number + 2], row[number + 3] = -1.0, 1.0
        rows.append(row / (_WALK_M * max(float(gap), 1.0) ** 0.5 / SPEED_OF_SOUND))
        sides.append(0.0)
    # anywhere in a street; keeps the equations regular where knots have no window
    rows.append(np.eye(count)[2] / 0.5)
    sides.append(0.0)
    return np.array(rows), np.array(sides)
