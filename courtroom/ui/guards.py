"""What court mode keeps away: the screen saver, sleep, and networks."""

from __future__ import annotations

import logging
import socket
import sys
from contextlib import ExitStack

from evidence.errors import SightlineError

_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})
_REFUSED = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


class NetworkRefusedError(SightlineError):
    """Something wanted to use a network while court mode is on."""

    code = "SL-871"


class NetworkGuard:
    """Refuses every use of a network by this program's own code while it is on.

    Python tells an audit hook of each socket before it is used; a hook cannot be taken away, so there is one that is
    switched. Local sockets of the desktop (D-Bus) are let through. Decoder processes are not reached by it: they are
    given files and open nothing else.
    """

    def __init__(self) -> None:
        self.is_on = False
        self.refused = 0
        self._is_hooked = False

    def set_on(self, *, is_on: bool) -> None:
        """Refuse from now on, or no more."""
        if is_on and not self._is_hooked:
            self._is_hooked = True
            sys.addaudithook(self._on_event)
        self.is_on = is_on

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on or event not in _REFUSED:
            return
        first = arguments[0] if arguments else None
        if isinstance(first, socket.socket) and first.family not in _INTERNET:
            return
        self.refused += 1
        raise NetworkRefusedError(
            "Something wanted to use a network while court mode is on; it was refused.",
            meaning="What is shown comes from this machine's disk alone.",
        )


NETWORK = NetworkGuard()
"""The one guard of this process: audit hooks cannot be taken away, so there is no second one."""


class AwakeGuard:
    """Keeps the displays awake.

    Attributes:
        trouble: why that is not so, in words for people, or "".
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.trouble = ""

    def begin(self) -> None:
        """Keep them awake from now on; where the system does not let us, say so."""
        from wakepy import keep

        logging.getLogger("wakepy").setLevel(logging.WARNING)  # it tells every way that it tried
        mode = self._stack.enter_context(keep.presenting(on_fail="pass"))
        if not mode.active:
            self.trouble = "This system does not let Sightline keep the displays awake."

    def end(self) -> None:
        """Let them sleep again."""
        self._stack.close()
