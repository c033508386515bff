"""What the player may take from the machine: memory for pictures, processors, processes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

_MOST_THREADS = 5


def usable_cores() -> int:
    """Return how many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class RingLimits:
    """How much shared memory one camera may take.

    Attributes:
        bytes: aim for no more than this.
        fewest: but hold at least this many pictures.
        most: and at most this many.
    """

    bytes: int = 48 << 20
    fewest: int = 8
    most: int = 24


@dataclass(frozen=True, slots=True)
class PlayerLimits:
    """What the player may take from the machine.

    Attributes:
        ring: shared memory of one camera.
        cores: processors to share among the cameras.
        spares: decoder processes that stand ready.
        patience_ns: how long all wait for one camera's picture before they go on without it; None for what suits a
            desk. In front of a court nothing goes on without a picture.
    """

    ring: RingLimits = field(default_factory=RingLimits)
    cores: int = field(default_factory=usable_cores)
    spares: int = 1
    patience_ns: int | None = None

    def threads_for(self, cameras: int) -> int:
        """Return how many threads may decode each of so many cameras: one more than its processors, as FFmpeg takes."""
        share = self.cores // max(1, cameras)
        return min(_MOST_THREADS, share + 1) if share > 1 else 1
