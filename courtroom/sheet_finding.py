"""What the finder knows of run sheets: each item by its title, reference, notes, words and key moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotations.finding.query import FindKind
from annotations.finding.sources import Document, Source
from courtroom.errors import RunSheetError
from courtroom.models import RunSheetRow, RunSheetVersionRow
from courtroom.pack.needs import shown_span
from courtroom.run_sheet import Card, Item
from courtroom.run_sheet_json import from_json

_PARTED = "/"


def sheet_and_item(item_id: str) -> tuple[str, str]:
    """Return the ids of the run sheet and of the item that a document's id names."""
    sheet_id, _, own_id = item_id.partition(_PARTED)
    return sheet_id, own_id


def _items(session: Session, _ids: Sequence[str] | None) -> Iterator[Document]:
    """Give every item of the current version of every run sheet that is not deleted."""
    query = select(RunSheetVersionRow.content).join(
        RunSheetRow,
        (RunSheetRow.id == RunSheetVersionRow.sheet_id) & (RunSheetRow.current == RunSheetVersionRow.number),
    )
    for content in session.execute(query.where(RunSheetRow.deleted_ns.is_(None))).scalars():
        try:
            sheet = from_json(content.encode())
        except RunSheetError:
            continue  # one that cannot be read is told where it is opened
        for item in sheet.items:
            yield _document(item, sheet.id, sheet.title)


def _document(item: Item, sheet_id: str, sheet_title: str) -> Document:
    lines = " ".join(item.content.lines) if isinstance(item.content, Card) else ""
    file = "" if item.file is None else item.file.name
    span = shown_span(item)
    text = item.title or lines or file or item.exhibit or item.kind.value
    said = (lines, file, item.exhibit, item.notes, *(one.label for one in item.key_moments), sheet_title)
    return Document(
        kind=FindKind.SHEET_ITEM,
        item_id=f"{sheet_id}{_PARTED}{item.id}",
        text=text,
        names=" · ".join(part for part in said if part and part != text),
        start_ns=None if span is None else span.start,
    )


SHEET_ITEMS = Source(FindKind.SHEET_ITEM, _items, "")
