"""Who makes observations, when, and where their ids come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finder:
    """Who finds, when, and where new ids come from.

    Attributes:
        by: name of the person, or of the program and its version.
        now_ns: ns since the epoch by this machine's clock.
        new_id: makes an id that is nowhere else.
    """

    by: str
    now_ns: int
    new_id: Callable[[], str]
