"""Weighted least squares with errors that groups share, and how far each group of ties stands out.

The covariance of a group is its ties' own variances plus a shared one in every place; its inverse is known in closed
form (Sherman and Morrison, 1950), so the normal equations have one row per unknown and none per group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray

from sync.network import Network, Vector

_HUBER = 1.5
_HUBER_ROUNDS = 12
_UNCHECKED = 1e-6
"""A group whose residual has less of its variance left than this part has nothing that checks it."""

_FEWEST_DIGITS = 1e-5
"""A pivot smaller than this leaves fewer than six digits of what is solved."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A solved system.

    Attributes:
        unknowns: float64[unknowns].
        covariance: of the unknowns, float64[unknowns, unknowns].
        residuals: observed less fitted, seconds, of every tie, also of those that had no weight.
        weights: of every group, 0 to 1.
        stand_out: of every group, how many sigmas its residual stands out; 0 where nothing checks it.
    """

    unknowns: Vector
    covariance: Matrix
    residuals: Vector
    weights: Vector
    stand_out: Vector


def fit(network: Network, weights: Vector, inflation: Vector) -> Fit:
    """Solve with a weight for each group.

    Args:
        network: the system.
        weights: per group; 0 leaves it out.
        inflation: per group, factor on its variances.
    """
    own = network.precision / inflation[network.group]
    common = network.common * inflation
    sums = network.members.T @ own
    share = common / (1 + common * sums)
    weighted = sp.csr_array(network.rows.multiply(own[:, None]))
    totals = sp.csr_array(network.members.T @ weighted)
    normal = (network.rows.T @ weighted.multiply(weights[network.group][:, None])).toarray()
    normal -= (totals.T @ totals.multiply((weights * share)[:, None])).toarray()
    normal[np.diag_indices_from(normal)] += network.prior
    sum_observed = network.members.T @ (own * network.observed)
    right = weighted.T @ (weights[network.group] * network.observed) - totals.T @ (weights * share * sum_observed)
    covariance = _inverse(normal)
    if covariance is None:
        unknowns, covariance = _solve_rows(network, weights, inflation)
    else:
        unknowns = covariance @ right
    residuals = network.observed - network.rows @ unknowns
    stand_out = _stand_out(network, residuals, covariance, weights, inflation)
    return Fit(unknowns, covariance, residuals, weights, stand_out)


def robust_fit(network: Network, active: NDArray[np.bool_], inflation: Vector, start: Vector | None = None) -> Fit:
    """Solve with Huber's weights: groups that stand out pull with constant force (Huber, 1964)."""
    weights = active.astype(np.float64) if start is None else np.where(active, start, 0.0)
    found = fit(network, weights, inflation)
    for _ in range(_HUBER_ROUNDS):
        fresh = np.where(
            active, np.minimum(1.0, _HUBER / np.maximum(_plain_size(network, found, inflation), 1e-9)), 0.0
        )
        if np.abs(fresh - weights).max(initial=0.0) < 0.01:
            break
        weights = fresh
        found = fit(network, weights, inflation)
    return found


def apply_weight(network: Network, values: Matrix, weights: Vector, inflation: Vector) -> Matrix:
    """Return the inverse covariance of the ties times `values`, float64[ties, n]."""
    own = network.precision / inflation[network.group]
    common = network.common * inflation
    share = common / (1 + common * (network.members.T @ own))
    scaled = own[:, None] * values
    shared = (network.members.T @ scaled) * share[:, None]
    found: Matrix = weights[network.group][:, None] * (scaled - own[:, None] * shared[network.group])
    return found


def chi_square(network: Network, found: Fit, inflation: Vector) -> float:
    """Return the sum of squares that a fit left, of what had weight and of what was believed beforehand."""
    weighted = apply_weight(network, found.residuals[:, None], found.weights, inflation)[:, 0]
    return float(found.residuals @ weighted + network.prior @ found.unknowns**2)


def group_variances(network: Network) -> Vector:
    """Return per group the variance of the mean of its ties, as stated, s²."""
    variances: Vector = network.common + 1 / (network.members.T @ network.precision)
    return variances


def mean_residuals(network: Network, found: Fit, inflation: Vector) -> Vector:
    """Return per group the mean of its residuals, seconds, each of its ties weighed."""
    return _means(network, found.residuals, found.covariance, inflation)[0]


def outer_stand_out(network: Network, found: Fit, inflation: Vector) -> Vector:
    """Return per group how many sigmas its mean lies from a fit that did not use it."""
    mean, variance, spread, _ = _means(network, found.residuals, found.covariance, inflation)
    size: Vector = np.abs(mean) / np.sqrt(variance + spread)
    return size


def stand_out_beside(network: Network, found: Fit, inflation: Vector, group: int) -> tuple[Vector, Vector]:
    """Return how far out the mean of each group would lie if one more group had weight, and how much that one moves it.

    That one's own size is by how many sigmas it lies from the fit. The second is a squared correlation, 0 to 1.
    """
    middle = _middles(network, inflation)
    mean, before, spread, _ = _means(network, found.residuals, found.covariance, inflation)
    along = np.asarray(middle @ (found.covariance @ middle[[group]].toarray().ravel()))
    whole = before[group] + spread[group]
    left = before - np.where(found.weights > 0, spread - along**2 / whole, 0.0)
    size = np.abs(mean - along * mean[group] / whole) / np.sqrt(np.maximum(left, _UNCHECKED * before))
    size[(found.weights > 0) & (left <= _UNCHECKED * before)] = 0.0
    size[group] = abs(mean[group]) / np.sqrt(whole)
    return size, along**2 / (whole * (before + spread))


