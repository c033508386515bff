"""The child process that draws pages of documents, and picture files: orders from a pipe, each answered.

Light to import; Qt is loaded in the child, without a display. It ends when the pipe closes. Hostile bytes can break it
and nothing else: it opens files read-only and writes nothing.
"""

from __future__ import annotations

import contextlib
import os
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from courtroom.ui.page_messages import (
    CountOrder,
    FromPageChild,
    NoPage,
    PageCount,
    PageOrder,
    PagePart,
    PagePicture,
    ToPageChild,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtPdf import QPdfDocument

MOST_PIXELS = 1 << 26
_PICTURE_MEMORY_MB = 512
_MOST_MEMORY_BYTES = 4 << 30


def run(pipe: Connection[FromPageChild, ToPageChild]) -> None:
    """Draw what is ordered until the pipe closes. Runs in the child process."""
    _limit_memory()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QImageReader

    application = QGuiApplication(["pages"])
    QImageReader.setAllocationLimit(_PICTURE_MEMORY_MB)
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = pipe.recv()
            try:
                answer = _answer(order)
            except Exception as error:  # noqa: BLE001 - gate: this process tells whatever a hostile file did
                answer = NoPage(str(error) or type(error).__name__)
            pipe.send(answer)
    del application


def _limit_memory() -> None:
    """Let a file that asks for too much memory break this process, not the machine.

    What is written counts here, not what is reserved: PDFium reserves more address space than there is memory.
    """
    try:
        import resource
    except ImportError:
        return  # Windows
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))


def _answer(order: ToPageChild) -> FromPageChild:
    path = os.fsdecode(order.path_bytes)
    if isinstance(order, CountOrder):
        if not order.is_pdf:
            picture = _read_picture(path)
            return NoPage(picture) if isinstance(picture, str) else PageCount(1)
        document = _open_document(path)
        return NoPage(document) if isinstance(document, str) else PageCount(document.pageCount())
    if not 1 <= order.width * order.height <= MOST_PIXELS:
        return NoPage("a picture of that size is not made")
    if order.is_pdf:
        return _draw_page(path, order)
    picture = _read_picture(path)
    return NoPage(picture) if isinstance(picture, str) else _fitted(picture, order)


def _open_document(path: str) -> QPdfDocument | str:
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    said = document.load(path)
    if said is QPdfDocument.Error.IncorrectPassword:
        return "it is protected with a password"
    if said is not QPdfDocument.Error.None_ or document.pageCount() < 1:
        return "it cannot be read as a PDF document"
    return document


def _draw_page(path: str, order: PageOrder) -> FromPageChild:
    from PySide6.QtCore import QPoint, QRect, QSize, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtPdf import QPdfDocumentRenderOptions

    document = _open_document(path)
    if isinstance(document, str):
        return NoPage(document)
    if not 1 <= order.page <= document.pageCount():
        return NoPage(f"it has no page {order.page}")
    options = QPdfDocumentRenderOptions()
    if order.part is None:
        points = document.pagePointSize(order.page - 1)
        size = points.scaled(order.width, order.height, Qt.AspectRatioMode.KeepAspectRatio).toSize()
        size = size.expandedTo(QSize(1, 1))
    else:
        size = QSize(order.width, order.height)
        options.setScaledSize(QSize(order.part.whole_width, order.part.whole_height))
        options.setScaledClipRect(QRect(QPoint(order.part.left, order.part.top), size))
    drawn = document.render(order.page - 1, size, options)
    if drawn.isNull():
        return NoPage(f"its page {order.page} cannot be drawn")
    paper = QImage(drawn.size(), QImage.Format.Format_RGB888)
    paper.fill(Qt.GlobalColor.white)
    painter = QPainter(paper)
    painter.drawImage(0, 0, drawn)
    painter.end()
    return _picture_of(paper)


def _read_picture(path: str) -> QImage | str:
    from PySide6.QtGui import QImageReader

    reader = QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    image = reader.read()
    if image.isNull():
        return f"it cannot be read as a picture ({reader.errorString().lower()})"
    return _on_white(image) if image.hasAlphaChannel() else image


def _on_white(image: QImage) -> QImage:
    """Return a picture as paper shows it: black lines on nothing would be black on black."""
    from PySide6.QtGui import QImage, QPainter

    paper = QImage(image.size(), QImage.Format.Format_RGB32)
    paper.fill(0xFFFFFFFF)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper


def _fitted(image: QImage, order: PageOrder) -> PagePicture:
    from PySide6.QtCore import Qt

    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    if order.part is not None:
        return _picture_of(_part_of(image, order, order.part))
    return _picture_of(image.scaled(order.width, order.height, keep, smooth))


def _part_of(image: QImage, order: PageOrder, part: PagePart) -> QImage:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    across, down = image.width() / part.whole_width, image.height() / part.whole_height
    source = QRectF(part.left * across, part.top * down, order.width * across, order.height * down)
    drawn = QImage(order.width, order.height, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(drawn.rect()), image, source)
    painter.end()
    return drawn


def _picture_of(image: QImage) -> PagePicture:
    from PySide6.QtGui import QImage

    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, line = plain.width(), plain.height(), plain.bytesPerLine()
    rows = bytes(plain.constBits())
    pixels = b"".join(rows[row * line : row * line + width * 3] for row in range(height))
    return PagePicture(width, height, pixels)
