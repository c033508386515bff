"""A recording that nothing has placed can be watched by itself, and placed by one of its frames."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case, open_window
from app.case_snapshot import CaseSnapshot
from app.demo.frame_code import read
from app.ui.lone_viewer import LoneViewer
from app.ui.place_dialog import PlaceDialog
from app.validation.clips import make_clip
from app.validation.kinds import KINDS
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, iso_utc

pytestmark = pytest.mark.gui


def wait(qtbot: QtBot, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_done():
        assert time.monotonic() < end
        qtbot.wait(5)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    kind = next(one for one in KINDS if one.name == "mjpeg")
    clip = make_clip(kind, tmp_path, 3)
    folder = tmp_path / "case"
    Case.create(folder, title="One clip", reference="", by="Test").close()
    add_files(AddRequest(folder, (os.fsencode(clip),), "Test"), no_progress, never_cancelled)
    with open_window(make_application()) as opened:
        opened.main.resize(1366, 768)
        opened.main.show()
        open_case(opened, folder)
        wait(qtbot, lambda: opened.shell.session.snapshot is not None)
        yield opened


def code_on_screen(viewer: LoneViewer) -> int | None:
    rect = viewer.surface.picture_rect(viewer.surface.visible_cameras[0])
    if rect is None:
        return None
    image = viewer.surface.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    code = read(pixels, (rect.x(), rect.y(), rect.width(), rect.height()))
    return None if code is None else code.number


def test_an_unplaced_recording_is_watched_and_placed_by_a_frame(qtbot: QtBot, window: Window) -> None:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    (recording,) = snapshot.timeline.unplaced
    window.main.desk.watch_alone(recording.id)
    (viewer,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, LoneViewer))
    qtbot.waitExposed(viewer)
    wait(qtbot, lambda: code_on_screen(viewer) == 0)
    for _ in range(25):
        QTest.keyClick(viewer.surface, Qt.Key.Key_Period)
    wait(qtbot, lambda: code_on_screen(viewer) == 25)
    QTest.keyClick(viewer.surface, Qt.Key.Key_Comma)
    QTest.keyClick(viewer.surface, Qt.Key.Key_Period)
    wait(qtbot, lambda: code_on_screen(viewer) == 25 and "f 25" in viewer.where.text())

    viewer.place_button.click()
    (dialog,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, PlaceDialog))
    dialog.start.setText("2026-03-14 21:32:08.500")
    dialog.basis.setText("The door slams in it as in BWV 412")
    dialog.take()
    dialog.close()
    wait(qtbot, lambda: not _snapshot(window).timeline.unplaced)
    span = _snapshot(window).timeline.span
    assert span is not None
    assert iso_utc(span.start, digits=3) == "2026-03-14T21:32:07.500Z"
    assert span.duration_ns == 3 * NS_PER_S
    viewer.close()


def _snapshot(window: Window) -> CaseSnapshot:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot
