"""Check 5: every document page and picture file that an item shows is there and can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from courtroom.documents import FOLDER, document_name, document_path
from courtroom.pack.layout import CASE
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material
from courtroom.run_sheet import DocumentPage, FileKind

TryPage = Callable[[Path, FileKind, int], str]
"""Draws a page at the court's size, in a child process; returns "" or why it cannot be drawn."""

_REMEDY = "Save or print the document anew as a PDF, take it over into the case again, and make the pack anew."


def page_results(material: Material, try_page: TryPage) -> list[Result]:
    """Draw every page once, and return what is said of those that will not come."""
    results: list[Result] = []
    drawn: dict[tuple[str, int], str] = {}
    for item in material.items:
        file = item.file
        if file is None:
            continue
        page = item.content.page if isinstance(item.content, DocumentPage) else 1
        inside = f"{CASE}/{FOLDER}/{document_name(file)}"
        path = document_path(material.source.folder / CASE, file)
        if not path.is_file():
            text = f"{file.name} is not in the pack, so the court would see black."
            results.append(material.result(Check.DOCUMENTS, Outcome.FAIL, item, text, _REMEDY, file=inside))
            continue
        key = (inside, page)
        if key not in drawn:
            drawn[key] = try_page(path, file.kind, page)
        if drawn[key]:
            what = f"{file.name}, page {page}" if file.kind is FileKind.PDF else file.name
            text = f"{what} cannot be drawn: {drawn[key]}"
            results.append(material.result(Check.DOCUMENTS, Outcome.FAIL, item, text, _REMEDY, file=inside))
    if not results:
        count = len(drawn)
        text = _all_drawn(count) if count else "No item shows a document or picture."
        results.append(Result(Check.DOCUMENTS, Outcome.PASS, text))
    return results


def _all_drawn(count: int) -> str:
    return "The only page can be drawn." if count == 1 else f"All {count:,} pages and pictures can be drawn."
