"""The ties of all clocks as one linear system: which unknown stands in which column, and what each tie says of it.

Unknowns, in seconds: per clock its error in the middle of its recordings and its drift (seconds in 1,000 s); per
recording, where a clock has several, how its start stands to the others; per step its size. All is taken relative to a
first guess of each clock's error, so that floats carry only small numbers.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from evidence.times import NS_PER_S
from sync.ties import Reading, SolverSettings, Step, Stretch, Tie

RATE_SCALE_S = 1000.0
"""A drift of 1 in its column is a second in this many."""

_PIN_S = 1e-4
_ANYWHERE_S = 1e6
"""How far a clock is believed to be off that lost all its ties, one sigma: far more than any tie leaves, yet finite."""

Vector = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Which unknown stands where.

    Attributes:
        first_column: per clock, the column of its error; its drift is in the next.
        middle_ns: per clock, the reading at which its error is taken.
        guess_ns: per clock, the first guess of its error.
        stretch_column: column of a recording's start, where it has one.
        step_column: column of each step.
        stretches: by key.
        size: number of unknowns.
    """

    first_column: Mapping[str, int]
    middle_ns: Mapping[str, int]
    guess_ns: Mapping[str, int]
    stretch_column: Mapping[str, int]
    step_column: Mapping[Step, int]
    stretches: Mapping[str, Stretch]
    size: int

    def row(self, reading: Reading) -> dict[int, float]:
        """Return the columns and factors that make up a clock's error at a reading, beside the guess."""
        stretch = self.stretches[reading.stretch]
        first = self.first_column[stretch.clock]
        elapsed_s = (reading.device_ns - self.middle_ns[stretch.clock]) / NS_PER_S
        row = {first: 1.0, first + 1: elapsed_s / RATE_SCALE_S}
        if stretch.key in self.stretch_column:
            row[self.stretch_column[stretch.key]] = 1.0
        for step, column in self.step_column.items():
            if step.clock == stretch.clock and reading.device_ns >= step.middle_ns:
                row[column] = 1.0
        return row

    def clock_of(self, reading: Reading) -> str:
        """Return the clock that was read."""
        return self.stretches[reading.stretch].clock


@dataclass(frozen=True, eq=False)
class Network:
    """The system.

    Attributes:
        layout: which unknown stands where.
        ties: the rows.
        rows: what each tie measures, float64[ties, unknowns], sparse.
        observed: what it found, less the guess, seconds.
        precision: one over the square of each tie's own sigma, 1/s².
        group_names: in order of first appearance.
        group: per tie, its group.
        common: per group, square of the shared sigma, s².
        members: float64[ties, groups], 1 where a tie belongs to a group, sparse.
        prior: precision of what is believed of each unknown beforehand (all are believed to be 0).
        group_clocks: per group, the clocks it touches.
    """

    layout: Layout
    ties: tuple[Tie, ...]
    rows: sp.csr_array
    observed: Vector
    precision: Vector
    group_names: tuple[str, ...]
    group: Places
    common: Vector
    members: sp.csr_array
    prior: Vector
    group_clocks: tuple[frozenset[str], ...]


def build_network(
    stretches: Sequence[Stretch], ties: Sequence[Tie], steps: Sequence[Step], settings: SolverSettings
) -> Network:
    """Lay the system out. The order of what is given does not matter to the answer but for rounding."""
    layout = _lay_out(stretches, ties, steps)
    columns: list[int] = []
    factors: list[float] = []
    starts, observed = [0], []
    for tie in ties:
        row = layout.row(tie.one)
        clock = layout.clock_of(tie.one)
        found = tie.one.device_ns - layout.guess_ns[clock]
        if tie.other is None:
            assert tie.utc_ns is not None
            found -= tie.utc_ns
        else:
            found -= tie.other.device_ns - layout.guess_ns[layout.clock_of(tie.other)]
            for column, factor in layout.row(tie.other).items():
                row[column] = row.get(column, 0.0) - factor
        columns += row.keys()
        factors += row.values()
        starts.append(len(columns))
        observed.append(found / NS_PER_S)
    numbers: dict[str, int] = {}
    group = np.array([numbers.setdefault(tie.group, len(numbers)) for tie in ties], dtype=np.int64)
    common = np.zeros(len(numbers))
    touched: list[set[str]] = [set() for _ in numbers]
    for tie, number in zip(ties, group, strict=True):
        common[number] = max(common[number], (tie.common_sigma_ns / NS_PER_S) ** 2)
        touched[number] |= clocks_of(layout, tie)
    count = len(ties)
    return Network(
        layout=layout,
        ties=tuple(ties),
        rows=sp.csr_array((factors, columns, starts), shape=(count, layout.size)),
        observed=np.array(observed, dtype=np.float64),
        precision=np.array([(NS_PER_S / tie.sigma_ns) ** 2 for tie in ties], dtype=np.float64),
        group_names=tuple(numbers),
        group=group,
        common=common,
        members=sp.csr_array((np.ones(count), (np.arange(count), group)), shape=(count, len(numbers))),
        prior=_prior(layout, ties, settings),
        group_clocks=tuple(frozenset(one) for one in touched),
    )


