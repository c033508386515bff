"""Undo and redo of the open case: one stack, two keys, and menus that say what would be taken back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from annotations.journal import ChangedMeanwhileError
from app.session import CaseSession
from app.undo_stack import Undoable, UndoStack
from evidence.case import Case
from evidence.errors import SightlineError


class UndoDesk(QObject):
    """Lives on the UI thread.

    Signals:
        changed: something else would be taken back, or done again.
    """

    changed = Signal()

    def __init__(self, session: CaseSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stack = UndoStack()
        session.edited.connect(self._on_edited)
        session.opened.connect(self._on_other_case)
        session.closed.connect(self._on_other_case)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self._stack.next_undo is not None

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back that can be done again."""
        return self._stack.next_redo is not None

    @property
    def undo_title(self) -> str:
        """What the menu says: `Undo: change of a mark`."""
        return _title("Undo", self._stack.next_undo)

    @property
    def redo_title(self) -> str:
        """What the menu says: `Redo: change of a mark`."""
        return _title("Redo", self._stack.next_redo)

    def undo(self) -> None:
        """Take back what was done last."""
        self._ask(is_undo=True)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._ask(is_undo=False)

    def _ask(self, *, is_undo: bool) -> None:
        """Take back what was done last once this has its turn: after every change that was asked for before."""
        taken: list[Undoable] = []

        def change(case: Case, by: str) -> object:
            item = self._stack.next_undo if is_undo else self._stack.next_redo
            if item is None:
                return None
            taken.append(item)
            return item.take_back(case, by)

        def noted(result: object) -> None:
            for item in taken:
                note = self._stack.took_back if is_undo else self._stack.did_again
                note(item, result)
            self.changed.emit()

        def failed(error: SightlineError) -> None:
            if isinstance(error, ChangedMeanwhileError):
                for item in taken:
                    self._stack.drop(item)
            self.changed.emit()

        self._session.edit("Undoing" if is_undo else "Redoing", change, failed=failed, noted=noted)

    def _on_edited(self, result: object) -> None:
        self._stack.add(result)
        self.changed.emit()

    def _on_other_case(self) -> None:
        self._stack.clear()
        self.changed.emit()


def _title(verb: str, item: Undoable | None) -> str:
    return verb if item is None else f"{verb}: {item.label}"
