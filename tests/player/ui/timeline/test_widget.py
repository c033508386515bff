"""The timeline as people use it: zoom, pan, scrub, click, and what the pointer says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.time_text import LocalTimes, duration_text
from evidence.times import IncidentTime
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import Look, TimelineMark
from player.ui.timeline.marks import MarksOnTimeline
from player.ui.timeline.sizes import LABEL_WIDTH, LANE_HEIGHT, RULER_HEIGHT
from player.ui.timeline.time_view import find_ticks
from player.ui.timeline.widget import TimelineWidget
from tests.support.timelines import START_NS, make_timeline

pytestmark = pytest.mark.gui
S = 1_000_000_000
LOOK = Look(LocalTimes(ZoneInfo("Europe/London")), duration_text)


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineWidget:
    widget = TimelineWidget(LOOK)
    qtbot.addWidget(widget)
    widget.resize(LABEL_WIDTH + 1_000, 220)
    widget.set_lanes(
        make_lanes(make_timeline([[(0, 60 * S)], [(10 * S, 10 * S), (52_100_000_000, 8 * S)]])), keep_view=False
    )
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def _lane_y(number: int) -> int:
    return RULER_HEIGHT + number * LANE_HEIGHT + LANE_HEIGHT // 2


def _at(timeline: TimelineWidget, seconds: float, y: int) -> QPoint:
    return QPoint(timeline.x_of(IncidentTime(START_NS + int(seconds * S))), y)


def _turn(timeline: TimelineWidget, place: QPoint, *, up: int) -> None:
    spot = QPointF(place)
    event = QWheelEvent(
        spot,
        QPointF(timeline.mapToGlobal(place)),
        QPoint(0, 0),
        QPoint(0, 120 * up),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)


def test_a_click_on_a_lane_goes_there_and_chooses_camera_and_recording(qtbot: QtBot, timeline: TimelineWidget) -> None:
    asked: list[object] = []
    for signal in (timeline.camera_chosen, timeline.recording_chosen, timeline.seek_requested):
        signal.connect(asked.append)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=_at(timeline, 12, _lane_y(1)))
    camera, recording, instant = asked
    assert (camera, recording) == ("camera-1", "camera-1/0")
    assert isinstance(instant, int)
    assert abs(instant - START_NS - 12 * S) <= 2 * timeline.scene.view.ns_per_pixel


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_larger_text_gets_the_room_that_it_needs(timeline: TimelineWidget, percent: int) -> None:
    font = timeline.font()
    font.setPixelSize(13 * percent // 100)
    timeline.setFont(font)
    scene, metrics = timeline.scene, timeline.fontMetrics()
    assert min(scene.ruler, scene.lane_height, scene.sizes.coverage_height) >= metrics.height()
    ticks = find_ticks(scene.view, least_pixels=scene.sizes.tick_distance, zone_offset_ns=0).instants
    xs = [scene.view.x_of(instant) for instant in ticks]
    words = [LOOK.tick_text(instant, 1) for instant in ticks]
    assert min(np.diff(xs)) > 5 + max(metrics.horizontalAdvance(one) for one in words), "times run into one another"
    assert metrics.horizontalAdvance("Coverage") <= scene.left - 16
    picture = timeline.grab().toImage()
    rows = [[picture.pixelColor(x, y).lightness() > 120 for x in range(6, scene.left - 2)] for y in range(scene.ruler)]
    assert any(map(any, rows)), "the day is written there"
    assert not any(rows[0]), "and is not cut off"
    assert timeline.minimumHeight() >= scene.ruler + scene.sizes.coverage_height + 2 * scene.sizes.lane_height


def test_other_lanes_are_painted_at_once_though_the_view_stays(timeline: TimelineWidget) -> None:
    before, view = timeline.grab().toImage(), timeline.scene.view
    timeline.set_lanes(
        make_lanes(make_timeline([[(5 * S, 55 * S)], [(20 * S, 10 * S), (52_100_000_000, 8 * S)]])), keep_view=True
    )
    assert timeline.scene.view == view
    assert timeline.grab().toImage() != before


def test_times_travel_whole(qtbot: QtBot, timeline: TimelineWidget) -> None:
    """An `int` signal of Qt would carry 32 bits."""
    with qtbot.waitSignal(timeline.seek_requested) as asked:
        QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=_at(timeline, 30, _lane_y(0)))
    assert asked.args is not None
    assert asked.args[0] > 2**40


def test_a_drag_on_the_ruler_scrubs(qtbot: QtBot, timeline: TimelineWidget) -> None:
    told: list[str] = []
    seen: list[int] = []
    timeline.scrub_started.connect(lambda: told.append("started"))
    timeline.scrub_ended.connect(lambda: told.append("ended"))
    timeline.seek_requested.connect(seen.append)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=_at(timeline, 5, 5))
    for second in range(6, 40, 3):
        QTest.mouseMove(timeline, _at(timeline, second, 5))
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=_at(timeline, 39, 5))
    assert told == ["started", "ended"]
    assert seen == sorted(seen)
    assert len(seen) > 5


def test_a_drag_on_the_lanes_pans_and_does_not_seek(qtbot: QtBot, timeline: TimelineWidget) -> None:
    timeline.zoom(8, 1, 500)
    before = timeline.scene.view.start_ns
    with qtbot.assertNotEmitted(timeline.seek_requested):
        QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(LABEL_WIDTH + 500, _lane_y(0)))
        for x in range(490, 390, -10):
            QTest.mouseMove(timeline, QPoint(LABEL_WIDTH + x, _lane_y(0)))
        QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(LABEL_WIDTH + 400, _lane_y(0)))
    moved = timeline.scene.view.start_ns - before
    assert abs(moved - 100 * timeline.scene.view.ns_per_pixel) <= 4 * timeline.scene.view.ns_per_pixel


def test_the_wheel_zooms_around_the_pointer(timeline: TimelineWidget) -> None:
    place = _at(timeline, 15, _lane_y(0))
    length = timeline.scene.view.length_ns
    _turn(timeline, place, up=3)
    assert timeline.scene.view.length_ns < length // 1.9
    assert abs(timeline.x_of(IncidentTime(START_NS + 15 * S)) - place.x()) <= 2
    _turn(timeline, place, up=-3)
    assert timeline.scene.view.length_ns == pytest.approx(length, rel=0.01)


def test_the_pointer_says_how_long_a_gap_is(timeline: TimelineWidget) -> None:
    words = timeline.words_at(_at(timeline, 30, _lane_y(1)))
    assert words == "BWV 1: not recording for 32.1 s, 21:32:20.0 to 21:32:52.1"


def test_the_pointer_says_what_a_bar_is_and_how_many_cameras_there_were(timeline: TimelineWidget) -> None:
    assert "BWV 1 0.mp4" in timeline.words_at(_at(timeline, 12, _lane_y(1)))
    assert "before 21:32:10.0" in timeline.words_at(_at(timeline, 5, _lane_y(1)))
    assert timeline.words_at(_at(timeline, 12, timeline.height() - 3)).startswith("2 of 2 cameras")


def test_the_pointer_reads_marks(timeline: TimelineWidget) -> None:
    timeline.set_marks(MarksOnTimeline.of((TimelineMark("m", IncidentTime(START_NS + 30 * S), "Door opens"),)))
    assert timeline.words_at(_at(timeline, 30, 12)) == "21:32:30.000  Door opens"


def test_the_page_turns_when_the_playhead_leaves_it(timeline: TimelineWidget) -> None:
    timeline.zoom(8, 1, 0)
    target = IncidentTime(START_NS + 50 * S)
    timeline.set_playhead(target, follow=True)
    assert LABEL_WIDTH <= timeline.x_of(target) < timeline.width()


def test_a_playhead_far_away_is_no_fault(timeline: TimelineWidget) -> None:
    for instant in (0, 2**62, -(2**62)):
        timeline.set_playhead(IncidentTime(instant), follow=False)
        timeline.repaint()


def test_a_moving_playhead_repaints_little(timeline: TimelineWidget, qtbot: QtBot) -> None:
    timeline.set_playhead(IncidentTime(START_NS + 10 * S), follow=True)
    qtbot.wait(50)
    painted = timeline._still.painted_pixels  # what stands still is drawn once and kept
    timeline.set_playhead(IncidentTime(START_NS + 11 * S), follow=True)
    timeline.repaint()
    assert timeline._still.painted_pixels == painted


def test_hostile_names_are_shown_as_they_are(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtGui import QHelpEvent
    from PySide6.QtWidgets import QToolTip

    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: shown.append(text))
    widget = TimelineWidget(LOOK)
    qtbot.addWidget(widget)
    made = make_timeline([[(0, 60 * S)]])
    widget.resize(900, 200)
    widget.set_lanes(make_lanes(made), keep_view=False)
    monkeypatch.setattr(widget, "words_at", lambda _place: "<img src='x'>\nb")
    QApplication.sendEvent(widget, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(300, 40), QPoint(300, 40)))
    assert shown == ["<qt>&lt;img src=&#x27;x&#x27;&gt;<br>b</qt>"]


def test_bars_are_drawn_in_the_camera_s_colour(timeline: TimelineWidget) -> None:
    image = timeline.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    place = _at(timeline, 30, _lane_y(0))
    assert image.pixelColor(place).name() == "#56b4e9"
