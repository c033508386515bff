"""Fits clocks and way to what both directions say: the lag of the clocks, its drift, and how far the wearers are apart.

`lag = clocks + drift t + middle(t) + way(t)` where the first wearer speaks, `- way(t)` where the second does; what is
believed of way and middle is in `walking`. Weighted least squares, outliers weighed down (Tukey's biweight).

The drift begins as the one-way line's, as well as that is known. A path that goes over from one voice to another looks
like drift, and so does walking where only one of two is heard at a time; therefore the stated uncertainty of the drift
always covers the distance from the one-way line's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sync.sound.directions import Arrivals
from sync.sound.line import Line
from sync.sound.walking import (
    RESTLESS_M,
    SPEED_OF_SOUND,
    Found,
    KnottedWindows,
    Prior,
    Vector,
    believed,
    likeliest,
    solve,
    together,
    windows_between,
)

_AT_FIRST = 2
"""Which of `RESTLESS_M` decides what is an outlier."""

_MOVED_M = 1.0
"""How far sources of the one-way line move between its beginning and its end (one sigma)."""

_END_M = 0.75
"""How far the place where a wearer's voice seems to come from is off the camera (one sigma): the mouth before or behind
it, the wearer turned away, a neighbour who speaks into it. The middle of two ends takes half of each."""

_TURNED_M = 0.5
"""How far it comes and goes besides, as they turn and lean."""

_TURNED_S = _TURNED_M / SPEED_OF_SOUND / 2**0.5
_SPEED_SIGMA = 0.03
_SCATTER_S = 0.0005
_MOST_SCATTER_S = 0.02
_TUKEY = 4.7
_ROUNDS = 12
_FEWEST = 4


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


@dataclass(frozen=True, eq=False)
class _Heard:
    """Windows of both directions: when, at which lag off the line's, and +1 where the first wearer speaks, else -1."""

    at_s: Vector
    lag_s: Vector
    side: Vector

    def counts(self, used: NDArray[np.bool_]) -> tuple[int, int]:
        """Return how many windows of each direction are used."""
        return int((used & (self.side > 0)).sum()), int((used & (self.side < 0)).sum())


def fit_both(ours: Arrivals, theirs: Arrivals, line: Line, end_m: float = _END_M) -> BothWays | None:
    """Fit; None where too few windows of either direction agree in the end.

    Args:
        ours: when the first wearer's voice came to the second camera.
        theirs: the other way round.
        line: how the second recording stands to the first by any sound.
        end_m: how far the voices may seem to come from off the cameras (one sigma of each).
    """
    heard = _Heard(
        np.concatenate([ours.at_s, theirs.at_s]),
        np.concatenate([ours.lag_s, theirs.lag_s]),
        np.concatenate([np.ones(len(ours.at_s)), -np.ones(len(theirs.at_s))]),
    )
    at = heard.at_s
    middle = float(at.mean())
    windows = windows_between(at, heard.side, middle)
    drift_sigma = _one_way_drift_sigma(line)
    priors = [believed(windows.knots_s, drift_sigma, restless, _TURNED_S) for restless in RESTLESS_M]
    weights, scatter = _weigh(heard, windows, priors[_AT_FIRST])
    used = weights > 0.1
    first_heard, second_heard = heard.counts(used)
    if min(first_heard, second_heard) < _FEWEST:
        return None
    fit = together([solve(windows, heard.lag_s, weights / scatter**2, prior) for prior in priors])
    # stated where it is known best; away from there the drift tells
    away_s = float(np.clip(-fit.covariance[0, 1] / fit.covariance[1, 1], at.min() - middle, at.max() - middle))
    clocks = np.array([1.0, away_s])
    lag_sigma = float(np.sqrt(clocks @ fit.covariance[:2, :2] @ clocks))
    ways = fit.found.ways_s * SPEED_OF_SOUND
    way_sigma = float(np.sqrt(fit.covariance[2, 2])) * SPEED_OF_SOUND
    distance = float(ways.mean())
    return BothWays(
        at_s=middle + away_s,
        lag_s=line.lag_at(middle + away_s) + fit.found.lag_s + fit.found.drift * away_s,
        sigma_s=float(np.hypot(lag_sigma, end_m / SPEED_OF_SOUND / 2**0.5)),
        drift=line.drift + fit.found.drift,
        drift_sigma=float(np.hypot(np.sqrt(fit.covariance[1, 1]), fit.found.drift)),
        distance_m=distance,
        distance_sigma_m=float(np.sqrt(way_sigma**2 + end_m**2 / 2 + (_SPEED_SIGMA * distance) ** 2)),
        nearest_m=max(0.0, float(ways.min())),
        farthest_m=float(ways.max()),
        first_heard=first_heard,
        first_spoken=ours.spoken,
        second_heard=second_heard,
        second_spoken=theirs.spoken,
        first_s=float(at[used].min()),
        last_s=float(at[used].max()),
    )


def _one_way_drift_sigma(line: Line) -> float:
    """Return how well the one-way line knows the drift; its sources may have moved."""
    span_s = max(line.last_s - line.first_s, 2.0)
    return float(np.hypot(line.drift_sigma, 2**0.5 * _MOVED_M / SPEED_OF_SOUND / span_s))


def _weigh(heard: _Heard, windows: KnottedWindows, prior: Prior) -> tuple[Vector, float]:
    """Return how far each window is believed, 0 to 1, and how far those that are scatter, s."""
    ours, theirs = (float(np.median(heard.lag_s[heard.side == side])) for side in (1.0, -1.0))
    count = len(windows.knots_s)
    found = Found((ours + theirs) / 2, 0.0, np.full(count, (ours - theirs) / 2), np.zeros(count))
    weights, scatter = np.zeros(len(heard.at_s)), _MOST_SCATTER_S
    for number in range(_ROUNDS):
        rest = heard.lag_s - windows.lags(found)
        scatter = float(np.clip(1.4826 * np.median(np.abs(rest)), _SCATTER_S, _MOST_SCATTER_S / (number + 1)))
        weights = np.clip(1 - (rest / (_TUKEY * scatter)) ** 2, 0, None) ** 2
        found = likeliest(windows, heard.lag_s, weights / scatter**2, prior)
    return weights, scatter
