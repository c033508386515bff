"""Draws the timeline: what stands still into a picture of its own, what moves with the playhead on top of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen, QPolygon

from evidence.times import IncidentRange, IncidentTime
from player.ui.timeline.lanes import Lane, Lanes
from player.ui.timeline.look import (
    BAR_MARGIN,
    COVERAGE_HEIGHT,
    LABEL_WIDTH,
    LANE_HEIGHT,
    RULER_HEIGHT,
    Look,
    TimelineMark,
)
from player.ui.timeline.preview_painter import LEAST_WIDTH, PreviewTiles
from player.ui.timeline.time_view import TimeView, find_ticks

_TICK_PIXELS = 110
_MINOR_PARTS = 5


@dataclass(frozen=True)
class Scene:
    """All that is on screen, frozen: what the painter draws depends on nothing else.

    Attributes:
        lanes: the cameras.
        view: the stretch of time, over the width right of the labels.
        size: width and height of the whole widget.
        top: how many pixels of the lanes are scrolled out above.
        lane_height: of each lane, in pixels.
        focus: camera with the focus, or None.
        chosen: the chosen recording, or None.
        heard: camera that is heard, or None.
        range_in: start of the range, or None.
        range_out: end of the range, exclusive, or None.
        marks: by instant.
    """

    lanes: Lanes
    view: TimeView
    size: tuple[int, int]
    top: int = 0
    lane_height: int = LANE_HEIGHT
    focus: str | None = None
    chosen: str | None = None
    heard: str | None = None
    range_in: IncidentTime | None = None
    range_out: IncidentTime | None = None
    marks: tuple[TimelineMark, ...] = ()

    @property
    def lanes_rect(self) -> QRect:
        """Where the lanes are."""
        width, height = self.size
        return QRect(0, RULER_HEIGHT, width, max(0, height - RULER_HEIGHT - COVERAGE_HEIGHT))

    def lane_rect(self, number: int) -> QRect:
        """Where a lane is; it may be scrolled out of sight."""
        return QRect(0, RULER_HEIGHT - self.top + number * self.lane_height, self.size[0], self.lane_height)

    def lane_at(self, y: int) -> int | None:
        """Return the number of the lane at a height, or None."""
        if not self.lanes_rect.contains(QPoint(0, y)):
            return None
        number = (y - RULER_HEIGHT + self.top) // self.lane_height
        return number if number < len(self.lanes.lanes) else None


def paint_scene(painter: QPainter, scene: Scene, look: Look, previews: PreviewTiles | None = None) -> None:
    """Draw everything but the playhead; with `previews`, also what the recordings look and sound like."""
    width, height = scene.size
    painter.fillRect(0, 0, width, height, look.colour("window"))
    if scene.lanes.span is None:
        painter.setPen(look.colour("dim"))
        painter.drawText(QRect(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, "Nothing on the timeline yet")
        return
    _paint_ruler(painter, scene, look)
    painter.setClipRect(scene.lanes_rect)
    _paint_range(painter, scene, look)
    first = scene.top // scene.lane_height
    last = min(len(scene.lanes.lanes), (scene.top + scene.lanes_rect.height()) // scene.lane_height + 1)
    if previews is not None:
        previews.begin(scene.view)
    for number in range(first, last):
        _paint_lane(painter, scene, look, number)
        if previews is not None:
            _paint_previews(painter, scene, number, previews)
        _paint_label(painter, scene, look, number)
    if previews is not None:
        previews.end()
    painter.setClipping(False)
    _paint_coverage(painter, scene, look)
    _paint_marks(painter, scene, look)
    painter.setPen(look.colour("line"))
    painter.drawLine(LABEL_WIDTH - 1, 0, LABEL_WIDTH - 1, height)


def paint_playhead(painter: QPainter, scene: Scene, look: Look, playhead: IncidentTime) -> None:
    """Draw the playhead on top."""
    x = LABEL_WIDTH + scene.view.x_of(playhead)
    if scene.lanes.span is None or not LABEL_WIDTH <= x < scene.size[0]:
        return
    painter.fillRect(x, 0, 1, scene.size[1], look.colour("text"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("text"))
    top = RULER_HEIGHT - 9
    painter.drawPolygon(
        QPolygon(
            [QPoint(x - 5, top), QPoint(x + 6, top), QPoint(x + 6, top + 3), QPoint(x, top + 9), QPoint(x - 5, top + 3)]
        )
    )


def playhead_rect(scene: Scene, playhead: IncidentTime) -> QRect:
    """Return what must be painted anew when the playhead leaves or comes."""
    x = min(max(scene.view.x_of(playhead), -LABEL_WIDTH), scene.view.width + LABEL_WIDTH)
    return QRect(LABEL_WIDTH + x - 8, 0, 17, scene.size[1])


def _paint_ruler(painter: QPainter, scene: Scene, look: Look) -> None:
    view = scene.view
    painter.fillRect(0, 0, scene.size[0], RULER_HEIGHT, look.colour("panel"))
    ticks = find_ticks(view, least_pixels=_TICK_PIXELS, zone_offset_ns=look.times.offset_ns(view.start_ns))
    metrics = painter.fontMetrics()
    painter.setClipRect(LABEL_WIDTH, 0, scene.size[0] - LABEL_WIDTH, scene.size[1])
    last_day = ""
    grid, line, text, dim = look.colour("line", 90), look.colour("line"), look.colour("text"), look.colour("dim")
    for instant in (
        IncidentTime(min(ticks.instants, default=IncidentTime(view.start_ns)) - ticks.step_ns),
        *ticks.instants,
    ):
        x = LABEL_WIDTH + view.x_of(instant)
        painter.fillRect(x, RULER_HEIGHT, 1, scene.size[1], grid)
        painter.fillRect(x, 4, 1, RULER_HEIGHT - 4, line)
        for part in range(1, _MINOR_PARTS):
            minor = LABEL_WIDTH + view.x_of(instant + part * ticks.step_ns // _MINOR_PARTS)
            painter.fillRect(minor, RULER_HEIGHT - 5, 1, 5, line)
        day = look.times.day(instant)
        is_new_day = x >= LABEL_WIDTH and last_day not in {"", day}
        shows_days = ticks.step_ns >= 86_400_000_000_000
        label = day if shows_days or is_new_day else look.times.clock(instant, ticks.decimals)
        last_day = day
        painter.setPen(text if is_new_day else dim)
        painter.drawText(x + 5, 4 + metrics.ascent(), label)
    painter.setClipping(False)
    painter.fillRect(0, RULER_HEIGHT - 1, scene.size[0], 1, line)
    painter.fillRect(0, 0, LABEL_WIDTH, RULER_HEIGHT - 1, look.colour("panel"))
    painter.setPen(dim)
    day = metrics.elidedText(look.times.day(view.start_ns), Qt.TextElideMode.ElideRight, LABEL_WIDTH - 16)
    painter.drawText(10, 4 + metrics.ascent(), day)


def _paint_range(painter: QPainter, scene: Scene, look: Look) -> None:
    if scene.range_in is None and scene.range_out is None:
        return
    left = LABEL_WIDTH if scene.range_in is None else LABEL_WIDTH + scene.view.x_of(scene.range_in)
    right = scene.size[0] if scene.range_out is None else LABEL_WIDTH + scene.view.x_of(scene.range_out)
    left, right = max(LABEL_WIDTH, left), min(scene.size[0], right)
    painter.setClipping(False)
    if right > left:
        painter.fillRect(left, RULER_HEIGHT - 6, right - left, 5, look.colour("accent"))
        painter.fillRect(left, RULER_HEIGHT, right - left, scene.lanes_rect.height(), look.colour("accent", 28))
    painter.setClipRect(scene.lanes_rect)


def _paint_lane(painter: QPainter, scene: Scene, look: Look, number: int) -> None:
    lane, rect = scene.lanes.lanes[number], scene.lane_rect(number)
    if lane.camera_id == scene.focus:
        painter.fillRect(rect, look.colour("accent", 36))
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line", 120))
    top, height = rect.top() + BAR_MARGIN, rect.height() - 2 * BAR_MARGIN - 1
    gaps = [_on_screen(left, right, top, height, scene) for left, right in lane.gap_bars(scene.view)]
    _fill(painter, gaps, QBrush(look.colour("dim", 130), Qt.BrushStyle.BDiagPattern))
    bars = lane.bars(scene.view)
    areas = [_on_screen(one.left, one.right, top, height, scene) for one in bars]
    colour = look.lane(lane.colour)
    _fill(painter, areas, colour)
    _fill(painter, [QRect(area.right(), top, 1, height) for area in areas if area.width() > 4], colour.darker(160))
    for one, area in zip(bars, areas, strict=True):
        if _holds(lane, one.first, one.last, scene.chosen):
            painter.setPen(QPen(look.colour("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0, 0, -1, -1))


def _paint_previews(painter: QPainter, scene: Scene, number: int, previews: PreviewTiles) -> None:
    """Draw thumbnails and waveforms into the bars of a lane that are wide enough, a pixel inside of their edges."""
    lane, rect = scene.lanes.lanes[number], scene.lane_rect(number)
    top, height = rect.top() + BAR_MARGIN, rect.height() - 2 * BAR_MARGIN - 1
    for one in lane.wide_bars(scene.view, LEAST_WIDTH):
        previews.paint(painter, lane.placed[one.first], one, (top + 1, height - 2), LABEL_WIDTH)


def _holds(lane: Lane, first: int, last: int, chosen: str | None) -> bool:
    return chosen is not None and any(place.recording.id == chosen for place in lane.placed[first : last + 1])


def _on_screen(left: int, right: int, top: int, height: int, scene: Scene) -> QRect:
    """Return where pixels of the view lie in the widget, cut a little outside of it."""
    left, right = max(left, -3), min(right, scene.view.width + 3)
    return QRect(LABEL_WIDTH + left, top, right - left, height)


def _fill(painter: QPainter, areas: list[QRect], brush: QBrush | QColor) -> None:
    """Fill many rectangles in one call: a call for each costs more than the filling."""
    if areas:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRects(areas)


def _paint_label(painter: QPainter, scene: Scene, look: Look, number: int) -> None:
    lane, rect = scene.lanes.lanes[number], scene.lane_rect(number)
    is_focus = lane.camera_id == scene.focus
    ground = look.colour("raised" if is_focus else "panel")
    painter.fillRect(0, rect.top(), LABEL_WIDTH, rect.height() - 1, ground)
    painter.fillRect(0, rect.top(), 4, rect.height() - 1, look.lane(lane.colour))
    is_heard = lane.camera_id == scene.heard
    room = LABEL_WIDTH - 20 - (18 if is_heard else 0)
    painter.setPen(look.colour("text" if is_focus or lane.placed else "dim"))
    name = painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRect(12, rect.top(), room, rect.height() - 1), Qt.AlignmentFlag.AlignVCenter, name)
    if is_heard:
        _paint_speaker(painter, LABEL_WIDTH - 22, rect.center().y(), look.colour("accent"))


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


def _paint_coverage(painter: QPainter, scene: Scene, look: Look) -> None:
    top = scene.size[1] - COVERAGE_HEIGHT
    painter.fillRect(0, top, scene.size[0], COVERAGE_HEIGHT, look.colour("panel"))
    painter.fillRect(0, top, scene.size[0], 1, look.colour("line"))
    most = scene.lanes.most_at_once
    painter.setClipRect(LABEL_WIDTH, top, scene.size[0] - LABEL_WIDTH, COVERAGE_HEIGHT)
    heights = [max(2, (COVERAGE_HEIGHT - 5) * count // max(1, most)) for count in range(most + 1)]
    foot = scene.size[1] - 1
    areas = [
        QRect(LABEL_WIDTH + left, foot - heights[count], right - left, heights[count])
        for left, right, count in scene.lanes.coverage_bars(scene.view)
    ]
    _fill(painter, areas, look.colour("dim", 150))
    painter.setClipping(False)
    painter.setPen(look.colour("dim"))
    painter.drawText(QRect(12, top, LABEL_WIDTH - 16, COVERAGE_HEIGHT), Qt.AlignmentFlag.AlignVCenter, "Coverage")


def _paint_marks(painter: QPainter, scene: Scene, look: Look) -> None:
    metrics: QFontMetrics = painter.fontMetrics()
    painter.save()
    painter.setClipRect(LABEL_WIDTH, 0, scene.size[0] - LABEL_WIDTH, scene.size[1] - COVERAGE_HEIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = look.colour("caution")
    last_x = -10
    for mark in scene.marks:
        x = LABEL_WIDTH + scene.view.x_of(mark.instant)
        if x == last_x or not LABEL_WIDTH - 8 <= x <= scene.size[0] + 8:
            continue
        last_x = x
        painter.fillRect(x, RULER_HEIGHT, 1, scene.size[1], look.colour("caution", 150))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        middle = RULER_HEIGHT - metrics.ascent() // 2
        painter.drawPolygon(
            QPolygon([QPoint(x, middle - 5), QPoint(x + 5, middle), QPoint(x, middle + 5), QPoint(x - 5, middle)])
        )
    painter.restore()


def gap_words(lane: Lane, gap: IncidentRange, look: Look) -> str:
    """Return what the pointer says over a gap: how long, and from when to when."""
    start, end = look.times.clock(gap.start, 1), look.times.clock(gap.end, 1)
    return f"{lane.name}: not recording for {look.duration_text(gap.duration_ns)}, {start} to {end}"
