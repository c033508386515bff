"""Clocks whose truth is known, and ties between them with honest errors: what the solver is tested on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidence.times import NS_PER_S, DeviceTime
from sync.ties import Reading, Stretch, Tie

BASE = 1_773_000_000 * NS_PER_S


@dataclass(frozen=True)
class TrueClock:
    """A clock: wrong by `error_ns` at BASE, gaining `rate`, and set forward by `step_ns` at the true time `step_at`."""

    error_ns: int
    rate: float
    step_ns: int = 0
    step_at: int = 0

    def read(self, instant: int) -> DeviceTime:
        """Return what it showed at a true instant."""
        step = self.step_ns if self.step_ns and instant >= self.step_at else 0
        return DeviceTime(instant + self.error_ns + step + int(self.rate * (instant - BASE)))


@dataclass(frozen=True)
class ClockScene:
    """A case of clocks.

    Attributes:
        false_groups: groups of ties that say something untrue.
    """

    clocks: dict[str, TrueClock]
    stretches: tuple[Stretch, ...]
    ties: tuple[Tie, ...]
    false_groups: frozenset[str]


def random_clocks(chance: np.random.Generator, count: int) -> dict[str, TrueClock]:
    """Return clocks that are wrong by about half a minute and drift by about 60 ppm."""
    return {
        f"c{number}": TrueClock(int(chance.normal(0, 30) * NS_PER_S), float(chance.normal(0, 60e-6)))
        for number in range(count)
    }


def whole_stretches(clocks: dict[str, TrueClock], seconds: int) -> tuple[Stretch, ...]:
    """Return one recording a clock, named `s` and its number."""
    return tuple(
        Stretch(
            f"s{name[1:]}",
            name,
            clock.read(BASE) - NS_PER_S,
            clock.read(BASE + seconds * NS_PER_S) + NS_PER_S,
            288_675_135,
        )
        for name, clock in clocks.items()
    )


def match(
    chance: np.random.Generator,
    clocks: dict[str, TrueClock],
    pair: tuple[str, str],
    *,
    group: str,
    instants: list[int],
    own_s: float,
    common_s: float = 0.0,
    wrong_s: float = 0.0,
) -> list[Tie]:
    """Return what a match of two recordings would say, with errors as stated (and `wrong_s`, which is not)."""
    shared = chance.normal(0, common_s) if common_s else 0.0
    ties = []
    for number, instant in enumerate(instants):
        late = round((shared + wrong_s + chance.normal(0, own_s)) * NS_PER_S)
        one = Reading(f"s{pair[0][1:]}", clocks[pair[0]].read(instant))
        other = Reading(f"s{pair[1][1:]}", DeviceTime(clocks[pair[1]].read(instant) + late))
        sigma, common = round(own_s * NS_PER_S), round(common_s * NS_PER_S)
        ties.append(Tie(f"{group}/{number}", group, one, other, None, sigma, common))
    return ties


def to_utc(chance: np.random.Generator, clocks: dict[str, TrueClock], name: str, instant: int, sigma_s: float) -> Tie:
    """Return a clock compared with UTC."""
    said = instant + round(chance.normal(0, sigma_s) * NS_PER_S)
    reading = Reading(f"s{name[1:]}", clocks[name].read(instant))
    return Tie(f"utc {name}", f"utc {name}", reading, None, said, round(sigma_s * NS_PER_S))


def random_scene(
    seed: int, *, count: int = 4, seconds: int = 1800, per_match: int = 3, extra: int = 4, false: int = 0
) -> ClockScene:
    """Return clocks joined by a tree of matches and `extra` more, the first `false` of which are wrong by seconds."""
    chance = np.random.default_rng(seed)
    clocks = random_clocks(chance, count)
    names = list(clocks)
    pairs = [(names[int(chance.integers(0, number))], names[number]) for number in range(1, count)]
    tree = len(pairs)
    for _ in range(extra):
        first, second = chance.choice(count, 2, replace=False)
        pairs.append((names[int(first)], names[int(second)]))
    ties: list[Tie] = []
    wrong: set[str] = set()
    for number, pair in enumerate(pairs):
        group = f"match {number:04d}"
        is_false = tree <= number < tree + false
        wrong_s = float(chance.choice([-1, 1]) * chance.uniform(0.5, 60)) if is_false else 0.0
        if is_false:
            wrong.add(group)
        instants = [BASE + int(at * NS_PER_S) for at in np.sort(chance.uniform(0, seconds, per_match))]
        own, common = float(chance.uniform(0.0005, 0.005)), float(chance.uniform(0.005, 0.05))
        ties += match(chance, clocks, pair, group=group, instants=instants, own_s=own, common_s=common, wrong_s=wrong_s)
    for number in sorted(chance.choice(count, 2, replace=False)):
        ties.append(to_utc(chance, clocks, names[int(number)], BASE + int(chance.uniform(0, seconds)) * NS_PER_S, 0.5))
    stretches = whole_stretches(clocks, seconds)
    for one in stretches:
        start = Reading(one.key, one.start_ns)
        ties.append(Tie(f"own {one.clock}", f"own {one.clock}", start, None, one.start_ns, 30 * NS_PER_S, 0, True))
    return ClockScene(clocks, stretches, tuple(ties), frozenset(wrong))
