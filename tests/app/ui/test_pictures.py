"""How pictures are looked at, by keys and panel, in the real window: the view alone changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.settings import DRAWN_BY
from player.ui.drawn_by import DrawnBy
from player.ui.picture_aids import AS_RECORDED, PictureAids

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]


def press(window: Window, key: str) -> None:
    QTest.keySequence(QApplication.focusWidget() or window.main, QKeySequence.fromString(key))


def test_keys_and_panel_change_the_view_and_one_key_takes_it_back(window: Window, still: Still) -> None:
    page, surface = window.main.page, window.main.page.surface
    camera = page.focus_camera
    assert camera is not None
    whole = surface.transform(camera)
    frames = [one.frame for one in surface.painted()]
    press(window, "Z")
    closer = surface.transform(camera)
    assert closer is not None
    assert (closer.shown.width, closer.shown.height) == (closer.width, closer.height)
    press(window, "A")
    panel = window.main.pictures.panel
    assert panel.isVisible()
    panel.sliders["gamma"].setValue(160)
    panel.sliders["brightness"].setValue(-20)
    panel.field_box.setChecked(True)
    assert surface.aids(camera) == PictureAids(brightness=-20, gamma=160, is_deinterlaced=True)
    assert all(surface.aids(other) == AS_RECORDED for other in surface.visible_cameras if other != camera)
    QTest.keySequence(panel, QKeySequence.fromString("Esc"))
    assert panel.isHidden()
    press(window, "R")
    still(window)
    assert surface.aids(camera) == AS_RECORDED
    assert surface.transform(camera) == whole
    assert [one.frame for one in surface.painted()] == frames
    assert panel.sliders["gamma"].value() == 100


def test_who_draws_can_be_chosen_while_it_runs(qtbot: QtBot, window: Window) -> None:
    surface = window.main.page.surface
    assert not surface.is_drawn_by_graphics_card, "a program that plays a graphics card is not taken by itself"
    frames = [one.frame for one in surface.painted()]
    for choice, is_card in ((DrawnBy.GRAPHICS_CARD, True), (DrawnBy.PROCESSOR, False)):
        window.shell.settings.set(DRAWN_BY, choice.value)
        qtbot.waitUntil(lambda: [one.frame for one in surface.painted()] == frames, timeout=60_000)
        assert surface.is_drawn_by_graphics_card is is_card
