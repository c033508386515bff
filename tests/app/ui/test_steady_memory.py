"""What an open case keeps alive is not searched for garbage while it plays."""

from __future__ import annotations

import gc

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from tests.app.ui.conftest import PATIENCE_MS

pytestmark = pytest.mark.gui


def test_an_open_case_is_left_out_of_the_search_until_it_is_closed(qtbot: QtBot, window: Window) -> None:
    assert gc.get_freeze_count() > 10_000
    window.main.close_case()
    qtbot.waitUntil(lambda: window.shell.session.snapshot is None, timeout=PATIENCE_MS)
    assert gc.get_freeze_count() == 0
