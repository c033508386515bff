"""Finds the frame at which a clock's second (or minute) ticks over, and fits the clock's rate through several ticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evidence.times import NS_PER_S, DurationNs
from sync.overlay_clock.clock_face import DAY_NS

_ROOT_12 = 3.4641
_LONG_ENOUGH_NS = 60 * NS_PER_S
_BESIDE_NS = 40_000_000
"""How far a tick may lie outside of its own bounds and count as agreeing: coders may keep the old digit for a frame."""

Read = Callable[[int], "int | None"]
"""Reads the frame of that number: time of day in ns, or None where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment at which the clock's display changed.

    Attributes:
        before_ns: stamp of the last frame that shows the old.
        after_ns: stamp of the first frame that shows the new.
        device_ns: what the clock read at the change, on the scale of `Piece.low_ns`.
    """

    before_ns: int
    after_ns: int
    device_ns: int

    @property
    def media_ns(self) -> int:
        """Middle of its bounds."""
        return (self.before_ns + self.after_ns) // 2

    @property
    def width_ns(self) -> DurationNs:
        """Width of its bounds."""
        return self.after_ns - self.before_ns


@dataclass(frozen=True, slots=True)
class Rate:
    """A clock against the file's own time: `device = media + offset + drift (media - at)`.

    Attributes:
        at_ns: media time of the middle of the ticks.
        offset_ns: device less media there.
        sigma_ns: standard uncertainty of the offset.
        drift_ppb: by how much the device's clock gains on the file's time.
        drift_sigma_ppb: standard uncertainty of that; None where it was too short to tell, and the drift is taken as 0.
        ticks: those that agree, by time.
        others: how many do not.
    """

    at_ns: int
    offset_ns: int
    sigma_ns: DurationNs
    drift_ppb: int
    drift_sigma_ppb: int | None
    ticks: tuple[Tick, ...]
    others: int

    def device_at(self, media_ns: int) -> int:
        """Return what the clock read at a moment."""
        return media_ns + self.offset_ns + self.drift_ppb * (media_ns - self.at_ns) // 1_000_000_000


def find_change(stamps: Sequence[int], read: Read, device_ns: int, step_ns: DurationNs) -> Tick | None:
    """Return the tick at which a clock came to read `device_ns`, or None where the frames do not show it.

    Args:
        stamps: of the frames in a row.
        read: reads one of them.
        device_ns: what the clock reads from the tick on.
        step_ns: how long it shows the same.
    """

    def is_after(number: int) -> bool | None:
        time_ns = read(number)
        if time_ns is None:
            return None
        steps = ((time_ns - device_ns + DAY_NS // 2) % DAY_NS - DAY_NS // 2) // step_ns
        return None if not -3 <= steps <= 2 else steps >= 0

    low = next((one for one in range(len(stamps)) if is_after(one) is not None), None)
    high = next((one for one in reversed(range(len(stamps))) if is_after(one) is not None), None)
    if low is None or high is None or is_after(low) or not is_after(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        near = sorted(range(low + 1, high), key=lambda one: abs(one - middle))
        number = next((one for one in near if is_after(one) is not None), None)
        if number is None:
            break
        if is_after(number):
            high = number
        else:
            low = number
    return Tick(stamps[low], stamps[high], device_ns)


def fit_rate(ticks: Sequence[Tick]) -> Rate | None:
    """Return the line through ticks, those that contradict the rest left out; None where they do not agree."""
    if not ticks:
        return None
    kept = sorted(ticks, key=lambda one: one.media_ns)
    while True:
        rate = _fitted(kept, len(ticks) - len(kept))
        worst = max(kept, key=lambda one: _misses_by(rate, one))
        if _misses_by(rate, worst) <= _BESIDE_NS:
            break
        kept = [one for one in kept if one is not worst]
        if len(kept) < max(2, len(ticks) * 2 // 3):
            return None
    return rate


def _misses_by(rate: Rate, tick: Tick) -> int:
    return abs(rate.device_at(tick.media_ns) - tick.device_ns) - tick.width_ns // 2


def _fitted(ticks: Sequence[Tick], others: int) -> Rate:
    at = sum(one.media_ns for one in ticks) // len(ticks)
    x = np.array([one.media_ns - at for one in ticks], dtype=np.float64)
    y = np.array([one.device_ns - one.media_ns for one in ticks], dtype=np.float64)
    base = round(float(np.median(y)))
    sigma = np.array([max(1.0, one.width_ns / _ROOT_12) for one in ticks])
    weight = 1 / sigma**2
    widest = float(np.median(sigma))
    span = ticks[-1].media_ns - ticks[0].media_ns
    if len(ticks) < 3 or span < _LONG_ENOUGH_NS:
        mean = float(np.sum(weight * (y - base)) / np.sum(weight))
        return Rate(at, base + round(mean), max(1, round(widest)), 0, None, tuple(ticks), others)
    design = np.stack([np.ones_like(x), x / 1e9], axis=1)
    normal = design.T @ (weight[:, None] * design)
    solved = np.linalg.solve(normal, design.T @ (weight * (y - base)))
    drift_sigma = float(np.sqrt(np.linalg.inv(normal)[1, 1]))
    # the ticks of a clock that hardly drifts all fall into the same place between frames: no averaging of the offset
    return Rate(
        at_ns=at,
        offset_ns=base + round(float(solved[0])),
        sigma_ns=max(1, round(widest)),
        drift_ppb=round(float(solved[1])),
        drift_sigma_ppb=max(1, round(drift_sigma)),
        ticks=tuple(ticks),
        others=others,
    )
