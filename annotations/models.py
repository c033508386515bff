"""The tables of this room, beside those of `evidence.models` and on the same metadata."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models import ID_LENGTH, Base


class ItemRow(Base):
    """A row that is one item, see `annotations.journal`; what an item of its kind is, are its other columns."""

    __abstract__ = True
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)


class HistoryRow(Base):
    """One change of one item: its states before and after, NULL where there was none; never changed or deleted."""

    __tablename__ = "history"
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    step_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    item_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    label: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str]
    at_ns: Mapped[int]
    undoes: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)


class CategoryRow(ItemRow):
    """A sort of mark."""

    __tablename__ = "categories"
    name: Mapped[str]
    colour: Mapped[str] = mapped_column(String(7))
    key: Mapped[int | None] = mapped_column(Integer)
    is_range: Mapped[bool]
    position: Mapped[int] = mapped_column(Integer)
    changed_by: Mapped[str]
    changed_ns: Mapped[int]


class PersonRow(ItemRow):
    """Somebody who is seen or heard, as a person typed it; nothing recognises anybody."""

    __tablename__ = "people"
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(40))
    changed_by: Mapped[str]
    changed_ns: Mapped[int]


class MarkRow(ItemRow):
    """A mark: a moment or a range, on the incident or on a camera's picture."""

    __tablename__ = "marks"
    instant_ns: Mapped[int] = mapped_column(index=True)
    end_ns: Mapped[int | None]
    recording_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    stream: Mapped[int | None] = mapped_column(Integer)
    pts: Mapped[int | None]
    end_pts: Mapped[int | None]
    time_base_num: Mapped[int | None]
    time_base_den: Mapped[int | None]
    text: Mapped[str]
    category_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    colour: Mapped[str] = mapped_column(String(7))
    tags: Mapped[list[Any]]
    people: Mapped[list[Any]]
    by: Mapped[str]
    created_ns: Mapped[int]
    changed_by: Mapped[str]
    changed_ns: Mapped[int]
