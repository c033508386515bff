"""Draws a page once, in a child process, to see whether it can be drawn; the picture is thrown away."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from courtroom.errors import DocumentError
from courtroom.run_sheet import FileKind
from courtroom.ui.page_reader import PageReader


class PageTrial:
    """Owns the child process; use it as a context manager, from one thread at a time.

    Args:
        size: of the court's display, device pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._reader = PageReader()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._reader.close()

    def __call__(self, path: Path, kind: FileKind, page: int) -> str:
        """Return "" where the page is drawn, or why it is not."""
        try:
            self._reader.draw(path, kind, page, self._size)
        except DocumentError as error:
            return error.happened
        return ""
