"""Buttons go on in a further row where the width ends: none lies beyond the edge, and none over another."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.flow_layout import FlowLayout

pytestmark = pytest.mark.gui


@pytest.mark.parametrize("width", [1400, 500, 130])
def test_no_button_lies_beyond_the_edge_or_over_another(qtbot: QtBot, width: int) -> None:
    bar = QWidget()
    qtbot.addWidget(bar)
    row = FlowLayout(bar)
    buttons = [QPushButton(words, bar) for words in ("Sync everything", "Read burnt-in clocks", "Apply", "Undo") * 2]
    for button in buttons:
        row.addWidget(button)
    assert row.minimumSize().width() < 300
    high = row.heightForWidth(width)
    bar.resize(width, high)
    bar.show()
    inside = bar.rect()
    assert all(inside.contains(button.geometry()) for button in buttons)
    assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(buttons, 2))
    assert high > row.heightForWidth(4000) or width == 1400
