"""Draws what of the timeline stands still: ruler, lanes, labels and coverage. It is kept as a picture and moved along.

Whatever depends on the place of an instant is drawn the same wherever it lies on screen, so that a picture that was
moved by whole pixels and filled up at its edge is, pixel for pixel, the picture that would have been drawn.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygon

from evidence.times import IncidentTime
from player.ui.timeline.lanes import Pixels
from player.ui.timeline.look import BAR_MARGIN, Look
from player.ui.timeline.scene import Scene
from player.ui.timeline.time_view import find_ticks
from resources.palette import LANES

_LABEL_DISTANCES = 2
"""Distances between ticks: more than the longest label."""

_DAY_NS = 86_400_000_000_000
_MINOR_PARTS = 5
_LEAST_EDGED = 5
_HATCH = 8
"""Pixels after which Qt's hatching repeats."""


def paint_scene(painter: QPainter, scene: Scene, look: Look, part: QRect | None = None) -> None:
    """Draw what stands still; only in `part`, where that is given."""
    part = scene.rect if part is None else part
    painter.setClipRect(part)
    painter.fillRect(part, look.colour("window"))
    if scene.lanes.span is None:
        painter.setPen(look.colour("dim"))
        painter.drawText(scene.rect, Qt.AlignmentFlag.AlignCenter, "Nothing on the timeline yet")
        return
    width, foot = scene.size[0], scene.foot
    painter.fillRect(0, 0, width, scene.ruler, look.colour("panel"))
    painter.fillRect(0, scene.ruler - 1, width, 1, look.colour("line"))
    painter.fillRect(0, foot, width, scene.sizes.coverage_height, look.colour("panel"))
    if part.right() >= scene.left:
        painter.setClipRect(part & scene.time_rect)
        _paint_ruler(painter, scene, look, part)
        if part.bottom() >= foot:
            _paint_coverage(painter, scene, look, part)
        painter.setClipRect(part & scene.bars_rect)
        _paint_bars(painter, scene, look, part)
        painter.setClipRect(part)
    painter.fillRect(0, foot, width, 1, look.colour("line"))
    if part.left() < scene.left:
        _paint_corners(painter, scene, look)
        painter.setClipRect(part & scene.lanes_rect)
        for number in scene.lanes_in(part):
            _paint_label(painter, scene, look, number)
        painter.setClipRect(part)
        painter.fillRect(scene.left - 1, 0, 1, scene.size[1], look.colour("line"))
    painter.setClipping(False)


def fill(painter: QPainter, areas: list[QRect], brush: QBrush | QColor) -> None:
    """Fill many rectangles in one call: a call for each costs more than the filling."""
    if areas:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRects(areas)


