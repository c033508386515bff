"""Marks by key: coded while playing, on the incident and on a picture; the list sorts, filters, edits and deletes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from annotations.exchange.files import export_marks
from annotations.marks import Mark, MarkDraft, add_mark, set_text
from app.bootstrap import Window
from app.case_snapshot import CaseSnapshot
from app.ui.categories_dialog import CategoriesDialog, PeopleDialog
from app.ui.history_dialog import HistoryDialog
from app.ui.mark_model import Column, MarkFilter
from app.ui.merge_dialog import MergeDialog
from app.ui.side_tabs import Tab
from evidence.case import Case
from evidence.records import ClockPiece, ClockSetting
from evidence.times import NS_PER_S, IncidentTime
from tests.app.ui.conftest import FakeChoosers

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
START = IncidentTime(1_773_523_920 * NS_PER_S)
PATIENCE_MS = 60_000


def press(window: Window, *keys: str) -> None:
    for key in keys:
        QTest.keySequence(QApplication.focusWidget() or window.main, QKeySequence.fromString(key))


def snapshot_of(window: Window) -> CaseSnapshot:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot


def marks(window: Window) -> tuple[Mark, ...]:
    return snapshot_of(window).marks


def wait_for(qtbot: QtBot, window: Window, count: int) -> None:
    qtbot.waitUntil(lambda: len(marks(window)) == count, timeout=PATIENCE_MS)


def cells(window: Window, column: Column) -> list[str]:
    model = window.main.page.marks_tab.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def edit(window: Window, row: int, column: Column) -> QLineEdit | QComboBox:
    table = window.main.page.marks_tab.table
    table.setFocus()
    table.setCurrentIndex(window.main.page.marks_tab.model.index(row, column))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit | QComboBox)
    return editor


def type_into(window: Window, row: int, column: Column, text: str) -> None:
    editor = edit(window, row, column)
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes what was typed once Return has been dealt with


def names(window: Window) -> dict[str, str]:
    return {one.id: one.name for one in snapshot_of(window).book.categories}


def said(window: Window) -> Mark:
    """Return the one mark of the category "Something said"."""
    (found,) = (one for one in marks(window) if names(window)[one.category_id or ""] == "Something said")
    return found


def test_category_keys_code_while_playing_and_ranges_are_pressed_twice(
    qtbot: QtBot, window: Window, still: Still
) -> None:
    window.engine.set_rate(Fraction(1, 8))  # keeping a mark must not last until the end of the recordings
    press(window, "Space", "Alt+1")
    wait_for(qtbot, window, 1)
    assert window.engine.is_playing
    assert window.main.page.surface.hasFocus()
    press(window, "Alt+5")
    wait_for(qtbot, window, 2)
    begun = said(window)  # at this speed both may stand at one instant
    assert begun.end is None
    qtbot.waitUntil(lambda: window.engine.position > begun.instant + NS_PER_S // 10, timeout=PATIENCE_MS)
    press(window, "Alt+5")
    qtbot.waitUntil(lambda: said(window).end is not None, timeout=PATIENCE_MS)
    press(window, "Space")
    still(window)
    ended = said(window).end
    assert ended is not None
    assert ended > begun.instant
    press(window, "Alt+5", "Ctrl+Z")
    still(window)
    assert len(marks(window)) == 2


def test_a_mark_on_a_picture_stays_on_its_frame_when_the_clock_is_set(
    qtbot: QtBot, window: Window, still: Still
) -> None:
    press(window, "2", "Right", "Right", "Right", ".", "Ctrl+M")
    wait_for(qtbot, window, 1)
    press(window, "Escape")
    still(window)
    (mark,) = marks(window)
    assert mark.picture is not None
    snapshot = snapshot_of(window)
    camera = snapshot.camera_by_id[window.main.page.focus_camera or ""]
    spot = window.shell.playback.focus_spot(window.engine.target)
    assert spot is not None
    assert (mark.picture.recording_id, mark.picture.start.pts) == (spot.place.recording.id, spot.pts)
    assert cells(window, Column.WHERE) == [camera.name]
    before = snapshot.book.placed(0).start
    piece = ClockPiece(0, 7 * NS_PER_S, 0)
    setting = ClockSetting(camera.id, (piece,), NS_PER_S, "manual offset", "Speaking clock", "DC Harper", 1)
    window.shell.session.edit("Setting a clock", lambda case, _by: case.set_clock(setting))
    still(window)
    (kept,) = marks(window)
    assert kept == mark
    moved = snapshot_of(window).book.placed(0)
    assert (moved.start - before, moved.camera_id) == (7 * NS_PER_S, camera.id)
    press(window, "Home", "]")
    window.main.page.marks_tab.table.setFocus()
    QTest.keyClick(window.main.page.marks_tab.table, Qt.Key.Key_Return)
    still(window)
    assert window.engine.target == moved.start


def test_notes_go_over_the_range_where_new_marks_go(qtbot: QtBot, window: Window, still: Still) -> None:
    tab = window.main.page.marks_tab
    press(window, "Shift+M")
    assert marks(window) == ()
    press(window, "2", "Right", "Right", "Right", "I", "Right", "O", "Shift+M")
    wait_for(qtbot, window, 1)
    press(window, "Escape")
    playback = window.shell.playback
    assert (marks(window)[0].instant, marks(window)[0].end) == (playback.range_in, playback.range_out)
    window.main.page.surface.setFocus()
    press(window, "Ctrl+Shift+M")
    assert tab.place.currentText() == "New marks go on the focused camera's picture"
    press(window, "Shift+M")
    wait_for(qtbot, window, 2)
    press(window, "Escape")
    still(window)
    (note,) = [one for one in marks(window) if one.picture is not None]
    assert note.picture is not None
    assert note.picture.end_pts is not None
    assert (note.instant, note.end) == (playback.range_in, playback.range_out)
    tab.place.setFocus()
    QTest.keyClick(tab.place, Qt.Key.Key_Up)
    assert not window.main.marks.is_on_picture


def test_the_list_edits_sorts_filters_and_deletes(qtbot: QtBot, window: Window, still: Still) -> None:
    tab = window.main.page.marks_tab
    for key, count in (("Alt+7", 1), ("Alt+1", 2), ("Alt+3", 3)):
        window.main.page.surface.setFocus()
        press(window, "Right", key)
        wait_for(qtbot, window, count)
    window.main.page.show_tab(Tab.MARKS)
    for row, text in enumerate(("Car stops", "Bang", "apple")):
        type_into(window, row, Column.TEXT, text)
        still(window)
    assert cells(window, Column.TEXT) == ["Car stops", "Bang", "apple"]
    type_into(window, 0, Column.TAGS, "red, fast,red")
    type_into(window, 1, Column.PEOPLE, "Jo Bloggs (suspect), PC 412 (officer)")
    still(window)
    assert cells(window, Column.TAGS) == ["fast, red", "", ""]
    assert cells(window, Column.PEOPLE)[1] == "Jo Bloggs, PC 412"
    box = edit(window, 2, Column.CATEGORY)
    assert isinstance(box, QComboBox)
    box.setCurrentText("Vehicle")
    box.activated.emit(box.currentIndex())
    still(window)
    assert cells(window, Column.CATEGORY) == ["Vehicle", "Event", "Vehicle"]
    tab.table.sortByColumn(Column.TEXT, Qt.SortOrder.AscendingOrder)
    assert cells(window, Column.TEXT) == ["apple", "Bang", "Car stops"]
    tab.table.sortByColumn(Column.TEXT, Qt.SortOrder.DescendingOrder)
    assert cells(window, Column.TEXT) == ["Car stops", "Bang", "apple"]
    tab.table.sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
    tab.filter.setFocus()
    for words, left in (("bloggs", ["Bang"]), ("vehicle a", ["Car stops", "apple"]), ("red", ["Car stops"])):
        tab.filter.selectAll()
        QTest.keyClicks(tab.filter, words)
        QTest.keyClick(tab.filter, Qt.Key.Key_Return)
        assert cells(window, Column.TEXT) == left
        assert tab.count.text() == f"{len(left)} of 3 marks"
    tab.filter.clear()
    QTest.keyClick(tab.filter, Qt.Key.Key_Return)
    vehicle = next(one for one, name in names(window).items() if name == "Vehicle")
    tab.narrow.filter_chosen.emit(MarkFilter(category_ids=frozenset({vehicle})))
    assert cells(window, Column.TEXT) == ["Car stops", "apple"]
    tab.table.setFocus()
    tab.table.selectAll()
    QTest.keyClick(tab.table, Qt.Key.Key_Delete)
    wait_for(qtbot, window, 1)
    still(window)
    assert cells(window, Column.TEXT) == []
    press(window, "Ctrl+Z")
    wait_for(qtbot, window, 3)
    assert cells(window, Column.TEXT) == ["Car stops", "apple"]
    tab.narrow.filter_chosen.emit(MarkFilter())
    assert len(cells(window, Column.TEXT)) == 3


def test_history_categories_and_people_stand_beside_the_work(qtbot: QtBot, window: Window, still: Still) -> None:
    press(window, "Alt+1")
    wait_for(qtbot, window, 1)
    page = window.main.page
    page.show_tab(Tab.MARKS)
    type_into(window, 0, Column.TEXT, "<b>Bang</b>")
    still(window)
    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    page.marks_tab.table.selectionModel().select(page.marks_tab.model.index(0, 0), flags)
    menu = page.marks_tab.make_menu()
    assert menu is not None
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: bool(window.main.findChildren(HistoryDialog)), timeout=PATIENCE_MS)
    (history,) = window.main.findChildren(HistoryDialog)
    assert not history.isModal()
    said = history.words.toPlainText()
    assert "Made." in said
    assert "Text: nothing → “<b>Bang</b>”" in said
    window.main.actions_by_id["mark.categories"].trigger()
    (categories,) = window.main.findChildren(CategoriesDialog)
    item = categories.table.item(0, 0)
    assert item is not None
    item.setText("Loud event")
    still(window)
    assert cells(window, Column.CATEGORY) == ["Loud event"]
    categories.table.setCurrentCell(0, 0)
    categories.delete.click()
    still(window)
    assert cells(window, Column.CATEGORY) == [""]
    assert categories.table.rowCount() == 8
    window.main.actions_by_id["edit.undo"].trigger()
    still(window)
    assert cells(window, Column.CATEGORY) == ["Loud event"]
    window.main.actions_by_id["mark.people"].trigger()
    (people,) = window.main.findChildren(PeopleDialog)
    people.add.click()
    still(window)
    assert [one.name for one in snapshot_of(window).book.people] == ["Person 1"]


def test_another_persons_marks_are_shown_first_and_then_taken_over(
    qtbot: QtBot, window: Window, still: Still, choosers: FakeChoosers, tmp_path: Path
) -> None:
    with Case.create(tmp_path / "Theirs.sightline", title="T", reference="", by="PS Marsh") as theirs:
        made, _step = add_mark(theirs, MarkDraft(START, "First"), by="PS Marsh")
        export_marks(theirs, tmp_path / "theirs.csv")
        choosers.files = [tmp_path / "theirs.csv"]
        window.main.actions_by_id["mark.import"].trigger()
        qtbot.waitUntil(lambda: bool(window.main.findChildren(MergeDialog)), timeout=PATIENCE_MS)
        assert marks(window) == ()
        (dialog,) = window.main.findChildren(MergeDialog)
        assert not dialog.isModal()
        dialog.accept_button.click()
        wait_for(qtbot, window, 1)
        qtbot.waitUntil(lambda: not window.main.findChildren(MergeDialog), timeout=PATIENCE_MS)
        set_text(theirs, made.id, "Theirs", by="PS Marsh")
        window.main.marks.take_typed(made.id, Column.TEXT, "Mine")
        still(window)
        export_marks(theirs, tmp_path / "theirs.csv")
    window.main.actions_by_id["mark.import"].trigger()
    qtbot.waitUntil(lambda: bool(window.main.findChildren(MergeDialog)), timeout=PATIENCE_MS)
    (dialog,) = window.main.findChildren(MergeDialog)
    texts = [item.text() for item in map(dialog.table.item, (0, 0, 0), (0, 1, 2)) if item is not None]
    assert "“Mine”" in texts[0]
    assert "“Theirs”" in texts[1]
    assert "PS Marsh" in texts[1]
    choice = dialog.table.item(0, 2)
    assert choice is not None
    choice.setText("keep both")
    dialog.accept_button.click()
    wait_for(qtbot, window, 2)
    assert sorted(one.text for one in marks(window)) == ["Mine", "Theirs"]
    press(window, "Ctrl+Z")
    wait_for(qtbot, window, 1)
