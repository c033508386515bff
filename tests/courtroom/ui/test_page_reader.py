"""Pages of documents and picture files: drawn in a child process, that hostile ones may break and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter

from courtroom.errors import DocumentError
from courtroom.run_sheet import FileKind
from courtroom.ui.page_messages import PagePicture
from courtroom.ui.page_reader import PageReader
from tests.support.packs import PDF

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    """A reader that several tests use."""
    with PageReader() as one:
        yield one


@pytest.fixture
def document(tmp_path: Path, qapp: object) -> Path:
    """A PDF of two landscape pages: the left half of the first is red, the second is all blue."""
    path = tmp_path / "pages.pdf"
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QSizeF(200, 100), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    width, height = writer.width(), writer.height()
    painter.fillRect(0, 0, width // 2, height, QColor(255, 0, 0))
    writer.newPage()
    painter.fillRect(0, 0, width, height, QColor(0, 0, 255))
    painter.end()
    return path


def colour_at(picture: PagePicture, x: float, y: float) -> tuple[int, ...]:
    pixels = np.frombuffer(picture.pixels, dtype=np.uint8).reshape(picture.height, picture.width, 3)
    return tuple(int(value) for value in pixels[int(picture.height * y), int(picture.width * x)])


def test_pages_are_counted_and_drawn_in_their_own_shape(reader: PageReader, document: Path) -> None:
    assert reader.count(document, FileKind.PDF) == 2
    first = reader.draw(document, FileKind.PDF, 1, (640, 640))
    assert first.width == 640
    assert abs(first.height - 320) <= 1  # a PDF page is measured in points
    assert colour_at(first, 0.2, 0.5) == (255, 0, 0)
    assert colour_at(first, 0.8, 0.5) == (255, 255, 255)
    assert colour_at(reader.draw(document, FileKind.PDF, 2, (64, 64)), 0.8, 0.5) == (0, 0, 255)


@pytest.mark.parametrize(("kind", "ending"), [(FileKind.PNG, "png"), (FileKind.JPEG, "jpg")])
def test_picture_files_are_drawn(reader: PageReader, tmp_path: Path, kind: FileKind, ending: str) -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB888)
    image.fill(QColor(0, 200, 0))
    path = tmp_path / f"picture.{ending}"
    assert image.save(str(path), quality=100)
    assert reader.count(path, kind) == 1
    drawn = reader.draw(path, kind, 1, (150, 150))
    assert (drawn.width, drawn.height) == (150, 50)
    assert np.allclose(colour_at(drawn, 0.5, 0.5), (0, 200, 0), atol=3)


def test_a_picture_with_nothing_behind_it_is_drawn_on_white(reader: PageReader, tmp_path: Path) -> None:
    image = QImage(100, 100, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    path = tmp_path / "lines.png"
    assert image.save(str(path))
    drawn = reader.draw(path, FileKind.PNG, 1, (50, 50))
    assert colour_at(drawn, 0.5, 0.5) == (255, 255, 255), "black lines would be black on black"


def test_what_cannot_be_drawn_is_told_in_words(reader: PageReader, document: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(PDF)
    nothing = tmp_path / "nothing.png"
    nothing.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    for path, kind, page in (
        (broken, FileKind.PDF, 1),
        (nothing, FileKind.PNG, 1),
        (document, FileKind.PDF, 3),
        (tmp_path / "missing.pdf", FileKind.PDF, 1),
    ):
        with pytest.raises(DocumentError, match=path.name):
            reader.draw(path, kind, page, (100, 100))
    assert reader.count(document, FileKind.PDF) == 2


def test_a_child_that_is_killed_is_replaced(reader: PageReader, document: Path) -> None:
    reader.count(document, FileKind.PDF)
    process = reader._worker._process
    assert process is not None
    process.kill()
    process.join(5)
    assert reader.count(document, FileKind.PDF) == 2
