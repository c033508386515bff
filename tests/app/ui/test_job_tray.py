"""The tray of jobs comes and goes at the foot of the window while somebody watches."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress

pytestmark = pytest.mark.gui
PATIENCE_MS = 60_000
Still = Callable[[Window], None]


class ResizeWatch(QObject):
    """Counts how often a widget's size changes."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.resizes = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.resizes += event.type() is QEvent.Type.Resize
        return False


@pytest.fixture(params=["one recording", "three cameras"])
def filled(request: pytest.FixtureRequest, originals: Path, case_folder: Path, tmp_path: Path) -> Path:
    """A case whose timeline is as low as it may be, or one with more lanes."""
    if request.param == "three cameras":
        return case_folder
    folder = tmp_path / "One.sightline"
    with Case.create(folder, title="One", reference="", by="DC Harper") as case:
        first = min(originals.iterdir())
        added = add_files(
            AddRequest(folder, (os.fsencode(first),), "DC Harper"), no_progress, never_cancelled, case=case
        )
        assert len(added.added) == 1, added.refused
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_that_come_and_go_move_no_picture(
    qtbot: QtBot, empty_window: Window, filled: Path, still: Still, jobs: int
) -> None:
    window, main = empty_window, empty_window.main
    open_case(window, filled)
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not main.tray.isVisible(), timeout=PATIENCE_MS)
    still(window)
    surface = main.page.surface
    watch = ResizeWatch(surface)
    before = {camera: surface.tile_rect(camera) for camera in surface.visible_cameras}
    ends = threading.Event()

    def work(_progress: object, _cancelled: object) -> None:
        ends.wait(PATIENCE_MS / 1_000)

    for number in range(jobs):
        window.shell.jobs.start(f"Job {number}", work, on_done=lambda _none: None, on_failed=lambda _error: None)
    qtbot.waitUntil(lambda: main.tray.isVisible() and main.tray.height() > 30 * jobs, timeout=PATIENCE_MS)
    still(window)
    assert len(main.tray.rows) == jobs
    foot = main.tray.mapTo(main, main.tray.rect().bottomRight())
    assert foot.y() == main.height() - 1, "it is at the foot of the window"
    ends.set()
    qtbot.waitUntil(lambda: not main.tray.isVisible(), timeout=PATIENCE_MS)
    still(window)
    assert watch.resizes == 0
    assert {camera: surface.tile_rect(camera) for camera in surface.visible_cameras} == before


def test_without_a_case_jobs_are_shown_under_the_start_page(qtbot: QtBot, empty_window: Window) -> None:
    window, main, ends = empty_window, empty_window.main, threading.Event()

    def work(_progress: object, _cancelled: object) -> None:
        ends.wait(PATIENCE_MS / 1_000)

    window.shell.jobs.start("Reading", work, on_done=lambda _none: None, on_failed=lambda _error: None)
    qtbot.waitUntil(lambda: main.tray.isVisible() and len(main.tray.rows) == 1, timeout=PATIENCE_MS)
    ends.set()
    qtbot.waitUntil(lambda: not main.tray.isVisible(), timeout=PATIENCE_MS)
