"""Marks on the timeline, as pixels: each in its colour and column, ranges as bars, very many as one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.time_text import LocalTimes, duration_text
from evidence.times import NS_PER_S, IncidentTime
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import Look
from player.ui.timeline.marks import NO_COLOUR, MarksOnTimeline
from player.ui.timeline.sizes import RULER_HEIGHT
from player.ui.timeline.widget import TimelineWidget
from tests.support.timelines import make_timeline

pytestmark = pytest.mark.gui
RED, BLUE = 0xFF0000, 0x0000FF


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineWidget:
    widget = TimelineWidget(Look(LocalTimes(ZoneInfo("Europe/London")), duration_text))
    qtbot.addWidget(widget)
    widget.resize(1_000, 300)
    widget.set_lanes(make_lanes(make_timeline([[(0, 60 * NS_PER_S)]])), keep_view=False)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def start_ns(timeline: TimelineWidget) -> int:
    span = timeline.scene.lanes.span
    assert span is not None
    return span.start


def marks(starts: list[int], ends: list[int], colours: list[int]) -> MarksOnTimeline:
    return MarksOnTimeline(np.array(starts, np.int64), np.array(ends, np.int64), np.array(colours, np.int32))


def column(image: QImage, x: int, row: int) -> QColor:
    return image.pixelColor(x, row)


def test_a_mark_is_a_line_of_its_colour_and_a_range_a_bar(timeline: TimelineWidget) -> None:
    first = start_ns(timeline)
    at, begin, end = (IncidentTime(first + seconds * NS_PER_S) for seconds in (10, 20, 40))
    bare = timeline.grab().toImage()
    timeline.set_marks(marks([at, begin], [at, end], [RED, BLUE]))
    image = timeline.grab().toImage()
    x, low = timeline.x_of(at), timeline.height() - 60
    assert column(image, x, low).red() > column(bare, x, low).red() + 60
    assert column(image, x + 1, low) == column(bare, x + 1, low)
    inside, outside = (timeline.x_of(IncidentTime(first + seconds * NS_PER_S)) for seconds in (30, 50))
    assert column(image, inside, RULER_HEIGHT + 2).blue() > 180
    assert column(image, inside, low) == column(bare, inside, low)
    assert column(image, outside, RULER_HEIGHT + 2) == column(bare, outside, RULER_HEIGHT + 2)


def test_what_is_painted_in_part_is_what_is_painted_whole(timeline: TimelineWidget, qtbot: QtBot) -> None:
    first, dice = start_ns(timeline), np.random.default_rng(1)
    starts = np.sort(dice.integers(first, first + 60 * NS_PER_S, 5_000))
    ends = starts + np.where(np.arange(5_000) % 9 == 0, NS_PER_S, 0)
    many = MarksOnTimeline(starts, ends, dice.choice([RED, BLUE, NO_COLOUR], 5_000).astype(np.int32))
    timeline.set_marks(many)
    whole = timeline.grab().toImage()
    for x in (200, 203, 477):
        for width in (1, 17):
            part = timeline.grab(timeline.rect().adjusted(x, 0, x + width - timeline.width(), 0)).toImage()
            assert part == whole.copy(x, 0, width, whole.height())
    assert len(many.between(first, first + 60 * NS_PER_S)) == 5_000
