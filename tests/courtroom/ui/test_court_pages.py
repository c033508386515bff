"""Pages of documents on the court screen: prepared like any item, and one that cannot be drawn stops nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPageSize, QPainter, QPdfWriter

from courtroom.run_sheet import DocumentPage, FileKind, Item, SheetFile
from courtroom.show.events import Press
from courtroom.show.trouble import TroubleKind
from tests.courtroom.ui.conftest import OpenCourt
from tests.support.court import clip_item

pytestmark = pytest.mark.gui


@pytest.fixture
def document(tmp_path: Path, qapp: object) -> Path:
    """Return a PDF of a red and a green page."""
    path = tmp_path / "pages.pdf"
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    painter = QPainter(writer)
    painter.fillRect(0, 0, writer.width(), writer.height(), QColor("#cc0000"))
    writer.newPage()
    painter.fillRect(0, 0, writer.width(), writer.height(), QColor("#00aa00"))
    painter.end()
    return path


def page_item(number: int, page: int, pages: int = 2) -> Item:
    file = SheetFile("pages.pdf", "ab" * 32, 10, FileKind.PDF, pages)
    return Item(f"page-{number}", f"Page {page}", DocumentPage(file, page))


def test_pages_come_whole_and_a_broken_document_stops_nothing(open_in_court: OpenCourt, document: Path) -> None:
    broken = document.with_name("broken.pdf")
    broken.write_bytes(b"%PDF-1.7\nnothing of a document")
    items = [page_item(1, 1), page_item(2, 2), page_item(3, 1), clip_item(4, 30, 40)]
    court = open_in_court(items, paths={"page-1": document, "page-2": document, "page-3": broken})
    press = court.mode.conductor.press

    def middle() -> tuple[int, ...]:
        seen = court.seen()
        height, width = seen.shape[:2]
        return tuple(int(one) // 64 for one in seen[height // 2, width // 2, 2::-1])

    press(Press.SHOW)
    court.settle(lambda: middle() == (3, 0, 0))
    edge = court.seen()[:, : court.seen().shape[1] // 4, :3]
    assert not np.any(edge), "an upright page stands on black"
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    press(Press.NEXT)
    assert middle() == (0, 2, 0)
    court.settle(lambda: TroubleKind.NEXT in court.mode.troubles.now)
    press(Press.NEXT)
    court.settle(lambda: TroubleKind.PICTURE in court.mode.troubles.now)
    assert middle() == (0, 2, 0), "the last good picture stays"
    press(Press.NEXT)
    court.wait_for(30)
