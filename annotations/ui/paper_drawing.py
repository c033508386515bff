"""Draws a paper's pages into a PDF file with Qt."""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.sax.saxutils import escape

from PySide6.QtCore import QByteArray, QFile, QIODevice, QMarginsF, QPointF, QRectF, Qt, QUrl, QUuid
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from annotations.paper.page import html_pieces
from annotations.paper.paper import Paper
from annotations.paper.pieces import PICTURE_SCHEME, pieces_of
from annotations.ui.paper_setting import Placement, Setter, Sheet, a4, body_font
from evidence.jobs import Progress, ProgressReport
from evidence.text import clean_text
from evidence.times import iso_utc

_DOTS_PER_INCH = 960
_SCALE = _DOTS_PER_INCH // 96
_SMALL_PX = 10
_DIM = QColor("#59626a")
_TELL_EVERY = 50


def draw(paper: Paper, file: Path, progress: Progress) -> int:
    """Draw all pages into a file and return how many there are. A QGuiApplication must be there.

    Raises:
        OSError: the disk does not take it, or a picture's file has gone.
    """
    sheet = a4(is_landscape=paper.is_landscape)
    total = _count_pages(paper, sheet, progress)
    target = QFile(str(file))
    if not target.open(QIODevice.OpenModeFlag.WriteOnly):
        raise OSError(target.errorString())
    try:
        _draw_pages(paper, sheet, total, target, progress)
        is_written = target.flush()
    finally:
        target.close()
    if not is_written or target.error() != QFile.FileError.NoError:
        raise OSError(target.errorString())
    return total


def _count_pages(paper: Paper, sheet: Sheet, progress: Progress) -> int:
    setter = Setter(sheet)
    for number, _placement in enumerate(setter.placements(pieces_of(html_pieces(paper, _address)))):
        if number % _TELL_EVERY == 0:
            progress(ProgressReport(0, None, "pages", f"setting page {setter.pages:,}"))
    return setter.pages


def _draw_pages(paper: Paper, sheet: Sheet, total: int, target: QFile, progress: Progress) -> None:
    writer = _writer(paper, target)
    painter = QPainter(writer)
    try:
        painter.scale(_SCALE, _SCALE)
        frame = _Frame(paper, sheet, total)
        frame.draw(painter, 0)
        page = 0
        for one in Setter(sheet).placements(pieces_of(html_pieces(paper, _address))):
            while page < one.page:
                writer.newPage()
                page += 1
                frame.draw(painter, page)
                progress(ProgressReport(page, total, "pages", paper.title))
            _draw_placement(painter, sheet, one, paper)
    finally:
        painter.end()


def _writer(paper: Paper, target: QFile) -> QPdfWriter:
    writer = QPdfWriter(target)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    turn = QPageLayout.Orientation.Landscape if paper.is_landscape else QPageLayout.Orientation.Portrait
    writer.setPageOrientation(turn)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_DOTS_PER_INCH)
    title = clean_text(" · ".join(filter(None, (paper.title, paper.head))))
    writer.setTitle(title)
    writer.setCreator(paper.program)
    writer.setAuthor(clean_text(paper.made_by))
    mark = hashlib.sha256(f"{paper.template}\0{title}\0{paper.made_by}\0{paper.made_ns}".encode()).digest()[:16]
    writer.setDocumentId(QUuid.fromRfc4122(QByteArray(mark)))
    writer.setDocumentXmpMetadata(QByteArray(_xmp(paper, title).encode()))
    return writer


def _xmp(paper: Paper, title: str) -> str:
    """Return the PDF's description of itself (ISO 16684-1), whose date is the paper's own."""
    made = iso_utc(paper.made_ns, digits=0)
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(title)}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{escape(clean_text(paper.made_by))}"
        f"</rdf:li></rdf:Seq></dc:creator><xmp:CreatorTool>{escape(paper.program)}</xmp:CreatorTool>"
        f"<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )


def _draw_placement(painter: QPainter, sheet: Sheet, one: Placement, paper: Paper) -> None:
    is_exact = False
    for name in one.pictures:
        picture = paper.pictures[name]
        is_exact |= picture.is_exact
        image = QImage.fromData(picture.read())
        one.document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(_address(name)), image)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering, is_exact)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.save()
    painter.translate(QPointF(sheet.side, sheet.top + one.top - one.skip))
    shown = QRectF(0, one.skip, sheet.text_width, one.height)
    painter.setClipRect(shown.adjusted(-1, -1, 1, 1) if not one.skip else shown)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = shown
    one.document.documentLayout().draw(painter, context)
    painter.restore()


def _address(name: str) -> str:
    return f"{PICTURE_SCHEME}{name}"


class _Frame:
    """Head and foot of every page."""

    def __init__(self, paper: Paper, sheet: Sheet, total: int) -> None:
        self._paper = paper
        self._sheet = sheet
        self._total = total
        self._font = body_font()
        self._font.setPixelSize(_SMALL_PX)
        self._metrics = QFontMetricsF(self._font)

    def draw(self, painter: QPainter, page: int) -> None:
        """Draw head and foot of page `page`, from 0."""
        sheet, paper = self._sheet, self._paper
        painter.save()
        painter.setFont(self._font)
        painter.setPen(_DIM)
        self._line(painter, sheet.top - 26, clean_text(paper.head), clean_text(paper.title))
        self._line(
            painter,
            sheet.height - sheet.bottom + 26,
            clean_text(paper.made_line),
            f"Page {page + 1:,} of {self._total:,}",
        )
        painter.restore()

    def _line(self, painter: QPainter, base: float, left: str, right: str) -> None:
        width = self._sheet.text_width
        most_right = width if not left else width * 0.45
        right = self._metrics.elidedText(right, Qt.TextElideMode.ElideMiddle, most_right)
        right_width = self._metrics.horizontalAdvance(right)
        left = self._metrics.elidedText(left, Qt.TextElideMode.ElideMiddle, width - right_width - 16)
        painter.drawText(QPointF(self._sheet.side, base), left)
        painter.drawText(QPointF(self._sheet.side + width - right_width, base), right)
