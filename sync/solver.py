"""Solves all clocks at once from their ties: offset, drift, steps, and how sure each is at any instant.

The model and its grounds are told in docs/decisions/0011. The same ties give the same answer, to the last digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evidence.records import ClockPiece
from evidence.times import NS_PER_S, DeviceTime
from sync.adjustment import Matrix, apply_weight, predicted_stand_out
from sync.clock_map import PPB, ClockMap
from sync.knots import Uncertainty, find_knots
from sync.network import RATE_SCALE_S, Layout, Network, Vector, build_network, clocks_of, join_clocks
from sync.rejection import Verdict, find_outliers
from sync.solution import Cluster, Residual, Solution, SolvedClock
from sync.steps import find_steps
from sync.ties import Reading, SolverSettings, Step, Stretch, Tie

_REFERENCE_SIGMA_NS = 50_000
_REFERENCE = "reference "


@dataclass(frozen=True, slots=True)
class Reference:
    """A camera whose present map is taken for the truth; all others are solved against it."""

    clock: str
    map: ClockMap


def solve(
    stretches: Sequence[Stretch],
    ties: Sequence[Tie],
    *,
    reference: Reference | None = None,
    settings: SolverSettings | None = None,
) -> Solution:
    """Solve the clocks of `stretches` from `ties`.

    Raises:
        KeyError: a tie reads a stretch that is not there.
    """
    settings = settings or SolverSettings()
    stretches = sorted(stretches, key=lambda one: (one.clock, one.start_ns, one.key))
    ties = sorted(ties, key=lambda one: one.key)
    if reference is not None:
        ties = _lock(stretches, ties, reference)
    if not stretches:
        return Solution((), (), (), (), ())
    steps = find_steps(stretches, ties, settings) if ties else ()
    network = build_network(stretches, ties, steps, settings)
    verdict = find_outliers(network, settings)
    clusters = _clusters(network, verdict)
    covariance = _scaled_covariance(network, verdict, clusters)
    solved = _Solved(network.layout, verdict.final.unknowns, covariance, settings, _observed(network, verdict))
    clocks = tuple(solved.clock(clock, reference) for clock in network.layout.first_column)
    residuals = _residuals(network, verdict)
    sizes = tuple(replace(step, step_ns=solved.step_ns(step)) for step in network.layout.step_column)
    return Solution(clocks, residuals, verdict.conflicts, sizes, clusters)


@dataclass(frozen=True)
class _Solved:
    """Reads clocks out of the solved unknowns."""

    layout: Layout
    unknowns: Vector
    covariance: Matrix
    settings: SolverSettings
    observed: dict[str, dict[int, set[str]]]

    def clock(self, clock: str, reference: Reference | None) -> SolvedClock:
        stretches = [one for one in self.layout.stretches.values() if one.clock == clock]
        drift = self.layout.first_column[clock] + 1
        rate = float(self.unknowns[drift]) / RATE_SCALE_S
        pieces = self._pieces(clock, stretches, rate)
        if reference is not None and reference.clock == clock:
            pieces = reference.map.pieces
        seen = self.observed.get(clock, {})
        known = Uncertainty(self.layout, self.covariance, self.settings.wander_ppm)
        return SolvedClock(
            clock=clock,
            pieces=pieces,
            drift_ppb=pieces[-1].rate_ppb,
            drift_sigma_ppb=round(float(np.sqrt(self.covariance[drift, drift])) / RATE_SCALE_S * PPB),
            knots=find_knots(known, clock, sorted(seen), self._steps(clock)),
            observed_by=len(set().union(*seen.values())) if seen else 0,
        )

    def step_ns(self, step: Step) -> int:
        return round(float(self.unknowns[self.layout.step_column[step]]) * NS_PER_S)

    def _steps(self, clock: str) -> tuple[Step, ...]:
        return tuple(
            replace(step, step_ns=self.step_ns(step)) for step in self.layout.step_column if step.clock == clock
        )

    def _pieces(self, clock: str, stretches: Sequence[Stretch], rate: float) -> tuple[ClockPiece, ...]:
        starts = {one.start_ns for one in stretches} | {step.middle_ns for step in self._steps(clock)}
        rate_ppb = round(rate / (1 - rate) * PPB)
        pieces = []
        for start in sorted(starts):
            begun = [one for one in stretches if one.start_ns <= start]
            row = self.layout.row(Reading(begun[-1].key, start))
            error_s = sum(factor * float(self.unknowns[column]) for column, factor in row.items())
            error_ns = self.layout.guess_ns[clock] + round(error_s * NS_PER_S)
            pieces.append(ClockPiece(start, start - error_ns, rate_ppb))
        return tuple(pieces)


def _lock(stretches: Sequence[Stretch], ties: Sequence[Tie], reference: Reference) -> list[Tie]:
    """Tie the reference to its map, and take UTC out where the reference is what time is told by."""
    clock_of = {one.key: one.clock for one in stretches}
    pairs = [{clock_of[tie.one.stretch], clock_of[tie.other.stretch]} for tie in ties if tie.other is not None]
    joined = next(
        (set(group) for group in join_clocks(dict.fromkeys(clock_of.values()), pairs) if reference.clock in group),
        set(),
    )
    kept = [tie for tie in ties if tie.other is not None or clock_of[tie.one.stretch] not in joined]
    for one in stretches:
        if one.clock == reference.clock:
            for place, reading in (("start", one.start_ns), ("end", max(one.end_ns, one.start_ns + 1))):
                instant = reference.map.to_incident(DeviceTime(reading))
                key = f"{_REFERENCE}{one.key} {place}"
                kept.append(Tie(key, key, Reading(one.key, reading), None, instant, _REFERENCE_SIGMA_NS))
    return kept


def _clusters(network: Network, verdict: Verdict) -> tuple[Cluster, ...]:
    holding = [tie for tie, group in zip(network.ties, network.group, strict=True) if verdict.active[group]]
    layout = network.layout
    joined = join_clocks(layout.first_column, (clocks_of(layout, tie) for tie in holding if tie.other is not None))
    to_utc = [tie for tie in holding if tie.other is None and not tie.is_overlay]
    dated = {layout.clock_of(tie.one) for tie in to_utc}
    anchored = {layout.clock_of(tie.one) for tie in to_utc if not tie.is_device_clock}
    with_utc = [group for group in joined if anchored.intersection(group)]
    apart = [group for group in joined if not anchored.intersection(group)]
    clusters = [Cluster(group, is_anchored=False, is_dated=bool(dated.intersection(group))) for group in apart]
    if with_utc:
        together = tuple(clock for group in with_utc for clock in group)
        clusters.insert(0, Cluster(together, is_anchored=True, is_dated=True))
    return tuple(clusters)


def _scaled_covariance(network: Network, verdict: Verdict, clusters: Sequence[Cluster]) -> Matrix:
    """Return the covariance, raised for clusters whose residuals are larger than their sigmas allow (Birge, 1932)."""
    final = verdict.final
    weighted = apply_weight(network, final.residuals[:, None], final.weights, verdict.inflation)[:, 0]
    squares = final.residuals * weighted
    factor = np.ones(network.layout.size)
    for cluster in clusters:
        columns = _columns(network.layout, cluster)
        clocks = set(cluster.clocks)
        rows = [
            number
            for number, group in enumerate(network.group)
            if verdict.active[group] and clocks.issuperset(network.group_clocks[group])
        ]
        believed = network.prior[columns] > 0
        total = float(squares[rows].sum() + (network.prior[columns] * final.unknowns[columns] ** 2).sum())
        freedom = len(rows) + int(believed.sum()) - len(columns)
        if freedom > 0 and total > _largest_usual(freedom):
            factor[columns] = np.sqrt(total / freedom)
    scaled: Matrix = final.covariance * factor[:, None] * factor[None, :]
    return scaled


def _largest_usual(freedom: int) -> float:
    """Return what chi-square exceeds once in a thousand times (Wilson and Hilferty, 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + 3.09 * part**0.5) ** 3)


