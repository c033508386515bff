"""From the run sheet to court: which step is marked as the next, and what is said of the pack on the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.ui.pack_dialog import PackDialog
from app.ui.run_sheet_window import RunSheetWindow
from courtroom.pack import key_shelf
from courtroom.ui.court_mode import CourtMode
from tests.app.ui.conftest import PATIENCE_MS

pytestmark = pytest.mark.gui
_PATIENCE_MS = 3 * PATIENCE_MS
"""A pack has a sync certificate, which takes processes of its own."""


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def marked(view: RunSheetWindow) -> list[str]:
    """The steps that are marked as the next, as their buttons call them."""
    steps = [one for one in view.findChildren(QPushButton) if one.text()[:1].isdecimal()]
    return [one.text() for one in steps if one.property("role") == "main"]


def step(view: RunSheetWindow, number: int) -> QPushButton:
    return next(one for one in view.findChildren(QPushButton) if one.text().startswith(f"{number}  "))


def rehearse(qtbot: QtBot, window: Window, view: RunSheetWindow) -> str:
    """Press the third step, and return what the presenter's console says is amiss; then end it as its user would."""
    press(step(view, 3))
    qtbot.waitUntil(lambda: window.main.court.mode is not None, timeout=_PATIENCE_MS)
    mode = window.main.court.mode
    assert isinstance(mode, CourtMode)
    qtbot.waitUntil(mode.console.isVisible, timeout=_PATIENCE_MS)
    mode.console.refresh()
    line = mode.console.trouble_line
    words = line.words.text() if line.isVisible() else ""
    for _ in range(2):
        QTest.keyClick(mode.console, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(view.isVisible, timeout=_PATIENCE_MS)
    return words


@pytest.mark.soak
def test_each_step_leads_to_the_next_and_what_was_checked_is_known_until_it_is_touched(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_shelf, "_SCRYPT_COST", 2**4)
    main = window.main
    main.actions_by_id["runsheet.show"].trigger()
    view = main.run_sheet.view
    assert view is not None
    qtbot.waitUntil(lambda: not window.shell.session.is_busy, timeout=_PATIENCE_MS)
    assert marked(view) == [], "there is nothing to pack yet"
    press(view.card_button)
    qtbot.waitUntil(view.pack_button.isEnabled, timeout=_PATIENCE_MS)
    assert marked(view) == ["1  Make court pack…"]

    press(view.pack_button)
    dialog = next(one for one in view.findChildren(PackDialog) if one.isVisible())
    dialog.passphrase.setText("correct horse battery")
    dialog.again.setText("correct horse battery")
    press(dialog.accept_button)
    qtbot.waitUntil(lambda: marked(view) == ["2  Preflight…"], timeout=_PATIENCE_MS)
    pack = main.run_sheet.packs.last
    assert pack is not None
    assert str(pack) in view.pack_state.text()

    assert "UNKNOWN" in rehearse(qtbot, window, view), "nobody has compared the files"
    assert marked(view) == ["2  Preflight…"], "it was shown, and not checked"

    press(step(view, 2))
    preflight = main.rooms.preflight.view
    assert preflight is not None
    press(preflight.check_button)
    qtbot.waitUntil(lambda: "preflight passed" in view.pack_state.text(), timeout=_PATIENCE_MS)
    assert "rehearsed" in view.pack_state.text()
    assert marked(view) == [], "all that must be done is done"
    preflight.close()
    assert "UNKNOWN" not in rehearse(qtbot, window, view), "every file was compared, and none was touched since"

    description = pack / "data" / "run-sheet.json"
    content = description.read_bytes()
    description.write_bytes(content)
    assert "UNKNOWN" in rehearse(qtbot, window, view), "the same bytes, but nobody has compared them"

    press(view.pause_button)
    qtbot.waitUntil(lambda: marked(view) == ["1  Make court pack…"], timeout=_PATIENCE_MS)
    assert "changed since" in view.pack_state.text()
    press(view.undo_button)
    qtbot.waitUntil(lambda: marked(view) == [], timeout=_PATIENCE_MS)
