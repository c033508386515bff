"""Draws what lies on top of the timeline and is painted each time: marks, range, the chosen recording, the playhead."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPolygon

from evidence.times import IncidentTime
from player.ui.timeline.look import BAR_MARGIN, Look
from player.ui.timeline.mark_painter import paint_marks
from player.ui.timeline.scene import Scene

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def paint_overlay(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Draw range, marks and the chosen recording, as far as they lie in `part`."""
    if scene.lanes.span is None:
        return
    painter.setClipRect(scene.time_rect & part)
    _paint_range(painter, scene, look)
    paint_marks(painter, scene, look, part)
    _paint_outside(painter, scene, look, part)
    painter.setClipRect(scene.bars_rect & part)
    _paint_chosen(painter, scene, look)
    painter.setClipping(False)


def paint_playhead(painter: QPainter, scene: Scene, look: Look, playhead: IncidentTime) -> None:
    """Draw the playhead on top."""
    x = scene.left + scene.view.x_of(playhead)
    if scene.lanes.span is None or not scene.left <= x < scene.size[0]:
        return
    painter.fillRect(x, 0, 1, scene.size[1], look.colour("text"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("text"))
    top = scene.ruler - 9
    painter.drawPolygon(
        QPolygon(
            [QPoint(x - 5, top), QPoint(x + 6, top), QPoint(x + 6, top + 3), QPoint(x, top + 9), QPoint(x - 5, top + 3)]
        )
    )


def playhead_rect(scene: Scene, playhead: IncidentTime) -> QRect:
    """Return what must be painted anew when the playhead leaves or comes."""
    x = min(max(scene.view.x_of(playhead), -scene.left), scene.view.width + scene.left)
    return QRect(scene.left + x - 8, 0, 17, scene.size[1])


def outside_words(scene: Scene, look: Look, place: QPoint) -> str:
    """Return what lies outside of the stretch on screen, where `place` is on the sign that says so; or ""."""
    before, after = _outside_rects(scene)
    span = scene.lanes.span
    counts = scene.lanes.counts_outside(scene.view.start_ns, scene.view.end_ns)
    if span is None:
        return ""
    if before.contains(place) and counts[0]:
        return f"{_recordings(counts[0])} before this, from {look.times.day(span.start)} on"
    if after.contains(place) and counts[1]:
        return f"{_recordings(counts[1])} after this, to {look.times.day(span.end)}"
    return ""


def _recordings(count: int) -> str:
    return f"{count:,} recording" if count == 1 else f"{count:,} recordings"


def _outside_rects(scene: Scene) -> tuple[QRect, QRect]:
    foot = QRect(scene.left, scene.foot + 1, scene.sizes.outside_width, scene.sizes.coverage_height - 1)
    return foot, foot.translated(scene.view.width - scene.sizes.outside_width, 0)


def _paint_outside(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Say at the edges of the coverage how many recordings lie before and after what is on screen."""
    counts = scene.lanes.counts_outside(scene.view.start_ns, scene.view.end_ns)
    sides = zip(_outside_rects(scene), counts, ("◂ {:,}", "{:,} ▸"), (_LEFT, _RIGHT), strict=True)
    for rect, count, form, side in sides:
        if count and part.intersects(rect):
            painter.fillRect(rect, look.colour("raised"))
            painter.setPen(look.colour("text"))
            painter.drawText(rect.adjusted(6, 0, -6, 0), side | Qt.AlignmentFlag.AlignVCenter, form.format(count))


def _paint_range(painter: QPainter, scene: Scene, look: Look) -> None:
    if scene.range_in is None and scene.range_out is None:
        return
    left = 0 if scene.range_in is None else max(0, scene.view.x_of(scene.range_in))
    right = scene.view.width if scene.range_out is None else min(scene.view.width, scene.view.x_of(scene.range_out))
    width, height = max(0, right - left), scene.lanes_rect.height()
    painter.fillRect(scene.left + left, scene.ruler - 6, width, 5, look.colour("accent"))
    painter.fillRect(scene.left + left, scene.ruler, width, height, look.colour("accent", 28))


def _paint_chosen(painter: QPainter, scene: Scene, look: Look) -> None:
    """Frame the bar in which the chosen recording is."""
    found = None if scene.chosen is None else scene.lanes.place_of(scene.chosen)
    if found is None or found[0] not in scene.shown_lanes:
        return
    lane, number = found
    bars = scene.lanes.bars(scene.view, range(lane, lane + 1))
    which = np.flatnonzero((bars.first <= number) & (number <= bars.last))
    for place in which.tolist():
        left, width = int(bars.left[place]), int(bars.right[place] - bars.left[place])
        area = QRect(scene.left + left, scene.lane_top(lane) + BAR_MARGIN, width, scene.bar_height)
        painter.setPen(QPen(look.colour("text"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0, 0, -1, -1))