def _columns(layout: Layout, cluster: Cluster) -> list[int]:
    clocks = set(cluster.clocks)
    found = [layout.first_column[clock] + more for clock in cluster.clocks for more in (0, 1)]
    found += [column for key, column in layout.stretch_column.items() if layout.stretches[key].clock in clocks]
    return found + [column for step, column in layout.step_column.items() if step.clock in clocks]


def _observed(network: Network, verdict: Verdict) -> dict[str, dict[int, set[str]]]:
    """Return per clock which readings something observed, and by which groups; not its own word for itself."""
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for tie, group in zip(network.ties, network.group, strict=True):
        if verdict.active[group] and not tie.is_device_clock:
            for reading in (tie.one, tie.other):
                if reading is not None:
                    found[network.layout.clock_of(reading)][reading.device_ns].add(tie.group)
    return found


def _residuals(network: Network, verdict: Verdict) -> tuple[Residual, ...]:
    beside = predicted_stand_out(network, verdict.final, verdict.inflation)
    return tuple(
        Residual(
            key=tie.key,
            group=tie.group,
            residual_ns=round(float(left) * NS_PER_S),
            sigmas=float(verdict.final.stand_out[group] if verdict.active[group] else beside[group]),
            is_rejected=not verdict.active[group],
        )
        for tie, group, left in zip(network.ties, network.group, verdict.final.residuals, strict=True)
        if not tie.key.startswith(_REFERENCE)
    )
