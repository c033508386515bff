"""Court mode begun from the review window: by its key, on the run sheet that is being worked on, and back again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.court_show import court_journal
from courtroom.run_sheet import Card, Item, RunSheet, Still, View
from courtroom.run_sheet_store import save_run_sheet
from courtroom.ui.guards import NETWORK
from evidence.times import IncidentTime
from tests.app.ui.conftest import PATIENCE_MS, FakeChoosers

pytestmark = pytest.mark.gui


def test_f11_shows_the_run_sheet_and_ctrl_q_twice_brings_the_window_back(qtbot: QtBot, window: Window) -> None:
    main, session = window.main, window.shell.session
    told: list[object] = []
    session.failed.connect(told.append)
    QTest.keyClick(main, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert "has no run sheet" in str(told[0])
    assert main.isVisible()
    sheet = RunSheet("sheet-1", "Day one", (Item("item-1", "Title", Card(("R v Smith",))),))
    session.edit("saving", lambda case, by: save_run_sheet(case, sheet, by=by))
    qtbot.waitUntil(lambda: not session.is_busy, timeout=PATIENCE_MS)
    QTest.keyClick(main, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: main.court.mode is not None, timeout=PATIENCE_MS)
    mode = main.court.mode
    assert mode is not None
    qtbot.waitUntil(lambda: mode.console.isVisible() and not main.isVisible(), timeout=PATIENCE_MS)
    assert is_offline()
    QTest.keyClick(mode.console, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: mode.screen.picture is not None and not mode.screen.is_black, timeout=PATIENCE_MS)
    QTest.keyClick(mode.console, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert is_on(window), "once is not enough"
    QTest.keyClick(mode.console, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(main.isVisible, timeout=PATIENCE_MS)
    assert not is_on(window)
    assert not is_offline()
    snapshot = session.snapshot
    assert snapshot is not None
    assert (snapshot.folder / "court.log").is_file()


def is_offline() -> bool:
    return NETWORK.is_on


def is_on(window: Window) -> bool:
    return window.main.court.mode is not None


def test_after_a_crash_the_start_page_offers_to_go_on_and_does(qtbot: QtBot, window: Window) -> None:
    main, session = window.main, window.shell.session
    cards = (Card(("R v Smith",)), Card(("Day two",)))
    items = tuple(Item(f"item-{number}", f"Title {number}", card) for number, card in enumerate(cards))
    session.edit("saving", lambda case, by: save_run_sheet(case, RunSheet("sheet-1", "Day one", items), by=by))
    qtbot.waitUntil(lambda: not session.is_busy, timeout=PATIENCE_MS)
    main.actions_by_id["court.show"].trigger()
    qtbot.waitUntil(lambda: main.court.mode is not None, timeout=PATIENCE_MS)
    mode = main.court.mode
    assert mode is not None
    QTest.keyClick(mode.console, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: b"item-1" in court_journal().read_bytes(), timeout=PATIENCE_MS)
    stood = court_journal().read_bytes()
    mode.end()
    main.close_case()
    qtbot.waitUntil(lambda: session.snapshot is None, timeout=PATIENCE_MS)
    main.start_page.refresh()
    assert not main.start_page.resume_button.isVisibleTo(main.start_page), "it was ended as it should be"
    court_journal().write_bytes(stood)  # as a kill leaves it
    main.start_page.refresh()
    assert main.start_page.resume_button.isVisibleTo(main.start_page)
    QTest.mouseClick(main.start_page.resume_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_on(window), timeout=PATIENCE_MS)
    again = main.court.mode
    assert again is not None
    assert again.conductor.state.spot.place == 1
    qtbot.waitUntil(lambda: not again.screen.is_black, timeout=PATIENCE_MS)
    again.end()
    assert not main.start_page.resume_button.isVisibleTo(main.start_page)


@pytest.mark.soak
def test_what_is_drawn_in_court_comes_back_as_a_shape_on_the_very_frame(
    qtbot: QtBot, window: Window, choosers: FakeChoosers
) -> None:
    main, session, start = window.main, window.shell.session, window.engine.span.start
    snapshot = session.snapshot
    assert snapshot is not None
    row = snapshot.timeline.cameras[0]
    still = Still(IncidentTime(start + 1_010_000_000), View((row.camera.id,)))
    sheet = RunSheet("sheet-1", "Day one", (Item("item-1", "Door", still),))
    session.edit("saving", lambda case, by: save_run_sheet(case, sheet, by=by))
    qtbot.waitUntil(lambda: not session.is_busy, timeout=PATIENCE_MS)
    main.actions_by_id["court.show"].trigger()
    qtbot.waitUntil(lambda: main.court.mode is not None, timeout=PATIENCE_MS)
    mode = main.court.mode
    assert mode is not None
    console = mode.console
    QTest.keyClick(console, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: mode.screen.picture is not None and not mode.screen.is_black, timeout=PATIENCE_MS)
    QTest.keyClick(console, Qt.Key.Key_D)
    mirror = console.mirror
    spots = [mirror.picture_rect.topLeft().toPoint() + QPoint(20 + 15 * one, 30 + 10 * one) for one in range(4)]
    QTest.mousePress(mirror, Qt.MouseButton.LeftButton, pos=spots[0])
    for spot in spots[1:]:
        QTest.mouseMove(mirror, spot)
    QTest.mouseRelease(mirror, Qt.MouseButton.LeftButton, pos=spots[-1])
    QTest.keyClick(console, Qt.Key.Key_C)
    captures = snapshot.folder / "exports" / "court captures"
    qtbot.waitUntil(lambda: len(list(captures.glob("*.json"))) == 1, timeout=PATIENCE_MS)
    seen = mode.screen.picture
    assert seen is not None
    frame = seen.frames[0]
    assert frame.transform is not None
    where = [
        frame.transform.to_source(
            (spot.x() - mirror.picture_rect.left()) * seen.image.width() / mirror.picture_rect.width(),
            (spot.y() - mirror.picture_rect.top()) * seen.image.height() / mirror.picture_rect.height(),
        )
        for spot in spots
    ]
    mode.end()
    choosers.files = list(captures.glob("*.png"))
    main.actions_by_id["court.take_drawings"].trigger()
    qtbot.waitUntil(lambda: any("now a shape" in words for words in main.notices.texts), timeout=PATIENCE_MS)
    after = session.snapshot
    assert after is not None
    (shape,) = after.shapes
    assert (shape.drawn.recording_id, shape.drawn.start_pts) == (frame.recording_id, frame.pts)
    assert len(shape.drawn.keyframes[0].geometry) == len(spots)
    for point, source in zip(shape.drawn.keyframes[0].geometry, where, strict=True):
        assert (point[0] / 256, point[1] / 256) == pytest.approx(source, abs=1.0)
    main.actions_by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.shapes == (), timeout=PATIENCE_MS)
