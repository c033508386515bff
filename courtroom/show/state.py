"""Where court mode stands: frozen, so that every state before can be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from evidence.times import IncidentTime


class Screen(StrEnum):
    """What the court sees."""

    LIVE = "live"
    """What the presenter's item shows."""

    BLACK = "black"
    HELD = "held"
    """The frame that it saw last, whatever the presenter does."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the run sheet: an item, and how it stands.

    Attributes:
        place: number of the item, from 0.
        at: the instant on the common clock.
        rate: the speed.
        focus: the camera that is shown alone, or None for all as laid out.
    """

    place: int
    at: IncidentTime
    rate: Fraction
    focus: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """Where the court was left when the presenter began to look for something in private."""

    spot: Spot
    screen: Screen


@dataclass(frozen=True, slots=True)
class ShowState:
    """Where court mode stands.

    Attributes:
        spot: what the presenter's keys act on.
        screen: what the court sees; never live while `aside` is set.
        is_playing: whether time goes on in the item.
        is_muted: whether the court hears nothing.
        tells_reference: whether exhibit reference and local time are written on the court screen.
        aside: None, or where the court was left while the presenter looks for something in private.
    """

    spot: Spot
    screen: Screen = Screen.BLACK
    is_playing: bool = False
    is_muted: bool = False
    tells_reference: bool = True
    aside: Aside | None = None

    @property
    def is_private(self) -> bool:
        """Whether the court does not see what the presenter looks at."""
        return self.aside is not None
