"""Pages of documents and images for the court screen, drawn in a child process ahead of time; on the UI thread."""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeGuard

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from courtroom.ui import page_child
from courtroom.ui.page_messages import FromPageChild, NoPage, PageOrder, PagePart, PagePicture, ToPageChild
from evidence.text import clean_text
from player.decoder_link import ChildLink

_KEPT = 3
_TRIES = 2
_BROKE = "The page cannot be drawn: it broke the program that reads it."
PageLink = ChildLink[ToPageChild, FromPageChild]
Page = tuple[str, int, PagePart | None]
"""The path of a file, the number of the page, from 1, and the part of it that is drawn large, or None for all of it."""


def start_page_child() -> PageLink:
    """Start the child that draws pages."""
    return PageLink(page_child.run)


class PageShelf:
    """The last few pages, as they were asked for, and one part of a page drawn large. Never waits.

    Answers come in the order of the questions. A part is asked for while nothing else is owed, and only the newest:
    while the presenter zooms, many are wished for that nobody will see.
    """

    def __init__(self, start: Callable[[], PageLink] = start_page_child) -> None:
        self._start = start
        self._link: PageLink | None = None
        self._pages: OrderedDict[Page, QImage] = OrderedDict()
        self._owed: deque[tuple[Page, PageOrder]] = deque()
        self._wanted: dict[Page, PageOrder] = {}
        self._breaks: dict[Page, int] = {}
        self._troubles: dict[Page, str] = {}
        self._next_part: tuple[Page, PageOrder] | None = None
        self._part: tuple[Page, QImage] | None = None

    def ask(self, path: str, page: int, size: QSize) -> None:
        """Have a page drawn to fit into this many device pixels."""
        key = (path, page, None)
        order = _order(path, page, size)
        self._pages.pop(key, None)
        self._troubles.pop(key, None)
        self._breaks[key] = 0
        self._wanted[key] = order
        self._send(key, order)

    def ask_part(self, path: str, page: int, part: PagePart, size: QSize) -> None:
        """Have a part of a page drawn large; without trouble where that fails, as the whole page is there."""
        self._next_part = ((path, page, part), _order(path, page, size, part))
        self._send_part()

    def find(self, path: str, page: int) -> QImage | None:
        """Return a page that is there, or None."""
        return self._pages.get((path, page, None))

    def find_part(self, path: str, page: int, part: PagePart) -> QImage | None:
        """Return the part that was drawn last, where it is this one."""
        return self._part[1] if self._part is not None and self._part[0] == (path, page, part) else None

    def trouble(self, path: str, page: int) -> str:
        """Return why a page will not come, or ""."""
        return self._troubles.get((path, page, None), "")

    def pump(self) -> bool:
        """Take in what was drawn; return whether anything came. A child that broke is started once more."""
        if self._link is None:
            return False
        arrived = self._link.receive()
        for message in arrived:
            if self._owed:
                self._take(*self._owed.popleft(), message)
        if self._owed and not self._link.is_alive:
            self._start_again()
            return True
        self._send_part()
        return bool(arrived)

    def close(self) -> None:
        """End the child."""
        if self._link is not None:
            self._link.close()
            self._link.join()
            self._link = None

    def _start_again(self) -> None:
        """Ask a new child for what the old one owed; what broke it twice is given up."""
        self._link = None
        owed, self._owed = deque(one for one in self._owed if one[1].part is None), deque()
        if owed:
            self._breaks[owed[0][0]] += 1
        for key, order in owed:
            if self._breaks[key] >= _TRIES:
                self._troubles[key] = _BROKE
            else:
                self._send(key, order)

    def _send(self, key: Page, order: PageOrder) -> None:
        if self._link is None:
            self._link = self._start()
        self._link.send(order)
        self._owed.append((key, order))

    def _send_part(self) -> None:
        if self._next_part is not None and not self._owed:
            (key, order), self._next_part = self._next_part, None
            self._send(key, order)

    def _take(self, key: Page, order: PageOrder, message: FromPageChild) -> None:
        if order.part is not None:
            if _is_whole(message):
                self._part = (key, _image_of(message))
            return
        if self._wanted.get(key) != order:
            return
        del self._wanted[key]
        if _is_whole(message):
            self._pages[key] = _image_of(message)
            while len(self._pages) > _KEPT:
                self._pages.popitem(last=False)
        else:
            reason = message.reason if isinstance(message, NoPage) else _BROKE
            self._troubles[key] = clean_text(reason, limit=300)


def _order(path: str, page: int, size: QSize, part: PagePart | None = None) -> PageOrder:
    is_pdf = path.lower().endswith(".pdf")
    return PageOrder(os.fsencode(path), is_pdf, page, size.width(), size.height(), part)


def _is_whole(message: FromPageChild) -> TypeGuard[PagePicture]:
    return isinstance(message, PagePicture) and len(message.pixels) == message.width * message.height * 3 > 0


def _image_of(message: PagePicture) -> QImage:
    """Return a copy that outlives the message."""
    line = message.width * 3
    return QImage(message.pixels, message.width, message.height, line, QImage.Format.Format_RGB888).copy()
