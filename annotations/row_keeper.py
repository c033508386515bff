"""A keeper for items that are one row each: a kind says how its rows and states relate, the rest is here."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotations.models import ItemRow
from annotations.steps import Stamp, State

Row = TypeVar("Row", bound=ItemRow)


class RowKeeper(abc.ABC, Generic[Row]):
    """Keeps items whose table is an `annotations.models.ItemRow`.

    Attributes:
        name: the kind, see `annotations.journal.Keeper`.
        row_class: the table.
    """

    name: ClassVar[str]
    row_class: type[Row]

    @abc.abstractmethod
    def state_of(self, row: Row) -> State:
        """Return the state of a row."""

    @abc.abstractmethod
    def fill(self, row: Row, state: State, stamp: Stamp) -> None:
        """Give a row, new or not, the values of a state.

        Raises:
            UsageError: the state is none that this kind of item can have.
        """

    @abc.abstractmethod
    def title(self, state: State) -> str:
        """Return an item's name for people, for instance `the mark “Door opens”`."""

    def read(self, session: Session, ids: Sequence[str]) -> Mapping[str, State]:
        """Return the states of those of these items that are there."""
        return {item_id: self.state_of(row) for item_id, row in self._rows(session, ids).items()}

    def write(self, session: Session, states: Mapping[str, State | None], stamps: Mapping[str, Stamp]) -> None:
        """Give items these states."""
        rows = self._rows(session, list(states))
        for item_id, state in states.items():
            row = rows.get(item_id)
            if state is None:
                if row is not None:
                    session.delete(row)
                continue
            if row is None:
                row = self.row_class(id=item_id)
                session.add(row)
            self.fill(row, state, stamps[item_id])
        session.flush()

    def _rows(self, session: Session, ids: Sequence[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for start in range(0, len(ids), _MOST_AT_ONCE):
            query = select(self.row_class).where(self.row_class.id.in_(ids[start : start + _MOST_AT_ONCE]))
            for row in session.execute(query).scalars():
                found[row.id] = row
        return found


_MOST_AT_ONCE = 500
"""Ids in one query: databases bound the number of parameters."""
