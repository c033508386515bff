"""What the solver answers: per clock its map, its drift, and how sure both are at any instant."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from evidence.records import ClockPiece
from evidence.times import DeviceTime, DurationNs
from sync.clock_map import ClockMap
from sync.ties import Step


@dataclass(frozen=True, slots=True)
class SigmaKnot:
    """The standard uncertainty of a clock's map at one reading, ns; between two knots it is a straight line."""

    device_ns: int
    sigma_ns: DurationNs


@dataclass(frozen=True)
class SolvedClock:
    """One clock.

    Attributes:
        clock: id of the camera.
        pieces: its map.
        drift_ppb: how much it gains, parts per billion.
        drift_sigma_ppb: standard uncertainty of that.
        knots: its uncertainty, by increasing `device_ns`; at least two.
        observed_by: how many groups of ties hold it, its own word aside.
    """

    clock: str
    pieces: tuple[ClockPiece, ...]
    drift_ppb: int
    drift_sigma_ppb: int
    knots: tuple[SigmaKnot, ...]
    observed_by: int

    @property
    def map(self) -> ClockMap:
        """Device time to incident time."""
        return ClockMap(self.pieces)

    def sigma_at(self, device: DeviceTime) -> DurationNs:
        """Return the standard uncertainty (one sigma) of the map at a reading, ns."""
        return sigma_between(self.knots, device)


@dataclass(frozen=True, slots=True)
class Residual:
    """How far a tie lies from the solution.

    Attributes:
        key: of the tie.
        residual_ns: observed less solved, ns.
        sigmas: how much its group stands out.
        is_rejected: whether it was left out.
    """

    key: str
    group: str
    residual_ns: DurationNs
    sigmas: float
    is_rejected: bool


@dataclass(frozen=True)
class Cluster:
    """Clocks that ties join.

    Attributes:
        clocks: ids of the cameras.
        is_anchored: whether something better than the devices' own clocks ties them to UTC or to a reference.
        is_dated: whether anything at all ties them to UTC; without it only their standing to one another is known.
    """

    clocks: tuple[str, ...]
    is_anchored: bool
    is_dated: bool


@dataclass(frozen=True)
class Solution:
    """The answer to one question to the solver.

    Attributes:
        clocks: every clock that was asked about.
        residuals: of every tie.
        conflicts: groups of ties that contradict one another although nothing tells which is wrong.
        steps: clocks that were set, or jumped.
        clusters: which clocks are joined; more than one means that they do not stand to one another by observation.
    """

    clocks: tuple[SolvedClock, ...]
    residuals: tuple[Residual, ...]
    conflicts: tuple[tuple[str, ...], ...]
    steps: tuple[Step, ...]
    clusters: tuple[Cluster, ...]

    @property
    def rejected_groups(self) -> tuple[str, ...]:
        """Groups that were left out, in the order of their ties."""
        return tuple(dict.fromkeys(one.group for one in self.residuals if one.is_rejected))

    def clock(self, clock: str) -> SolvedClock:
        """Return one clock. Raises KeyError."""
        return next(one for one in self.clocks if one.clock == clock)


def sigma_between(knots: tuple[SigmaKnot, ...], device: int) -> DurationNs:
    """Return the uncertainty at a reading from knots; beyond them, with the slope of 1 ppm for each ns away."""
    starts = [knot.device_ns for knot in knots]
    place = bisect_right(starts, device)
    if place == 0:
        return knots[0].sigma_ns + (knots[0].device_ns - device) // 1_000_000
    if place == len(knots):
        return knots[-1].sigma_ns + (device - knots[-1].device_ns) // 1_000_000
    left, right = knots[place - 1], knots[place]
    part = device - left.device_ns
    return left.sigma_ns + (right.sigma_ns - left.sigma_ns) * part // (right.device_ns - left.device_ns)
