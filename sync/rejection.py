"""Finds which groups of ties cannot be right, one after another, and says so where nobody can know which.

Data snooping (Baarda, 1968) on a Huber fit: the group that stands out most goes first, then everything is solved anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.adjustment import Fit, fit, group_variances, residual_correlation, robust_fit
from sync.network import Network, Vector
from sync.second_thoughts import Groups, think_again
from sync.ties import SolverSettings

_APART_SIGMAS = 2.6
"""How clearly one group must stand out more than another for the two to be told apart (99 %)."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """Which groups hold.

    Attributes:
        active: per group, whether it counts.
        inflation: per group, the factor by which its variances had to be raised.
        conflicts: groups, by name, that contradict one another although nothing tells which is wrong.
        final: the least-squares fit of those that hold.
    """

    active: NDArray[np.bool_]
    inflation: Vector
    conflicts: tuple[tuple[str, ...], ...]
    final: Fit


def find_outliers(network: Network, settings: SolverSettings) -> Verdict:
    """Reject what cannot be right, and return the fit of the rest."""
    count = len(network.group_names)
    active = np.ones(count, dtype=np.bool_)
    inflation = np.ones(count)
    weak = np.zeros(count, dtype=np.bool_)
    weak[network.group] = [tie.is_device_clock for tie in network.ties]
    weights: Vector | None = None
    for _ in range(2 * count):
        robust = robust_fit(network, active, inflation, weights)
        weights = robust.weights
        worst = _apart(network, robust.stand_out, settings.reject_beyond)
        if not worst:
            break
        plain = fit(network, active.astype(np.float64), inflation)
        for group in worst:
            alike = _not_told_apart(network, plain, inflation, group)
            losers = _losers(group, alike, weak)
            if len(losers) == 1:
                active[losers] = False
            else:
                inflation[losers] *= plain.stand_out[group] ** 2
    suspected = frozenset(int(one) for one in np.flatnonzero(~active | (inflation > 1)))
    if suspected:
        return _judge(network, suspected, weak, settings)
    return Verdict(active, inflation, (), fit(network, active.astype(np.float64), inflation))


def _judge(network: Network, suspected: Groups, weak: NDArray[np.bool_], settings: SolverSettings) -> Verdict:
    """Return the verdict after second thoughts; those that contradict one another are made so unsure that all fit."""
    false, conflicts = think_again(network, suspected, weak, settings)
    active = np.ones(len(network.group_names), dtype=np.bool_)
    active[sorted(false)] = False
    inflation = np.ones(len(active))
    variance = group_variances(network)
    for conflict in conflicts:
        for group, apart_s in zip(conflict.groups, conflict.apart_s, strict=True):
            inflation[group] = 1 + apart_s**2 / 2 / variance[group]
    final = fit(network, active.astype(np.float64), inflation)
    named = tuple(tuple(network.group_names[one] for one in conflict.groups) for conflict in conflicts)
    return Verdict(active, inflation, named, final)


def _apart(network: Network, stand_out: Vector, limit: float) -> list[int]:
    """Return the groups that stand out most, none of which touches a clock of another."""
    found: list[int] = []
    touched: set[str] = set()
    order = np.lexsort((np.arange(len(stand_out)), -stand_out))
    for group in order:
        if stand_out[group] <= limit:
            break
        if touched.isdisjoint(network.group_clocks[group]):
            found.append(int(group))
            touched |= network.group_clocks[group]
    return found


def _not_told_apart(network: Network, plain: Fit, inflation: Vector, group: int) -> NDArray[np.int64]:
    """Return the groups of which one is wrong, where residuals do not show which: they differ by no more than chance.

    Two standardised residuals of correlation r differ by chance with standard deviation sqrt(2 (1 - r)).
    """
    correlation = np.minimum(np.abs(residual_correlation(network, plain, inflation, group)), 1.0)
    by_chance = np.sqrt(2 * (1 - correlation))
    level = plain.stand_out[group]
    close = plain.stand_out > level - _APART_SIGMAS * by_chance - 0.02 * level
    return np.flatnonzero((plain.weights > 0) & close & (correlation > 0.3) & (plain.stand_out > 1.0))


def _losers(group: int, alike: NDArray[np.int64], weak: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return which of the groups that cannot be told apart give way: the weak ones, or all; or the one itself."""
    if len(alike) < 2:
        return np.array([group])
    feeble = alike[weak[alike]]
    return feeble if len(feeble) else alike