def clocks_of(layout: Layout, tie: Tie) -> set[str]:
    """Return the one or two clocks that a tie reads."""
    return {layout.clock_of(reading) for reading in (tie.one, tie.other) if reading is not None}


def join_clocks(clocks: Iterable[str], pairs: Iterable[frozenset[str] | set[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of clocks that pairs join, in the order of `clocks`."""
    root = {clock: clock for clock in clocks}

    def find(clock: str) -> str:
        while root[clock] != clock:
            root[clock] = root[root[clock]]
            clock = root[clock]
        return clock

    for pair in pairs:
        first, *others = sorted(pair)
        for other in others:
            root[find(other)] = find(first)
    found: dict[str, list[str]] = defaultdict(list)
    for clock in root:
        found[find(clock)].append(clock)
    return tuple(tuple(group) for group in found.values())


def _lay_out(stretches: Sequence[Stretch], ties: Sequence[Tie], steps: Sequence[Step]) -> Layout:
    of_clock: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        of_clock[stretch.clock].append(stretch)
    first = {clock: 2 * number for number, clock in enumerate(of_clock)}
    size = 2 * len(of_clock)
    with_own = [one.key for group in of_clock.values() if len(group) > 1 for one in group]
    stretch_column = {key: size + number for number, key in enumerate(with_own)}
    size += len(with_own)
    by_key = {one.key: one for one in stretches}
    return Layout(
        first_column=first,
        middle_ns={
            clock: (min(one.start_ns for one in group) + max(one.end_ns for one in group)) // 2
            for clock, group in of_clock.items()
        },
        guess_ns=_guess(list(of_clock), by_key, ties),
        stretch_column=stretch_column,
        step_column={step: size + number for number, step in enumerate(steps)},
        stretches=by_key,
        size=size + len(steps),
    )


def _guess(clocks: list[str], stretches: Mapping[str, Stretch], ties: Sequence[Tie]) -> dict[str, int]:
    """Return an error per clock that fits some ties: those to UTC, then from clock to clock."""
    guess: dict[str, int] = {}
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for tie in sorted(ties, key=lambda one: (one.is_device_clock, one.sigma_ns, one.key)):
        own = stretches[tie.one.stretch].clock
        if tie.other is not None:
            beyond = stretches[tie.other.stretch].clock
            apart = tie.one.device_ns - tie.other.device_ns
            near[own].append((beyond, -apart))
            near[beyond].append((own, apart))
        elif tie.utc_ns is not None and not tie.is_device_clock:
            guess.setdefault(own, tie.one.device_ns - tie.utc_ns)
    waiting = deque(guess)
    for clock in [*clocks, None]:
        while waiting:
            here = waiting.popleft()
            for beyond, less in near[here]:
                if beyond not in guess:
                    guess[beyond] = guess[here] + less
                    waiting.append(beyond)
        if clock is not None and clock not in guess:
            guess[clock] = 0
            waiting.append(clock)
    return guess


def _prior(layout: Layout, ties: Sequence[Tie], settings: SolverSettings) -> Vector:
    """Return what is believed beforehand; of clocks that nothing ties to UTC, the first of each group is held."""
    prior = np.zeros(layout.size)
    for first in layout.first_column.values():
        prior[first] = 1 / _ANYWHERE_S**2
        prior[first + 1] = (1.0 / (settings.drift_sigma_ppm * 1e-6 * RATE_SCALE_S)) ** 2
    for key, column in layout.stretch_column.items():
        prior[column] = (NS_PER_S / max(1_000, layout.stretches[key].start_sigma_ns)) ** 2
    for column in layout.step_column.values():
        prior[column] = 1e-10
    pairs = [clocks_of(layout, tie) for tie in ties]
    anchored = {clock for tie, pair in zip(ties, pairs, strict=True) if tie.other is None for clock in pair}
    for group in join_clocks(layout.first_column, pairs):
        if not anchored.intersection(group):
            prior[layout.first_column[group[0]]] = 1 / _PIN_S**2
    return prior
