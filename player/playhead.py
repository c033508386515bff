"""The playhead: the one instant that every camera shows, and how it moves.

It knows nothing of pictures. A `Clock` says how much time went by; the playhead turns that into a proposed instant
by its rate, direction and loop, and the engine tells it how far the pictures really got. Times are whole nanoseconds
and rates are fractions, so nothing accumulates.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from evidence.times import IncidentRange, IncidentTime

SLOWEST = Fraction(1, 8)
FASTEST = Fraction(16)


class Clock(Protocol):
    """Tells how time goes by: a monotonic clock, a sound device, or a test."""

    def now_ns(self) -> int:
        """Return nanoseconds since some fixed moment; never goes backwards."""
        ...


class MonotonicClock:
    """The machine's own clock."""

    def now_ns(self) -> int:
        """Return `time.monotonic_ns()`."""
        return time.monotonic_ns()


class DisciplinedClock:
    """A clock that runs a little faster or slower than another, to follow a third without jumps."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._rate_ppm = 0
        self._from_base = self._told = base.now_ns()

    def now_ns(self) -> int:
        """Return the time; never goes backwards."""
        elapsed = self._base.now_ns() - self._from_base
        return self._told + elapsed + elapsed * self._rate_ppm // 1_000_000

    def set_rate(self, rate_ppm: int) -> None:
        """From now on, run faster by this many parts in a million (slower where negative)."""
        now = self.now_ns()
        self._from_base, self._told, self._rate_ppm = self._base.now_ns(), now, rate_ppm


@dataclass
class ManualClock:
    """A clock that stands until it is moved; for tests and for stepping through a recording offline."""

    ns: int = 0

    def now_ns(self) -> int:
        """Return the time that was set."""
        return self.ns

    def advance(self, ns: int) -> None:
        """Let `ns` nanoseconds go by."""
        self.ns += ns


class Playhead:
    """Where the incident is being watched, and where that goes next.

    Attributes:
        position: the instant that is shown.
        rate: incident seconds per second of the clock, 1/8 to 16, negative when backwards.
        is_playing: whether it moves by itself.
        loop: range that is played again and again, or None.
        span: from the first frame to the last of the case; it stops at either end.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.position = IncidentTime(0)
        self.rate = Fraction(1)
        self.is_playing = False
        self.loop: IncidentRange | None = None
        self.span = IncidentRange(IncidentTime(0), IncidentTime(0))
        self._base_clock_ns = clock.now_ns()
        self._base_position = 0

    @property
    def is_backwards(self) -> bool:
        """Whether time runs backwards."""
        return self.rate < 0

    def set_clock(self, clock: Clock) -> None:
        """Take time from another clock from now on, without a jump."""
        self._clock = clock
        self._rebase()

    def play(self) -> None:
        """Move by itself from now on; from the other end where it stands at the end of what there is."""
        if self.span.duration_ns > 1:
            if not self.is_backwards and self.position >= self._last:
                self.position = self.span.start
            elif self.is_backwards and self.position <= self.span.start:
                self.position = self._last
        self.is_playing = True
        self._rebase()

    def pause(self) -> None:
        """Stand where it is: on the instant that is shown."""
        self.is_playing = False

    def set_rate(self, rate: Fraction) -> None:
        """Play at `rate` from now on.

        Raises:
            ValueError: the rate is zero, or slower than 1/8 or faster than 16, either way.
        """
        if not SLOWEST <= abs(rate) <= FASTEST:
            raise ValueError(f"a playing speed lies between 1/8 and 16, not at {rate}")
        self.rate = rate
        self._rebase()

    def move_to(self, instant: IncidentTime) -> None:
        """Stand at, or go on from, another instant; brought into the case where it lies outside."""
        self.position = self.clamp(instant)
        self._rebase()

    def proposed(self) -> IncidentTime:
        """Return where the playhead would be now if nothing held it up, inside of the case."""
        if not self.is_playing:
            return self.position
        elapsed = self._clock.now_ns() - self._base_clock_ns
        moved = elapsed * self.rate.numerator // self.rate.denominator
        return self.clamp(IncidentTime(self._base_position + moved))

    def accept(self, instant: IncidentTime, *, is_held_up: bool) -> None:
        """Take `instant` as shown. Held up, time goes on from there instead of catching up with a jump."""
        self.position = instant
        if is_held_up:
            self._rebase()

    def loop_start(self, instant: IncidentTime) -> IncidentTime | None:
        """Return where to go on when `instant` has run out of the loop, or None while it has not.

        Nothing is proposed beyond the ends of what there is; so a loop that reaches to one of them ends on it.
        """
        if self.loop is None or self.loop.duration_ns <= 0:
            return None
        last, first = IncidentTime(self.loop.end - 1), self.loop.start
        if not self.is_backwards and (instant > last or self._last <= instant == last):
            return self.clamp(first)
        if self.is_backwards and (instant < first or self.span.start >= instant == first):
            return self.clamp(last)
        return None

    @property
    def end_of_play(self) -> IncidentTime:
        """The last instant in the direction of play."""
        return self.span.start if self.is_backwards else self._last

    def is_at_end(self, instant: IncidentTime) -> bool:
        """Tell whether nothing lies beyond `instant` in the direction of play."""
        return instant <= self.span.start if self.is_backwards else instant >= self._last

    def clamp(self, instant: IncidentTime) -> IncidentTime:
        """Return the nearest instant that lies in the case."""
        return IncidentTime(min(max(instant, self.span.start), self._last))

    @property
    def _last(self) -> IncidentTime:
        return IncidentTime(max(self.span.start, self.span.end - 1))

    def _rebase(self) -> None:
        self._base_clock_ns = self._clock.now_ns()
        self._base_position = self.position
