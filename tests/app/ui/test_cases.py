"""Cases in the window: make, open, add to, correct, verify, close; and what is said when something is not right."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from app.case_snapshot import CaseSnapshot
from app.settings import THEME, YOUR_NAME, ZONE
from app.ui.choosers import Choosers
from app.ui.clock_dialog import ClockDialog
from app.ui.drop_page import dropped_paths
from app.ui.form_dialog import FormDialog
from app.ui.new_case_dialog import NewCaseDialog, folder_name
from app.ui.place_dialog import PlaceDialog
from app.ui.settings_dialog import SettingsDialog
from app.ui.shortcuts_dialog import ShortcutsDialog
from evidence.case import Case
from evidence.records import CameraKind

pytestmark = pytest.mark.gui
START_NS = 1_773_523_920 * 10**9
Still = Callable[[Window], None]
PATIENCE_MS = 60_000


def snapshot_of(window: Window) -> CaseSnapshot:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot


def dialog(kind: type[FormDialog]) -> FormDialog:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
    assert len(found) == 1
    return found[0]


def drop(window: Window, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.main.dropEvent(QDropEvent(QPointF(300, 300), copy, mime, left, none))


def test_a_first_case_from_nothing(
    qtbot: QtBot, empty_window: Window, choosers: Choosers, originals: Path, tmp_path: Path, still: Still
) -> None:
    window = empty_window
    window.main.start_page.new_button.click()
    made = dialog(NewCaseDialog)
    assert isinstance(made, NewCaseDialog)
    made.accept_button.click()
    assert "needs a title" in made.problem.text()
    made.title.setText("R v Smith: Harbour/Street")
    made.place.setText(str(tmp_path))
    made.name.setText("DC Harper")
    made.accept_button.click()
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    assert window.shell.settings.get(YOUR_NAME) == "DC Harper"
    assert (tmp_path / "R v Smith Harbour Street.sightline" / "case.db").is_file()
    page = window.main.page
    assert page.drop_page.isVisible()
    assert "Drop files or folders here" in page.drop_page.head.text()
    drop(window, originals)
    qtbot.waitUntil(page.report.isVisible, timeout=PATIENCE_MS)
    still(window)
    assert page.report.head.text().startswith("4 added")
    assert page.surface.isVisible()
    assert len(snapshot_of(window).cameras) == 3
    assert window.engine.position == snapshot_of(window).timeline.cameras[0].placed[0].span.start


def test_the_same_again_and_what_is_no_recording_are_told(
    qtbot: QtBot, window: Window, originals: Path, tmp_path: Path, still: Still
) -> None:
    bad = tmp_path / "<b>notes.mp4"
    bad.write_text("not a recording")
    drop(window, originals, bad)
    page = window.main.page
    qtbot.waitUntil(page.report.isVisible, timeout=PATIENCE_MS)
    still(window)
    assert page.report.head.text().startswith("0 added, 4 already in the case, 1 refused")
    assert "<b>notes.mp4" in page.report.body.toPlainText()
    assert len(snapshot_of(window).refusals) == 1
    assert len(snapshot_of(window).recordings) == 4


def test_cancelling_leaves_the_case_as_it_was(
    qtbot: QtBot, window: Window, tmp_path: Path, originals: Path, still: Still
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    source = next(originals.iterdir())
    for number in range(400):
        (many / f"{number}.mp4").write_bytes(source.read_bytes() + number.to_bytes(2))
    drop(window, many)
    qtbot.waitUntil(lambda: len(window.main.tray.rows) == 1, timeout=PATIENCE_MS)
    window.main.tray.rows[0].cancel_button.click()
    assert window.main.tray.rows[0].words == "Cancelling…"
    qtbot.waitUntil(lambda: not window.shell.session.is_busy, timeout=PATIENCE_MS)
    still(window)
    assert len(snapshot_of(window).recordings) == 4
    assert not window.main.tray.isVisible()


def test_closing_the_window_while_files_are_added_is_clean(
    qtbot: QtBot, window: Window, tmp_path: Path, originals: Path, case_folder: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    source = next(originals.iterdir())
    for number in range(400):
        (many / f"{number}.mp4").write_bytes(source.read_bytes() + number.to_bytes(2))
    drop(window, many)
    qtbot.waitUntil(lambda: len(window.main.tray.rows) == 1, timeout=PATIENCE_MS)
    window.main.close()
    assert window.main.isVisible()
    qtbot.waitUntil(lambda: not window.main.isVisible(), timeout=PATIENCE_MS)
    with Case.open(case_folder) as case:
        assert len(case.recordings()) == 4
        assert case.interrupted_batches() == ()


def test_a_camera_is_named_and_described_in_place(qtbot: QtBot, window: Window, still: Still) -> None:
    tab = window.main.page.cameras_tab
    window.main.page.focus_number(1)
    camera_id = window.main.page.focus_camera or ""
    tab.name.setText("BWV PC 412")
    tab.name.editingFinished.emit()
    tab.owner.setText("PC Okafor")
    tab.owner.editingFinished.emit()
    tab.kind_chosen.emit(camera_id, CameraKind.DASHCAM)
    qtbot.waitUntil(lambda: snapshot_of(window).camera_by_id[camera_id].kind is CameraKind.DASHCAM, timeout=PATIENCE_MS)
    still(window)
    camera = snapshot_of(window).camera_by_id[camera_id]
    assert (camera.name, camera.owner) == ("BWV PC 412", "PC Okafor")
    assert window.main.page.timeline.scene.lanes.lanes[0].name == "BWV PC 412"
    log = (snapshot_of(window).folder / "audit.log").read_text()
    assert "camera.renamed" in log


def test_two_cameras_cannot_have_one_name(qtbot: QtBot, window: Window, still: Still) -> None:
    first, second = snapshot_of(window).cameras[:2]
    window.main.desk.rename_camera(second.id, first.name)
    qtbot.waitUntil(lambda: bool(window.main.notices.texts), timeout=PATIENCE_MS)
    still(window)
    assert first.name in window.main.notices.texts[0]
    assert snapshot_of(window).camera_by_id[second.id].name == second.name


def test_a_clock_that_was_fast_moves_its_lane(qtbot: QtBot, window: Window, still: Still) -> None:
    page = window.main.page
    page.focus_number(2)
    camera_id = page.focus_camera or ""
    before = page.timeline.scene.lanes.lanes[1].starts[0]
    window.main.desk.set_clock(camera_id)
    asked = dialog(ClockDialog)
    assert isinstance(asked, ClockDialog)
    asked.error.setText("00:00:01.500")
    asked.accept_button.click()
    assert "grounds are missing" in asked.problem.text()
    asked.basis.setText("Speaking clock, PC 88")
    asked.accept_button.click()
    qtbot.waitUntil(lambda: camera_id in snapshot_of(window).setting_by_camera, timeout=PATIENCE_MS)
    still(window)
    assert page.timeline.scene.lanes.lanes[1].starts[0] == before - 1_500_000_000
    assert "00:00:01.500 fast" in page.cameras_tab.clock_button.text()
    assert snapshot_of(window).setting_by_camera[camera_id].sigma_ns is None  # nobody said to within what
    assert "2 clocks not checked" in page.header.sync.text()


def test_a_recording_is_moved_to_a_new_camera_and_gets_an_exhibit(qtbot: QtBot, window: Window, still: Still) -> None:
    page = window.main.page
    chosen = next(one for one in snapshot_of(window).recordings if "0414" in one.display_name)
    page.choose_recording(chosen.id)
    page.recording_tab.exhibit.setText("TH/2")
    page.recording_tab.exhibit.editingFinished.emit()
    page.recording_tab.camera_wanted.emit(chosen.id, "")
    qtbot.waitUntil(lambda: len(snapshot_of(window).cameras) == 4, timeout=PATIENCE_MS)
    still(window)
    moved = snapshot_of(window).recording_by_id[chosen.id]
    assert moved.exhibit == "TH/2"
    assert snapshot_of(window).camera_by_id[moved.camera_id].name == "Camera 4"
    assert len(page.surface.visible_cameras) == 4


def test_a_recording_that_nothing_dates_is_shown_apart_and_placed_by_hand(
    qtbot: QtBot, window: Window, originals: Path, tmp_path: Path, still: Still
) -> None:
    undated = tmp_path / "clip.mp4"
    source = next(originals.iterdir())
    undated.write_bytes(source.read_bytes() + b"\0")
    drop(window, undated)
    qtbot.waitUntil(lambda: len(snapshot_of(window).timeline.unplaced) == 1, timeout=PATIENCE_MS)
    still(window)
    (one,) = snapshot_of(window).timeline.unplaced
    tree = window.main.page.cameras_tab.tree
    heads = [item.text(0) for item in (tree.topLevelItem(n) for n in range(tree.topLevelItemCount())) if item]
    assert "Not on the timeline" in heads
    window.main.desk.place(one.id)
    asked = dialog(PlaceDialog)
    assert isinstance(asked, PlaceDialog)
    asked.start.setText("21:32:03.25")
    assert "21:32:03.250 GMT" in asked.read_as.text()
    asked.basis.setText("The door opens as in BWV 412")
    asked.accept_button.click()
    qtbot.waitUntil(lambda: not snapshot_of(window).timeline.unplaced, timeout=PATIENCE_MS)
    still(window)
    span = snapshot_of(window).place_by_recording[one.id].span
    assert window.main.page.times.clock(span.start) == "21:32:03.250"


def test_originals_are_verified_and_a_changed_one_is_told(
    qtbot: QtBot, empty_window: Window, originals: Path, tmp_path: Path, still: Still
) -> None:
    window, own = empty_window, tmp_path / "originals"
    shutil.copytree(originals, own)
    with Case.create(tmp_path / "V.sightline", title="V", reference="", by="DC Harper") as case:
        folder = case.folder
    open_case(window, folder)
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    drop(window, own)
    qtbot.waitUntil(lambda: len(snapshot_of(window).recordings) == 4, timeout=PATIENCE_MS)
    badge = window.main.page.header.verified
    assert badge.text() == "Not checked"
    badge.click()
    qtbot.waitUntil(lambda: badge.text() == "Verified", timeout=PATIENCE_MS)
    first = min(own.iterdir())
    with first.open("r+b") as file:
        file.write(b"\xff\xff")
    badge.click()
    qtbot.waitUntil(lambda: badge.text() == "Mismatch", timeout=PATIENCE_MS)
    assert any(first.name in words for words in window.main.notices.texts)
    still(window)


def test_a_case_that_is_open_elsewhere_can_be_watched(
    qtbot: QtBot, empty_window: Window, case_folder: Path, still: Still
) -> None:
    with Case.open(case_folder):
        open_case(empty_window, case_folder)
        qtbot.waitUntil(lambda: bool(empty_window.main.notices.texts), timeout=PATIENCE_MS)
        still(empty_window)
        (words,) = empty_window.main.notices.texts
        assert "open for changes elsewhere" in words
        assert "opened read-only here" in words
        page, actions = empty_window.main.page, empty_window.main.actions_by_id
        page.choose_recording(snapshot_of(empty_window).recordings[0].id)
        assert page.header.read_only.isVisible()
        assert not page.recording_tab.exhibit.isEnabled()
        assert not actions["case.add_files"].isEnabled()
        assert actions["play.toggle"].isEnabled()
        empty_window.shell.session.close_now()


def test_a_case_opens_at_a_time_and_plays(qtbot: QtBot, empty_window: Window, case_folder: Path) -> None:
    open_case(empty_window, case_folder, at="21:32:03", play=True)
    qtbot.waitUntil(lambda: empty_window.engine.is_playing, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: empty_window.engine.position > START_NS + 3 * 10**9, timeout=PATIENCE_MS)
    empty_window.engine.pause()


def test_an_impossible_time_on_the_command_line_is_told(qtbot: QtBot, empty_window: Window, case_folder: Path) -> None:
    open_case(empty_window, case_folder, at="half past")
    qtbot.waitUntil(lambda: bool(empty_window.main.notices.texts), timeout=PATIENCE_MS)
    assert "half past" in empty_window.main.notices.texts[0]


def test_what_is_no_case_is_told(qtbot: QtBot, empty_window: Window, tmp_path: Path) -> None:
    open_case(empty_window, tmp_path)
    qtbot.waitUntil(lambda: bool(empty_window.main.notices.texts), timeout=PATIENCE_MS)
    assert "not a Sightline case" in empty_window.main.notices.texts[0]


def test_the_start_page_lists_recent_cases_and_says_which_are_gone(
    qtbot: QtBot, window: Window, case_folder: Path, tmp_path: Path
) -> None:
    window.main.close_case()
    start = window.main.start_page
    qtbot.waitUntil(start.isVisible, timeout=PATIENCE_MS)
    item = start.list.item(0)
    assert item is not None
    assert item.text().startswith("R v Smith · 01AB2345")
    case_folder.rename(tmp_path / "moved")
    start.refresh()
    item = start.list.item(0)
    assert item is not None
    assert "not there" in item.text()
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert not window.main.actions_by_id["play.toggle"].isEnabled()
    assert window.main.actions_by_id["case.new"].isEnabled()


def test_a_case_and_its_originals_can_move_together(
    qtbot: QtBot, empty_window: Window, originals: Path, tmp_path: Path, still: Still
) -> None:
    home = tmp_path / "home"
    shutil.copytree(originals, home / "originals")
    with Case.create(home / "V.sightline", title="V", reference="", by="DC Harper"):
        pass
    window = empty_window
    open_case(window, home / "V.sightline")
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    drop(window, home / "originals")
    qtbot.waitUntil(lambda: len(snapshot_of(window).recordings) == 4, timeout=PATIENCE_MS)
    still(window)
    window.main.close_case()
    qtbot.waitUntil(lambda: window.shell.session.snapshot is None, timeout=PATIENCE_MS)
    home.rename(tmp_path / "elsewhere")
    open_case(window, tmp_path / "elsewhere" / "V.sightline")
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(window)
    assert snapshot_of(window).missing == frozenset()
    assert {one.state.value for one in window.main.page.surface.painted()} <= {"shown", "not recording"}


def test_a_fault_in_the_window_is_told_and_the_window_stays(qtbot: QtBot, empty_window: Window) -> None:
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())
    qtbot.waitUntil(lambda: bool(empty_window.main.notices.texts), timeout=PATIENCE_MS)
    assert "Sightline has a fault" in empty_window.main.notices.texts[0]
    assert "Originals are untouched" in empty_window.main.notices.texts[0]
    assert empty_window.main.isVisible()


def test_settings_work_at_once(window: Window) -> None:
    window.main.show_settings()
    made = next(one for one in QApplication.topLevelWidgets() if isinstance(one, SettingsDialog) and one.isVisible())
    assert set(made.editors) >= {THEME.id, YOUR_NAME.id, ZONE.id}
    window.shell.settings.set(THEME, "light")
    assert window.main.palette().window().color().name() == "#eceef0"
    window.shell.settings.set(THEME, "dark")
    window.shell.settings.set(ZONE, "utc")
    assert window.main.page.transport.day.text().endswith("UTC")


def test_the_shortcuts_page_is_searched_and_changes_a_key(window: Window) -> None:
    window.main.show_shortcuts()
    made = next(one for one in QApplication.topLevelWidgets() if isinstance(one, ShortcutsDialog) and one.isVisible())
    made.search.setText("one frame back")
    shown = [
        item.text(0)
        for head in (made.tree.topLevelItem(n) for n in range(made.tree.topLevelItemCount()))
        if head is not None and not head.isHidden()
        for item in (head.child(n) for n in range(head.childCount()))
        if item is not None and not item.isHidden()
    ]
    assert shown == ["One frame back"]
    head = next(
        one for n in range(made.tree.topLevelItemCount()) if (one := made.tree.topLevelItem(n)) and not one.isHidden()
    )
    made.tree.setCurrentItem(
        next(one for n in range(head.childCount()) if (one := head.child(n)) and not one.isHidden())
    )
    made.key_edit.setKeySequence("J")
    made.assign_button.click()
    assert "taken from “Play backwards”" in made.words.text()
    assert window.main.actions_by_id.key_map.find_command("J") == "move.frame_back"
    assert window.main.actions_by_id.key_map.text("play.backwards") == ""


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_dropped_names_need_not_be_text() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromEncoded(b"file:///a/%FFb%20c%0A%23.mp4"), QUrl("https://example.org/x.mp4")])
    assert dropped_paths(mime) == (b"/a/\xffb c\n#.mp4",)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("R v Smith", "R v Smith.sightline"),
        ("../../etc/passwd", "etc passwd.sightline"),
        ('a<>:"/\\|?*b', "a b.sightline"),
        ("...", "Case.sightline"),
        ("x" * 300, "x" * 80 + ".sightline"),
    ],
)
def test_a_title_makes_a_folder_name_for_every_system(title: str, name: str) -> None:
    assert folder_name(title) == name
