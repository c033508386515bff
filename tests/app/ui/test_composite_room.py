"""A composite video from the window: asked for by key, seen before it is made, made in the tray, and opened."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from annotations.composite.messages import Burn
from app.bootstrap import Window
from evidence.times import IncidentTime
from tests.support.case_dump import actions_of

pytestmark = pytest.mark.gui
PATIENCE_MS = 60_000


def test_a_video_is_asked_for_seen_made_and_opened(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    room = window.main.rooms.composites
    opened: list[Path] = []
    room.open_file = opened.append
    start = window.shell.playback.engine.span.start
    window.shell.playback.set_range(start, IncidentTime(start + 400_000_000))
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(window.main.page.surface, Qt.Key.Key_V, modifiers)
    dialog = room.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert "multi-source" in dialog.note.text()
    dialog.size_of.setCurrentIndex(0)
    qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull(), timeout=PATIENCE_MS)
    shot = dialog.preview.pixmap().toImage()
    levels = [shot.pixelColor(x, y).lightness() for x in range(5, 470, 31) for y in range(5, 260, 31)]
    assert max(levels) - min(levels) > 60, "there are pictures in it"
    dialog.burns[Burn.TITLE].setChecked(False)
    for row in range(dialog.cameras.count()):
        dialog.cameras.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept_button.click()
    assert "No camera is chosen" in dialog.problem.text()
    dialog.cameras.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.accept_button.click()
    assert room.dialog is None
    qtbot.waitUntil(lambda: room.done is not None, timeout=PATIENCE_MS)
    done = room.done
    assert done is not None
    (file,) = (case_folder / "exports").glob("Composite *.mp4")
    for button in done.buttons.buttons():
        if done.buttons.buttonRole(button) is QDialogButtonBox.ButtonRole.ActionRole:
            button.click()
    assert sorted(opened) == sorted([file, file.with_name(f"{file.stem} report.html"), file.parent])
    probe = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0"]
    assert subprocess.run([*probe, str(file)], check=True, capture_output=True, text=True).stdout.strip() == "1280,720"
    assert actions_of(case_folder)[-1] == "composite.made"
    done.reject()
