"""How much of what a device has taken has been heard.

Devices say how much they have taken out of the buffer before them. Before they play, they fill a buffer of their own,
and that is how far they are ahead of the ear from then on; nothing else tells it where the system does not.
"""

from __future__ import annotations

from evidence.times import NS_PER_S
from player.sound_protocol import SOUND_RATE

_DEEPEST = SOUND_RATE // 5
"""More than this was not taken at once: nobody looked for a while."""


class HeardCount:
    """Counts samples from one start of a device on."""

    def __init__(self) -> None:
        self._depth: int | None = None
        self._taken = 0
        self._since_ns = 0
        self._asked_ns: int | None = None

    def heard(self, taken: int, now_ns: int) -> int:
        """Return how many samples have been heard.

        Args:
            taken: how many the device has taken, by its own words; it says so in steps.
            now_ns: the monotonic clock.
        """
        if taken > 0 and self._depth is None:
            self._depth = self._first_taken(taken, now_ns)
        if taken != self._taken:
            self._taken, self._since_ns = taken, now_ns
        self._asked_ns = now_ns
        since = (now_ns - self._since_ns) * SOUND_RATE // NS_PER_S
        return max(0, min(taken, taken - (self._depth or 0) + since))

    def _first_taken(self, taken: int, now_ns: int) -> int:
        """Return what was taken at once: all of it, but for what may have been played since this was asked last."""
        unseen = 0 if self._asked_ns is None else (now_ns - self._asked_ns) * SOUND_RATE // NS_PER_S
        return min(_DEEPEST, max(0, taken - unseen // 2))
