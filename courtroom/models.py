"""The tables of this room, beside those of `evidence.models` and on the same metadata."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models import ID_LENGTH, Base


class RunSheetRow(Base):
    """A run sheet. One that was deleted stays, out of sight, with all its versions."""

    __tablename__ = "run_sheets"
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    current: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[str]
    created_ns: Mapped[int]
    deleted_ns: Mapped[int | None]


class RunSheetVersionRow(Base):
    """One version of a run sheet, whole; it is never changed."""

    __tablename__ = "run_sheet_versions"
    sheet_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("run_sheets.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    saved_by: Mapped[str]
    saved_ns: Mapped[int]
