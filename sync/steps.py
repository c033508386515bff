"""Finds clocks that were set or jumped: a step between two readings that explains what no drift explains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sync.adjustment import Fit, apply_weight, fit
from sync.network import Network, build_network
from sync.ties import SolverSettings, Step, Stretch, Tie

_MOST_STEPS = 8
_MOST_PLACES = 200
_MOST_SUSPECTS = 12
_GROUPS_BESIDE = 2


@dataclass(frozen=True, slots=True)
class _Candidate:
    step: Step
    size: float


def find_steps(stretches: Sequence[Stretch], ties: Sequence[Tie], settings: SolverSettings) -> tuple[Step, ...]:
    """Return the steps that the ties show, most certain first."""
    steps: list[Step] = []
    for _ in range(_MOST_STEPS):
        network = build_network(stretches, ties, steps, settings)
        count = len(network.group_names)
        plain = fit(network, np.ones(count), np.ones(count))
        readings = _readings_by_clock(network)
        found = [
            one
            for clock in _suspects(network, plain, settings)
            if (one := _best_step(network, plain, clock, readings[clock])) is not None
        ]
        best = max(found, key=lambda one: one.size, default=None)
        if best is None or best.size < max(settings.step_beyond, 1.05 * float(plain.stand_out.max())):
            break
        steps.append(best.step)
    return tuple(steps)


def _suspects(network: Network, plain: Fit, settings: SolverSettings) -> list[str]:
    """Return the clocks at which at least two groups stand out, those with most first."""
    bad = np.flatnonzero(plain.stand_out > settings.reject_beyond)
    counts = Counter(clock for number in bad for clock in network.group_clocks[number])
    ranked = sorted(counts, key=lambda clock: (-counts[clock], clock))
    return [clock for clock in ranked if counts[clock] >= _GROUPS_BESIDE][:_MOST_SUSPECTS]


def _readings_by_clock(network: Network) -> dict[str, list[tuple[int, int, float]]]:
    """Return per clock its readings, by time: when, in which tie, and with which sign."""
    found: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    for number, tie in enumerate(network.ties):
        for reading, sign in ((tie.one, 1.0), (tie.other, -1.0)):
            if reading is not None:
                found[network.layout.clock_of(reading)].append((reading.device_ns, number, sign))
    for readings in found.values():
        readings.sort()
    return found


def _best_step(
    network: Network, plain: Fit, clock: str, readings: Sequence[tuple[int, int, float]]
) -> _Candidate | None:
    """Return the step of one clock that explains most, with how many sigmas it has (score test), or None."""
    moments = sorted({moment for moment, _, _ in readings})
    gaps = [gap for gap in pairwise(moments) if _has_both_sides(network, readings, gap[1])]
    gaps = gaps[:: max(1, len(gaps) // _MOST_PLACES)]
    if not gaps:
        return None
    columns = np.zeros((len(network.ties), len(gaps)))
    for moment, number, sign in readings:
        columns[number] += [sign if moment >= gap[1] else 0.0 for gap in gaps]
    every = np.ones(len(network.group_names))
    weighted = apply_weight(network, columns, every, every)
    along = network.rows.T @ weighted
    left = (columns * weighted).sum(axis=0) - (along * (plain.covariance @ along)).sum(axis=0)
    score = np.abs(plain.residuals @ weighted) / np.sqrt(np.maximum(left, 1e-12))
    score[left < 1e-6 * (columns * weighted).sum(axis=0)] = 0.0
    best = int(np.argmax(score))
    return _Candidate(Step(clock, *gaps[best]), float(score[best]))


def _has_both_sides(network: Network, readings: Sequence[tuple[int, int, float]], first_after: int) -> bool:
    before = {int(network.group[number]) for moment, number, _ in readings if moment < first_after}
    after = {int(network.group[number]) for moment, number, _ in readings if moment >= first_after}
    return len(before - after) >= _GROUPS_BESIDE and len(after - before) >= _GROUPS_BESIDE
