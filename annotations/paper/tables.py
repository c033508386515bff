"""What the template `tables.html` prints: paragraphs, facts and tables, for papers that need nothing of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        head: what stands over it.
        percent: of the width of the page; those of a table make 100.
        is_number: whether it is set to the right.
    """

    head: str
    percent: int
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said below it, and a table.

    Attributes:
        heading: "" for none.
        lines: paragraphs.
        columns: of the table.
        rows: text of each cell, as many as there are columns; no table where there are none.
    """

    heading: str
    lines: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def tables_content(
    lines: Sequence[str] = (), facts: Sequence[tuple[str, str]] = (), sections: Sequence[Section] = ()
) -> dict[str, object]:
    """Return the content of a `Paper` whose template is `tables.html`."""
    return {"lines": tuple(lines), "facts": tuple(facts), "sections": tuple(sections)}
