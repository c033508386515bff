"""How things stand in court, as the console shows it."""

from __future__ import annotations

from dataclasses import dataclass

from courtroom.show.machine import Show
from evidence.times import IncidentTime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the console shows of how things are.

    Attributes:
        show: the run sheet and where it stands.
        is_pending: the item that was asked for is not on yet.
        is_next_ready: the first exact picture of the next item is there.
        at: the instant that is shown.
        true_speed: the speed over the last second, or None while it stands.
    """

    show: Show
    is_pending: bool
    is_next_ready: bool
    at: IncidentTime
    true_speed: float | None
