"""What a benchmark says: our figure and a peer's from the same run on the same machine, and their ratio.

To add a benchmark: 1. write `tests/bench/bench_<topic>.py`; 2. give it `measure() -> Iterable[Measurement]`, which runs
ours and the peer in turn (ours, peer, ours, peer …) and takes the median; 3. `make bench` finds it by its name;
4. where it takes more than a minute, do less where `is_quick()` (`python -m tests.bench --quick`), to try it out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

_QUICK = "SIGHTLINE_BENCH_QUICK"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the table.

    Attributes:
        name: what was measured.
        ours: our figure.
        peer: the figure of what ran beside it, or None where the target is absolute.
        unit: of both, for instance "MB/s".
        peer_name: what ran beside it.
        ratio: ours by the peer's, or ours where there is no peer.
        target: in words, for instance ">= 0.80".
        is_met: whether the target is reached.
        also: figures of what else ran beside it, by name.
    """

    name: str
    ours: float
    peer: float | None
    unit: str
    peer_name: str
    ratio: float
    target: str
    is_met: bool
    also: tuple[tuple[str, float], ...] = ()


def is_quick() -> bool:
    """Tell whether the benchmark is only tried out: fewer rounds, figures that say little."""
    return os.environ.get(_QUICK) == "1"


def ask_quick() -> None:
    """Try the benchmarks out only."""
    os.environ[_QUICK] = "1"


def at_least(name: str, ours: float, peer: float, *, unit: str, peer_name: str, ratio: float) -> Measurement:
    """Return a line whose ratio should reach `ratio`: more is better, for instance a speed."""
    got = ours / peer
    return Measurement(name, ours, peer, unit, peer_name, got, f">= {ratio:.2f}", got >= ratio)


def at_most(name: str, ours: float, peer: float, *, unit: str, peer_name: str, ratio: float) -> Measurement:
    """Return a line whose ratio should stay at or below `ratio`: less is better, for instance a delay."""
    got = ours / peer
    return Measurement(name, ours, peer, unit, peer_name, got, f"<= {ratio:.2f}", got <= ratio)


def below(name: str, ours: float, *, unit: str, bound: float) -> Measurement:
    """Return a line with an absolute bound, for what people feel directly."""
    return Measurement(name, ours, None, unit, "", ours, f"<= {bound:g} {unit}", ours <= bound)


def reaches(name: str, ours: float, *, unit: str, bound: float, beside: Mapping[str, float]) -> Measurement:
    """Return a line with an absolute lower bound; what ran beside it is told."""
    return _absolute(name, ours, unit, f">= {bound:g} {unit}", beside, is_met=bool(ours >= bound))


def stays_below(name: str, ours: float, *, unit: str, bound: float, beside: Mapping[str, float]) -> Measurement:
    """Return a line with an absolute upper bound; what ran beside it is told."""
    return _absolute(name, ours, unit, f"<= {bound:g} {unit}", beside, is_met=bool(ours <= bound))


def _absolute(
    name: str, ours: float, unit: str, target: str, beside: Mapping[str, float], *, is_met: bool
) -> Measurement:
    names = tuple(beside.items())
    peer_name, peer = names[0] if names else ("", None)
    return Measurement(name, ours, peer, unit, peer_name, ours, target, is_met, names[1:])
