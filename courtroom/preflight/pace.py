"""How quickly an item was decoded, and whether this machine was left to it meanwhile.

A miss counts against a pack only where the machine was at its disposal. Three figures tell that, all of the very try
that missed: how long it took; how much processor time its decoders used; and how long they stood ready while another
program had the processor (`/proc/thread-self/schedstat`, second field, which the Linux kernel counts in ns; other
systems do not tell). What the decoders wait for each other is the item's own doing and is not forgiven: left alone,
it takes no less than their processor time shared out among all processors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtroom.preflight.media_child import Done

BUSY_PERCENT = 10
"""From this share of all processors on, what other programs do counts as a disturbance."""

_BUSY_UNSEEN_PERCENT = 30
"""The same where the system does not tell how long decoders waited for a processor."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly an item was decoded.

    Attributes:
        place: number of the item, from 1.
        title: of the item.
        frames: decoded, of all cameras.
        cameras: how many.
        playing_ns: how long the item plays at its speed.
        took_ns: how long decoding took.
        is_proxy: proxies were decoded in place of originals.
        others_percent: share of all processors that other programs had meanwhile.
        alone_ns: how long it would have taken at the least without them; 0 where that is not known.
        is_open: it missed, and other programs are enough of a reason: whether it holds real time is not known.
        tries: how often it was measured; this is the best.
    """

    place: int
    title: str
    frames: int
    cameras: int
    playing_ns: int
    took_ns: int
    is_proxy: bool = False
    others_percent: int = 0
    alone_ns: int = 0
    is_open: bool = False
    tries: int = 1

    @property
    def percent(self) -> int:
        """Playing time in percent of decoding time: 100 is exactly real time; rounded down."""
        return self.playing_ns * 100 // max(1, self.took_ns)

    @property
    def words(self) -> str:
        """For people: `3.4 times real time (a margin of 240 %)`."""
        times = f"{_times(self.percent)} times real time"
        if self.percent >= 100:
            return f"{times} (a margin of {self.percent - 100:,} %)"
        return times

    @property
    def busy_words(self) -> str:
        """Why it is not known whether it holds, for people."""
        often = "when it was measured" if self.tries == 1 else f"each of the {self.tries} times it was measured"
        alone = ""
        if self.alone_ns:
            alone = f" Left alone it may reach {_times(self.playing_ns * 100 // self.alone_ns)} times."
        return (
            f"This machine was busy {often}: other programs had {self.others_percent} % of its processors. "
            f"{self.words} was reached.{alone} Whether it holds real time is not known."
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What the processors did during a try.

    Attributes:
        others_percent: the share of all of them that went to other programs.
        processors: how many there are.
    """

    others_percent: int
    processors: int

    @property
    def is_busy(self) -> bool:
        """Whether others took enough to be a disturbance."""
        return self.others_percent >= BUSY_PERCENT


def alone_ns(came: Sequence[Done], load: Load) -> int:
    """Return how long a try would have taken at the least, had nothing else run; 0 where the system does not tell."""
    if any(one.waited_ns is None for one in came):
        return 0
    longest = max(one.took_ns - (one.waited_ns or 0) for one in came)
    return max(longest, sum(one.used_ns for one in came) // max(1, load.processors))


def is_open(came: Sequence[Done], load: Load, playing_ns: int) -> bool:
    """Tell whether a try that missed says nothing of the item, because other programs are enough of a reason.

    Where the system tells how long decoders waited for a processor, the rest of the time must do; else that others
    were busy is all that can be known.
    """
    if not load.is_busy:
        return False
    least = alone_ns(came, load)
    if not least:
        return load.others_percent >= _BUSY_UNSEEN_PERCENT
    return least <= playing_ns and not any(flaw.late_alone_count for one in came for flaw in one.flaws)


def _times(percent: int) -> str:
    return f"{percent // 100}.{percent % 100 // 10}"
