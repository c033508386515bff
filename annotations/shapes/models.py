"""The table of shapes."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from annotations.models import ItemRow
from evidence.models import ID_LENGTH


class ShapeRow(ItemRow):
    """A shape on a recording's picture; what it is, is JSON (`annotations.shapes.state`)."""

    __tablename__ = "shapes"
    recording_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    state: Mapped[str]
    changed_by: Mapped[str]
    changed_ns: Mapped[int]
