"""One page of a document, or an image, on the court screen: all of it, or the part that the presenter chose.

A part is drawn anew at its own size, so that small print is sharp however far it is zoomed into; until that is there,
the whole page is enlarged. Lives on the UI thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from courtroom.ui.court_picture import ShownPage, black
from courtroom.ui.page_messages import PagePart
from courtroom.ui.pages import PageShelf
from player.ui.tile_view import WHOLE, Area, Size, TileView, kept_inside, place

_MOST_ENLARGED = 2
"""A whole page is never shown larger than twice as it was drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class StagedPage:
    """A finished picture of a page, and what is seen of it."""

    image: QImage
    shown: ShownPage


class PageStage:
    """One page at a time."""

    def __init__(self, shelf: PageShelf, size: QSize) -> None:
        self._shelf = shelf
        self._size = size
        self._path, self._page = "", 1
        self._view = WHOLE
        self._staged: StagedPage | None = None
        self._asked: PagePart | None = None

    def load(self, path: str, page: int) -> None:
        """Bring a page on, whole."""
        self._path, self._page, self._view, self._staged, self._asked = path, page, WHOLE, None, None
        self._shelf.ask(path, page, self._size)

    def set_size(self, size: QSize, *, is_on: bool) -> None:
        """Make pictures of this size from now on, device pixels; where a page is on, have it drawn anew."""
        self._size, self._staged, self._asked = size, None, None
        if is_on:
            self._shelf.ask(self._path, self._page, size)

    @property
    def view(self) -> TileView:
        """Which part of the page is shown."""
        return self._view

    def set_view(self, view: TileView) -> None:
        """Show another part of the page."""
        self._view, self._staged = view, None

    def pump(self) -> bool:
        """Take in what was drawn; return whether the picture may be another."""
        is_changed = self._shelf.pump()
        if is_changed:
            self._staged = None
        return is_changed

    def picture(self) -> StagedPage | None:
        """Return the page as it is to be seen, or None while it is not there."""
        if self._staged is None:
            page = self._shelf.find(self._path, self._page)
            self._staged = None if page is None else self._stage(page)
        return self._staged

    @property
    def trouble(self) -> str:
        """Why the page will not come, or ""."""
        return self._shelf.trouble(self._path, self._page)

    def close(self) -> None:
        """End the child that draws."""
        self._shelf.close()

    def _stage(self, page: QImage) -> StagedPage:
        window = Area(0, 0, self._size.width(), self._size.height())
        room = QSize(
            min(window.width, page.width() * _MOST_ENLARGED), min(window.height, page.height() * _MOST_ENLARGED)
        )
        fitting = page.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        zoom = self._view.zoom
        whole = Size(max(1, round(fitting.width() * zoom)), max(1, round(fitting.height() * zoom)))
        area = place(whole, window, kept_inside(self._view, whole, window))
        image = black(self._size)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        try:
            is_sharp = self._view.is_whole or self._draw_part(painter, area, window)
            if self._view.is_whole or not is_sharp:
                self._draw_whole(painter, area, page)
        finally:
            painter.end()
        return StagedPage(image, ShownPage(self._view, window, area, is_sharp))

    def _draw_part(self, painter: QPainter, area: Area, window: Area) -> bool:
        """Draw the part that is seen from a picture of its own; where there is none, ask for it and return False."""
        seen = area.crossed(window)
        if seen is None:
            return False
        part = PagePart(area.width, area.height, seen.left - area.left, seen.top - area.top)
        drawn = self._shelf.find_part(self._path, self._page, part)
        if drawn is None:
            if part != self._asked:  # one that cannot be drawn is not asked for again and again
                self._shelf.ask_part(self._path, self._page, part, QSize(seen.width, seen.height))
                self._asked = part
            return False
        painter.drawImage(seen.left, seen.top, drawn)
        return True

    def _draw_whole(self, painter: QPainter, area: Area, page: QImage) -> None:
        if self._view.is_whole:
            size = QSize(area.width, area.height)
            ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            painter.drawImage(area.left, area.top, page if page.size() == size else page.scaled(size, *ways))
        else:
            painter.drawImage(QRect(area.left, area.top, area.width, area.height), page)
