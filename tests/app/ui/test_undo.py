"""Undo and redo by keys: one stack for marks and for corrections of the case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from evidence.case import Case
from tests.app.ui.conftest import settle
from tests.support.case_dump import actions_of

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]


def press(window: Window, *keys: str) -> None:
    for key in keys:
        QTest.keySequence(QApplication.focusWidget() or window.main, QKeySequence.fromString(key))


def texts(window: Window) -> list[str]:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return [mark.text for mark in snapshot.marks]


def names(window: Window) -> list[str]:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return sorted(camera.name for camera in snapshot.cameras)


def titles(window: Window) -> tuple[str, str]:
    actions = window.main.actions_by_id
    return actions["edit.undo"].text(), actions["edit.redo"].text()


def mark(qtbot: QtBot, window: Window, text: str, still: Still) -> None:
    count = len(texts(window))
    press(window, "M")
    qtbot.waitUntil(lambda: len(texts(window)) == count + 1, timeout=60_000)
    editor = QApplication.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text in texts(window), timeout=60_000)
    still(window)


def test_marks_and_corrections_are_one_stack(qtbot: QtBot, window: Window, still: Still, case_folder: Path) -> None:
    assert titles(window) == ("Undo", "Redo")
    assert not window.main.actions_by_id["edit.undo"].isEnabled()
    mark(qtbot, window, "Door opens", still)
    before = names(window)
    camera = window.main.page.focus_camera
    assert camera is not None
    window.main.desk.rename_camera(camera, "Harbour wall")
    still(window)
    assert titles(window) == ("Undo: renaming of a camera", "Redo")
    press(window, "Ctrl+Z")
    still(window)
    assert names(window) == before
    assert titles(window) == ("Undo: change of a mark", "Redo: renaming of a camera")
    press(window, "Ctrl+Z", "Ctrl+Z")
    still(window)
    assert texts(window) == []
    assert titles(window) == ("Undo", "Redo: new mark")
    press(window, "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+Y")
    still(window)
    assert texts(window) == ["Door opens"]
    assert "Harbour wall" in names(window)
    done, undone = ["mark.added", "mark.changed", "camera.renamed"], ["camera.renamed", "mark.changed", "mark.deleted"]
    assert actions_of(case_folder)[-9:] == [*done, *undone, *done]


def test_undo_belongs_to_the_text_while_one_is_typed(qtbot: QtBot, window: Window, still: Still) -> None:
    mark(qtbot, window, "Door opens", still)
    press(window, "Ctrl+F")
    field = window.main.page.header.find_field
    QTest.keyClicks(field, "abc")
    press(window, "Ctrl+Z")
    assert field.text() != "abc"
    press(window, "Ctrl+Y", "Ctrl+Shift+Z")
    still(window)
    assert texts(window) == ["Door opens"]


def test_every_correction_comes_back(window: Window, still: Still) -> None:
    desk = window.main.desk
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    camera, other = snapshot.cameras[1], snapshot.cameras[0]
    (recording,) = [one for one in snapshot.recordings if one.camera_id == camera.id]
    desk.set_owner(camera.id, "PC 412 Marsh")
    desk.set_kind(camera.id, next(kind for kind in type(camera.kind) if kind is not camera.kind))
    desk.set_exhibit(recording.id, "JH/1")
    desk.move_recording(recording.id, other.id)
    still(window)
    moved = window.shell.session.snapshot
    assert moved is not None
    assert camera.id not in moved.camera_by_id  # it lost its last recording
    desk.move_recording(recording.id, "")
    still(window)
    for _ in range(5):
        press(window, "Ctrl+Z")
    still(window)
    back = window.shell.session.snapshot
    assert back is not None
    assert {one.id: one for one in back.recordings} == {one.id: one for one in snapshot.recordings}
    kept = back.camera_by_id[camera.id]
    assert (kept.name, kept.owner, kept.kind) == (camera.name, camera.owner, camera.kind)
    for _ in range(5):
        press(window, "Ctrl+Y")
    still(window)
    again = window.shell.session.snapshot
    assert again is not None
    assert again.recording_by_id[recording.id].exhibit == "JH/1"
    assert again.recording_by_id[recording.id].camera_id not in {one.id for one in snapshot.cameras}


def test_merging_cameras_comes_back_with_names_clocks_and_recordings(window: Window, still: Still) -> None:
    before = window.shell.session.snapshot
    assert before is not None
    camera, other = before.cameras[1], before.cameras[0]
    tab = window.main.page.cameras_tab
    tab.show_camera(before, camera.id)
    tab.merge.setCurrentIndex(tab.merge.findData(other.id))
    tab.merge.activated.emit(tab.merge.currentIndex())
    still(window)
    merged = window.shell.session.snapshot
    assert merged is not None
    assert [one.id for one in merged.cameras] == [one.id for one in before.cameras if one.id != camera.id]
    assert {one.camera_id for one in merged.recordings} == {one.id for one in merged.cameras}
    assert "merging of two cameras" in window.main.actions_by_id["edit.undo"].text()
    press(window, "Ctrl+Z")
    still(window)
    back = window.shell.session.snapshot
    assert back is not None
    assert (back.cameras, back.recordings, back.settings) == (
        before.cameras,
        before.recordings,
        before.settings,
    )
    press(window, "Ctrl+Y")
    still(window)
    again = window.shell.session.snapshot
    assert again is not None
    assert (again.cameras, again.recordings) == (merged.cameras, merged.recordings)


def test_a_case_that_is_only_read_has_no_undo(qtbot: QtBot, empty_window: Window, case_folder: Path) -> None:
    with Case.open(case_folder):
        open_case(empty_window, case_folder)
        qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=60_000)
        settle(qtbot, empty_window)
        press(empty_window, "Ctrl+Z", "M")
        settle(qtbot, empty_window)
        assert not empty_window.main.actions_by_id["edit.undo"].isEnabled()
        assert texts(empty_window) == []
