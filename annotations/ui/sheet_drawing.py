"""Draws a sheet of pictures with Qt into rows of red, green and blue. A QGuiApplication must be there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from annotations.paper.page import fitted
from annotations.sheets.sheet import Cell, Sheet
from annotations.ui.paper_setting import FAMILIES
from evidence.text import clean_text

WIDEST_PX = 5_760
_MARGIN = 24
_GAP = 12
_INK, _DIM, _EMPTY, _EMPTY_INK = QColor("#1b1d1f"), QColor("#59626a"), QColor("#26292c"), QColor("#e6e8ea")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn sheet: rows from the top, red, green, blue, no padding."""

    width: int
    height: int
    pixels: bytes


def draw_sheet(sheet: Sheet, head: str, made_line: str) -> Drawn:
    """Draw a sheet.

    Args:
        sheet: what is on it.
        head: the case, in the line at the top.
        made_line: who made it when, at the foot.

    Raises:
        OSError: a cell's picture has gone.
    """
    return _Drawing(sheet, head, made_line).draw()


class _Drawing:
    def __init__(self, sheet: Sheet, head: str, made_line: str) -> None:
        self._sheet = sheet
        self._head = clean_text(head)
        self._made_line = clean_text(made_line)
        columns = max(1, sheet.columns)
        room = (WIDEST_PX - 2 * _MARGIN - (columns - 1) * _GAP) // columns
        widest = max((cell.size[0] for cell in sheet.cells), default=0) or 480
        self._cell = max(160, min(widest, room))
        self._width = max(720, 2 * _MARGIN + columns * self._cell + (columns - 1) * _GAP)
        text_px = max(12, min(26, self._cell // 26))
        self._font, self._bold, self._title = _font(text_px), _font(text_px), _font(round(text_px * 1.6))
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._title.setWeight(QFont.Weight.DemiBold)
        self._line = QFontMetricsF(self._font).lineSpacing()
        self._lines_below = 1 + max((len(cell.lines) for cell in sheet.cells), default=0)

    def draw(self) -> Drawn:
        rows = [
            self._sheet.cells[at : at + self._sheet.columns]
            for at in range(0, len(self._sheet.cells), max(1, self._sheet.columns))
        ]
        heights = [self._picture_height(row) for row in rows]
        below = self._lines_below * self._line + _GAP
        top = _MARGIN + QFontMetricsF(self._title).lineSpacing() + (1 + len(self._sheet.lines)) * self._line + _GAP
        height = round(top + sum(one + below for one in heights) + self._line + _MARGIN)
        image = QImage(self._width, height, QImage.Format.Format_RGB888)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_top(painter)
        at = top
        for row, picture_height in zip(rows, heights, strict=True):
            for number, cell in enumerate(row):
                self._draw_cell(painter, cell, _MARGIN + number * (self._cell + _GAP), round(at), picture_height)
            at += picture_height + below
        painter.setFont(self._font)
        painter.setPen(_DIM)
        self._text(painter, _MARGIN, at + self._line * 0.8, self._made_line, self._width - 2 * _MARGIN)
        painter.end()
        stride, row_bytes = image.bytesPerLine(), 3 * self._width
        content = bytes(image.constBits())
        return Drawn(self._width, height, b"".join(content[y * stride : y * stride + row_bytes] for y in range(height)))

    def _picture_height(self, row: tuple[Cell, ...]) -> int:
        sizes = [fitted(*cell.size, self._cell, self._cell) for cell in row if cell.picture is not None]
        return max((height for _width, height in sizes), default=self._cell * 9 // 16)

    def _draw_top(self, painter: QPainter) -> None:
        room, base = self._width - 2 * _MARGIN, _MARGIN + QFontMetricsF(self._title).ascent()
        painter.setPen(_INK)
        painter.setFont(self._title)
        self._text(painter, _MARGIN, base, self._sheet.title, room)
        base = _MARGIN + QFontMetricsF(self._title).lineSpacing() + QFontMetricsF(self._font).ascent()
        painter.setFont(self._font)
        for line in (self._head, *self._sheet.lines):
            painter.setPen(_DIM if line is self._head else _INK)
            self._text(painter, _MARGIN, base, line, room)
            base += self._line

    def _draw_cell(self, painter: QPainter, cell: Cell, left: int, top: int, height: int) -> None:
        box = QRect(left, top, self._cell, height)
        painter.fillRect(box, Qt.GlobalColor.black if cell.picture is not None else _EMPTY)
        painter.setFont(self._font)
        if cell.picture is None:
            painter.setPen(_EMPTY_INK)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(box).adjusted(8, 4, -8, -4), flags, clean_lines(cell.words))
        else:
            self._draw_picture(painter, cell.picture, box)
        base = top + height + QFontMetricsF(self._font).ascent() + 2
        painter.setPen(_INK)
        painter.setFont(self._bold)
        self._text(painter, left, base, cell.camera, self._cell)
        painter.setFont(self._font)
        for number, line in enumerate(cell.lines, start=1):
            self._text(painter, left, base + number * self._line, line, self._cell)

    def _draw_picture(self, painter: QPainter, file: Path, box: QRect) -> None:
        picture = QImage.fromData(file.read_bytes())
        width, height = fitted(picture.width(), picture.height(), box.width(), box.height())
        target = QRect(0, 0, width, height)
        target.moveCenter(box.center())
        painter.drawImage(target, picture)

    def _text(self, painter: QPainter, left: float, base: float, text: str, room: float) -> None:
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(clean_text(text), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QPointF(left, base), shown)


def clean_lines(text: str) -> str:
    """Return text cleaned line by line."""
    return "\n".join(clean_text(line) for line in text.split("\n"))


def _font(px: int) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(px)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
