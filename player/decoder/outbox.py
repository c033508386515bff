"""Pictures that are ready long before they are shown are told of together: each message wakes the window.

While it plays, a decoder fills the ring in bursts. The first picture of a burst may be waited for and is told of at
once; those that follow quickly go in one message. Where decoding is slow, each is told of as it comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from player.protocol import FrameReady, FromDecoder

_QUICK_NS = 4_000_000
"""Pictures that take longer than this are told of one by one."""

_LONGEST_NS = 8_000_000
"""No picture is kept back for longer, but for the time that one step of decoding takes."""

Send = Callable[[FromDecoder | tuple[FrameReady, ...]], None]


class Outbox:
    """Between a worker and its pipe. Used by one thread."""

    def __init__(self, send: Send, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._send = send
        self._now_ns = now_ns
        self._kept: list[FrameReady] = []
        self._last_ns = 0
        self._since_ns = 0
        self._is_hurried = True

    def begin(self, *, is_ahead: bool) -> None:
        """Something else is wanted from now on; `is_ahead`: for later, all but the first picture."""
        self.flush()
        self._is_hurried = not is_ahead
        self._last_ns = 0

    def put(self, message: FromDecoder) -> None:
        """Send a message, or keep it for a moment."""
        if not isinstance(message, FrameReady):
            self.flush()
            self._send(message)
            return
        now = self._now_ns()
        is_quick, self._last_ns = now - self._last_ns < _QUICK_NS, now
        if not self._kept:
            self._since_ns = now
        self._kept.append(message)
        if self._is_hurried or not is_quick or now - self._since_ns > _LONGEST_NS:
            self.flush()

    def flush(self) -> None:
        """Send what was kept: nothing else comes for now."""
        if len(self._kept) == 1:
            self._send(self._kept[0])
        elif self._kept:
            self._send(tuple(self._kept))
        self._kept.clear()
