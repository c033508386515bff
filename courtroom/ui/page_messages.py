"""What the program and the process that draws documents say to each other: frozen messages, nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountOrder:
    """How many pages has a document? A picture file has one.

    Attributes:
        path_bytes: where the file is, as the operating system names it.
        is_pdf: whether it is a document; else a picture.
    """

    path_bytes: bytes
    is_pdf: bool


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page, in pixels of the whole page as large as it is wanted; that size alone need not fit anywhere.

    Attributes:
        whole_width: of the whole page at the wanted size; its shape is taken as it is.
        whole_height: the same downwards.
        left: where the part begins.
        top: the same downwards.
    """

    whole_width: int
    whole_height: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class PageOrder:
    """One page, or one picture, that is wanted.

    Attributes:
        path_bytes: where the file is, as the operating system names it.
        is_pdf: whether it is a document; else a picture.
        page: from 1; 1 for a picture.
        width: pixels that it may have at most; of a part: that it has.
        height: pixels that it may have at most; of a part: that it has.
        part: which part, or None for all of it.
    """

    path_bytes: bytes
    is_pdf: bool
    page: int
    width: int
    height: int
    part: PagePart | None = None


@dataclass(frozen=True, slots=True)
class PageCount:
    """How many pages there are."""

    pages: int


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as large as it fits, in its own shape.

    Attributes:
        width: in pixels.
        height: in pixels.
        pixels: rows from the top, red, green, blue, no padding.
    """

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class NoPage:
    """It could not be made; `reason` is for people."""

    reason: str


FromPageChild = PageCount | PagePicture | NoPage
ToPageChild = CountOrder | PageOrder
