"""Builds the rehearsal of a preflight: court mode on the pack, what it writes in a folder that is thrown away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from app.court_show import CourtFiles, CourtStart, open_court
from app.own_keys import own_keys
from courtroom.preflight.checks import Result
from courtroom.preflight.material import Material
from courtroom.preflight.run import Request
from courtroom.show.source import CourtSource, load_from_pack
from courtroom.ui.rehearsal import Rehearsal
from evidence.scratch import Scratch


def make_rehearsal(application: QApplication, source: CourtSource, request: Request, scrap: Path) -> Rehearsal:
    """Return a rehearsal that has not begun; on the UI thread.

    Args:
        application: Qt's.
        source: the pack.
        request: of the preflight.
        scrap: a folder for what court mode writes, to be thrown away.
    """
    files = CourtFiles(scrap / "court.log", scrap / "resume.json", scrap / "captures")
    start = CourtStart(request.by, request.display, keeps_awake=False, spares=0, draws_strip=False)
    return Rehearsal(open_court(application, source, files, start), Material(source))


def rehearse_and_wait(application: QApplication, request: Request) -> tuple[Result, ...]:
    """Rehearse all items and return what was seen; for a program without a window of its own."""
    source = load_from_pack(request.folder, own_keys().knows)
    with Scratch("preflight") as scrap:
        rehearsal = make_rehearsal(application, source, request, scrap)
        loop = QEventLoop()
        rehearsal.ended.connect(loop.quit)
        rehearsal.begin()
        if not rehearsal.is_over:
            loop.exec()
        return tuple(rehearsal.results)
