"""What is believed of two people who walk and turn before anything is heard, and what follows for unknowns.

- **Way** between them: linear between knots, walking at random from knot to knot. How restless they are nobody knows,
  so several answers are worked out, from standing to running, and weighed by how well each foretells what was heard
  (marginal likelihood; MacKay, Neural Computation 4, 1992).
- **Middle**: mouths turn and people lean, each by themselves, so the middle of both directions wanders by a foot or so
  and comes back (Ornstein and Uhlenbeck, 1930). Without it many windows would seem to tell more than holds still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
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
class Prior:
    """Equations whose right sides are 0 with standard uncertainty 1, and the logarithm of their density there.

    Unknowns: lag of the clocks, drift, ways at the knots, middles at the knots; all in s but for the drift.
    """

    rows: Vector
    log_density: float


@dataclass(frozen=True, eq=False)
class Fit:
    """What follows: unknowns, their covariance, and how well the prior foretold what was heard (up to a constant)."""

    found: Vector
    covariance: Vector
    log_evidence: float


def knots_between(first_s: float, last_s: float) -> Vector:
    """Return the times between which way and middle are linear."""
    return np.linspace(first_s, last_s, max(2, int(np.ceil((last_s - first_s) / _KNOT_S)) + 1))


def hats(at_s: Vector, knots_s: Vector) -> Vector:
    """Return how much each knot weighs at each time, float64[times, knots]."""
    return np.column_stack([np.interp(at_s, knots_s, one) for one in np.eye(len(knots_s))])


def believed(knots_s: Vector, drift_sigma: float, restless_m: float, turned_s: float) -> Prior:
    """Return what is believed before.

    Args:
        knots_s: when.
        drift_sigma: standard uncertainty of the drift, a ratio.
        restless_m: one of `RESTLESS_M`.
        turned_s: how far the middle wanders (one sigma), s of sound.
    """
    count = len(knots_s)
    gaps = np.diff(knots_s)
    rows = np.zeros((1 + 2 * count, 2 + 2 * count))
    rows[0, 1] = 1 / drift_sigma
    stays = np.exp(-gaps / _TURNED_S)
    walks = np.array([_ANY_WAY_S, *(restless_m * np.sqrt(np.maximum(gaps, 1.0)) / SPEED_OF_SOUND)])
    turns = turned_s * np.array([1.0, *np.sqrt(1 - stays**2)])
    for begin, sigmas, kept in ((2, walks, np.ones(count - 1)), (2 + count, turns, stays)):
        which = np.arange(count)
        rows[begin - 1 + which, begin + which] = 1 / sigmas
        rows[begin + which[:-1], begin + which[:-1]] = -kept / sigmas[1:]
    return Prior(rows, float(-np.log(drift_sigma) - np.log(walks).sum() - np.log(turns).sum()))


def solve(model: Vector, lag_s: Vector, weights: Vector, prior: Prior) -> Fit:
    """Return what is likeliest, by weighted least squares; weights are one over variance, 1/s^2."""
    whole = model * weights[:, None]
    scaled = whole.T @ model + prior.rows.T @ prior.rows
    found = np.linalg.solve(scaled, whole.T @ lag_s)
    misfit = float(weights @ (lag_s - model @ found) ** 2) + float(np.square(prior.rows @ found).sum())
    log_evidence = prior.log_density - 0.5 * (misfit + float(np.linalg.slogdet(scaled)[1]))
    return Fit(np.asarray(found, dtype=np.float64), np.asarray(np.linalg.inv(scaled), dtype=np.float64), log_evidence)


def together(fits: list[Fit]) -> Fit:
    """Return the mean of several answers, each as likely as it foretells, with the spread within and between them."""
    logs = np.array([one.log_evidence for one in fits])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    found = np.array(sum(share * one.found for share, one in zip(shares, fits, strict=True)))
    spread = np.zeros_like(fits[0].covariance)
    for share, one in zip(shares, fits, strict=True):
        spread += share * (one.covariance + np.outer(one.found - found, one.found - found))
    return Fit(found, spread, float(logs.max()))
