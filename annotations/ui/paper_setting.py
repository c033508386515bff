"""Sets a paper's pieces on pages: which piece stands where, for any size of page.

Qt's rich text knows a part of CSS 2.1. Each piece is a document of its own, laid out without an end, and put whole on
a page where it fits on one; what is higher than a page is parted between lines by Qt. Lengths are in pixels of 1/96
inch, so nothing depends on a screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFont, QTextDocument, QTextOption

import resources
from annotations.paper.pieces import Piece, TableShape

FAMILIES = ("DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial")
BODY_PX = 12
_CELL_PX = 4
_GAPS = {"h2": 16, "h3": 10, "h4": 8, "p": 4, "ul": 4, "ol": 4, "div": 6, "figure": 8, "table": 4, "box": 9}
"""How far something stands below what is above it, by its tag."""

_LEAST_PART = 0.6
"""How much of a page must be left for something to begin on it that is higher than a page."""

_MM = 96 / 25.4
_BOX = '<table width="100%" cellspacing="0" cellpadding="8"><tr><td class="boxed">{}</td></tr></table>'
_CELL = re.compile(r"<(td|th)\b([^>]*)>")
_SPAN = re.compile(r'colspan="(\d+)"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, in pixels of 1/96 inch.

    Attributes:
        width: of the paper.
        height: of the paper.
        side: margin on the left and right.
        top: where the text begins.
        bottom: margin below the text.
    """

    width: float
    height: float
    side: float = 15 * _MM
    top: float = 19 * _MM
    bottom: float = 18 * _MM

    @property
    def text_width(self) -> float:
        """How wide the text may be."""
        return self.width - 2 * self.side

    @property
    def text_height(self) -> float:
        """How high the text may be."""
        return self.height - self.top - self.bottom


def a4(*, is_landscape: bool) -> Sheet:
    """Return a page of ISO 216 A4."""
    short, long = 210 * _MM, 297 * _MM
    return Sheet(long, short) if is_landscape else Sheet(short, long)


@dataclass(frozen=True, eq=False)
class Placement:
    """A document, or a slice of one, on a page.

    Attributes:
        page: number of the page, from 0.
        top: where it begins, below the top of the text.
        document: laid out; its pictures are not loaded.
        skip: how much of the document lies above what is shown here.
        height: how much of it is shown.
        pictures: names of the pictures in it.
    """

    page: int
    top: float
    document: QTextDocument
    skip: float
    height: float
    pictures: tuple[str, ...]


