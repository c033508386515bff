"""What the presenter must know, in one line, with the next step: the court never sees any of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from courtroom.show.events import Press


class TroubleKind(StrEnum):
    """Of what sort it is; there is one of each at a time."""

    DISPLAY = "display"
    PICTURE = "picture"
    WAITING = "waiting"
    NEXT = "next item"
    DRIVE = "drive"
    PACK = "pack"
    MISSING = "missing"
    FAULT = "fault"
    LOG = "log"
    SOUND = "sound"
    SLEEP = "sleep"
    PREFLIGHT = "preflight"
    """The presenter asked for it, so its line comes before all others; it goes by itself."""

    NOTE = "note"


class Weight(IntEnum):
    """How much it matters now."""

    NOTE = 0
    WARNING = 1
    STOP = 2
    """The court's picture stands still because of it."""

    FIRST = 3
    """It must be known before anything is shown."""


_WEIGHTS = {
    TroubleKind.DISPLAY: Weight.STOP,
    TroubleKind.PICTURE: Weight.STOP,
    TroubleKind.WAITING: Weight.STOP,
    TroubleKind.PACK: Weight.FIRST,
    TroubleKind.PREFLIGHT: Weight.FIRST,
    TroubleKind.NEXT: Weight.WARNING,
    TroubleKind.DRIVE: Weight.WARNING,
    TroubleKind.MISSING: Weight.WARNING,
    TroubleKind.FAULT: Weight.WARNING,
    TroubleKind.LOG: Weight.WARNING,
    TroubleKind.SOUND: Weight.NOTE,
    TroubleKind.SLEEP: Weight.NOTE,
    TroubleKind.NOTE: Weight.NOTE,
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not as it should be.

    Attributes:
        words: what happened, one sentence.
        next_step: what to do, one sentence; may be empty.
        offer: the press that does it, or None.
    """

    kind: TroubleKind
    words: str
    next_step: str = ""
    offer: Press | None = None

    @property
    def weight(self) -> Weight:
        """How much it matters."""
        return _WEIGHTS[self.kind]

    @property
    def line(self) -> str:
        """Both in one line."""
        return f"{self.words} {self.next_step}".strip()


class TroubleBoard:
    """What is not as it should be now. Used by one thread.

    Attributes:
        now: by kind, in the order in which they came.
    """

    def __init__(self) -> None:
        self.now: dict[TroubleKind, Trouble] = {}

    def tell(self, trouble: Trouble) -> bool:
        """Put one up in the place of the one of its kind; return whether that is news."""
        is_news = self.now.get(trouble.kind) != trouble
        self.now[trouble.kind] = trouble
        return is_news

    def clear(self, kind: TroubleKind) -> bool:
        """Take one down; return whether it was there."""
        return self.now.pop(kind, None) is not None

    @property
    def gravest(self) -> Trouble | None:
        """What the one line says: the gravest, of these the newest; None where all is well."""
        return max(reversed(self.now.values()), key=lambda one: one.weight, default=None)
