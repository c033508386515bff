"""Choosing VLC for a recording in the window, and going back; read from the tile and from its menu."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.ui.tile_menu import WITH_FFMPEG, WITH_VLC
from player.ui.tile_words import state_words
from tests.support.libvlc import why_no_libvlc

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(bool(why_no_libvlc()), reason=why_no_libvlc() or "libVLC is there"),
]
PATIENCE_MS = 60_000


def _words(window: Window, camera: int) -> str:
    return state_words(window.engine.pictures()[camera])


def _open_menu(window: Window) -> QMenu:
    surface = window.main.page.surface
    place = QPoint(40, 60)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, surface.mapToGlobal(place))
    QApplication.sendEvent(surface, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_pictures_menu_gives_its_recording_to_vlc_and_back(
    qtbot: QtBot, window: Window, still: Callable[[Window], None]
) -> None:
    page = window.main.page
    assert _words(window, 0) == ""
    before = page.transport.frame.text()
    assert before.startswith("f ")
    menu = _open_menu(window)
    action = menu.findChild(QAction, "player")
    assert action is not None
    assert action.text() == WITH_VLC
    action.trigger()
    menu.close()
    qtbot.waitUntil(lambda: _words(window, 0).startswith("approximate ~±"), timeout=PATIENCE_MS)
    assert page.recording_tab.player_button.text() == WITH_FFMPEG
    qtbot.waitUntil(lambda: page.transport.frame.text() == "", timeout=PATIENCE_MS)
    assert _words(window, 1) == ""
    window.main.actions_by_id["camera.play_with_vlc"].trigger()
    qtbot.waitUntil(lambda: _words(window, 0) == "" and window.engine.pictures()[0].is_exact, timeout=PATIENCE_MS)
    still(window)
    assert page.transport.frame.text() == before
