"""The process that sets a paper's pages, or draws a sheet of pictures: takes one order from a pipe and answers it.

Light to import: Qt is loaded in the child, after its seed was fixed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.paper.paper import Paper
from evidence.jobs import ProgressReport

if TYPE_CHECKING:
    from annotations.sheets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """A paper to set, and the file, made by the asker, that takes it."""

    paper: Paper
    file: Path


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """A sheet to draw, with what stands at its top and foot, and the file that takes its pixels, red, green, blue."""

    sheet: Sheet
    head: str
    made_line: str
    file: Path


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of an order.

    Attributes:
        pages: of a paper.
        size: of a sheet, width and height in pixels.
        problem: why the disk did not take it, or "".
    """

    pages: int = 0
    size: tuple[int, int] = (0, 0)
    problem: str = ""


FromPrinter = ProgressReport | Printed
ToPrinter = PrintOrder | SheetOrder


def run(pipe: Connection[FromPrinter, ToPrinter]) -> None:
    """Carry out the order that comes; end without a word where nobody waits any more. Runs in the child process."""
    os.environ["QT_HASH_SEED"] = "0"
    os.environ["TZ"] = "UTC"
    if sys.platform != "win32":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(["sightline"])
    with contextlib.suppress(EOFError, BrokenPipeError):  # whoever asked is gone: cancelled, or killed
        order = pipe.recv()
        try:
            answer = _done(order, pipe)
        except BrokenPipeError:
            raise
        except OSError as error:
            answer = Printed(problem=error.strerror or str(error))
        pipe.send(answer)
    del application


def _done(order: ToPrinter, pipe: Connection[FromPrinter, ToPrinter]) -> Printed:
    from annotations.ui.paper_drawing import draw
    from annotations.ui.sheet_drawing import draw_sheet

    if isinstance(order, PrintOrder):
        return Printed(pages=draw(order.paper, order.file, _teller(pipe)))
    drawn = draw_sheet(order.sheet, order.head, order.made_line)
    order.file.write_bytes(drawn.pixels)
    return Printed(size=(drawn.width, drawn.height))


def _teller(pipe: Connection[FromPrinter, ToPrinter]) -> Callable[[ProgressReport], None]:
    def tell(report: ProgressReport) -> None:
        pipe.send(report)

    return tell
