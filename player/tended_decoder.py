"""One camera's decoder process, tended: started when it is needed, and found out where it crashed or hangs.

Everything here runs on the window's thread and never waits.
"""

from __future__ import annotations

from player.decoder_link import DecoderLink, DecoderPool
from player.protocol import Attached, FromDecoder, SourceForm, ToDecoder
from player.pulse import Pulse, feel_pulse

_HANG_NS = 2_000_000_000
_START_NS = 8_000_000_000
_CALM_NS = 4_000_000_000
_FAILURES = 3
_FEEL_AFTER_NS = 500_000_000
_STARVED_WORK_NS = 1_000_000_000
_LONGEST_NS = 20_000_000_000
"""A decoder that is given no processor may keep silent for this long, or for a second of its own work."""


class TendedDecoder:
    """At most one process of one kind.

    Attributes:
        form: of the sources that it is for.
        has_given_up: whether it failed three times in a row.
    """

    def __init__(self, pool: DecoderPool) -> None:
        self._pool = pool
        self._link: DecoderLink | None = None
        self._heard_ns = 0
        self._has_attached = False
        self._failures = 0
        self._last_failure_ns = 0
        self._pulse: Pulse | None = None
        self.form = SourceForm.ORIGINAL
        self.has_given_up = False

    @property
    def is_there(self) -> bool:
        """Whether there is a process, as far as is known."""
        return self._link is not None

    def start(self, now_ns: int) -> None:
        """Take a process; the last one must have been let go of."""
        assert self._link is None
        self._link = self._pool.take(self.form)
        self._has_attached = False
        self._heard_ns = now_ns

    def send(self, message: ToDecoder) -> None:
        """Send without waiting."""
        assert self._link is not None
        self._link.send(message)

    def receive(self, now_ns: int) -> list[FromDecoder]:
        """Return what has arrived."""
        assert self._link is not None
        arrived = self._link.receive()
        if arrived:
            self._heard_ns = now_ns
            self._pulse = None
            self._has_attached = self._has_attached or any(isinstance(message, Attached) for message in arrived)
            if now_ns - self._last_failure_ns > _CALM_NS:
                self._failures = 0
        return arrived

    def begin_to_wait(self, now_ns: int) -> None:
        """Count its silence from now on: something was asked for."""
        self._heard_ns = now_ns
        self._pulse = None

    def find_trouble(self, now_ns: int, *, is_owing: bool) -> str:
        """Return what is wrong with it, as the end of a sentence, or ""; `is_owing`: something was asked for."""
        if self._link is None:
            return ""
        if not self._link.is_alive:
            return "stopped"
        silent_ns = now_ns - self._heard_ns
        if silent_ns < _FEEL_AFTER_NS or not (is_owing or not self._has_attached):
            return ""
        if self._pulse is None:
            self._pulse = feel_pulse(self._link.process_id)
        limit = _HANG_NS if self._has_attached else _START_NS
        if silent_ns <= limit or (silent_ns <= _LONGEST_NS and self._is_starved()):
            return ""
        return "did not answer for two seconds"

    def _is_starved(self) -> bool:
        """Tell whether it could work and is not given a processor, and another one would fare alike."""
        assert self._link is not None
        now = feel_pulse(self._link.process_id)
        if now is None or self._pulse is None:
            return False
        return now.is_ready and now.worked_ns - self._pulse.worked_ns < _STARVED_WORK_NS

    def fail(self, now_ns: int) -> None:
        """End it, since there is trouble; the third time in a row it gives up."""
        self.let_go(is_stuck=True)
        self._failures += 1
        self._last_failure_ns = now_ns
        self.has_given_up = self._failures >= _FAILURES

    def forgive(self) -> None:
        """Forget its failures."""
        self._failures = 0
        self.has_given_up = False

    def let_go(self, *, is_stuck: bool = False) -> None:
        """Let it end."""
        if self._link is not None:
            self._pool.give_back(self._link, is_stuck=is_stuck)
            self._link = None
