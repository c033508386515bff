"""A plain font for the timeline: its parts grow with the text, and another test may have left a large one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

_POINTS = 9


@pytest.fixture(autouse=True)
def plain_font(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the application's font for a test, and set what it was back."""
    if request.node.get_closest_marker("gui") is None:
        yield
        return
    request.getfixturevalue("qapp")
    before = QApplication.font()
    font = QApplication.font()
    font.setPointSizeF(_POINTS)
    QApplication.setFont(font)
    yield
    QApplication.setFont(before)