def predicted_stand_out(network: Network, found: Fit, inflation: Vector) -> Vector:
    """Return per group how many sigmas it lies from a fit that did not use it."""
    mean, variance, spread, inner = _means(network, found.residuals, found.covariance, inflation)
    return np.maximum(np.abs(mean) / np.sqrt(variance + spread), inner)


def residual_correlation(network: Network, found: Fit, inflation: Vector, group: int) -> Vector:
    """Return how the residual of one group is correlated with all others; 1 or -1: nobody can tell them apart."""
    middle = _middles(network, inflation)
    _, before, spread, _ = _means(network, found.residuals, found.covariance, inflation)
    left = np.sqrt(np.maximum(before - spread, 1e-30))
    along = -np.asarray(middle @ (found.covariance @ middle[[group]].toarray().ravel()))
    along[group] += before[group]
    correlation: Vector = along / (left * left[group])
    return correlation


def _middles(network: Network, inflation: Vector) -> sp.csr_array:
    """Return per group the mean row of its ties, float64[groups, unknowns], sparse."""
    own = network.precision / inflation[network.group]
    middle = sp.csr_array(network.members.T @ sp.csr_array(network.rows.multiply(own[:, None])))
    return sp.csr_array(middle.multiply((1 / (network.members.T @ own))[:, None]))


def _means(
    network: Network, residuals: Vector, covariance: Matrix, inflation: Vector
) -> tuple[Vector, Vector, Vector, Vector]:
    """Return per group: mean residual, its variance before the fit, variance of the fit, worst inner deviation."""
    own = network.precision / inflation[network.group]
    sums = network.members.T @ own
    mean = (network.members.T @ (own * residuals)) / sums
    middle = _middles(network, inflation)
    spread = np.maximum(np.asarray(middle.multiply(middle @ covariance).sum(axis=1)).ravel(), 0.0)
    inner = np.zeros(len(sums))
    np.maximum.at(inner, network.group, np.abs(residuals - mean[network.group]) * np.sqrt(own))
    return mean, network.common * inflation + 1 / sums, spread, inner


def _plain_size(network: Network, found: Fit, inflation: Vector) -> Vector:
    mean, variance, _, _ = _means(network, found.residuals, found.covariance, inflation)
    return np.abs(mean) / np.sqrt(variance)


def _stand_out(network: Network, residuals: Vector, covariance: Matrix, weights: Vector, inflation: Vector) -> Vector:
    mean, before, spread, inner = _means(network, residuals, covariance, inflation)
    left = before - weights * spread
    checked = left > _UNCHECKED * before
    outer = np.where(checked, np.abs(mean) / np.sqrt(np.where(checked, left, 1.0)), 0.0)
    found: Vector = np.where(weights > 0, np.maximum(outer, inner), 0.0)
    return found


def _inverse(normal: Matrix) -> Matrix | None:
    """Return the inverse of a positive definite matrix, its rows brought to one scale first; None where digits lack.

    Two clocks that were set years apart and are tied to the millisecond make a matrix that 53 bits hardly hold.
    """
    scale = 1 / np.sqrt(np.maximum(np.diag(normal), 1e-300))
    scaled = normal * scale[:, None] * scale[None, :]
    try:
        factor = scipy.linalg.cho_factor(scaled, lower=True, check_finite=False)
    except scipy.linalg.LinAlgError:
        return None
    if np.diag(factor[0]).min(initial=1.0) < _FEWEST_DIGITS:
        return None
    inverse = scipy.linalg.cho_solve(factor, np.eye(len(normal)), check_finite=False)
    found: Matrix = inverse * scale[:, None] * scale[None, :]
    return found


def _solve_rows(network: Network, weights: Vector, inflation: Vector) -> tuple[Vector, Matrix]:
    """Return unknowns and covariance by orthogonal reduction of the rows themselves, with twice the digits.

    A group's inverse covariance is the square of `D^½ (1 - g v vᵀ)` with `v = D^½ 1`, so its rows are whitened by that.
    """
    own = network.precision / inflation[network.group]
    sums = network.members.T @ own
    shrink = (1 - 1 / np.sqrt(1 + network.common * inflation * sums)) / sums
    root = np.sqrt(own)

    def whiten(values: Matrix) -> Matrix:
        scaled = root[:, None] * values
        shared = (network.members.T @ (root[:, None] * scaled)) * shrink[:, None]
        whole: Matrix = np.sqrt(weights[network.group])[:, None] * (scaled - root[:, None] * shared[network.group])
        return whole

    rows = np.vstack([whiten(network.rows.toarray()), np.diag(np.sqrt(network.prior))])
    right = np.concatenate([whiten(network.observed[:, None])[:, 0], np.zeros(network.layout.size)])
    scale = 1 / np.maximum(np.sqrt((rows**2).sum(axis=0)), 1e-300)
    orthogonal, upper = scipy.linalg.qr(rows * scale[None, :], mode="economic", check_finite=False)
    back = scipy.linalg.solve_triangular(upper, np.eye(len(upper)), check_finite=False) * scale[:, None]
    return back @ (orthogonal.T @ right), back @ back.T
