"""The solver against clocks whose truth is known: what it finds, what it refuses, and whether its sigmas are honest."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.times import NS_PER_S, DeviceTime
from sync.clock_map import ClockMap
from sync.solver import Reference, solve
from sync.ties import Reading, Stretch, Tie
from tests.support.clock_scenes import (
    BASE,
    ClockScene,
    TrueClock,
    match,
    random_clocks,
    random_scene,
    to_utc,
    whole_stretches,
)

MS = 1_000_000


def _times_inside(scene: ClockScene, at_s: tuple[int, ...]) -> list[bool]:
    """Tell for each clock and each instant whether the truth lies in the stated 95 % interval."""
    solution = solve(scene.stretches, scene.ties)
    inside = []
    for name, clock in scene.clocks.items():
        solved = solution.clock(name)
        for second in at_s:
            instant = BASE + second * NS_PER_S
            reading = clock.read(instant)
            inside.append(abs(solved.map.to_incident(reading) - instant) <= 2 * solved.sigma_at(reading))
    return inside


def _shared(first: str, second: str, clocks: dict[str, TrueClock], group: str, **more: float) -> list[Tie]:
    instants = [BASE + second * NS_PER_S for second in (100, 900, 1700)]
    chance = np.random.default_rng(len(group))
    return match(chance, clocks, (first, second), group=group, instants=instants, own_s=more.pop("own_s", 1e-3), **more)


@settings(max_examples=30, deadline=None)
@given(
    errors=st.lists(st.integers(-7200 * NS_PER_S, 7200 * NS_PER_S), min_size=2, max_size=6),
    rates=st.lists(st.integers(-150, 150), min_size=6, max_size=6),
)
def test_any_chain_of_exact_ties_gives_every_clock_back(errors: list[int], rates: list[int]) -> None:
    clocks = {
        f"c{number}": TrueClock(error, rate * 1e-6)
        for number, (error, rate) in enumerate(zip(errors, rates, strict=False))
    }
    names = list(clocks)
    ties = []
    for first, second in pairwise(names):
        ties += _shared(first, second, clocks, f"{first} {second}", own_s=2e-6)
    chance = np.random.default_rng(0)
    for at in (0, 1800):
        tie = to_utc(chance, clocks, "c0", BASE + at * NS_PER_S, 2e-6)
        ties.append(Tie(f"utc {at}", f"utc {at}", tie.one, None, tie.utc_ns, tie.sigma_ns))
    solution = solve(whole_stretches(clocks, 1800), ties)
    assert not solution.rejected_groups
    assert not solution.conflicts
    for name, clock in clocks.items():
        solved = solution.clock(name)
        for at in (0, 700, 1800):
            instant = BASE + at * NS_PER_S
            assert abs(solved.map.to_incident(clock.read(instant)) - instant) < MS
        assert abs(solved.drift_ppb - clock.rate * 1e9) < 1_000


def test_the_truth_lies_in_the_95_percent_interval_in_93_to_99_percent() -> None:
    inside = [one for seed in range(150) for one in _times_inside(random_scene(seed), (0, 600, 1700))]
    assert 0.93 <= np.mean(inside) <= 0.99


@pytest.mark.soak
def test_stated_uncertainty_holds_over_thousands_of_cases_with_and_without_false_matches() -> None:
    clean = [one for seed in range(2000) for one in _times_inside(random_scene(seed), (0, 600, 1700))]
    assert 0.93 <= np.mean(clean) <= 0.99
    spoilt = [
        one
        for seed in range(2000)
        for one in _times_inside(random_scene(seed, count=6, extra=10, false=1), (0, 600, 1700))
    ]
    assert 0.93 <= np.mean(spoilt) <= 0.99


def test_false_matches_are_rejected_and_named_and_the_others_stay() -> None:
    scene = random_scene(5, count=40, extra=120, false=6)
    solution = solve(scene.stretches, scene.ties)
    assert set(solution.rejected_groups) == scene.false_groups
    away = [abs(one.residual_ns) for one in solution.residuals if one.group in scene.false_groups]
    assert min(away) > 300 * MS


def test_a_loop_that_does_not_close_is_a_conflict_with_all_its_sides() -> None:
    clocks = random_clocks(np.random.default_rng(1), 3)
    ties = _shared("c0", "c1", clocks, "a") + _shared("c1", "c2", clocks, "bb")
    ties += _shared("c0", "c2", clocks, "ccc", wrong_s=2.0)
    ties.append(to_utc(np.random.default_rng(2), clocks, "c0", BASE, 0.01))
    solution = solve(whole_stretches(clocks, 1800), ties)
    assert not solution.rejected_groups
    assert [set(sides) for sides in solution.conflicts] == [{"a", "bb", "ccc"}]
    instant = BASE + 900 * NS_PER_S
    for name in ("c1", "c2"):
        reading = clocks[name].read(instant)
        solved = solution.clock(name)
        assert abs(solved.map.to_incident(reading) - instant) <= 2 * solved.sigma_at(reading)


def test_a_device_clock_gives_way_to_what_contradicts_it() -> None:
    clocks = {"c0": TrueClock(0, 0.0), "c1": TrueClock(432 * NS_PER_S, 0.0), "c2": TrueClock(NS_PER_S, 0.0)}
    ties = _shared("c0", "c1", clocks, "sound") + _shared("c0", "c2", clocks, "sound too")
    for one in whole_stretches(clocks, 1800):
        start = Reading(one.key, one.start_ns)
        ties.append(Tie(f"own {one.clock}", f"own {one.clock}", start, None, one.start_ns, 30 * NS_PER_S, 0, True))
    solution = solve(whole_stretches(clocks, 1800), ties)
    assert solution.rejected_groups == ("own c1",)
    assert solution.clusters[0].is_dated
    assert not solution.clusters[0].is_anchored


def test_cameras_that_nothing_joins_are_said_to_be_apart() -> None:
    clocks = random_clocks(np.random.default_rng(3), 5)
    ties = _shared("c0", "c1", clocks, "a") + _shared("c2", "c3", clocks, "bb")
    ties.append(to_utc(np.random.default_rng(4), clocks, "c2", BASE, 0.1))
    clusters = solve(whole_stretches(clocks, 1800), ties).clusters
    assert [set(one.clocks) for one in clusters] == [{"c2", "c3"}, {"c0", "c1"}, {"c4"}]
    assert [one.is_anchored for one in clusters] == [True, False, False]
    assert [one.is_dated for one in clusters] == [True, False, False]


def test_a_locked_reference_keeps_its_map_and_the_others_follow_it() -> None:
    clocks = random_clocks(np.random.default_rng(6), 3)
    ties = _shared("c0", "c1", clocks, "a") + _shared("c1", "c2", clocks, "bb")
    ties.append(to_utc(np.random.default_rng(7), clocks, "c2", BASE, 0.1))
    solution = solve(whole_stretches(clocks, 1800), ties, reference=Reference("c0", ClockMap.identity()))
    assert solution.clock("c0").map == ClockMap.identity()
    instant = BASE + 900 * NS_PER_S
    for name in ("c1", "c2"):
        met = solution.clock(name).map.to_incident(clocks[name].read(instant))
        assert abs(met - clocks["c0"].read(instant)) < 5 * MS


def test_a_clock_that_was_set_is_found_between_the_readings_around_it() -> None:
    chance = np.random.default_rng(8)
    step_at = BASE + 1000 * NS_PER_S
    clocks = random_clocks(chance, 3) | {"c3": TrueClock(5 * NS_PER_S, 30e-6, 3 * NS_PER_S, step_at)}
    ties = []
    for number, (first, second) in enumerate([("c0", "c1"), ("c1", "c2"), ("c0", "c3"), ("c1", "c3"), ("c2", "c3")]):
        instants = [BASE + second * NS_PER_S for second in range(50 + number, 1800, 300)]
        for at in instants:
            ties += match(chance, clocks, (first, second), group=f"{first} {second} {at}", instants=[at], own_s=2e-3)
    ties.append(to_utc(chance, clocks, "c0", BASE, 0.01))
    ties.append(to_utc(chance, clocks, "c1", BASE + 1800 * NS_PER_S, 0.01))
    solution = solve(whole_stretches(clocks, 1800), ties)
    assert not solution.rejected_groups
    (step,) = solution.steps
    assert step.clock == "c3"
    assert step.after_ns <= clocks["c3"].read(step_at - 1)
    assert step.before_ns >= clocks["c3"].read(step_at)
    assert abs(step.step_ns - 3 * NS_PER_S) < 10 * MS
    solved = solution.clock("c3")
    assert len(solved.pieces) == 2
    for at in (400, 1500):
        instant = BASE + at * NS_PER_S
        assert abs(solved.map.to_incident(clocks["c3"].read(instant)) - instant) < 40 * MS
    assert solved.sigma_at(DeviceTime(step.middle_ns)) > 2 * NS_PER_S
    assert solved.sigma_at(DeviceTime(step.before_ns)) < 50 * MS


def test_recordings_of_one_camera_get_their_own_start_within_their_whole_seconds() -> None:
    clocks = {"c0": TrueClock(0, 0.0), "c1": TrueClock(0, 0.0)}
    first = Stretch("s1", "c1", BASE, BASE + 600 * NS_PER_S, 288_675_135)
    second = Stretch("s1b", "c1", BASE + 1000 * NS_PER_S, BASE + 1600 * NS_PER_S, 288_675_135)
    ties = [to_utc(np.random.default_rng(9), clocks, "c0", BASE, 1e-5)]
    for group, stretch, late in (("a", first, 0), ("b", second, 400 * MS)):
        at = stretch.start_ns + 300 * NS_PER_S
        ties.append(Tie(group, group, Reading("s0", at), Reading(stretch.key, at + late), None, MS))
    solved = solve([*whole_stretches(clocks, 1800)[:1], first, second], ties).clock("c1")
    assert abs(solved.map.error_at(clocks["c1"].read(BASE + 300 * NS_PER_S))) < 40 * MS
    assert abs(solved.map.error_at(clocks["c1"].read(BASE + 1300 * NS_PER_S)) - 400 * MS) < 40 * MS


def test_the_answer_does_not_depend_on_the_order_and_repeats_to_the_last_digit() -> None:
    scene = random_scene(10, count=8, extra=10, false=1)
    ties, stretches = list(scene.ties), list(scene.stretches)
    random.Random(1).shuffle(ties)
    random.Random(2).shuffle(stretches)
    assert solve(stretches, ties) == solve(scene.stretches, scene.ties)


def test_no_ties_leave_every_clock_at_its_word_and_apart() -> None:
    clocks = random_clocks(np.random.default_rng(11), 2)
    solution = solve(whole_stretches(clocks, 60), [])
    assert [one.is_dated for one in solution.clusters] == [False, False]
    assert all(one.pieces[0].incident_ns == one.pieces[0].device_ns for one in solution.clocks)
    assert solve([], []).clocks == ()
