"""The table of clips."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from annotations.models import ItemRow


class ClipRow(ItemRow):
    """A clip; how it is cut and what was exported of it is JSON (`annotations.clips.clip`)."""

    __tablename__ = "clips"
    start_ns: Mapped[int] = mapped_column(index=True)
    end_ns: Mapped[int]
    name: Mapped[str]
    exhibit: Mapped[str]
    note: Mapped[str]
    how: Mapped[dict[str, Any]]
    exports: Mapped[list[Any]]
    changed_by: Mapped[str]
    changed_ns: Mapped[int]
