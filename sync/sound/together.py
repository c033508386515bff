"""Where recordings that are on one clock put another, by faint hints of many pairs that no pair could give alone.

One recorder that nobody hears well is compared with all that are on one clock already: each pair says at which lags it
fits somewhat better than elsewhere (`prominence`), and as all these lags follow from one unknown, that between the two
clocks, the hints for each value of it can be added up. The likeliest values are then looked at pair by pair; one is
believed where two pairs at least drift alike, and have lines that are far sharper than any beside them (`among`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.detour import Bond

_NEAR_S = 0.5
_APART_S = 1.2
_MOST_PLACES = 3
_FEWEST_PAIRS = 2
_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Hint:
    """A lag at which two recordings fit better than elsewhere, in their media times.

    Attributes:
        at_s: time in the first recording at which the lag holds, s.
        lag_s: time in the second less time in the first, s.
        deviations: by how many robust deviations it stands out.
    """

    at_s: float
    lag_s: float
    deviations: float


@dataclass(frozen=True, slots=True)
class Expected:
    """How a pair would stand.

    Attributes:
        bond: of their media times; its drift is that of their own groups alone.
        sign: 1 where it leads from the first group to the second, else -1: what the clocks drift is the same for all
            pairs, seen from there.
    """

    bond: Bond
    sign: int


@dataclass(frozen=True)
class Place:
    """A value of the unknown between two clocks.

    Attributes:
        expected: how the pairs across them would stand, those that speak for it most first.
        score: the hints of all pairs together, over what each gives anywhere.
    """

    expected: tuple[Expected, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Vote:
    pair: tuple[str, str]
    across: Bond
    weight: float


def find_places(bonds: Iterable[Bond], hints: Mapping[tuple[str, str], tuple[Hint, ...]]) -> list[tuple[Place, ...]]:
    """Return for every two groups on clocks of their own the likeliest places, best first.

    Args:
        bonds: of recordings that are on one clock.
        hints: of pairs that are not matched; those of one clock are passed over.
    """
    clocks = _clocks(bonds, {one for pair in hints for one in pair})
    votes: dict[frozenset[str], list[_Vote]] = defaultdict(list)
    for pair, of_pair in hints.items():
        roots = [clocks[one].first for one in pair]
        if not of_pair or roots[0] == roots[1]:
            continue
        least = min(one.deviations for one in of_pair)
        for hint in of_pair:
            lag = _across(clocks[pair[0]], hint, clocks[pair[1]])
            across = lag if roots[0] < roots[1] else lag.turned()
            votes[frozenset(roots)].append(_Vote(pair, across, hint.deviations - least))
    found = []
    for _, given in sorted(votes.items(), key=lambda each: sorted(each[0])):
        if len({one.pair for one in given}) >= _FEWEST_PAIRS:
            found.append(_likeliest(given, clocks))
    return [places for places in found if places]


def _across(one: Bond, hint: Hint, other: Bond) -> Bond:
    """Return how the first recordings of two groups would stand by a hint of recordings `one` and `other` lead to."""
    at_s = one.turned().carried(hint.at_s)
    there_s = other.turned().carried(hint.at_s + hint.lag_s)
    return Bond(one.first, other.first, at_s, there_s - at_s, 0.0)


def _likeliest(votes: list[_Vote], clocks: Mapping[str, Bond]) -> tuple[Place, ...]:
    scored = [(sum(_support(votes, one.across.lag_s).values()), one.across) for one in votes]
    pairs = sorted({one.pair for one in votes})
    places: list[Place] = []
    taken: list[float] = []
    for score, across in sorted(scored, key=lambda each: (-each[0], each[1].lag_s)):
        if len(places) == _MOST_PLACES:
            break
        if any(abs(across.lag_s - other) < _APART_S for other in taken):
            continue
        taken.append(across.lag_s)
        support = _support(votes, across.lag_s)
        asked = sorted(pairs, key=lambda pair: -support.get(pair, 0.0))[:_MOST_PAIRS]
        places.append(Place(tuple(_expected(pair, across, clocks) for pair in asked), score))
    return tuple(places)


def _support(votes: list[_Vote], lag_s: float) -> dict[tuple[str, str], float]:
    """Return what each pair gives for a lag, its best hint near it."""
    best: dict[tuple[str, str], float] = {}
    for one in votes:
        if abs(one.across.lag_s - lag_s) < _NEAR_S:
            best[one.pair] = max(best.get(one.pair, 0.0), one.weight)
    return best


def _expected(pair: tuple[str, str], across: Bond, clocks: Mapping[str, Bond]) -> Expected:
    one, other = clocks[pair[0]], clocks[pair[1]]
    is_ahead = one.first == across.first
    return Expected(one.turned().then(across if is_ahead else across.turned()).then(other), 1 if is_ahead else -1)


def _clocks(bonds: Iterable[Bond], ids: set[str]) -> dict[str, Bond]:
    """Return for every recording how it stands to the first of its group, by id, the group's own first among them."""
    out: dict[str, list[Bond]] = defaultdict(list)
    for bond in bonds:
        out[bond.first].append(bond)
        out[bond.second].append(bond.turned())
        ids = ids | {bond.first, bond.second}
    clocks: dict[str, Bond] = {}
    for root in sorted(ids):
        if root in clocks:
            continue
        clocks[root] = Bond(root, root, 0.0, 0.0, 0.0)
        waiting = [root]
        while waiting:
            here = waiting.pop(0)
            for bond in sorted(out[here], key=lambda one: one.second):
                if bond.second not in clocks:
                    clocks[bond.second] = clocks[here].then(bond)
                    waiting.append(bond.second)
    return clocks
