"""Parts a filled-in page into what a printer may set one below the other: paragraphs, boxes, and tables row by row.

So a table of thousands of rows is set a row at a time, each whole where it fits on a page, with its heads repeated.
Only what stands in `main` is printed; head and foot of the page are the printer's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = frozenset({"img", "br", "hr", "col", "wbr", "meta", "link", "input"})
_THROUGH = frozenset({"main", "section", "article"})
_IN_TABLE = frozenset({"colgroup", "tbody", "tfoot"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
PICTURE_SCHEME = "picture:"

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table, without its rows; the rows of one table share one shape.

    Attributes:
        classes: of the table.
        widths: of its columns, in percent as written, for instance `20%`.
        head: the HTML of its head's rows, or "".
    """

    classes: str
    widths: tuple[str, ...]
    head: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is set as one.

    Attributes:
        tag: of the element.
        html: what it holds; a row's `tr` where `table` is given.
        table: the table that it is a row of, or None.
        starts_page: whether it begins a page.
        keeps_next: whether it must not be the last on a page.
        pictures: names of the pictures in it.
        is_boxed: whether it has a border around it.
    """

    tag: str
    html: str
    table: TableShape | None = None
    starts_page: bool = False
    keeps_next: bool = False
    pictures: tuple[str, ...] = ()
    is_boxed: bool = False


def pieces_of(page: Iterable[str]) -> Iterator[Piece]:
    """Yield the pieces of a page whose pictures have addresses that begin with `PICTURE_SCHEME`."""
    parser = _Parser()
    for text in page:
        parser.feed(text)
        yield from parser.taken()
    parser.close()
    yield from parser.taken()


class _Parser(HTMLParser):
    """Collects pieces; what it meets is ours and well formed, as each template's test shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._is_in_main = False
        self._done: list[Piece] = []
        self._html: list[str] = []
        self._open: list[str] = []
        self._first: tuple[str, str] = ("", "")
        self._pictures: list[str] = []
        self._starts_page = False
        self._table_classes: str | None = None
        self._widths: list[str] = []
        self._head = ""
        self._shape: TableShape | None = None

    def taken(self) -> list[Piece]:
        """Return the pieces that are ready, and forget them."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        classes = dict(attrs).get("class") or ""
        if tag == "main":
            self._is_in_main = True
        if not self._is_in_main:
            return
        if not self._open:
            if "new-page" in classes.split():
                self._starts_page = True
            if self._begins_nothing(tag, attrs, classes):
                return
            self._first = (tag, classes)
        if tag == "img":
            source = dict(attrs).get("src") or ""
            self._pictures.append(source.removeprefix(PICTURE_SCHEME))
        if tag not in _VOID:
            self._open.append(tag)
        self._html.append(self.get_starttag_text() or "")
        if not self._open:
            self._end_piece()

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._is_in_main = False
        if not self._is_in_main:
            return
        if not self._open:
            if tag == "table":
                self._table_classes = self._shape = None
            return
        self._html.append(f"</{tag}>")
        if self._open[-1] != tag:
            raise ValueError(f"a template closes {tag} where {self._open[-1]} is open")
        self._open.pop()
        if not self._open:
            self._end_piece()

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add(f"&#{name};")

    def _add(self, text: str) -> None:
        if self._open:
            self._html.append(text)
        elif self._is_in_main and text.strip():
            raise ValueError(f"a template has text outside of any paragraph: {text.strip()[:60]!r}")

    def _begins_nothing(self, tag: str, attrs: Attributes, classes: str) -> bool:
        """Take note of a tag that only frames pieces; return whether it is one."""
        if tag == "table":
            self._table_classes, self._widths, self._head = classes, [], ""
        elif tag == "col":
            self._widths.append(dict(attrs).get("width") or "")
        return tag in _THROUGH or tag in _IN_TABLE or tag in {"table", "col"}

    def _end_piece(self) -> None:
        html, (tag, classes) = "".join(self._html), self._first
        self._html.clear()
        pictures, self._pictures = tuple(self._pictures), []
        if tag == "thead":
            self._head = html.removeprefix("<thead>").removesuffix("</thead>")
            return
        starts_page, self._starts_page = self._starts_page, False
        names = classes.split()
        self._done.append(
            Piece(
                tag,
                html,
                table=self._table(tag),
                starts_page=starts_page,
                keeps_next=tag in _HEADINGS or "keep-next" in names,
                pictures=pictures,
                is_boxed="box" in names or "verdict" in names,
            )
        )

    def _table(self, tag: str) -> TableShape | None:
        if tag != "tr" or self._table_classes is None:
            return None
        if self._shape is None:
            self._shape = TableShape(self._table_classes, tuple(self._widths), self._head)
        return self._shape
