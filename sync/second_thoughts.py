"""Second thoughts on what was found false: whether another set, no dearer, would let all the rest agree.

Taking groups out one after another can go wrong: of two false matches that pull one way, the true one that contradicts
both may stand out most. So each group that was taken out is put back, and in its stead goes one that contradicts it;
then all is taken out or put back that lowers the cost: the chi-square of what holds, and for each group that is out
what one at the limit of rejection would add. It is a least squares truncated at that limit, and the search goes on from
the cheapest set. Sets that cost no more than chance makes of it are not told apart, whatever the order of the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.adjustment import Fit, chi_square, fit, mean_residuals, outer_stand_out, stand_out_beside
from sync.network import Network
from sync.ties import SolverSettings

_APART = 2.6**2
"""By how much one set must cost more than another for the two to be told apart (99 %)."""

_ROUGHLY = 0.04
"""And by this part of the square of the residual at stake: sigmas are not stated more exactly."""

_WEAK_SIGMAS = 3.0
"""How far out a weak group at the limit stands: it is cheaper than others, so it gives way to them."""

_RIVALS = 4
"""So many are tried in the stead of each group that was taken out."""

_NEAR = 0.05
"""Groups whose squared correlation is less have nothing to do with one another."""

Groups = frozenset[int]


@dataclass(frozen=True, eq=False)
class _Choice:
    """Groups that are out, with the fit of the others.

    Attributes:
        out: their numbers.
        fit: of all others.
        price: of what is out.
        cost: and with the chi-square of the rest.
    """

    out: Groups
    fit: Fit
    price: float
    cost: float


@dataclass(frozen=True)
class Conflict:
    """Groups of which some are wrong, and nothing tells which.

    Attributes:
        groups: their numbers, increasing.
        apart_s: per group, by how much it contradicts the others where these are believed, seconds.
    """

    groups: tuple[int, ...]
    apart_s: tuple[float, ...]


def think_again(
    network: Network, out: Groups, weak: NDArray[np.bool_], settings: SolverSettings
) -> tuple[Groups, tuple[Conflict, ...]]:
    """Return which groups are false, and those of which nobody can tell.

    Args:
        network: the system.
        out: groups under suspicion, where the search begins.
        weak: per group, whether it gives way to others.
        settings: how much a residual may stand out.
    """
    search = _Search(network, weak, settings.reject_beyond)
    best = search.settle(out)
    alike: list[_Choice] = []
    while True:
        alike.clear()
        for found, at_stake in search.others(best):
            if found.cost < best.cost - 1e-6:
                best = found
                break
            slack = _APART + (_ROUGHLY * at_stake**2 if abs(found.price - best.price) < 1e-9 else 0.0)
            if found.out != best.out and found.cost <= best.cost + slack:
                alike.append(found)
        else:
            break
    conflicts = _conflicts(network, [best, *alike])
    doubtful = {group for one in conflicts for group in one.groups}
    return best.out - doubtful, conflicts


class _Search:
    """Looks for cheap choices."""

    def __init__(self, network: Network, weak: NDArray[np.bool_], limit: float) -> None:
        self._network = network
        self._even = np.ones(len(network.group_names))
        self._limits = np.where(weak, min(_WEAK_SIGMAS, limit), limit)

    def settle(self, out: Groups, *, trusted: int | None = None, at_most: float = np.inf) -> _Choice:
        """Take out and put back, one after another, whatever lowers the cost most, until the price is above a limit."""
        choice = self._choose(out)
        for _ in range(2 * len(self._even)):
            better = next((one for one in self._neighbours(choice, trusted) if one.cost < choice.cost), None)
            if better is None or better.price > at_most:
                break
            choice = better
        return choice

    def _neighbours(self, choice: _Choice, trusted: int | None) -> Iterator[_Choice]:
        """Yield choices in which one group more or fewer is out, the most promising first."""
        back = self._limits**2 - outer_stand_out(self._network, choice.fit, self._even) ** 2
        gain = np.where(choice.fit.weights == 0, back, choice.fit.stand_out**2 - self._limits**2)
        for group in np.argsort(-gain, kind="stable"):
            if gain[group] <= 0:
                break
            if group != trusted:
                yield self._choose(choice.out ^ {int(group)})

    def others(self, choice: _Choice) -> Iterator[tuple[_Choice, float]]:
        """Yield choices that trust one group that is out, and how far out it was; rivals of it go, each in its turn."""
        for group in sorted(choice.out):
            sizes, moved = stand_out_beside(self._network, choice.fit, self._even, group)
            at_stake = float(sizes[group])
            most = 1 + sum(moved[one] > _NEAR for one in choice.out - {group})  # may come back, so as many may go
            needed = (1 - _ROUGHLY) * (at_stake / most) ** 2 - self._limits[group] ** 2
            sizes[sorted(choice.out)] = 0.0
            for rival in np.argsort(-sizes, kind="stable")[:_RIVALS]:
                if sizes[rival] <= 1.0 or sizes[rival] ** 2 < needed:
                    break
                out = choice.out - {group} | {int(rival)}
                dearest = choice.cost + _APART + float(self._limits.max()) ** 2  # on the way, one more is out
                yield self.settle(out, trusted=group, at_most=dearest), at_stake

    def _choose(self, out: Groups) -> _Choice:
        weights = np.ones(len(self._even))
        weights[sorted(out)] = 0.0
        found = fit(self._network, weights, self._even)
        price = float((self._limits[sorted(out)] ** 2).sum())
        return _Choice(out, found, price, price + chi_square(self._network, found, self._even))


def _conflicts(network: Network, choices: list[_Choice]) -> tuple[Conflict, ...]:
    """Return the groups in which choices differ from the first, those together that stand in one difference."""
    best, *others = choices
    sides: list[set[int]] = []
    for one in others:
        side = set(best.out ^ one.out)
        apart = [other for other in sides if not side & other]
        sides = [*apart, side.union(*(other for other in sides if side & other))]
    even = np.ones(len(network.group_names))
    largest = np.zeros(len(even))
    for one in choices:
        largest = np.maximum(largest, np.where(one.fit.weights == 0, np.abs(mean_residuals(network, one.fit, even)), 0))
    found = [tuple(sorted(side)) for side in sides]
    return tuple(Conflict(groups, tuple(float(largest[one]) for one in groups)) for groups in sorted(found))