def _paint_ruler(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Draw ticks with their labels, and a faint line below each, as far as they touch `part`."""
    view = scene.view
    ticks = find_ticks(view, least_pixels=scene.sizes.tick_distance, zone_offset_ns=look.times.offset_ns(view.start_ns))
    before = min(ticks.instants, default=IncidentTime(view.end_ns)) - ticks.step_ns
    left, right = part.left() - scene.left, part.right() - scene.left
    left -= _LABEL_DISTANCES * scene.sizes.tick_distance
    step = ticks.step_ns
    near = [one for one in (before, *ticks.instants) if left <= view.x_of(one + step) and view.x_of(one) <= right]
    xs = [scene.left + view.x_of(one) for one in near]
    minors = [scene.left + view.x_of(one + n * step // _MINOR_PARTS) for one in near for n in range(1, _MINOR_PARTS)]
    height = scene.lanes_rect.height()
    fill(painter, [QRect(x, scene.ruler, 1, height) for x in xs], look.grid)
    marks = [QRect(x, 4, 1, scene.ruler - 4) for x in xs] + [QRect(x, scene.ruler - 5, 1, 5) for x in minors]
    fill(painter, marks, look.colour("line"))
    base = 4 + painter.fontMetrics().ascent()
    for instant, x in zip(near, xs, strict=True):
        day = look.tick_day(instant)
        is_new_day = day != look.tick_day(instant - step)
        painter.setPen(look.colour("text" if is_new_day else "dim"))
        shows_day = is_new_day or step >= _DAY_NS
        painter.drawText(x + 5, base, day if shows_day else look.tick_text(instant, ticks.decimals))


def _paint_corners(painter: QPainter, scene: Scene, look: Look) -> None:
    """Draw the day at the left end of the ruler and the word at the left end of the coverage."""
    metrics, dim = painter.fontMetrics(), look.colour("dim")
    painter.fillRect(0, 0, scene.left, scene.ruler - 1, look.colour("panel"))
    painter.setPen(dim)
    day = metrics.elidedText(look.times.day(scene.view.start_ns), Qt.TextElideMode.ElideRight, scene.left - 16)
    painter.drawText(10, 4 + metrics.ascent(), day)
    top = scene.foot
    painter.drawText(
        QRect(12, top, scene.left - 16, scene.sizes.coverage_height), Qt.AlignmentFlag.AlignVCenter, "Coverage"
    )


def _paint_bars(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Draw the grounds of the lanes, gaps and bars that touch `part`: of all lanes together, a colour at a time."""
    shown = scene.lanes_in(part)
    if not shown:
        return
    _paint_grounds(painter, scene, look, shown)
    lanes, view, height, each = scene.lanes, scene.view, scene.bar_height, scene.lane_height
    base = scene.lane_top(0) + BAR_MARGIN
    first, last = part.left() - scene.left, part.right() - scene.left
    gaps = lanes.gap_bars(view, shown)
    gaps = gaps.chosen((gaps.right > first) & (gaps.left <= last))
    ratio = round(painter.device().devicePixelRatio())  # Qt hatches in device pixels, from an origin in these too
    painter.setBrushOrigin(-ratio * (view.start_ns // view.ns_per_pixel) % _HATCH, -ratio * scene.top % _HATCH)
    fill(painter, _areas(scene, gaps.left, gaps.lane * each + base, gaps.right - gaps.left, height), look.hatching)
    bars = lanes.bars(view, shown)
    bars = bars.chosen((bars.right > first) & (bars.left <= last))
    tops, widths = bars.lane * each + base, bars.right - bars.left
    colours = np.array([lane.colour for lane in lanes.lanes[shown.start : shown.stop]], dtype=np.int64) % len(LANES)
    of_bars = colours[bars.lane - shown.start]
    for number in range(len(LANES)):
        some = np.flatnonzero(of_bars == number)
        if len(some):
            colour = look.lane(number)
            fill(painter, _areas(scene, bars.left[some], tops[some], widths[some], height), colour)
            some = some[widths[some] >= _LEAST_EDGED]
            fill(
                painter, _areas(scene, bars.right[some] - 1, tops[some], np.ones_like(some), height), colour.darker(160)
            )


def _areas(scene: Scene, lefts: Pixels, tops: Pixels, widths: Pixels, height: int) -> list[QRect]:
    """Return rectangles in the widget, from pixels of the view."""
    rows = zip((lefts + scene.left).tolist(), tops.tolist(), widths.tolist(), strict=True)
    return [QRect(x, y, width, height) for x, y, width in rows]


def _paint_grounds(painter: QPainter, scene: Scene, look: Look, shown: range) -> None:
    width = scene.size[0]
    focus = [number for number in shown if scene.lanes.lanes[number].camera_id == scene.focus]
    fill(painter, [scene.lane_rect(number) for number in focus], look.colour("accent", 36))
    lines = [QRect(0, scene.lane_top(number + 1) - 1, width, 1) for number in shown]
    fill(painter, lines, look.colour("line", 120))


def _paint_label(painter: QPainter, scene: Scene, look: Look, number: int) -> None:
    lane, rect = scene.lanes.lanes[number], scene.lane_rect(number)
    is_focus = lane.camera_id == scene.focus
    ground = look.colour("raised" if is_focus else "panel")
    painter.fillRect(0, rect.top(), scene.left, rect.height(), look.colour("window"))
    painter.fillRect(0, rect.top(), scene.left, rect.height() - 1, ground)
    painter.fillRect(0, rect.top(), 4, rect.height() - 1, look.lane(lane.colour))
    is_heard = lane.camera_id in scene.heard
    room = scene.left - 20 - (18 if is_heard else 0)
    painter.setPen(look.colour("text" if is_focus or lane.placed else "dim"))
    name = painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRect(12, rect.top(), room, rect.height() - 1), Qt.AlignmentFlag.AlignVCenter, name)
    if is_heard:
        _paint_speaker(painter, scene.left - 22, rect.center().y(), look.colour("accent"))


def _paint_speaker(painter: QPainter, x: int, y: int, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(
        QPolygon(
            [
                QPoint(x, y - 2),
                QPoint(x + 3, y - 2),
                QPoint(x + 7, y - 6),
                QPoint(x + 7, y + 6),
                QPoint(x + 3, y + 2),
                QPoint(x, y + 2),
            ]
        )
    )
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(x + 4, y - 5, 9, 10, -60 * 16, 120 * 16)
    painter.restore()


def _paint_coverage(painter: QPainter, scene: Scene, look: Look, part: QRect) -> None:
    """Draw how many cameras were recording, where that touches `part`."""
    most, foot = scene.lanes.most_at_once, scene.size[1] - 1
    heights = [max(2, (scene.sizes.coverage_height - 5) * count // max(1, most)) for count in range(most + 1)]
    first, last = part.left() - scene.left, part.right() - scene.left
    areas = [
        QRect(scene.left + left, foot - heights[count], right - left, heights[count])
        for left, right, count in scene.lanes.coverage_bars(scene.view)
        if right > first and left <= last
    ]
    fill(painter, areas, look.colour("dim", 150))
