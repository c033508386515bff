"""The side panel follows what is chosen, and the window says what it cannot do."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from app.case_snapshot import CaseSnapshot
from app.settings import TEXT_SIZE, THEME, Settings, ThemeChoice
from app.snapshot_reading import load_snapshot
from app.time_text import LocalTimes
from app.ui.aids_panel import AidsPanel
from app.ui.settings_dialog import SettingsDialog
from app.ui.side_tabs import Tab
from app.ui.sound_row import SoundRow
from app.ui.verify_report import kept_badge
from evidence.case import Case
from evidence.case_reading import LastVerification
from evidence.times import NS_PER_S, IncidentTime
from tests.support.clips import ClipPlan, make_clip

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
PATIENCE_MS = 60_000


def snapshot_of(window: Window) -> CaseSnapshot:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot


def row(window: Window, text: str) -> QTreeWidgetItem:
    exact = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    (found,) = window.main.page.cameras_tab.tree.findItems(text, exact)
    return found


@pytest.fixture
def unplaced(qtbot: QtBot, window: Window, tmp_path: Path, still: Still) -> str:
    """The name of a recording of a fourth camera that nothing has placed."""
    path = make_clip(tmp_path, ClipPlan(number=3, frames=30), "lobby.mp4").path
    window.shell.session.add_files((os.fsencode(path),))
    qtbot.waitUntil(lambda: len(snapshot_of(window).recordings) == 5, timeout=PATIENCE_MS)
    still(window)
    (one,) = snapshot_of(window).timeline.unplaced
    return one.display_name


def test_the_form_edits_the_camera_of_the_selected_row(
    qtbot: QtBot, window: Window, unplaced: str, still: Still
) -> None:
    tab, focused = window.main.page.cameras_tab, window.main.page.focus_camera
    before = {one.id: one.name for one in snapshot_of(window).cameras}
    (lone,) = snapshot_of(window).timeline.unplaced
    assert lone.camera_id != focused
    tab.tree.setCurrentItem(row(window, unplaced))
    assert tab.name.text() == before[lone.camera_id]
    tab.name.setText("Lobby door")
    tab.name.editingFinished.emit()
    qtbot.waitUntil(lambda: "Lobby door" in {one.name for one in snapshot_of(window).cameras}, timeout=PATIENCE_MS)
    still(window)
    assert {one.id: one.name for one in snapshot_of(window).cameras} == before | {lone.camera_id: "Lobby door"}
    current = tab.tree.currentItem()
    assert current is not None
    assert (current.text(0), tab.name.text()) == (unplaced, "Lobby door")
    assert window.main.page.focus_camera == focused


def test_the_form_comes_back_to_the_focus_camera_and_goes_where_a_row_has_none(window: Window, unplaced: str) -> None:
    tab = window.main.page.cameras_tab
    focused = snapshot_of(window).camera_by_id[window.main.page.focus_camera or ""]
    tab.tree.setCurrentItem(row(window, unplaced))
    tab.tree.setCurrentItem(row(window, focused.name))
    assert tab.name.text() == focused.name
    tab.tree.setCurrentItem(row(window, "Not on the timeline"))
    assert not tab.name.isVisibleTo(tab)
    window.main.page.next_camera(1)
    assert tab.name.isVisibleTo(tab)
    current = tab.tree.currentItem()
    assert current is not None
    assert current.text(0) == tab.name.text() != focused.name


def test_a_mark_in_a_read_only_case_is_refused_aloud(
    qtbot: QtBot, empty_window: Window, case_folder: Path, still: Still
) -> None:
    main, session = empty_window.main, empty_window.shell.session
    with Case.open(case_folder):
        open_case(empty_window, case_folder)
        qtbot.waitUntil(lambda: session.snapshot is not None, timeout=PATIENCE_MS)
        still(empty_window)
        main.notices.clear()
        QTest.keySequence(main.page.surface, QKeySequence.fromString("M"))
        main.actions_by_id["camera.set_clock"].trigger()
        words, others = main.notices.texts
        assert others.startswith("Setting a clock is not possible")
        assert "Marking is not possible: the case is open read-only (another program has it open" in words
        assert "Nothing was changed." in words
        assert "Close it in the other program" in words
        assert not snapshot_of(empty_window).marks
        session.close_now()


def test_the_recording_of_the_focus_camera_is_chosen_from_the_start(window: Window) -> None:
    page = window.main.page
    assert page.chosen_recording is not None
    assert snapshot_of(window).recording_by_id[page.chosen_recording].camera_id == page.focus_camera
    assert window.main.page.timeline.scene.chosen == page.chosen_recording
    assert page.recording_tab.recording_id == page.chosen_recording


def test_a_long_file_name_takes_no_room_from_the_pictures(window: Window) -> None:
    times = LocalTimes(ZoneInfo("Europe/London"))
    snapshot, tab = snapshot_of(window), window.main.page.recording_tab
    recording = snapshot.recording_by_id[window.main.page.chosen_recording or ""]
    tab.show_recording(snapshot, replace(recording, display_name="a.mp4"), times)
    before = tab.minimumSizeHint().width()
    name = f"NVR_ch3_main_20260314213903_20260314213928_{'x' * 120}.mp4"
    tab.show_recording(snapshot, replace(recording, display_name=name), times)
    assert tab.minimumSizeHint().width() == before
    assert tab.name.accessibleName() == name
    assert tab.name.text().replace("\u200b", "") == name


def test_a_tile_that_is_not_recording_gives_the_nearest_recording(window: Window, still: Still) -> None:
    """The third camera has a gap from the second to the fourth second."""
    page = window.main.page
    lane = next(one for one in snapshot_of(window).timeline.cameras if len(one.placed) == 2)
    first, second = lane.placed
    for instant, expected in (
        (first.span.end + NS_PER_S // 2, first),
        (second.span.start - NS_PER_S // 2, second),
        (second.span.end + NS_PER_S, second),
    ):
        window.shell.playback.seek(IncidentTime(instant))
        still(window)
        page.choose_recording(None)
        page.surface.camera_clicked.emit(lane.camera.id)
        assert page.chosen_recording == expected.recording.id
        assert page.focus_camera == lane.camera.id


def test_the_last_verdict_is_shown_with_its_date_and_never_better(
    qtbot: QtBot, window: Window, tmp_path: Path, still: Still
) -> None:
    badge, session = window.main.page.header.verified, window.shell.session
    assert badge.text() == "Not checked"
    badge.click()
    qtbot.waitUntil(lambda: badge.text() == "Verified", timeout=PATIENCE_MS)
    folder = snapshot_of(window).folder
    session.open(folder)
    qtbot.waitUntil(lambda: badge.text() != "Verified", timeout=PATIENCE_MS)
    still(window)
    kept = snapshot_of(window).last_verification
    assert kept is not None
    when = window.main.page.times.day_and_minute(kept.finished_ns)
    assert badge.text() == f"Verified {when}"
    assert "4 verified" in badge.toolTip()
    path = make_clip(tmp_path, ClipPlan(number=3, frames=30), "lobby.mp4").path
    session.add_files((os.fsencode(path),))
    qtbot.waitUntil(lambda: badge.text() == f"Unknown {when}", timeout=PATIENCE_MS)
    assert "Not covered by it: 1." in badge.toolTip()
    still(window)


@pytest.mark.parametrize(
    ("overall", "counts", "missing", "word"),
    [
        ("VERIFIED", (4, 0, 0, 0), 0, "Verified"),
        ("VERIFIED", (4, 0, 0, 0), 1, "Unknown"),
        ("VERIFIED", (3, 0, 0, 1), 0, "Unknown"),
        ("VERIFIED", (0, 0, 0, 0), 0, "Unknown"),
        ("UNKNOWN", (4, 0, 0, 0), 0, "Unknown"),
        ("MISMATCH", (4, 0, 0, 0), 0, "Mismatch"),
        ("UNKNOWN", (3, 1, 0, 0), 0, "Mismatch"),
    ],
)
def test_a_kept_verdict_is_never_bettered(
    case_folder: Path, overall: str, counts: tuple[int, int, int, int], missing: int, word: str
) -> None:
    with Case.open(case_folder) as case:
        snapshot = load_snapshot(case)
    last = LastVerification(overall, "DC Harper", 1_795_313_640 * NS_PER_S, *counts)
    gone = frozenset(one.id for one in snapshot.recordings[:missing])
    badge = kept_badge(replace(snapshot, last_verification=last, missing=gone), LocalTimes(ZoneInfo("Europe/London")))
    assert badge.word == f"{word} 22 Nov 2026 02:14"
    assert (badge.role == "good") is (word == "Verified")


@pytest.mark.parametrize("percent", [100, 150])
def test_every_tab_of_the_side_panel_is_in_sight_on_a_small_screen(window: Window, percent: int) -> None:
    window.shell.settings.set(TEXT_SIZE, percent)
    window.main.resize(1366, 768)
    QApplication.processEvents()
    bar = window.main.page.tabs.tabBar()
    assert bar.tabRect(bar.count() - 1).right() < bar.width() <= window.main.page.tabs.width()
    assert window.main.width() == 1366
    page = window.main.page
    assert page.transport.height() + page.timeline.height() <= 0.36 * page.height()  # the pictures keep the most
    page.show_tab(Tab.RECORDING)
    QApplication.processEvents()
    label = page.recording_tab.facts.document().find("Uncertainty (95 %)").block()
    assert label.layout().lineAt(0).textLength() >= len("Uncertainty")


def test_the_settings_fit_the_screen_and_the_wheel_only_scrolls(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    close = dialog.buttons.mapTo(dialog, QPoint(0, dialog.buttons.height()))
    assert close.y() <= dialog.height()
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    dialog.buttons.setFocus()
    _turn_wheel(dialog.editors[THEME.id])
    assert settings.get(THEME) == ThemeChoice.DARK


def test_the_wheel_scrolls_the_mixing_desk_and_changes_no_loudness(qtbot: QtBot, window: Window) -> None:
    row = SoundRow(window.shell.theme)
    qtbot.addWidget(row)
    with qtbot.assertNotEmitted(row.level_changed):
        _turn_wheel(row.gain)


def _turn_wheel(widget: QWidget) -> None:
    where, down = QPointF(widget.rect().center()), QPoint(0, -120)
    nothing = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(widget, QWheelEvent(where, widget.mapToGlobal(where), QPoint(), down, *nothing, False))


@pytest.mark.parametrize("percent", [100, 150])
def test_the_panel_of_aids_has_room_for_its_words(window: Window, percent: int) -> None:
    window.shell.settings.set(TEXT_SIZE, percent)
    window.main.actions_by_id["picture.aids"].trigger()
    panel = window.main.page.findChild(AidsPanel)
    assert panel is not None
    assert panel.isVisible()
    QApplication.processEvents()
    for part in (*panel.findChildren(QLabel), *panel.findChildren(QAbstractButton)):
        wanted = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
        assert part.height() >= wanted
        assert part.hasHeightForWidth() or part.width() >= part.sizeHint().width()
