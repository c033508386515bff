"""The three kinds of time that must never be confused, as types.

`MediaTime` names a frame in one stream, `DeviceTime` is what a device's own clock said, `IncidentTime` is the common
clock of the case. A fourth, the text people read, is made last, is never stored and never parsed back. There are no
floats on the way from a file to the screen and no arithmetic with a nominal frame rate.

To go from a file to the screen: `MediaTime` -> (the recording's start, `media_ns`) -> `DeviceTime` ->
(`sync.clock_map.ClockMap`) -> `IncidentTime`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NewType

import numpy as np
from numpy.typing import NDArray

NS_PER_S = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DeviceTime = NewType("DeviceTime", int)
"""Nanoseconds since the Unix epoch as the device's own clock told them; may be wrong by minutes, and drift."""

IncidentTime = NewType("IncidentTime", int)
"""Nanoseconds since the Unix epoch, UTC, on the case's common clock: the timeline, notes and the playhead."""

DurationNs = int
"""A length of time in nanoseconds, on whichever clock the name says."""


@dataclass(frozen=True, slots=True, order=False)
class MediaTime:
    """A moment in one stream: a presentation time stamp and the length of its unit in seconds.

    A frame covers `[pts, next pts)`. Two media times of different time bases compare by value, exactly.
    """

    pts: int
    time_base: Fraction

    def __post_init__(self) -> None:
        if self.time_base <= 0:
            raise ValueError(f"a time base is a positive number of seconds, not {self.time_base}")

    @property
    def seconds(self) -> Fraction:
        """The exact time in seconds."""
        return self.pts * self.time_base

    @property
    def ns(self) -> int:
        """The time in whole nanoseconds, rounded down."""
        return ticks_to_ns(self.pts, self.time_base)


def ticks_to_ns(ticks: int, time_base: Fraction) -> int:
    """Return `ticks * time_base` in nanoseconds, rounded down; exact integer arithmetic."""
    return ticks * time_base.numerator * NS_PER_S // time_base.denominator


def ticks_to_ns_array(ticks: NDArray[np.int64], time_base: Fraction) -> NDArray[np.int64]:
    """Like `ticks_to_ns`, for an array; equal to it element by element.

    Raises:
        OverflowError: the time base is so coarse or fine that 64 bits cannot hold the way there.
    """
    num, den = time_base.numerator, time_base.denominator
    highest = int(np.abs(ticks).max(initial=0))
    if highest * num >= 2**63 or den * NS_PER_S >= 2**63:
        exact = [ticks_to_ns(int(tick), time_base) for tick in ticks]
        return np.array(exact, dtype=np.int64)
    whole, rest = np.divmod(ticks * num, den)
    result: NDArray[np.int64] = whole * NS_PER_S + rest * NS_PER_S // den
    return result


def ns_to_ticks_floor(ns: int, time_base: Fraction) -> int:
    """Return the last tick that is not after `ns`: the tick `t` with `t * time_base <= ns < (t+1) * time_base`."""
    return ns * time_base.denominator // (time_base.numerator * NS_PER_S)


@dataclass(frozen=True, slots=True)
class IncidentRange:
    """A half-open range `[start, end)` on the common clock."""

    start: IncidentTime
    end: IncidentTime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a range ends ({self.end}) before it starts ({self.start})")

    @property
    def duration_ns(self) -> DurationNs:
        """Length in nanoseconds."""
        return self.end - self.start

    def contains(self, instant: IncidentTime) -> bool:
        """Tell whether `instant` lies in the range; the end does not."""
        return self.start <= instant < self.end


def half_width_95(sigma_ns: DurationNs) -> DurationNs:
    """Return half the width of the 95 % interval of a standard uncertainty: twice sigma (JCGM 100:2008, 6.2 and G.6.6).

    Whatever is shown to people as ±, and typed by them as "within", is this; sigma itself stays inside.
    """
    return 2 * sigma_ns


def iso_utc(ns: int, *, digits: int = 9) -> str:
    """Return `ns` since the epoch as ISO 8601 in UTC, for machines: `2026-03-14T21:32:07.480000000Z`.

    Args:
        ns: nanoseconds since the Unix epoch.
        digits: how many digits of the second's fraction are given, 0 to 9; the rest is cut off, not rounded.

    Raises:
        OverflowError: the year is not one that a calendar here can hold (1 to 9999).
    """
    seconds, rest = divmod(ns, NS_PER_S)
    try:
        day = _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise OverflowError(f"{ns} ns lies outside of the calendar") from error
    fraction = f".{rest:09d}"[: digits + 1] if digits else ""
    return f"{day.isoformat()[:19]}{fraction}Z"
