"""The coverage tab answers for the range, goes where it is clicked, and works from the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.ui.side_tabs import Tab
from evidence.times import NS_PER_S, IncidentTime
from sync.sound_kept import Silence, SoundLack

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
PATIENCE_MS = 60_000


def text(window: Window) -> str:
    return window.main.page.coverage_tab.facts.toPlainText()


def start(window: Window) -> IncidentTime:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert snapshot.span is not None
    return snapshot.span.start


def ask(window: Window, from_s: int | None, to_s: int | None) -> None:
    ends = [None if one is None else IncidentTime(start(window) + one * NS_PER_S) for one in (from_s, to_s)]
    window.shell.playback.set_range(*ends)


def click_on(window: Window, words: str) -> None:
    """Click with the mouse on a link of the tab."""
    facts = window.main.page.coverage_tab.facts
    cursor = facts.document().find(words)
    assert not cursor.isNull(), text(window)
    cursor.setPosition(cursor.anchor() + 1)
    facts.setTextCursor(cursor)
    facts.ensureCursorVisible()
    QTest.mouseClick(
        facts.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, facts.cursorRect(cursor).center()
    )


def test_it_answers_for_the_range_and_goes_where_it_is_clicked(qtbot: QtBot, window: Window, still: Still) -> None:
    """Cameras of 8, 6 and 2 + 2 seconds; the second starts, and the third has its gap, after two seconds."""
    page = window.main.page
    QTest.keySequence(page.surface, QKeySequence.fromString("Alt+V"))
    assert page.tabs.shown == Tab.COVERAGE
    assert "All of the case" in page.coverage_tab.scope.text()
    assert "8.0 s" in page.coverage_tab.heading.text()
    ask(window, 3, 6)
    told = text(window)
    assert "21:32:03.000 to 21:32:06.000" in page.coverage_tab.heading.text()
    assert "For 3.0 s two or more cameras were recording at once (at most 3, first 21:32:04.000" in told
    assert "All of it (2)" in told
    assert "Part of it (1)" in told
    assert "from 21:32:04.000" in told
    assert "not certain: from none of it to all of it" in told
    assert "21:32:02.000 to 21:32:04.000\n2.0 s (at least 1.1 s, at most 2.9 s)" in told
    click_on(window, "21:32:02.000 to 21:32:04.000")
    assert window.engine.target == start(window) + 2 * NS_PER_S
    focus = page.focus_camera
    assert focus is not None
    assert page.snapshot is not None
    assert "X5117C03F" in page.snapshot.camera_by_id[focus].name
    still(window)


def test_its_links_are_reached_and_followed_by_keys(qtbot: QtBot, window: Window, still: Still) -> None:
    page = window.main.page
    page.show_tab(Tab.COVERAGE)
    ask(window, 3, 6)
    facts = page.coverage_tab.facts
    assert facts.hasFocus()
    with qtbot.waitSignal(page.coverage_tab.jump_wanted, timeout=PATIENCE_MS):
        QTest.keyClick(facts, Qt.Key.Key_Tab)
        QTest.keyClick(facts, Qt.Key.Key_Return)
    assert window.engine.target == start(window) + 3 * NS_PER_S
    still(window)


def test_a_range_after_everything_says_so(window: Window) -> None:
    page = window.main.page
    page.show_tab(Tab.COVERAGE)
    ask(window, 20, None)
    assert "Nothing was recorded after the in point" in page.coverage_tab.scope.text()
    ask(window, 20, 30)
    assert "No camera was recording" in text(window)
    assert "None of it (3)" in text(window)


def test_silence_that_was_found_is_told(window: Window) -> None:
    page = window.main.page
    page.show_tab(Tab.COVERAGE)
    assert "no sound stream" in text(window)
    snapshot = page.snapshot
    assert snapshot is not None
    page.coverage_tab.show_silences({one.id: (Silence(0, NS_PER_S, SoundLack.SILENT),) for one in snapshot.recordings})
    assert "no sound stream" in text(window)
    assert "digital silence" not in text(window)
