"""Prints a run sheet: draws the picture of each item, then writes the paper for the bundle and the one for counsel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from annotations.paper import Picture
from annotations.ui.paper_pdf import write_pdf
from courtroom.item_words import item_title
from courtroom.run_sheet import Item, Pause
from courtroom.run_sheet_paper import SheetToPrint, sheet_paper
from courtroom.ui.item_picture import ItemPainter, PictureScene
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.time_text import LocalTimes

_WIDTH, _HEIGHT = 640, 360


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """What to print.

    Attributes:
        printed: the sheet; its pictures are drawn later.
        scene: what pictures are made of.
        times: writes instants.
        bundle: where the paper for the bundle goes.
        counsel: where the one with the presenter's notes goes.
    """

    printed: SheetToPrint
    scene: PictureScene
    times: LocalTimes
    bundle: Path
    counsel: Path


def print_sheet(request: PrintRequest, progress: Progress, cancelled: IsCancelled) -> PrintRequest:
    """Write two papers; return the request. In a thread of the job runner.

    Args:
        request: what to print.
        progress: told items drawn and in all.
        cancelled: asked before each item.

    Raises:
        OSError: the disk does not take it.
        PaperError: the process that sets the paper broke.
        Cancelled: the user wished it.
    """
    pictures = _draw(request.printed.sheet.items, request.scene, progress, cancelled)
    whole = replace(request.printed, pictures=pictures)
    for path, has_notes in ((request.bundle, False), (request.counsel, True)):
        write_pdf(sheet_paper(whole, request.times, has_notes=has_notes), path, cancelled=cancelled)
    return request


def _draw(items: Sequence[Item], scene: PictureScene, progress: Progress, cancelled: IsCancelled) -> dict[str, Picture]:
    pictures: dict[str, Picture] = {}
    with ItemPainter(scene, cancelled) as painter:
        for number, item in enumerate(items):
            if cancelled():
                raise Cancelled("Printing the run sheet was cancelled.", meaning="Nothing was written.")
            progress(ProgressReport(number, len(items), "items", item_title(item)))
            if not isinstance(item.content, Pause):
                content = _jpeg(painter.draw(item, _WIDTH, _HEIGHT))
                pictures[item.id] = Picture("image/jpeg", _WIDTH, _HEIGHT, content, f"First seen of {item_title(item)}")
    return pictures


def _jpeg(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(85)
    writer.write(image)
    return bytes(content.data())
