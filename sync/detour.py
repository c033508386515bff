"""Foretells how two recordings stand from matches of both with others: where a weak match is worth looking for.

A and C may share too little for a search through all lags to be sure. Where A is matched with B, and B with C, the lag
of A and C is known up to the ways of the sound, and only there is looked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from statistics import median

_MOST_APART_S = 0.5
_MOST_WAYS = 12


@dataclass(frozen=True, slots=True)
class Bond:
    """How the media times of two matched recordings stand: `second = first + lag_s + drift * (first - at_s)`."""

    first: str
    second: str
    at_s: float
    lag_s: float
    drift: float

    def turned(self) -> Bond:
        """Return the same from the second to the first."""
        drift = 1 / (1 + self.drift) - 1
        return Bond(self.second, self.first, self.at_s + self.lag_s, -self.lag_s, drift)

    def then(self, other: Bond) -> Bond:
        """Return the bond from this one's first to the other's second. The other begins where this one ends."""
        there_s = self.at_s + self.lag_s
        lag_s = self.lag_s + other.lag_s + other.drift * (there_s - other.at_s)
        return Bond(self.first, other.second, self.at_s, lag_s, (1 + self.drift) * (1 + other.drift) - 1)

    def carried(self, at_s: float) -> float:
        """Return the media time of the second at a media time of the first."""
        return at_s + self.lag_at(at_s)

    def lag_at(self, at_s: float) -> float:
        """Return the lag at a media time of the first."""
        return self.lag_s + self.drift * (at_s - self.at_s)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Where two recordings are expected to meet.

    Attributes:
        bond: how they would stand.
        through: ids of the recordings by way of which this is known.
    """

    bond: Bond
    through: tuple[str, ...]


def foretell(bonds: Iterable[Bond], wanted: Collection[tuple[str, str]]) -> tuple[Expectation, ...]:
    """Return what is expected of the wanted pairs, by way of one other recording or of two.

    Nothing is said where the ways contradict one another by more than the ways of the sound can.
    """
    out: dict[str, dict[str, Bond]] = defaultdict(dict)
    for one in bonds:
        out[one.first][one.second] = one
        out[one.second][one.first] = one.turned()
    found = []
    for first, second in wanted:
        ways = _ways(out, first, second)
        expected = _agreed(ways)
        if expected is not None:
            found.append(Expectation(expected, tuple(sorted({one for way in ways for one in _between(way)}))))
    return tuple(found)


def _ways(out: dict[str, dict[str, Bond]], first: str, second: str) -> list[tuple[Bond, ...]]:
    near, far = out.get(first, {}), out.get(second, {})
    ways: list[tuple[Bond, ...]] = [(near[one], far[one].turned()) for one in near if one in far]
    if not ways:
        ways = [
            (near[one], out[one][other], far[other].turned())
            for one, other in product(near, far)
            if one != other and other in out[one] and second not in (one, other) and first not in (one, other)
        ]
    return ways[:_MOST_WAYS]


def _agreed(ways: list[tuple[Bond, ...]]) -> Bond | None:
    """Return the middle of what the ways say; None where there is none or they contradict one another."""
    if not ways:
        return None
    whole = []
    for way in ways:
        bond = way[0]
        for other in way[1:]:
            bond = bond.then(other)
        whole.append(bond)
    at_s = whole[0].at_s
    lags = sorted(one.lag_at(at_s) for one in whole)
    if any(later - earlier > _MOST_APART_S for earlier, later in pairwise(lags)):
        return None
    return Bond(whole[0].first, whole[0].second, at_s, median(lags), median(one.drift for one in whole))


def _between(way: tuple[Bond, ...]) -> list[str]:
    return [one.second for one in way[:-1]]
