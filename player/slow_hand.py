"""Guesses which original will be wanted when a hand that scrubs with proxies lets go: while it moves slowly, the next.

A hand that jumps about lets go somewhere else than where it is now; decoding towards that would be in vain.
"""

from __future__ import annotations

from player.runs import Key

_NEAR_FRAMES = 25


class SlowHand:
    """Follows one camera's scrubbing. Used by one thread."""

    def __init__(self) -> None:
        self._at: Key | None = None
        self._likely: Key | None = None

    def follow(self, key: Key | None) -> Key | None:
        """Return the original to decode towards, or None.

        Args:
            key: the original of the proxy that the hand is on now; None where no hand scrubs with a proxy.
        """
        if key != self._at:
            before, self._at = self._at, key
            is_near = (
                key is not None
                and before is not None
                and key[0] == before[0]
                and abs(key[1] - before[1]) <= _NEAR_FRAMES
            )
            self._likely = key if is_near else None
        return self._likely
