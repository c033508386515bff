"""The timeline of the largest case: 200 cameras and 5,000 recordings, panned, zoomed and scrolled at 1920x1080.

What counts is the time of the window's own thread, so that a busy machine does not change the figures much.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication

from app.time_text import LocalTimes, duration_text
from evidence.times import NS_PER_S
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import LaneSize, Look
from player.ui.timeline.preview_painter import LEAST_WIDTH
from player.ui.timeline.preview_source import PreviewSource
from player.ui.timeline.sizes import LABEL_WIDTH, RULER_HEIGHT
from player.ui.timeline.widget import TimelineWidget
from resources.palette import DARK, LIGHT, Palette
from tests.bench.measurement import Measurement
from tests.support.previews import SECONDS, make_previews, with_previews
from tests.support.timelines import make_timeline

_SIZE = (1_920, 1_080)
_BUDGET_MS = 8
_TURNS = 300
_MINUTE = SECONDS * NS_PER_S


class _TimedTimeline(TimelineWidget):
    """A timeline that notes what each of its paints took, ms."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.took: list[float] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        begin = time.thread_time()
        super().paintEvent(event)
        self.took.append((time.thread_time() - begin) * 1_000)


def measure() -> Iterable[Measurement]:
    """Measure each theme with and without previews, and beside the bare painter."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        store = make_previews(Path(folder))
        for palette in (DARK, LIGHT):
            for size in (LaneSize.LOW, LaneSize.HIGH):
                source = PreviewSource()
                source.set_store(store)
                yield from _one(palette, size, source)
                source.close()
            yield from _one(palette, LaneSize.LOW, None)
    del application


def _one(palette: Palette, size: LaneSize, source: PreviewSource | None) -> Iterator[Measurement]:
    widget = _TimedTimeline(Look(LocalTimes(ZoneInfo("Europe/London")), duration_text, palette))
    spans = [[(_MINUTE * 11 // 10 * one + camera * NS_PER_S, _MINUTE) for one in range(25)] for camera in range(200)]
    widget.resize(*_SIZE)
    widget.set_lane_size(size)
    widget.set_previews(source)
    widget.set_lanes(make_lanes(with_previews(make_timeline(spans))), keep_view=False)
    widget.show()
    _pump(1.0)
    widget.took.clear()
    bare: list[float] = []
    for number, turn in enumerate(_turns(widget)):
        turn()
        widget.repaint()
        if number % 10 == 0:
            bare.append(_bare_paint(widget, with_pictures=source is not None))
        _pump(0.004)
    name = f"{palette.name}, lanes {size}, {'with' if source else 'without'} previews"
    ours, peer = _percentile(widget.took, 95), _percentile(bare, 95)
    yield Measurement(
        f"timeline paint, {name}, p95",
        ours,
        peer,
        "ms",
        "bare QPainter, the same bars and pictures, nothing else",
        ours / peer,
        f"<= {_BUDGET_MS} ms",
        is_met=ours <= _BUDGET_MS,
    )
    widget.close()
    widget.deleteLater()


def _turns(widget: TimelineWidget) -> Iterator[Callable[[], None]]:
    """Do what a hand does: pan a while, zoom in, pan back, scroll the lanes, zoom out."""
    for number in range(_TURNS):
        phase = number // 20 % 6
        if phase in {0, 2, 4}:
            step = (13, -29, 57)[phase // 2]
            yield lambda step=step: widget.pan(step)  # type: ignore[misc]
        elif phase == 1:
            yield lambda: widget.zoom(5, 4, 700)
        elif phase == 3:
            yield lambda number=number: widget.scroll_lanes(1 if number // 120 % 2 == 0 else -1)  # type: ignore[misc]
        else:
            yield lambda: widget.zoom(4, 5, 900)


def _bare_paint(widget: TimelineWidget, *, with_pictures: bool) -> float:
    """Return how long it takes to paint as many rectangles and pictures from lists made before, ms."""
    scene = widget.scene
    bars = scene.lanes.bars(scene.view, scene.shown_lanes)
    gaps = scene.lanes.gap_bars(scene.view, scene.shown_lanes)
    wide = scene.lanes.wide_bars(scene.view, scene.shown_lanes, LEAST_WIDTH)
    height = scene.bar_height
    areas = [
        QRect(LABEL_WIDTH + left, RULER_HEIGHT + lane * scene.lane_height - scene.top, right - left, height)
        for some in (bars, gaps)
        for lane, left, right in zip(some.lane.tolist(), some.left.tolist(), some.right.tolist(), strict=True)
    ]
    widths = (wide.right.clip(0, scene.view.width) - wide.left.clip(0)).tolist()
    pictures = [
        (QPoint(LABEL_WIDTH + max(0, left), scene.lane_top(lane)), QImage(width, height, QImage.Format.Format_RGB32))
        for lane, left, width in zip(wide.lane.tolist(), wide.left.tolist(), widths, strict=True)
    ]
    target = QPixmap(*scene.size)
    painter = QPainter(target)
    begin = time.thread_time()
    painter.fillRect(0, 0, *scene.size, QColor("black"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("red"))
    painter.drawRects(areas)
    if with_pictures:
        for place, picture in pictures:
            painter.drawImage(place, picture)
    took = (time.thread_time() - begin) * 1_000
    painter.end()
    return took


def _pump(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
