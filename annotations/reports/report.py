"""What a report is: a paper for people and the same as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotations.paper import Paper, Picture
from annotations.paper.csv_table import Cell
from annotations.reports.scope import Maker
from evidence.records import CaseInfo


@dataclass(frozen=True, eq=False)
class Report:
    """One report.

    Attributes:
        paper: for people.
        heads: of the table.
        rows: of the table.
        items: how many marks, recordings or cameras it tells of.
    """

    paper: Paper
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    items: int


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """What all papers of a case have in common."""

    info: CaseInfo
    maker: Maker
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def paper(self, template: str, title: str, content: Mapping[str, object], *, is_landscape: bool = False) -> Paper:
        """Return a paper of the case."""
        return Paper(
            template=template,
            title=title,
            case_reference=self.info.reference,
            case_title=self.info.title,
            time_zone=self.info.time_zone,
            made_by=self.maker.by,
            made_ns=self.maker.made_ns,
            content=content,
            pictures=self.pictures,
            is_landscape=is_landscape,
        )
