"""The search box of the window: it answers beside the window, the newest question wins, and a hit is a jump."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotations.finding.query import FindKind
from annotations.marks import MarkDraft, add_mark
from app.bootstrap import Window
from app.ui.side_tabs import Tab
from evidence.case import Case
from evidence.times import NS_PER_S, IncidentTime

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
PATIENCE_MS = 60_000
START = 1_773_523_920 * NS_PER_S
"""21:32:00 on 14 March 2026."""


def mark(window: Window, still: Still, *marks: tuple[int, str]) -> None:
    def change(case: Case, by: str) -> None:
        for seconds, text in marks:
            add_mark(case, MarkDraft(IncidentTime(START + seconds * NS_PER_S), text), by=by)

    window.shell.session.edit("Marking", change)
    still(window)


def ask(qtbot: QtBot, window: Window, typed: str) -> list[str]:
    page = window.main.page
    page.find_popup.hide()
    page.header.find_field.setText(typed)
    page.header.find_typed.emit(typed)
    qtbot.waitUntil(page.find_popup.isVisible, timeout=PATIENCE_MS)
    return [hit.text for hit in page.find_popup.hits]


def test_a_hit_jumps_and_opens_its_tab(qtbot: QtBot, window: Window, still: Still) -> None:
    mark(window, still, (1, "Door opens"), (3, "Struggle at the door"))
    page = window.main.page
    assert set(ask(qtbot, window, "door")) == {"Door opens", "Struggle at the door"}
    assert ask(qtbot, window, "door from:21:32:02") == ["Struggle at the door"]
    page.find_popup.accept()
    still(window)
    assert window.engine.target == START + 3 * NS_PER_S
    assert page.tabs.shown is Tab.MARKS
    assert not page.find_popup.isVisible()
    page.header.find_field.clear()
    field = page.header.find_field
    field.setFocus()
    QTest.keyClicks(field, "opens")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: window.engine.target == START + NS_PER_S, timeout=PATIENCE_MS
    )  # Enter was pressed before the answer was there


def test_the_newest_question_wins_and_escape_forgets(qtbot: QtBot, window: Window, still: Still) -> None:
    mark(window, still, (1, "alpha"), (2, "beta"))
    asker, page = window.shell.asker, window.main.page
    answers: list[list[str]] = []
    asker.answered.connect(lambda found: answers.append([hit.text for hit in found.hits]))
    desk = window.main.finding
    for typed in ("alpha", "bet", "beta"):
        page.header.find_field.setText(typed)
        desk._ask()
    qtbot.waitUntil(lambda: not asker.is_busy, timeout=PATIENCE_MS)
    assert answers == [["beta"]]
    page.header.find_field.setText("alpha")
    desk._ask()
    QTest.keyClick(page.header.find_field, Qt.Key.Key_Escape)
    assert not asker.is_busy
    still(window)
    assert (answers, page.find_popup.isVisible()) == ([["beta"]], False)


def test_filters_are_offered_and_typed_and_what_cannot_be_used_is_told(
    qtbot: QtBot, window: Window, still: Still
) -> None:
    mark(window, still, (1, "alpha"))
    page = window.main.page
    ask(qtbot, window, "X5117C03F")
    assert {hit.kind for hit in page.find_popup.hits} == {FindKind.CAMERA, FindKind.RECORDING}
    (wanted,) = [one for one in page.find_popup.menus["Kind"].menu().actions() if one.text() == "kind:recording"]
    wanted.trigger()
    assert page.header.find_field.text() == "X5117C03F kind:recording"
    qtbot.waitUntil(lambda: {hit.kind for hit in page.find_popup.hits} == {FindKind.RECORDING}, timeout=PATIENCE_MS)
    cameras = [one.text() for one in page.find_popup.menus["Camera"].menu().actions()]
    assert len(cameras) == 3
    assert not page.find_popup.menus["Person"].isEnabled()
    assert ask(qtbot, window, "from:noon? kind:zebra qqq") == []
    assert "noon" in page.find_popup.note.text()
    assert "zebra" in page.find_popup.note.text()
