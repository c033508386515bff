"""The timeline as a widget: shows a `Scene`, takes the mouse, asks for changes through signals.

Wheel: zoom around the pointer (over the labels: scroll the lanes; with Shift or sideways: pan). Drag on the ruler:
scrub. Click on a lane: go there and choose its recording. Drag on the lanes, or with the middle button: pan. All of it
can be done by keys as well, which are commands of the window (`app.command_list`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QScrollBar, QSizePolicy, QToolTip, QWidget

from evidence.times import IncidentTime
from player.ui.timeline.lanes import Lanes
from player.ui.timeline.look import (
    LaneSize,
    Look,
    lane_height,
    wished_lane_height,
)
from player.ui.timeline.marks import MarksOnTimeline
from player.ui.timeline.overlay import paint_overlay, paint_playhead, playhead_rect
from player.ui.timeline.preview_painter import PreviewTiles
from player.ui.timeline.preview_source import PreviewSource
from player.ui.timeline.scene import Scene
from player.ui.timeline.sizes import sizes_for
from player.ui.timeline.still_picture import StillPicture
from player.ui.timeline.time_view import TimeView, whole_view
from player.ui.timeline.where_to_look import find_opening, followed_view
from player.ui.timeline.words import as_html, words_at

_ZOOM_STEP = (5, 4)
_NOTCH = 120
_LEAST_LANES = 2


class _Drag(Enum):
    NONE = 0
    SCRUB = 1
    PRESS = 2
    PAN = 3


class TimelineWidget(QWidget):
    """Lanes, ruler, playhead, range and marks.

    Signals:
        scrub_started: the ruler was pressed.
        seek_requested: `IncidentTime` to go to.
        scrub_ended: the ruler was let go.
        camera_chosen: id of the camera whose lane was clicked.
        recording_chosen: id of the recording that was clicked.
    """

    scrub_started = Signal()
    seek_requested = Signal(object)
    scrub_ended = Signal()
    camera_chosen = Signal(str)
    recording_chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._scene = Scene(Lanes((), None), TimeView(0, 60_000_000_000, 100), (100, 100))
        self._playhead = IncidentTime(0)
        self._still = StillPicture()
        self._previews: PreviewTiles | None = None
        self._lane_size = LaneSize.LOW
        self._least_lanes = _LEAST_LANES
        self._drag = _Drag.NONE
        self._pressed = QPoint()
        self._panned_x = 0
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self._on_scrolled)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._lay_out()

    @property
    def scene(self) -> Scene:
        """What is on screen."""
        return self._scene

    @property
    def playhead(self) -> IncidentTime:
        """Where the playhead stands."""
        return self._playhead

    @property
    def is_scrubbing(self) -> bool:
        """Whether a hand holds the playhead."""
        return self._drag is _Drag.SCRUB

    def sizeHint(self) -> QSize:
        """Room for every lane, up to eight."""
        lanes = min(8, max(2, len(self._scene.lanes.lanes)))
        return QSize(900, self._frame_height + lanes * wished_lane_height(self._lane_size, lanes, self._scene.sizes))

    def set_previews(self, previews: PreviewSource | None) -> None:
        """Draw thumbnails and waveforms from here; None for plain bars."""
        if self._previews is not None:
            self._previews.source.arrived.disconnect(self._on_previews_arrived)
        self._previews = None if previews is None else PreviewTiles(previews)
        if previews is not None:
            previews.arrived.connect(self._on_previews_arrived)
        self._redraw()

    def set_lane_size(self, size: LaneSize) -> None:
        """Make the lanes as high as asked."""
        self._lane_size = size
        self._lay_out()
        self.updateGeometry()

    def set_gives_way(self, *, gives_way: bool) -> None:
        """Let it be a lane lower than usual, for what comes and goes below it; lanes are scrolled to."""
        self._least_lanes = _LEAST_LANES - gives_way
        self._lay_out()

    @property
    def usual_least_height(self) -> int:
        """How low it usually may be, logical pixels."""
        return self._frame_height + _LEAST_LANES * self._scene.sizes.lane_height

    def set_look(self, look: Look) -> None:
        """Change colours or the zone."""
        self._look = look
        self._redraw()

    def set_lanes(self, lanes: Lanes, *, keep_view: bool) -> None:
        """Show other lanes where most was recorded; with `keep_view` where the view is, or what it showed went."""
        before, self._scene = self._scene, replace(self._scene, lanes=lanes)
        if keep_view and before.lanes.span is not None:
            self._set_view(followed_view(before.view, before.lanes, lanes, before.focus))
        else:
            self.show_densest()
        self._lay_out()
        self._redraw()
        self.updateGeometry()

    def set_marks(self, marks: MarksOnTimeline) -> None:
        """Show these marks, in order of time."""
        self._show(replace(self._scene, marks=marks))

    def set_focus_camera(self, camera_id: str | None) -> None:
        """Light up a camera's lane and scroll it into sight."""
        self._show(replace(self._scene, focus=camera_id))
        number = self._scene.lanes.find_lane(camera_id)
        if number is not None:
            lane, height = self._scene.lane_height, self._scene.lanes_rect.height()
            self._bar.setValue(min(max(self._bar.value(), (number + 1) * lane - height), number * lane))

    def set_chosen(self, recording_id: str | None) -> None:
        """Frame a recording's bar."""
        self._show(replace(self._scene, chosen=recording_id))

    def set_heard(self, camera_ids: Iterable[str]) -> None:
        """Show a loudspeaker at the cameras that are heard."""
        self._show(replace(self._scene, heard=frozenset(camera_ids)))

    def set_range(self, range_in: IncidentTime | None, range_out: IncidentTime | None) -> None:
        """Show the range from in to out; either may be missing."""
        self._show(replace(self._scene, range_in=range_in, range_out=range_out))

    def set_playhead(self, instant: IncidentTime, *, follow: bool) -> None:
        """Move the playhead; only what changes is painted. With `follow`, turn the page where it leaves the screen."""
        if instant == self._playhead:
            return
        before = playhead_rect(self._scene, self._playhead)
        self._playhead = instant
        if follow and self._drag is _Drag.NONE:
            view = self._scene.view.showing(instant)
            if view is not self._scene.view:
                self._set_view(view)
                return
        after = playhead_rect(self._scene, instant)
        if before != after:
            self.update(before)
            self.update(after)

    def show_all(self) -> None:
        """Zoom out to everything."""
        span = self._scene.lanes.span
        if span is not None:
            self._set_view(whole_view(span, self._time_width()))

    def show_densest(self) -> None:
        """Show the stretch in which the cameras recorded most; what lies far outside is told at the edges."""
        opening = find_opening(self._scene.lanes)
        if opening is not None:
            self._set_view(whole_view(opening.span, self._time_width()))

    def show_instant(self, instant: IncidentTime) -> None:
        """Bring an instant into sight."""
        self._set_view(self._scene.view.showing(instant))

    def say_at(self, instant: IncidentTime) -> None:
        """Say what the pointer would say at an instant, in the lane of the camera with the focus."""
        self.show_instant(instant)
        number = self._scene.lanes.find_lane(self._scene.focus)
        y = self._scene.ruler // 2 if number is None else self._scene.lane_rect(number).center().y()
        self._say(QPoint(self.x_of(instant), y), self.mapToGlobal(QPoint(self.x_of(instant), y)))

    def zoom(self, numerator: int, denominator: int, x: int | None = None) -> None:
        """Show `denominator / numerator` of the time, around pixel `x` of the view or around the playhead."""
        if x is None:
            x = self._scene.view.x_of(self._playhead)
            if not 0 <= x < self._scene.view.width:
                x = self._scene.view.width // 2
        self._set_view(self._scene.view.zoomed(numerator, denominator, x))

    def pan(self, pixels: int) -> None:
        """Move what is on screen by so many pixels to the left."""
        self._set_view(self._scene.view.panned(pixels))

    def pan_part(self, parts: int) -> None:
        """Move on by so many eighths of what is on screen, or back where negative."""
        self.pan(parts * max(1, self._scene.view.width // 8))

    def scroll_lanes(self, lanes: int) -> None:
        """Move the lanes up by so many."""
        self._bar.setValue(self._bar.value() + lanes * self._scene.lane_height)

    def x_of(self, instant: IncidentTime) -> int:
        """Return the widget's pixel column of an instant."""
        return self._scene.left + self._scene.view.x_of(instant)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blit what stands still, then the playhead."""
        picture = self._still.up_to_date(self._scene, self._look, self._previews, self.font(), self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(0, 0, picture)
        paint_overlay(painter, self._scene, self._look, event.rect())
        paint_playhead(painter, self._scene, self._look, self._playhead)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._look.colour("accent"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the stretch of time over the new width."""
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Give larger text more room."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()
            self._redraw()
            self.updateGeometry()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer, pan, or scroll the lanes."""
        turn, x = event.angleDelta(), event.position().toPoint().x()
        if x < self._scene.left:
            self._bar.setValue(self._bar.value() - turn.y() * self._scene.lane_height // _NOTCH)
        elif turn.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_view(self._scene.view.panned(-(turn.x() or turn.y()) * 80 // _NOTCH))
        elif turn.y():
            up, down = _ZOOM_STEP if turn.y() > 0 else _ZOOM_STEP[::-1]
            for _ in range(max(1, abs(turn.y()) // _NOTCH)):
                self.zoom(up, down, x - self._scene.left)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to scrub, to pan, or to click."""
        self._pressed = event.position().toPoint()
        self._panned_x = self._pressed.x()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
        elif event.button() == Qt.MouseButton.LeftButton and self._pressed.x() >= self._scene.left:
            if self._pressed.y() < self._scene.ruler:
                self._drag = _Drag.SCRUB
                self.scrub_started.emit()
                self._ask_for(self._pressed.x())
            else:
                self._drag = _Drag.PRESS
        elif event.button() == Qt.MouseButton.LeftButton:
            self._choose_lane(self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub or pan."""
        place = event.position().toPoint()
        if self._drag is _Drag.PRESS and abs(place.x() - self._pressed.x()) >= QApplication.startDragDistance():
            self._drag = _Drag.PAN
        if self._drag is _Drag.SCRUB:
            self._ask_for(place.x())
        elif self._drag is _Drag.PAN:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._set_view(self._scene.view.panned(self._panned_x - place.x()))
            self._panned_x = place.x()
        elif self._drag is _Drag.NONE:
            is_ruler = place.y() < self._scene.ruler and place.x() >= self._scene.left
            self.setCursor(Qt.CursorShape.SizeHorCursor if is_ruler else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a scrub or a pan, or take a click."""
        drag, self._drag = self._drag, _Drag.NONE
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if drag is _Drag.SCRUB:
            self.scrub_ended.emit()
        elif drag is _Drag.PRESS:
            self._choose_lane(self._pressed)
            self._ask_for(self._pressed.x())

    def event(self, event: QEvent) -> bool:
        """Say what lies under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._say(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _say(self, place: QPoint, on_screen: QPoint) -> None:
        words = self.words_at(place)
        if words:
            QToolTip.showText(on_screen, as_html(words), self)
        else:
            QToolTip.hideText()

    def words_at(self, place: QPoint) -> str:
        """Return what the pointer says at a place."""
        return words_at(self._scene, self._look, place)

    def _choose_lane(self, place: QPoint) -> None:
        number = self._scene.lane_at(place.y())
        if number is None:
            return
        lane = self._scene.lanes.lanes[number]
        self.camera_chosen.emit(lane.camera_id)
        if place.x() >= self._scene.left:
            found = lane.find_at(self._scene.view.instant_at(place.x() - self._scene.left))
            if found is not None:
                self.recording_chosen.emit(found.recording.id)

    def _ask_for(self, x: int) -> None:
        if self._scene.lanes.span is None:
            return
        inside = min(max(0, x - self._scene.left), self._scene.view.width - 1)
        self.seek_requested.emit(self._scene.view.instant_at(inside))

    @property
    def _frame_height(self) -> int:
        """How much of the height the lanes do not have."""
        return self._scene.sizes.ruler_height + self._scene.sizes.coverage_height

    def _time_width(self) -> int:
        bar = self._bar.width() if self._bar.isVisibleTo(self) else 0
        return max(1, self.width() - self._scene.left - bar)

    def _set_view(self, view: TimeView) -> None:
        span = self._scene.lanes.span
        self._show(replace(self._scene, view=view if span is None else view.kept_near(span)))

    def _lay_out(self) -> None:
        size, sizes = (self.width(), self.height()), sizes_for(self.fontMetrics().height(), self.width())
        self._scene = replace(self._scene, size=size, sizes=sizes)
        self.setMinimumHeight(self._frame_height + self._least_lanes * sizes.lane_height)
        lanes, room = len(self._scene.lanes.lanes), self._scene.lanes_rect
        lane = lane_height(self._lane_size, lanes, room.height(), sizes)
        hidden = lanes * lane - room.height()
        self._bar.setVisible(hidden > 0)
        self._bar.setRange(0, max(0, hidden))
        self._bar.setPageStep(max(lane, room.height()))
        self._bar.setSingleStep(lane)
        self._bar.setGeometry(QRect(self.width() - 12, room.top(), 12, room.height()))
        view = self._scene.view.with_width(self._time_width())
        self._show(replace(self._scene, view=view, top=self._bar.value(), lane_height=lane))

    def _on_scrolled(self, value: int) -> None:
        self._show(replace(self._scene, top=value))

    def _show(self, scene: Scene) -> None:
        if scene != self._scene:
            self._scene = scene
            self.update()

    def _on_previews_arrived(self) -> None:
        self._still.look_for_previews()
        self.update()

    def _redraw(self) -> None:
        self._still.forget()
        self.update()
