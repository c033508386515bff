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
class PageOrder:
    """One page, or one picture, that is wanted.

    Attributes:
        path_bytes: where the file is, as the operating system names it.
        is_pdf: whether it is a document; else a picture.
        page: from 1; 1 for a picture.
        width: pixels that it may have at most.
        height: pixels that it may have at most.
    """

    path_bytes: bytes
    is_pdf: bool
    page: int
    width: int
    height: int


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
