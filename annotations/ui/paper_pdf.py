"""Writes a paper as PDF: pages with a head, a foot and numbers, the same bytes for the same paper.

1. A process of its own sets the pages twice: once to count them, once to draw them. It is apart because Qt orders the
   fonts of a PDF by a seed that can only be fixed before Qt is loaded, and because no window must wait for it.
2. Qt writes the moment of writing into the file; it is replaced by the moment at which the paper says it was made.
3. The file takes its name in one step.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotations.paper.paper import Paper
from annotations.ui.paper_child import PrintOrder
from annotations.ui.printer import PaperError, print_order
from evidence.atomic_file import replacing
from evidence.errors import StorageError
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from evidence.times import NS_PER_S

_DATE = re.compile(rb"/(?:CreationDate|ModDate) \(D:(\d{14})")
_HEAD_BYTES = 65_536

__all__ = ["PaperError", "PrintResult", "write_pdf"]


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What was written.

    Attributes:
        pages: how many pages it has.
    """

    pages: int


def write_pdf(
    paper: Paper, path: Path, progress: Progress = no_progress, cancelled: IsCancelled = never_cancelled
) -> PrintResult:
    """Write a paper as PDF in one step. From any thread; no display and no Qt application are needed.

    Raises:
        OSError: the disk does not take it.
        StorageError: the disk did not take all of it.
        PaperError: the process that sets it broke.
        Cancelled: the user wished it; nothing is left behind.
    """
    with replacing(path) as file:
        printed = print_order(PrintOrder(paper, Path(file.name)), paper.title, progress, cancelled)
        _check_whole(Path(file.name), path.name)
        for offset, length in _dates(Path(file.name)):
            file.seek(offset)
            file.write(_moment(paper.made_ns)[:length])
    return PrintResult(printed.pages)


def _check_whole(file: Path, name: str) -> None:
    size = file.stat().st_size
    with file.open("rb") as written:
        written.seek(max(0, size - 32))
        if b"%%EOF" in written.read():
            return
    raise StorageError(
        f"The disk did not take all of {name}.",
        meaning="Nothing was left of it.",
        remedy="Check the disk and its free space.",
    )


def _dates(file: Path) -> list[tuple[int, int]]:
    """Return where Qt wrote the moment of writing: offset and length of the digits."""
    with file.open("rb") as written, mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return [(one.start(1), 14) for one in _DATE.finditer(content[:_HEAD_BYTES])]


def _moment(ns: int) -> bytes:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ns // NS_PER_S)
    return f"{moment:%Y%m%d%H%M%S}".encode()
