"""What preflight checks, each thing declared once with its number; and what came of one, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Self


class Outcome(StrEnum):
    """What came of a check."""

    PASS = "pass"  # noqa: S105 - no password
    """It was looked at, and is as it should be."""

    NOTE = "note"
    """It does not stand in the way, or cannot be known here: a person should read it."""

    FAIL = "fail"
    """It is not as it should be, or it should be known and is not."""


class Check(Enum):
    """Everything that is checked: number, id for machines, title for people."""

    FILES = (1, "files", "Files and their hashes")
    SIGNATURE = (2, "signature", "Signature")
    CONTENTS = (3, "contents", "Run sheet and extract of the case")
    TIMES = (4, "times", "Times of the items")
    DOCUMENTS = (5, "documents", "Documents and pictures")
    TABLES = (6, "frame-tables", "Frame tables")
    DECODING = (7, "decoding", "Every frame decoded")
    SPEED = (8, "real-time", "Real time")
    DISPLAYS = (9, "displays", "Displays")
    SIZE = (10, "display-size", "Size of the court's display")
    SOUND = (11, "sound", "Sound device")
    HEARD = (12, "heard", "Tone heard")
    POWER = (13, "power", "Power")
    DISK = (14, "disk", "Free disk")
    MEMORY = (15, "memory", "Free memory")
    CLOCK = (16, "clock", "Date, time and zone")
    SLEEP = (17, "sleep", "Sleep and screen saver")
    NOTIFICATIONS = (18, "notifications", "Notifications")
    NETWORK = (19, "network", "Network")
    REHEARSAL = (20, "court-screen", "First picture of each item on the court's display")
    RECORDED_SOUND = (21, "recorded-sound", "Sound of the items")

    def __init__(self, number: int, identity: str, title: str) -> None:
        self.number = number
        self.identity = identity
        self.title = title

    @classmethod
    def named(cls, identity: str) -> Self:
        """Return the check with this id. Raises ValueError where there is none."""
        for one in cls:
            if one.identity == identity:
                return one
        raise ValueError(f"there is no check {identity!r}")


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that a check says.

    Attributes:
        outcome: PASS, NOTE or FAIL.
        reason: what was found and what it means, a sentence or two.
        remedy: what to do; "" where nothing need be done.
        place: number of the item that it is about, from 1; 0 for the whole pack or the machine.
        item: that item's title, or "".
        camera: the camera's name, or "".
        file: the file as seen from the pack, or "".
        at: the local time on the pictures that it is about, or "".
        can_be_eased: a proxy of this item can help.
    """

    check: Check
    outcome: Outcome
    reason: str
    remedy: str = ""
    place: int = 0
    item: str = ""
    camera: str = ""
    file: str = ""
    at: str = ""
    can_be_eased: bool = False

    @property
    def where(self) -> str:
        """What it is about, in one line, or ""."""
        parts = (f"Item {self.place}, “{self.item}”" if self.place else "", self.camera, self.file, self.at)
        return " · ".join(part for part in parts if part)

    def __str__(self) -> str:
        head = f"{self.check.number}. {self.check.title}"
        return ": ".join(part for part in (head, self.where, self.reason) if part)


def worst_outcome(results: Iterable[Result]) -> Outcome:
    """Return FAIL where anything failed, else PASS: notes do not stand in the way. Nothing looked at is a FAIL."""
    outcomes = {one.outcome for one in results}
    return Outcome.FAIL if Outcome.FAIL in outcomes or not outcomes else Outcome.PASS
