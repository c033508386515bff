"""Pages of documents on the court screen: prepared like any item, and one that cannot be drawn stops nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QWheelEvent
from PySide6.QtTest import QTest

from courtroom.run_sheet import DocumentPage, FileKind, Image, Item, SheetFile
from courtroom.show.events import Press
from courtroom.show.trouble import TroubleKind
from tests.courtroom.ui.conftest import OpenCourt
from tests.support.court import card_item, clip_item

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


@pytest.fixture
def chart(tmp_path: Path, qapp: object) -> Path:
    """Return a picture larger than the court screen: black, with red, green and fine white lines at the right."""
    path = tmp_path / "chart.png"
    image = QImage(2560, 1440, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    painter.fillRect(1920, 360, 320, 720, QColor("#cc0000"))
    painter.fillRect(2240, 360, 320, 720, QColor("#00aa00"))
    for column in range(1920, 2560, 4):
        painter.fillRect(column, 720, 2, 360, QColor("#ffffff"))
    painter.end()
    assert image.save(str(path))
    return path


def image_item(number: int) -> Item:
    return Item(f"image-{number}", "Chart", Image(SheetFile("chart.png", "cd" * 32, 10, FileKind.PNG, 1)))


def test_a_part_of_a_page_or_an_image_is_shown_large_and_sharp_and_logged(
    open_in_court: OpenCourt, document: Path, chart: Path
) -> None:
    court = open_in_court(
        [image_item(1), page_item(2, 1), card_item(3, "R v Smith")], paths={"image-1": chart, "page-2": document}
    )
    mirror = court.mode.console.mirror

    def colour(x: float, y: float) -> tuple[int, ...]:
        seen = court.seen()
        height, width = seen.shape[:2]
        return tuple(int(one) // 64 for one in seen[int(height * y), int(width * x), 2::-1])

    def zoom() -> float:
        picture = court.mode.screen.picture
        return 0.0 if picture is None or picture.page is None else picture.page.view.zoom

    def drag(x: float, y: float, x_end: float, y_end: float) -> None:
        rect = mirror.picture_rect
        spots = [
            QPoint(round(rect.left() + rect.width() * a), round(rect.top() + rect.height() * b))
            for a, b in ((x, y), (x_end, y_end))
        ]
        QTest.mousePress(mirror, Qt.MouseButton.LeftButton, pos=spots[0])
        QTest.mouseMove(mirror, spots[1])
        QTest.mouseRelease(mirror, Qt.MouseButton.LeftButton, pos=spots[1])

    court.mode.conductor.press(Press.SHOW)
    court.settle(lambda: colour(0.8, 0.3) == (3, 0, 0))
    drag(0.5, 0.25, 1.0, 0.75)
    court.settle(lambda: colour(0.6, 0.2) == (3, 0, 0) and colour(0.9, 0.2) == (0, 2, 0))
    fine = np.index_exp[420:640, 660:940, 1]
    court.settle(lambda: int(np.ptp(court.seen()[fine].astype(int), axis=1).min()) > 200)  # the lines stand apart
    court.settle(lambda: "around 0.7" in court.log.read_text())
    QTest.keyClick(court.mode.console, Qt.Key.Key_Z)
    court.settle(lambda: colour(0.2, 0.3) == (0, 0, 0) and colour(0.8, 0.3) == (3, 0, 0))
    court.settle(lambda: court.mode.conductor.standing().is_next_ready)
    court.mode.conductor.press(Press.NEXT)
    court.settle(lambda: colour(0.5, 0.5) == (3, 0, 0) and colour(0.1, 0.5) == (0, 0, 0))
    middle = mirror.picture_rect.center()
    for notch in range(1, 6):
        no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        at, up, phase = mirror.mapToGlobal(middle), QPoint(0, 120), Qt.ScrollPhase.NoScrollPhase
        wheel = QWheelEvent(middle, at, QPoint(), up, no_button, no_key, phase, False)
        QCoreApplication.sendEvent(mirror, wheel)
        court.settle(lambda notch=notch: zoom() > 1.24**notch)  # type: ignore[misc]
    court.settle(lambda: colour(0.02, 0.5) == (3, 0, 0))
    court.mode.conductor.press(Press.NEXT)
    court.settle(lambda: court.mode.screen.picture is not None and court.mode.screen.picture.place == 2)
    drag(0.2, 0.2, 0.4, 0.4)
    told = court.mode.troubles.gravest
    assert told is not None, "a card is not zoomed into, and that is said"
    assert "nothing to zoom into" in told.words


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
