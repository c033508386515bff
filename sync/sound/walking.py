"""What is believed of two people who walk and turn before anything is heard, and what follows for unknowns.

- **Way** between them: linear between knots, walking at random from knot to knot. How restless they are nobody knows,
  so several answers are worked out, from standing to running, and weighed by how well each foretells what was heard
  (marginal likelihood; MacKay, Neural Computation 4, 1992).
- **Middle**: mouths turn and people lean, each by themselves, so the middle of both directions wanders by a foot or so
  and comes back (Ornstein and Uhlenbeck, 1930). Without it many windows would seem to tell more than holds still.

Each window touches two knots, and each knot its neighbours, so with way and middle of each knot side by side the normal
equations are a narrow band, bordered by the clocks' two unknowns: an hour takes no longer than it has windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

SPEED_OF_SOUND = 343.0
"""Metres a second in air of 20 degrees."""

RESTLESS_M = (0.1, 0.3, 1.0, 3.0)
"""How far the way changes in a second by chance, from standing to running; in `t` seconds by this times the root of
`t`."""

_KNOT_S = 6.0
_ANY_WAY_S = 0.5
"""How long the sound may be on its way in a street; keeps the equations regular."""

_TURNED_S = 20.0

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class KnottedWindows:
    """Windows of both directions, by the knots between which they lie.

    Attributes:
        elapsed_s: when, from the moment at which the lag of the clocks is asked.
        side: +1 where the first wearer speaks, else -1.
        knot: number of the knot before each.
        share: how far each is on the way to the next knot, 0 to 1.
        knots_s: when the knots are.
    """

    elapsed_s: Vector
    side: Vector
    knot: NDArray[np.int64]
    share: Vector
    knots_s: Vector

    def lags(self, found: Found) -> Vector:
        """Return the lag that follows for each window, s."""
        ways, middles = ((1 - self.share) * one[self.knot] + self.share * one[self.knot + 1] for one in found.at_knots)
        return found.lag_s + found.drift * self.elapsed_s + self.side * ways + middles

    @property
    def touching(self) -> Vector:
        """How each window touches way and middle of its two knots, float64[windows, 4], in the order of the band."""
        before, after = 1 - self.share, self.share
        return np.column_stack([self.side * before, before, self.side * after, after])


@dataclass(frozen=True, eq=False)
class Prior:
    """What is believed before, as precisions.

    Attributes:
        band: of way and middle of each knot, side by side; upper form of LAPACK, float64[4, 2 knots].
        drift_sigma: standard uncertainty of the drift, a ratio.
        log_density: logarithm of its density where all are 0, up to a constant.
    """

    band: Vector
    drift_sigma: float
    log_density: float


@dataclass(frozen=True, eq=False)
class Found:
    """The unknowns: lag of the clocks, s, their drift, and ways and middles at the knots, s."""

    lag_s: float
    drift: float
    ways_s: Vector
    middles_s: Vector

    @property
    def at_knots(self) -> tuple[Vector, Vector]:
        """Ways and middles."""
        return self.ways_s, self.middles_s


@dataclass(frozen=True, eq=False)
class Fit:
    """What follows.

    Attributes:
        found: the unknowns.
        covariance: of the lag, the drift and the mean of the ways, float64[3, 3].
        log_evidence: how well the prior foretold what was heard, up to a constant.
    """

    found: Found
    covariance: Vector
    log_evidence: float

    @property
    def told(self) -> Vector:
        """Lag, drift and the mean of the ways."""
        return np.array([self.found.lag_s, self.found.drift, self.found.ways_s.mean()])


def windows_between(at_s: Vector, side: Vector, middle_s: float) -> KnottedWindows:
    """Lay knots over some windows; way and middle are linear between them.

    Args:
        at_s: times of the windows.
        side: +1 where the first wearer speaks, else -1.
        middle_s: when the lag of the clocks is asked.
    """
    first_s, last_s = float(at_s.min()), float(at_s.max())
    knots_s = np.linspace(first_s, last_s, max(2, int(np.ceil((last_s - first_s) / _KNOT_S)) + 1))
    knot = np.clip(np.searchsorted(knots_s, at_s, side="right") - 1, 0, len(knots_s) - 2)
    gap_s = np.maximum(knots_s[knot + 1] - knots_s[knot], 1e-9)
    return KnottedWindows(at_s - middle_s, side, knot, np.clip((at_s - knots_s[knot]) / gap_s, 0, 1), knots_s)


def believed(knots_s: Vector, drift_sigma: float, restless_m: float, turned_s: float) -> Prior:
    """Return what is believed before.

    Args:
        knots_s: when.
        drift_sigma: standard uncertainty of the drift, a ratio.
        restless_m: one of `RESTLESS_M`.
        turned_s: how far the middle wanders (one sigma), s of sound.
    """
    gaps = np.diff(knots_s)
    stays = np.exp(-gaps / _TURNED_S)
    walks = np.array([_ANY_WAY_S, *(restless_m * np.sqrt(np.maximum(gaps, 1.0)) / SPEED_OF_SOUND)])
    turns = turned_s * np.array([1.0, *np.sqrt(1 - stays**2)])
    band = np.zeros((4, 2 * len(knots_s)))
    for place, sigmas, kept in ((0, walks, np.ones(len(gaps))), (1, turns, stays)):
        precision = 1 / sigmas**2
        band[3, place::2] += precision
        band[3, place:-2:2] += kept**2 * precision[1:]
        band[1, place + 2 :: 2] -= kept * precision[1:]
    return Prior(band, drift_sigma, float(-np.log(drift_sigma) - np.log(walks).sum() - np.log(turns).sum()))


def likeliest(windows: KnottedWindows, lag_s: Vector, weights: Vector, prior: Prior) -> Found:
    """Return what is likeliest, by weighted least squares; weights are one over variance, 1/s^2."""
    return _solved(windows, lag_s, weights, prior)[0]


def solve(windows: KnottedWindows, lag_s: Vector, weights: Vector, prior: Prior) -> Fit:
    """Return what is likeliest, how sure it is, and how well the prior foretold it; as `likeliest`."""
    found, factor, border, inner = _solved(windows, lag_s, weights, prior)
    mean_way = np.zeros(factor.shape[1])
    mean_way[::2] = 2 / len(mean_way)
    own = scipy.linalg.cho_solve_banded((factor, False), mean_way)
    clocks = np.linalg.inv(inner)
    across = -(mean_way @ border) @ clocks
    of_way = mean_way @ own + (mean_way @ border) @ clocks @ (mean_way @ border)
    covariance = np.block([[clocks, across[:, None]], [across[None, :], np.array([[of_way]])]])
    log_size = 2 * float(np.log(factor[3]).sum()) + float(np.linalg.slogdet(inner)[1])
    misfit = float(weights @ (lag_s - windows.lags(found)) ** 2) + _strain(found, prior)
    return Fit(found, covariance, prior.log_density - 0.5 * (misfit + log_size))


def _solved(
    windows: KnottedWindows, lag_s: Vector, weights: Vector, prior: Prior
) -> tuple[Found, Vector, Vector, Vector]:
    """Return the unknowns, the factor of the band, the border solved by it, and what is left for the clocks."""
    band, touching, places = prior.band.copy(), windows.touching, 2 * windows.knot
    clocks = np.column_stack([np.ones(len(lag_s)), windows.elapsed_s])
    sides = np.zeros((band.shape[1], 3))
    known = np.column_stack([clocks, lag_s])
    for one in range(4):
        np.add.at(sides, places + one, (weights * touching[:, one])[:, None] * known)
        for other in range(one, 4):
            np.add.at(band[3 - (other - one)], places + other, weights * touching[:, one] * touching[:, other])
    factor = scipy.linalg.cholesky_banded(band, lower=False)
    solved = scipy.linalg.cho_solve_banded((factor, False), sides)
    border, free = solved[:, :2], solved[:, 2]
    inner = (weights[:, None] * clocks).T @ clocks - sides[:, :2].T @ border
    inner[1, 1] += 1 / prior.drift_sigma**2
    told = np.linalg.solve(inner, clocks.T @ (weights * lag_s) - sides[:, :2].T @ free)
    at_knots = free - border @ told
    return Found(float(told[0]), float(told[1]), at_knots[::2], at_knots[1::2]), factor, border, inner


def _strain(found: Found, prior: Prior) -> float:
    """Return how far the unknowns are from what was believed, squared and in standard uncertainties."""
    whole = np.empty(prior.band.shape[1])
    whole[::2], whole[1::2] = found.at_knots
    bent = prior.band[3] * whole
    bent[2:] += 2 * prior.band[1, 2:] * whole[:-2]
    return float(whole @ bent) + (found.drift / prior.drift_sigma) ** 2


def together(fits: list[Fit]) -> Fit:
    """Return the mean of several answers, each as likely as it foretells, with the spread within and between them."""
    logs = np.array([one.log_evidence for one in fits])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    ways_s, middles_s = (
        np.asarray(np.average([one.found.at_knots[which] for one in fits], axis=0, weights=shares)) for which in (0, 1)
    )
    told = np.average([one.told for one in fits], axis=0, weights=shares)
    spread = np.zeros((3, 3))
    for share, one in zip(shares, fits, strict=True):
        spread += share * (one.covariance + np.outer(one.told - told, one.told - told))
    return Fit(Found(float(told[0]), float(told[1]), ways_s, middles_s), spread, float(logs.max()))
