"""The process that sets a paper's pages: takes one order from a pipe, draws, and says how many pages there are.

Light to import: Qt is loaded in the child, after its seed was fixed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from annotations.paper.paper import Paper
from evidence.jobs import ProgressReport


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What to draw, and the file, made by the asker, that takes it."""

    paper: Paper
    file: Path


@dataclass(frozen=True, slots=True)
class Printed:
    """How many pages there are; or why the disk did not take them."""

    pages: int
    problem: str = ""


FromPrinter = ProgressReport | Printed


def run(pipe: Connection[FromPrinter, PrintOrder]) -> None:
    """Set the paper that is ordered. Runs in the child process."""
    os.environ["QT_HASH_SEED"] = "0"
    os.environ["TZ"] = "UTC"
    if sys.platform != "win32":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from annotations.ui.paper_drawing import draw

    order = pipe.recv()
    application = QGuiApplication.instance() or QGuiApplication(["sightline"])
    try:
        answer = Printed(draw(order.paper, order.file, _teller(pipe)))
    except OSError as error:
        answer = Printed(0, error.strerror or str(error))
    pipe.send(answer)
    del application


def _teller(pipe: Connection[FromPrinter, PrintOrder]) -> Callable[[ProgressReport], None]:
    def tell(report: ProgressReport) -> None:
        pipe.send(report)

    return tell
