"""The tables of this room, beside those of `evidence.models` and on the same metadata."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models import ID_LENGTH, Base


class MarkRow(Base):
    """A mark on the incident. One that was deleted stays, out of sight, for its history."""

    __tablename__ = "marks"
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    instant_ns: Mapped[int] = mapped_column(index=True)
    text: Mapped[str]
    by: Mapped[str]
    created_ns: Mapped[int]
    changed_by: Mapped[str]
    changed_ns: Mapped[int]
    deleted_ns: Mapped[int | None]
