"""What a change of annotations is made of: items and their states, keepers of a kind, edits, steps.

See `annotations.journal`, which does the changing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from evidence.audit import JsonValue
from evidence.errors import CaseError

State = Mapping[str, JsonValue]
"""What an item is, without its id and without who changed it when: plain JSON, numbers are integers."""


class ChangedMeanwhileError(CaseError):
    """A step cannot be taken back, as an item is no longer as the step left it."""

    code = "SL-110"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who changed an item, and when.

    Attributes:
        by: who, cleaned.
        at_ns: when, ns since the epoch by that machine's clock.
    """

    by: str
    at_ns: int


class Keeper(Protocol):
    """Reads and writes the items of one kind within a transaction."""

    @property
    def name(self) -> str:
        """The kind, for instance `mark`; it stands in the history and in the audit log, so it never changes."""

    def read(self, session: Session, ids: Sequence[str]) -> Mapping[str, State]:
        """Return the states of those of these items that are there."""

    def write(self, session: Session, states: Mapping[str, State | None], stamps: Mapping[str, Stamp]) -> None:
        """Give items these states, making those that are not there and taking away those whose state is None.

        Args:
            session: the transaction.
            states: by the id of the item.
            stamps: who made each state, by the id of the item.

        Raises:
            UsageError: a state is none that this kind of item can have.
        """

    def title(self, state: State) -> str:
        """Return an item's name for people, for instance `the mark “Door opens”`."""


Make = Callable[[State | None, Stamp], State | None]
"""Works out an item's new state from the one before (None where there is no such item) and who changes it when."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A wish to change one item.

    Attributes:
        keeper: of its kind.
        item_id: its id.
        make: gives its new state; called within the transaction.
        stamp: who made this state and when, where that was somewhere else (an item that is imported); else None.
    """

    keeper: Keeper
    item_id: str
    make: Make
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a step did to one item; `before` is None where it was made, `after` where it was taken away."""

    keeper: Keeper
    item_id: str
    before: State | None
    after: State | None


@dataclass(frozen=True, slots=True)
class Step:
    """What was changed together.

    Attributes:
        id: permanent id.
        label: for people and menus, for instance `change of a mark`.
        changes: in the order in which they were made; empty where it turned out that there was nothing to change.
        by: who made it.
        at_ns: when, ns since the epoch by this machine's clock.
        undoes: id of the step that it takes back, or "".
    """

    id: str
    label: str
    changes: tuple[ItemChange, ...]
    by: str
    at_ns: int
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one item, as the case keeps it.

    Attributes:
        step_id: the step it belongs to.
        kind: name of the item's keeper.
        item_id: the item.
        label: of the step.
        before: the state before, None where the item was made.
        after: the state after, None where it was taken away.
        by: who changed it.
        at_ns: when, ns since the epoch by that machine's clock.
        undoes: id of the step that the step takes back, or "".
    """

    step_id: str
    kind: str
    item_id: str
    label: str
    before: State | None
    after: State | None
    by: str
    at_ns: int
    undoes: str
