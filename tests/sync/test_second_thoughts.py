"""What is false among ties that contradict one another: the fewest that let all the rest agree, or nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evidence.times import NS_PER_S, half_width_95
from sync.solution import Solution
from sync.solver import solve
from sync.ties import Tie
from tests.support.clock_scenes import BASE, ClockScene, TrueClock, match, random_clocks, random_scene, to_utc
from tests.support.clock_scenes import whole_stretches as stretches

_INSTANTS = [BASE + second * NS_PER_S for second in (100, 900, 1700)]


def _worst(scene: ClockScene, solution: Solution) -> float:
    """Return how far any clock is from the truth at most, in half widths of its 95 % interval."""
    misses = []
    for solved in solution.clocks:
        device = scene.clocks[solved.clock].read(BASE + 900 * NS_PER_S)
        miss = abs(solved.map.to_incident(device) - BASE - 900 * NS_PER_S)
        misses.append(miss / half_width_95(solved.sigma_at(device)))
    return max(misses)


def _tied(clocks: dict[str, TrueClock], seed: int, *pairs: tuple[str, str, float]) -> list[Tie]:
    chance = np.random.default_rng(seed)
    found = []
    for number, (first, second, wrong_s) in enumerate(pairs):
        own_s = float(chance.uniform(0.0005, 0.005))
        name = f"{number} {first} {second}"
        found += match(chance, clocks, (first, second), group=name, instants=_INSTANTS, own_s=own_s, wrong_s=wrong_s)
    return [*found, to_utc(chance, clocks, "c0", BASE, 0.01)]


@pytest.mark.parametrize("seed", [31, 32, 161, 172, 358])
def test_false_matches_that_pull_together_do_not_cost_the_true_one(seed: int) -> None:
    scene = random_scene(seed, count=4 + seed % 9, extra=10, false=2)
    solution = solve(scene.stretches, scene.ties)
    in_doubt = {group for sides in solution.conflicts for group in sides}
    assert set(solution.rejected_groups) <= scene.false_groups
    assert scene.false_groups <= set(solution.rejected_groups) | in_doubt
    assert _worst(scene, solution) < 1.5


def test_of_two_sides_alike_both_are_in_doubt_and_the_interval_holds_both() -> None:
    clocks = random_clocks(np.random.default_rng(3), 2)
    pairs = (("c0", "c1", 0.0), ("c0", "c1", 0.0), ("c0", "c1", 20.0), ("c0", "c1", 20.0))
    solution = solve(stretches(clocks, 1800), _tied(clocks, 4, *pairs))
    assert not solution.rejected_groups
    assert [len(sides) for sides in solution.conflicts] == [4]
    solved = solution.clock("c1")
    device = clocks["c1"].read(BASE + 900 * NS_PER_S)
    miss, half = abs(solved.map.to_incident(device) - BASE - 900 * NS_PER_S), half_width_95(solved.sigma_at(device))
    assert miss < half
    assert 20 * NS_PER_S - miss < half, "what the other side says lies outside"


@pytest.mark.parametrize("seed", range(6))
def test_a_match_stated_more_exactly_does_not_win_a_fight_that_nobody_can_decide(seed: int) -> None:
    clocks = random_clocks(np.random.default_rng(seed), 3)
    ties = _tied(clocks, seed, ("c0", "c1", 0.0), ("c0", "c2", 0.0))
    exact = match(
        np.random.default_rng(seed), clocks, ("c1", "c0"), group="x", instants=_INSTANTS, own_s=1e-5, wrong_s=9
    )
    scene = ClockScene(clocks, stretches(clocks, 1800), (*ties, *exact), frozenset({"x"}))
    solution = solve(scene.stretches, scene.ties)
    assert [set(sides) for sides in solution.conflicts] == [{"0 c0 c1", "x"}]
    assert _worst(scene, solution) < 1


def test_a_match_that_contradicts_itself_leaves_its_clock_apart_rather_than_stop_everything() -> None:
    clocks = random_clocks(np.random.default_rng(1), 2)
    ties = _tied(clocks, 2, ("c0", "c1", 0.0))
    other = ties[1].other
    assert other is not None
    ties[1] = replace(ties[1], other=replace(other, device_ns=other.device_ns + NS_PER_S))
    solution = solve(stretches(clocks, 1800), ties)
    assert solution.rejected_groups == ("0 c0 c1",)
    assert [one.clocks for one in solution.clusters] == [("c0",), ("c1",)]
    assert min(knot.sigma_ns for knot in solution.clock("c1").knots) > 3600 * NS_PER_S