class Setter:
    """Sets the pieces of one paper; use it in one thread, once for each run over the pieces."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._style = resources.path("templates/paper-pdf.css").read_text(encoding="utf-8")
        self._page = 0
        self._top = 0.0
        self._table: TableShape | None = None
        self._head: _Set | None = None
        self._is_head_due = True
        self._held: list[_Set] = []

    def placements(self, pieces: Iterable[Piece]) -> Iterator[Placement]:
        """Yield where everything stands, page by page from above."""
        for piece in pieces:
            if piece.starts_page and (self._top or self._held):
                yield from self._release()
                self._next_page()
            if piece.table is not self._table:
                self._change_table(piece.table)
            one = self._set(piece)
            if piece.keeps_next:
                self._held.append(one)
            else:
                yield from self._put(one)
        yield from self._release()

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return self._page + 1

    def _put(self, one: _Set) -> Iterator[Placement]:
        """Put what is held and `one`: together, on a new page where this one has no room, else apart."""
        held, self._held = self._held, []
        whole = self._sheet.text_height
        needed = self._height_of([*held, one])
        is_parted = needed > whole
        left = whole - self._top - (self._height_of(held) if is_parted else needed)
        if self._top and left < (whole * _LEAST_PART if is_parted else 0):
            self._next_page()
        for each in held:
            yield from self._put_alone(each)
        yield from self._put_alone(one)

    def _put_alone(self, one: _Set) -> Iterator[Placement]:
        if self._top and self._top + self._height_of([one]) > self._sheet.text_height >= self._height_of([one]):
            self._next_page()
        if one.is_row:
            yield from self._head_if_due()
        if self._top + one.gap + one.height <= self._sheet.text_height:
            yield self._at(one)
        else:
            yield from self._parted(one)

    def _height_of(self, group: list[_Set]) -> float:
        """Return how high things are one below the other, with the head of their table where it is due."""
        height = sum(one.gap + one.height for one in group)
        if self._head is not None and self._is_head_due and any(one.is_row for one in group):
            height += self._head.gap + self._head.height
        return height

    def _release(self) -> Iterator[Placement]:
        held, self._held = self._held, []
        for one in held:
            yield from self._put_alone(one)

    def _at(self, one: _Set) -> Placement:
        if self._top:
            self._top += one.gap
        placement = Placement(self._page, self._top, one.document, 0.0, one.height, one.pictures)
        self._top += one.height
        return placement

    def _parted(self, one: _Set) -> Iterator[Placement]:
        """Part what is higher than a page between its lines; every part is as high as what is left of this page."""
        room = self._sheet.text_height - self._top
        one.document.setPageSize(QSizeF(self._sheet.text_width, room))
        height = one.document.size().height()
        for number in range(one.document.pageCount()):
            if number:
                self._next_page()
                yield from self._head_if_due()
            yield Placement(self._page, self._top, one.document, number * room, room, one.pictures)
            self._top += min(room, height - number * room)

    def _head_if_due(self) -> Iterator[Placement]:
        if self._head is not None and self._is_head_due:
            yield self._at(self._head)
        self._is_head_due = False

    def _next_page(self) -> None:
        self._page += 1
        self._top = 0.0
        self._is_head_due = True

    def _change_table(self, table: TableShape | None) -> None:
        self._table = table
        self._head, self._is_head_due = None, True
        if table is not None and table.head:
            document = self._document(_as_table(table, table.head, "head"))
            self._head = _Set(document, document.size().height(), _GAPS["table"], (), is_row=False)

    def _set(self, piece: Piece) -> _Set:
        html = piece.html
        if piece.table is not None:
            html = _as_table(piece.table, html, "")
        elif piece.is_boxed:
            inner = html[html.index(">") + 1 : html.rindex("<")]
            kind = html[: html.index(">") + 1]
            tag = html[1 : html.index(" ")]
            html = _BOX.format(f"{kind}{inner}</{tag}>")
        document = self._document(html)
        gap = _GAPS["box"] if piece.is_boxed else _GAPS.get(piece.tag, 0)
        is_row = piece.table is not None
        return _Set(document, document.size().height(), gap, piece.pictures, is_row=is_row)

    def _document(self, html: str) -> QTextDocument:
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        document.setDefaultFont(body_font())
        document.setUseDesignMetrics(True)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(option)
        document.setDefaultStyleSheet(self._style)
        document.setTextWidth(self._sheet.text_width)
        document.setHtml(html)
        return document


@dataclass(frozen=True, eq=False)
class _Set:
    document: QTextDocument
    height: float
    gap: int
    pictures: tuple[str, ...]
    is_row: bool


def body_font() -> QFont:
    """Return the font of papers, whose size does not depend on a screen."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(BODY_PX)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _as_table(table: TableShape, rows: str, kind: str) -> str:
    """Return rows as a table of their own, each cell with the width of its column.

    A table within a cell keeps its own widths, where it stands in the last of them.
    """
    parts = (
        ["<tr" + _sized(row, table.widths) for row in rows.split("<tr")[1:]] if kind else [_sized(rows, table.widths)]
    )
    classes = f"{table.classes} {kind}".strip()
    return f'<table class="{classes}" width="100%" cellspacing="0" cellpadding="{_CELL_PX}">{"".join(parts)}</table>'


def _sized(row: str, widths: tuple[str, ...]) -> str:
    columns = iter(widths)

    def sized(match: re.Match[str]) -> str:
        span = _SPAN.search(match[2])
        own = [next(columns, "") for _ in range(int(span[1]) if span else 1)]
        total = sum(int(width.rstrip("%")) for width in own if width)
        return f'<{match[1]}{match[2]} width="{total}%">' if total else match[0]

    return _CELL.sub(sized, row)
