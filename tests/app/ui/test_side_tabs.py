"""The tabs of the side panel fit, say what they are, and stand in their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import Window
from app.settings import TEXT_SIZE
from app.ui.side_tabs import SideTabs, Tab

pytestmark = pytest.mark.gui


def all_tabs(qtbot: QtBot, window: Window) -> SideTabs:
    """Return a row with every tab there is, added out of order."""
    tabs = SideTabs(window.main.actions_by_id, window.shell.theme)
    qtbot.addWidget(tabs)
    for tab in reversed(Tab):
        tabs.add(tab, QLabel(tab.value))
    tabs.show()
    return tabs


@pytest.mark.parametrize("percent", [100, 150])
def test_all_tabs_fit_a_narrow_panel_and_the_shown_one_has_its_word(
    qtbot: QtBot, empty_window: Window, percent: int, tmp_path: Path
) -> None:
    empty_window.shell.settings.set(TEXT_SIZE, percent)
    tabs = all_tabs(qtbot, empty_window)
    tabs.resize(360, 300)
    for tab in Tab:
        tabs.show_tab(tab)
        QApplication.processEvents()
        bar = tabs.tabBar()
        assert tabs.width() == 360
        assert 0 <= bar.tabRect(0).left() < bar.tabRect(bar.count() - 1).right() < 360
        assert [bar.tabText(n) for n in range(bar.count())] == [tab.value if one is tab else "" for one in Tab]
        assert all(not bar.tabIcon(n).isNull() for n in range(bar.count()))
        assert [bar.accessibleTabName(n) for n in range(bar.count())] == [one.value for one in Tab]
        assert bar.tabToolTip(0) == "Marks (Alt+M)"
        assert isinstance(tabs.currentWidget(), QLabel)


def test_with_room_every_tab_has_its_word(qtbot: QtBot, empty_window: Window) -> None:
    tabs = all_tabs(qtbot, empty_window)
    tabs.resize(900, 300)
    QApplication.processEvents()
    assert [tabs.tabBar().tabText(n) for n in range(tabs.count())] == [one.value for one in Tab]


def test_a_tab_without_a_page_is_not_there(qtbot: QtBot, empty_window: Window) -> None:
    tabs = SideTabs(empty_window.main.actions_by_id, empty_window.shell.theme)
    qtbot.addWidget(tabs)
    assert tabs.shown is None
    tabs.add(Tab.SOUND, QLabel("Sound"))
    tabs.show_tab(Tab.MARKS)
    assert tabs.count() == 1
    assert tabs.currentIndex() == 0
