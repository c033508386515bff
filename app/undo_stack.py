"""What can be taken back in the open case, and what can be done again: one stack for everything that people change.

What changes a case returns how to take it back: a `Step` of the annotations' journal, or an `Undoable`. Taking it back
is a change like any other, with its line in the audit log, and returns how to take *that* back: doing it again. The
stack lives as long as the case is open. Pure; used on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotations.journal import Step, revert
from evidence.case import Case

MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Undoable:
    """Something that was done and can be taken back.

    Attributes:
        label: what it was, for people, for instance `change of a mark`.
        take_back: takes it back, in another thread; returns a `Step` or `Undoable` that does it again, or None where
            there was nothing to take back.
    """

    label: str
    take_back: Callable[[Case, str], object]


def undoable(result: object) -> Undoable | None:
    """Return how to take back what a change returned, or None where that cannot be."""
    if isinstance(result, Undoable):
        return result
    if isinstance(result, Step) and result.changes:
        return Undoable(result.label, lambda case, by: revert(case, result, by=by))
    return None


class UndoStack:
    """Two piles: what can be taken back, and what was taken back last."""

    def __init__(self) -> None:
        self._done: list[Undoable] = []
        self._undone: list[Undoable] = []

    @property
    def next_undo(self) -> Undoable | None:
        """What would be taken back, or None."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Undoable | None:
        """What would be done again, or None."""
        return self._undone[-1] if self._undone else None

    def add(self, result: object) -> None:
        """Note what a change returned; what was taken back before cannot be done again any more."""
        found = undoable(result)
        if found is not None:
            self._done.append(found)
            self._undone.clear()
            del self._done[:-MOST_STEPS]

    def took_back(self, item: Undoable, result: object) -> None:
        """Note that something was taken back, and what that returned."""
        self.drop(item)
        self._undone += [found] if (found := undoable(result)) is not None else []

    def did_again(self, item: Undoable, result: object) -> None:
        """Note that something was done again, and what that returned."""
        self.drop(item)
        self._done += [found] if (found := undoable(result)) is not None else []

    def drop(self, item: Undoable) -> None:
        """Forget something that cannot be taken back, or done again, any more."""
        self._done = [one for one in self._done if one is not item]
        self._undone = [one for one in self._undone if one is not item]

    def clear(self) -> None:
        """Forget everything: another case is open."""
        self._done.clear()
        self._undone.clear()
