"""What comes to the state machine: presses of the presenter, and what happened by itself; and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from courtroom.show.state import Screen
from evidence.times import DurationNs, IncidentTime


class Press(StrEnum):
    """A key, or the button of that name."""

    NEXT = "next"
    BACK = "back"
    BLACK = "black"
    HOLD = "hold"
    PLAY = "play"
    STEP_ON = "frame on"
    STEP_BACK = "frame back"
    SECOND_ON = "second on"
    SECOND_BACK = "second back"
    SLOWER = "slower"
    FASTER = "faster"
    NORMAL_SPEED = "normal speed"
    START = "start"
    END = "end"
    MOMENT_ON = "next moment"
    MOMENT_BACK = "moment before"
    MUTE = "mute"
    PRIVATE = "private"
    SHOW = "show"
    REFERENCE = "reference"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class GoTo:
    """The presenter chose an item, and perhaps an instant of it."""

    place: int
    at: IncidentTime | None = None


@dataclass(frozen=True, slots=True)
class Focus:
    """The presenter wants one camera alone, by its number in the item from 0; None for all."""

    number: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The picture of this instant is there; told before every press, and whenever a second has gone by."""

    at: IncidentTime


@dataclass(frozen=True, slots=True)
class Ended:
    """The clip has come to its last frame by itself."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Play cannot go on: a picture failed, or the court's display is gone."""


Event: TypeAlias = Press | GoTo | Focus | Moved | Ended | Halted


@dataclass(frozen=True, slots=True)
class Present:
    """Bring this item on, at this instant; what is shown stays until its picture is there."""

    place: int
    at: IncidentTime
    focus: str | None


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to this instant of the item that is on."""

    at: IncidentTime


@dataclass(frozen=True, slots=True)
class Step:
    """Go this many frames on, or back where negative."""

    frames: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Go this far on, or back where negative; within the item."""

    by_ns: DurationNs


@dataclass(frozen=True, slots=True)
class SetPlaying:
    """Play, or stand."""

    is_playing: bool


@dataclass(frozen=True, slots=True)
class SetRate:
    """Play at this speed."""

    rate: Fraction


@dataclass(frozen=True, slots=True)
class SetFocus:
    """Show this camera alone; None for all."""

    camera_id: str | None


@dataclass(frozen=True, slots=True)
class SetScreen:
    """Let the court see this; `is_private`: the presenter looks at something else."""

    screen: Screen
    is_private: bool


@dataclass(frozen=True, slots=True)
class SetMuted:
    """Let the court hear nothing, or what the item says."""

    is_muted: bool


@dataclass(frozen=True, slots=True)
class SetReference:
    """Write exhibit reference and local time on the court screen, or do not."""

    is_shown: bool


Effect: TypeAlias = (
    Present | Seek | Step | Shift | SetPlaying | SetRate | SetFocus | SetScreen | SetMuted | SetReference
)
