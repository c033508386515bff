"""The review by keyboard: open a case, press keys, see what happens."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from annotations.finding.query import FindKind
from app.bootstrap import Window
from app.ui.side_tabs import Tab
from evidence.times import NS_PER_S, IncidentTime
from player.pictures import TileState
from player.ui.layout import LayoutKind

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
START = IncidentTime(1_773_523_920 * NS_PER_S)
FRAME_NS = 33_333_333


def press(window: Window, *keys: str) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        QTest.keySequence(QApplication.focusWidget() or window.main, QKeySequence.fromString(key))


def type_text(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def seconds(window: Window) -> float:
    return (window.engine.target - START) / NS_PER_S


def is_playing(window: Window) -> bool:
    return window.engine.is_playing


def layout(window: Window) -> LayoutKind:
    return window.main.page.surface.layout_kind


def camera_names(window: Window) -> list[str]:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return [snapshot.camera_by_id[one].name for one in window.main.page.surface.visible_cameras]


def marks(window: Window) -> list[tuple[int, str]]:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return [(mark.instant, mark.text) for mark in snapshot.marks]


def focus_name(window: Window) -> str:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot.camera_by_id[window.main.page.focus_camera or ""].name


def test_a_case_opens_on_its_first_moment_with_every_camera(window: Window) -> None:
    assert window.engine.position == START
    assert window.main.windowTitle().startswith("R v Smith")
    assert len(camera_names(window)) == 3
    assert window.main.page.transport.clock.text() == "21:32:00.000"
    assert window.main.page.transport.frame.text() == "f 0"
    states = {one.state for one in window.main.page.surface.painted()}
    assert states == {TileState.SHOWN, TileState.NOT_RECORDING}


def test_arrows_commas_and_stops_move(window: Window, still: Still) -> None:
    press(window, "2", "Right", "Right", "Right")
    still(window)
    assert window.engine.position == START + 3 * NS_PER_S
    assert {one.state for one in window.main.page.surface.painted()} == {TileState.SHOWN, TileState.NOT_RECORDING}
    press(window, ".")
    still(window)
    assert window.main.page.transport.frame.text() == "f 91"
    press(window, ",", ",")
    still(window)
    assert window.main.page.transport.frame.text() == "f 89"
    press(window, "Shift+.")
    still(window)
    assert window.main.page.transport.frame.text() == "f 99"
    press(window, "Shift+Left", "Home", "End")
    still(window)
    assert window.engine.position == window.engine.span.end - 1


def test_space_plays_and_pauses(qtbot: QtBot, window: Window) -> None:
    assert not is_playing(window)
    press(window, "Space")
    qtbot.waitUntil(lambda: window.engine.position > START + NS_PER_S // 2, timeout=60_000)
    assert is_playing(window)
    press(window, "Space")
    assert not is_playing(window)


def test_j_k_and_l_shuttle(window: Window) -> None:
    press(window, "End", "J")
    assert (window.engine.is_playing, window.engine.rate) == (True, Fraction(-1))
    press(window, "J", "J")
    assert window.engine.rate == Fraction(-4)
    assert window.main.page.transport.speed.text().startswith("-4×")
    assert window.main.page.transport.speed.property("role") in {"caution", "bad"}
    press(window, "L")
    assert window.engine.rate == Fraction(1)
    press(window, *["L"] * 9)
    assert window.engine.rate == Fraction(16)
    press(window, "K")
    assert (window.engine.is_playing, window.engine.rate) == (False, Fraction(1))


def test_digits_and_tab_choose_the_camera(window: Window) -> None:
    names = camera_names(window)
    press(window, "3")
    assert focus_name(window) == names[2]
    press(window, "Tab")
    assert focus_name(window) == names[0]
    press(window, "Shift+Tab")
    assert focus_name(window) == names[2]
    press(window, "9")
    assert focus_name(window) == names[2]


def test_in_and_out_make_a_range_that_loops(qtbot: QtBot, window: Window, still: Still) -> None:
    press(window, "2", "Right", "I", "Right", "O")
    playback = window.shell.playback
    assert playback.range_in == START + NS_PER_S
    assert playback.range_out is not None
    assert abs(playback.range_out - START - 2 * NS_PER_S - FRAME_NS) < 10
    assert "in 21:32:01.00" in window.main.page.transport.range.text()
    press(window, "Home", "/")
    still(window)
    assert window.shell.playback.is_looping
    assert seconds(window) == 1
    press(window, "L", "L", "L")
    for _ in range(20):
        qtbot.wait(100)
        assert playback.range_in <= window.engine.position < playback.range_out
    press(window, "K", "Alt+X")
    assert window.engine.loop is None
    assert window.main.page.transport.range.text() == ""


def test_brackets_jump_to_starts_stops_and_marks(window: Window, still: Still) -> None:
    found = []
    for _ in range(4):
        press(window, "]")
        still(window)
        found.append(round(seconds(window), 3))
    assert found == [2, 4, 6, 8] or found[:3] == [2, 4, 6]
    press(window, "[", "[")
    still(window)
    assert seconds(window) == 4


def test_a_mark_is_made_typed_and_kept(qtbot: QtBot, window: Window, still: Still) -> None:
    press(window, "Right", "M")
    qtbot.waitUntil(lambda: window.main.page.marks_tab.model.rowCount() == 1, timeout=60_000)
    editor = QApplication.focusWidget()
    assert editor is not None
    type_text(editor, "Door opens")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: marks(window) == [(START + NS_PER_S, "Door opens")], timeout=60_000)
    still(window)
    assert QApplication.focusWidget() is window.main.page.surface
    press(window, "Home", "]")
    still(window)
    assert seconds(window) == 1


def test_what_is_being_typed_outlives_a_refresh(qtbot: QtBot, window: Window, still: Still) -> None:
    press(window, "M")
    qtbot.waitUntil(lambda: window.main.page.marks_tab.model.rowCount() == 1, timeout=60_000)
    editor = QApplication.focusWidget()
    assert editor is not None
    type_text(editor, "Door ")
    window.shell.session.refresh()
    still(window)
    type_text(editor, "opens")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: marks(window) == [(START, "Door opens")], timeout=60_000)


def test_letters_typed_into_a_field_do_not_drive_the_player(window: Window) -> None:
    press(window, "Ctrl+F")
    field = window.main.page.header.find_field
    assert field.hasFocus()
    type_text(field, "jklmio 123,.[]")
    assert field.text() == "jklmio 123,.[]"
    assert not window.engine.is_playing
    assert window.engine.target == START
    assert window.shell.playback.range_in is None


def test_find_jumps_to_a_recording(qtbot: QtBot, window: Window, still: Still) -> None:
    press(window, "Ctrl+F")
    field = window.main.page.header.find_field
    type_text(field, "0414")
    qtbot.waitUntil(window.main.page.find_popup.isVisible, timeout=60_000)
    assert [hit.kind for hit in window.main.page.find_popup.hits] == [FindKind.RECORDING]
    QTest.keyClick(field, Qt.Key.Key_Return)
    still(window)
    assert seconds(window) == 4
    assert window.main.page.chosen_recording is not None


def test_go_to_a_time_and_to_a_frame(window: Window, still: Still) -> None:
    for typed, expected in (("21:32:05.5", 5.5), ("-2", 3.5), ("f30", 1.0)):
        press(window, "2", "G")
        field = window.main.page.go_to_field.typed
        assert field.hasFocus()
        type_text(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        still(window)
        assert seconds(window) == pytest.approx(expected, abs=1e-6)
        assert window.main.page.surface.hasFocus()


def test_layouts_and_the_way_back(qtbot: QtBot, window: Window) -> None:
    surface = window.main.page.surface
    press(window, "F6")
    assert layout(window) is LayoutKind.TWO_BY_TWO
    rect = surface.tile_rect(surface.visible_cameras[1])
    assert rect is not None
    QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=rect.center())
    assert layout(window) is LayoutKind.ONE
    assert len(surface.visible_cameras) == 1
    QTest.mouseDClick(surface, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert layout(window) is LayoutKind.TWO_BY_TWO
    press(window, "F8")
    assert layout(window) is LayoutKind.FOCUS_STRIP
    press(window, "F5", "0")
    assert layout(window) is LayoutKind.FOCUS_STRIP


def test_a_click_on_a_picture_tells_of_its_recording(window: Window) -> None:
    surface = window.main.page.surface
    rect = surface.tile_rect(surface.visible_cameras[1])
    assert rect is not None
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, pos=rect.center())
    tab = window.main.page.recording_tab
    assert tab.name.accessibleName() == "X6039A12B_20260314_213200_0413.mp4"
    text = tab.facts.toPlainText()
    for words in ("SHA-256", "File name", "Places it.", "320 × 180", "Not checked"):
        assert words in text


def test_the_timeline_scrubs_the_pictures(window: Window, still: Still) -> None:
    timeline = window.main.page.timeline
    target = IncidentTime(START + 3 * NS_PER_S)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(timeline.x_of(START), 6))
    for part in range(11):
        QTest.mouseMove(timeline, QPoint(timeline.x_of(IncidentTime(START + part * 300_000_000)), 6))
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(timeline.x_of(target), 6))
    still(window)
    assert abs(window.engine.position - target) <= 2 * timeline.scene.view.ns_per_pixel


def test_keys_can_be_changed_and_work_at_once(window: Window) -> None:
    window.shell.settings.set_keys("play.forwards", ["Y"])
    press(window, "Y")
    assert window.engine.is_playing
    assert "(Y)" in window.main.actions_by_id["play.forwards"].toolTip()
    press(window, "K")


def test_the_keyboard_reaches_every_area(window: Window) -> None:
    page = window.main.page
    reached = set()
    for _ in range(4):
        press(window, "F4")
        reached.add(QApplication.focusWidget())
    assert reached == {page.surface, page.timeline, page.tabs.tabBar(), page.header.find_field}


def test_a_focused_button_takes_space_for_itself(window: Window) -> None:
    window.main.page.show_tab(Tab.CAMERAS)
    button = window.main.page.cameras_tab.clock_button
    button.setFocus()
    press(window, "Space")
    assert not window.engine.is_playing
    assert any("Clock of" in top.windowTitle() for top in QApplication.topLevelWidgets() if top.isVisible())


def test_no_sound_device_is_a_state_and_not_an_error(window: Window, qtbot: QtBot) -> None:
    assert window.main.notices.texts == ()
    press(window, "2", "S")
    assert window.main.notices.texts == ()


def test_every_control_has_a_name_for_those_who_cannot_see_it(window: Window) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

    nameless = [
        control
        for kind in (QAbstractButton, QComboBox, QLineEdit)
        for control in window.main.findChildren(kind)
        if control.isVisible()
        and not control.accessibleName()
        and not getattr(control, "text", str)()
        and control.objectName() != "qt_spinbox_lineedit"
        and not control.objectName().startswith("qt_")
    ]
    assert [(type(one).__name__, one.objectName(), one.parent()) for one in nameless] == []


def test_a_time_that_cannot_be_read_is_said_where_it_was_typed(window: Window) -> None:
    press(window, "G")
    field = window.main.page.go_to_field
    type_text(field.typed, "half past")
    QTest.keyClick(field.typed, Qt.Key.Key_Return)
    assert "is not a time" in field.read_as.text()
    assert field.isVisible()
    QTest.keyClick(field.typed, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert window.main.page.surface.hasFocus()


def _camera_with_a_gap(window: Window) -> str:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return next(lane.camera_id for lane in snapshot.lanes.lanes if len(lane.gaps))


def test_recordings_gaps_and_marks_have_keys_of_their_own(qtbot: QtBot, window: Window, still: Still) -> None:
    window.main.page.set_focus_camera(_camera_with_a_gap(window))
    press(window, "Ctrl+Right")
    still(window)
    assert seconds(window) == 4
    chosen = window.main.page.chosen_recording
    press(window, "Ctrl+Left")
    still(window)
    assert seconds(window) == 0
    assert window.main.page.chosen_recording != chosen
    press(window, "Shift+]")
    still(window)
    assert seconds(window) == 2
    press(window, "Right", "Shift+[")
    still(window)
    assert seconds(window) == 2
    press(window, "Shift+]")
    assert any("has no gap that starts after this moment" in words for words in window.main.notices.texts)
    press(window, "Alt+]")
    assert "There is no mark after this moment." in window.main.notices.texts


def test_the_timeline_does_by_keys_what_it_does_by_mouse(qtbot: QtBot, window: Window, still: Still) -> None:
    timeline = window.main.page.timeline
    timeline.setFocus()
    press(window, "Ctrl+=", "Ctrl+=")
    before = timeline.scene.view
    press(window, "Alt+Right")
    assert timeline.scene.view.start_ns > before.start_ns
    press(window, "Alt+Left", "Alt+Left", "Alt+Left", "Alt+Right", "Alt+Right")
    assert timeline.scene.view == before
    press(window, *["Alt+Right"] * 20, "Alt+Home")
    assert timeline.scene.view.start_ns <= window.engine.position < timeline.scene.view.end_ns
    press(window, "Tab", "Ctrl+Return")
    assert window.main.page.tabs.shown == Tab.RECORDING
    chosen = window.main.page.chosen_recording
    assert chosen is not None
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert snapshot.recording_by_id[chosen].camera_id == window.main.page.focus_camera


def test_what_is_here_is_said_without_a_mouse(
    qtbot: QtBot, window: Window, still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtWidgets import QToolTip

    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: said.append(text))
    window.main.page.set_focus_camera(_camera_with_a_gap(window))
    press(window, "Right", "Right", "Right")
    still(window)
    press(window, "Shift+F1")
    assert "not recording for 2 s" in said[-1] or "not recording for 2.0 s" in said[-1]


def test_a_key_that_is_held_down_scrubs_every_camera(window: Window, still: Still) -> None:
    for _ in range(3):
        press(window, "Right")
    still(window)
    assert seconds(window) == 3
    assert {one.state for one in window.main.page.surface.painted()} <= {TileState.SHOWN, TileState.NOT_RECORDING}
