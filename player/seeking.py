"""Where the playhead is to go: the instant on its way to the screen, and the hand that asks for the next ones.

It keeps what was asked and for how long that is waited for; the engine says when the pictures are there. While a hand
scrubs, one instant at a time is on its way and the newest one waits behind it; those in between are left out. Used on
the window's thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.times import IncidentTime
from player.pace import PLAY_PATIENCE_NS
from player.protocol import Regime

_PATIENCE_NS = {Regime.RESTING: 150_000_000, Regime.SCRUBBING: 400_000_000, Regime.PLAYING: PLAY_PATIENCE_NS}
_SCRUB_IS_OVER_NS = 60_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """An instant on its way to the screen.

    Attributes:
        instant: what is shown when all cameras are ready for it.
        regime: how it was asked for.
        until_ns: when it is shown whether or not all are; by the engine's clock.
    """

    instant: IncidentTime
    regime: Regime
    until_ns: int


class Seeking:
    """At most one goal, and what a scrubbing hand wants after it.

    Attributes:
        goal: the instant on its way, or None.
    """

    def __init__(self, patience_ns: int | None) -> None:
        """Make one without a goal.

        Args:
            patience_ns: how long cameras are waited for; None for what suits each regime.
        """
        self._patience_ns = patience_ns
        self._next_scrub: IncidentTime | None = None
        self._last_scrub_ns: int | None = None
        self.goal: Goal | None = None

    @property
    def target(self) -> IncidentTime | None:
        """The newest instant that was asked for and is not there yet, or None."""
        if self._next_scrub is not None:
            return self._next_scrub
        return None if self.goal is None else self.goal.instant

    @property
    def has_hand(self) -> bool:
        """Whether a hand scrubs, or has come to rest only just now."""
        return self._last_scrub_ns is not None

    @property
    def is_scrubbing(self) -> bool:
        """Whether the goal is one that a scrubbing hand asked for."""
        return self.goal is not None and self.goal.regime is Regime.SCRUBBING

    def begin(self, instant: IncidentTime, regime: Regime, now_ns: int) -> None:
        """Go there, wherever it was to go before."""
        patience = _PATIENCE_NS[regime] if self._patience_ns is None else self._patience_ns
        self.goal = Goal(instant, regime, now_ns + patience)

    def follow_hand(self, instant: IncidentTime, now_ns: int) -> bool:
        """Note where a hand is now; return whether that became the goal, rather than what comes after it."""
        self._last_scrub_ns = now_ns
        if self.is_scrubbing:
            self._next_scrub = instant
            return False
        self.begin(instant, Regime.SCRUBBING, now_ns)
        return True

    def forget_hand(self) -> None:
        """No hand scrubs any more."""
        self._last_scrub_ns = None
        self._next_scrub = None

    def arrive(self, now_ns: int) -> None:
        """The goal is on screen: go on to where the hand is by now, if that is somewhere else."""
        self.goal = None
        if self._next_scrub is not None:
            following, self._next_scrub = self._next_scrub, None
            self.begin(following, Regime.SCRUBBING, now_ns)

    def comes_to_rest(self, now_ns: int) -> bool:
        """Tell, once, that the hand has stood still for a moment."""
        if self._last_scrub_ns is None or self.goal is not None or now_ns - self._last_scrub_ns <= _SCRUB_IS_OVER_NS:
            return False
        self._last_scrub_ns = None
        return True
