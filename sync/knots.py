"""The uncertainty of a clock along its readings, as knots with straight lines between that never lie below it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evidence.times import NS_PER_S
from sync.adjustment import Matrix
from sync.network import Layout
from sync.solution import SigmaKnot
from sync.ties import Reading, Step, Stretch

_MOST_KNOTS = 120


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Where a solution's uncertainty comes from.

    Attributes:
        layout: which unknown stands where.
        covariance: of the unknowns, s².
        wander_ppm: how far a clock's rate strays where nothing observes it.
    """

    layout: Layout
    covariance: Matrix
    wander_ppm: float


def find_knots(known: Uncertainty, clock: str, observed: Sequence[int], steps: Sequence[Step]) -> tuple[SigmaKnot, ...]:
    """Return a clock's uncertainty along its recordings.

    Args:
        known: where it comes from.
        clock: which clock.
        observed: readings at which something holds it, increasing; where there are none, its rate does not matter.
        steps: its steps, with their sizes.
    """
    stretches = [one for one in known.layout.stretches.values() if one.clock == clock]
    moments: dict[int, Stretch] = {}
    for one in stretches:
        inside = observed[bisect_left(observed, one.start_ns) : bisect_left(observed, one.end_ns + 1)]
        places = {one.start_ns, max(one.end_ns, one.start_ns + 1), *inside}
        places |= {(a + b) // 2 for a, b in pairwise(inside)}
        places |= {place for step in steps for place in _around(step) if one.start_ns <= place <= one.end_ns}
        moments |= dict.fromkeys(places, one)
    knots = []
    for moment in sorted(moments):
        variance = _variance(known, Reading(moments[moment].key, moment), observed)
        variance += sum((step.step_ns / NS_PER_S) ** 2 for step in steps if step.after_ns < moment < step.before_ns)
        knots.append(SigmaKnot(moment, max(1, int(np.ceil(np.sqrt(variance) * NS_PER_S)))))
    return _thinned(knots)


def _around(step: Step) -> tuple[int, ...]:
    return (step.after_ns, step.after_ns + 1, step.middle_ns, step.before_ns - 1, step.before_ns)


def _variance(known: Uncertainty, reading: Reading, observed: Sequence[int]) -> float:
    """Return the variance of a clock's error at a reading, s²: of the fit, and of what it strays unobserved."""
    row = known.layout.row(reading)
    columns, factors = list(row), np.array(list(row.values()))
    variance = max(0.0, float(factors @ known.covariance[np.ix_(columns, columns)] @ factors))
    if observed:
        place = bisect_left(observed, reading.device_ns)
        near = min(abs(reading.device_ns - one) for one in observed[max(0, place - 1) : place + 1])
        variance += (near / NS_PER_S * known.wander_ppm * 1e-6) ** 2
    return variance


def _thinned(knots: Sequence[SigmaKnot]) -> tuple[SigmaKnot, ...]:
    """Return no more than a few knots: of each run the first and last, both with the largest of the run."""
    if len(knots) <= _MOST_KNOTS:
        return tuple(knots)
    length = -(-len(knots) // (_MOST_KNOTS // 2))
    found: list[SigmaKnot] = []
    for start in range(0, len(knots), length):
        run = knots[start : start + length]
        largest = max(knot.sigma_ns for knot in run)
        found += [SigmaKnot(place, largest) for place in sorted({run[0].device_ns, run[-1].device_ns})]
    return tuple(found)
