"""The widget that shows all tiles: one paint, straight from the rings' memory, at the screen's own rate.

It pumps the engine: at the screen's rate while something moves or is on its way, and four times a second at rest. All
tiles of one refresh are drawn in one paint, so that they show one common instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from evidence.times import IncidentTime
from player.engine import Engine, TileRequest
from player.pictures import TilePicture, TileState
from player.ui.layout import LayoutKind, TilePlace, lay_out
from player.ui.tile_painter import CameraLabel, SurfaceColours, TilePainter, device_size
from player.ui.tile_words import TimeText

_REST_MS = 250
_FASTEST_HZ = 75.0
_SETTLE_RESIZE_MS = 80


@dataclass(frozen=True, slots=True)
class Painted:
    """What was last drawn into one tile.

    Attributes:
        recording_id: whose picture it is, or "" without one.
        frame: its number, or -1.
        instant: the playhead's instant at that paint.
        rect: where the picture is in the surface, logical pixels; None without one.
    """

    camera_id: str
    state: TileState
    recording_id: str
    frame: int
    instant: IncidentTime
    rect: QRect | None


class TileSurface(QWidget):
    """All visible cameras of the engine.

    Signals (times travel as `object`, because `int` has 32 bits in Qt):
        camera_clicked(str): a tile was clicked, by its camera's id.
        camera_double_clicked(str): a tile was double-clicked.
        camera_menu_requested(str, QPoint): a context menu was asked for; the point is on the screen.
        refreshed(object): the engine was pumped and the picture, or the playhead, moved; carries the position.
        playing_changed(bool): play began or ended, also by itself at the end.
    """

    camera_clicked = Signal(str)
    camera_double_clicked = Signal(str)
    camera_menu_requested = Signal(str, QPoint)
    refreshed = Signal(object)
    playing_changed = Signal(bool)

    def __init__(
        self,
        engine: Engine,
        time_text: TimeText,
        colours: SurfaceColours | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._time_text = self._moment_text = time_text
        self._colours = colours or SurfaceColours()
        self._cameras: tuple[CameraLabel, ...] = ()
        self._kind = LayoutKind.AUTO
        self._focus: str | None = None
        self._places: tuple[TilePlace, ...] = ()
        self._tiles: dict[str, TilePicture] = {}
        self._painted: dict[str, Painted] = {}
        self._was_playing = False
        self._last_position = engine.position
        self._painter = self._new_painter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._resize_timer = QTimer(self)
        self._resize_timer.setSingleShot(True)
        self._resize_timer.setInterval(_SETTLE_RESIZE_MS)
        self._resize_timer.timeout.connect(self._ask_for_tiles)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 90)
        self.setAccessibleName("Cameras")

    def sizeHint(self) -> QSize:
        """Ask for room for a picture of usual size."""
        return QSize(960, 540)

    # What is shown

    def set_cameras(self, cameras: Sequence[CameraLabel]) -> None:
        """Show these cameras, in this order."""
        self._cameras = tuple(cameras)
        self._lay_out()

    def set_layout(self, kind: LayoutKind) -> None:
        """Lay the tiles out in another way."""
        self._kind = kind
        self._lay_out()

    def set_focus_camera(self, camera_id: str | None) -> None:
        """Give one camera the accent, and steps; where not all fit, show the page that it is on."""
        self._focus = camera_id
        self._engine.set_focus(camera_id)
        self._lay_out()

    def set_colours(self, colours: SurfaceColours) -> None:
        """Use other colours."""
        self._colours = colours
        self._painter = self._new_painter()
        self.update()

    def set_time_text(self, time_text: TimeText, moment_text: TimeText | None = None) -> None:
        """Write times in another way, for instance of another zone.

        Args:
            time_text: writes the time of the picture on screen.
            moment_text: writes when a camera starts or stopped, which may be on another day; like `time_text` if None.
        """
        self._time_text, self._moment_text = time_text, moment_text or time_text
        self._painter = self._new_painter()
        self.update()

    def _new_painter(self) -> TilePainter:
        return TilePainter(self._colours, self._time_text, self._moment_text, self.font())

    @property
    def layout_kind(self) -> LayoutKind:
        """How the tiles are laid out."""
        return self._kind

    @property
    def focus_camera(self) -> str | None:
        """The camera with the accent, or None."""
        return self._focus

    @property
    def visible_cameras(self) -> tuple[str, ...]:
        """The cameras that have a tile now."""
        return tuple(place.camera_id for place in self._places)

    def tile_rect(self, camera_id: str) -> QRect | None:
        """Return a camera's tile in logical pixels, or None where it has none."""
        place = next((place for place in self._places if place.camera_id == camera_id), None)
        return None if place is None else QRect(place.x, place.y, place.width, place.height)

    def picture_rect(self, camera_id: str) -> QRect | None:
        """Return where a camera's picture was last drawn, in logical pixels, or None where none was."""
        painted = self._painted.get(camera_id)
        return None if painted is None else painted.rect

    def painted(self) -> tuple[Painted, ...]:
        """Return what the last paint of every visible tile showed."""
        return tuple(self._painted[place.camera_id] for place in self._places if place.camera_id in self._painted)

    def camera_at(self, point: QPoint) -> str | None:
        """Return the camera whose tile lies under a point, or None."""
        return next((place.camera_id for place in self._places if place.contains(point.x(), point.y())), None)

    # At every refresh

    def pump(self) -> None:
        """Take in what is new and mark for painting what changed; the timer calls this, and so may a test."""
        if self._engine.pump():
            self._take_pictures()
        position = self._engine.position
        if position != self._last_position:
            self._last_position = position
            self.refreshed.emit(position)
        if self._engine.is_playing != self._was_playing:
            self._was_playing = self._engine.is_playing
            self.playing_changed.emit(self._was_playing)

    def wake(self) -> None:
        """Pump soon: something was asked of the engine."""
        if self.isVisible():
            self._timer.start(0 if not self._timer.isActive() else min(self._timer.interval(), self._frame_ms))

    def _on_tick(self) -> None:
        self.pump()
        wanted = self._frame_ms if self._engine.is_busy else _REST_MS
        if self._timer.interval() != wanted:
            self._timer.start(wanted)

    @property
    def _frame_ms(self) -> int:
        rate = self.screen().refreshRate() if self.screen() is not None else 60.0
        return max(1, int(1000 / min(max(rate, 24.0), _FASTEST_HZ)))

    def _take_pictures(self) -> None:
        region = QRegion()
        for tile in self._engine.pictures():
            if self._tiles.get(tile.camera_id) != tile:
                self._tiles[tile.camera_id] = tile
                rect = self.tile_rect(tile.camera_id)
                if rect is not None:
                    region = region.united(rect)
        if not region.isEmpty():
            self.update(region)

    def _lay_out(self) -> None:
        ids = [camera.camera_id for camera in self._cameras]
        self._places = lay_out(self._kind, ids, self._focus, self.width(), self.height())
        visible = set(self.visible_cameras)
        self._painted = {camera: painted for camera, painted in self._painted.items() if camera in visible}
        self._tiles = {camera: tile for camera, tile in self._tiles.items() if camera in visible}
        self._ask_for_tiles()
        self.update()

    def _ask_for_tiles(self) -> None:
        """Ask the engine for pictures of the tiles' sizes in device pixels; while it is hidden, for none."""
        if not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        sizes = [(place.camera_id, device_size(QSize(place.width, place.height), ratio)) for place in self._places]
        self._engine.set_tiles([TileRequest(camera, size.width(), size.height()) for camera, size in sizes])
        self._engine.pump()
        self._take_pictures()
        self.wake()

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every tile that needs it, in one go."""
        painter = QPainter(self)
        labels = {camera.camera_id: camera for camera in self._cameras}
        dirty = event.region()
        painter.fillRect(event.rect(), QColor(self._colours.gap if self._places else self._colours.ground))
        for place in self._places:
            area = QRect(place.x, place.y, place.width, place.height)
            tile = self._tiles.get(place.camera_id)
            if not dirty.intersects(area):
                continue
            if tile is None:
                painter.fillRect(area, QColor(self._colours.ground))
                continue
            is_focus = place.camera_id == self._focus and len(self._places) > 1
            painter.setClipRect(area)
            rect = self._painter.paint(painter, area, tile, labels[place.camera_id], is_focus=is_focus)
            self._note(tile, rect)
        painter.end()

    def _note(self, tile: TilePicture, rect: QRect | None) -> None:
        spot = tile.picture.spot if tile.picture is not None and rect is not None else None
        self._painted[tile.camera_id] = Painted(
            camera_id=tile.camera_id,
            state=tile.state,
            recording_id="" if spot is None else spot.place.recording.id,
            frame=-1 if spot is None else spot.frame,
            instant=self._engine.position,
            rect=rect,
        )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Lay out at once, and ask for pictures of the new size when the size has settled."""
        ids = [camera.camera_id for camera in self._cameras]
        self._places = lay_out(self._kind, ids, self._focus, self.width(), self.height())
        self._resize_timer.start()

    def showEvent(self, _event: QShowEvent) -> None:
        """Begin to pump."""
        self._ask_for_tiles()
        self._timer.start(0)

    def hideEvent(self, _event: QHideEvent) -> None:
        """Stop to pump: nobody looks."""
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of font."""
        if event.type() == QEvent.Type.FontChange:
            self._painter = self._new_painter()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Ask for pictures of the right size when the window comes to a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._resize_timer.start()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which camera was clicked."""
        camera = self.camera_at(event.position().toPoint())
        if camera is not None and event.button() == Qt.MouseButton.LeftButton:
            self.camera_clicked.emit(camera)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell which camera was double-clicked."""
        camera = self.camera_at(event.position().toPoint())
        if camera is not None and event.button() == Qt.MouseButton.LeftButton:
            self.camera_double_clicked.emit(camera)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell for which camera a menu was asked."""
        camera = self.camera_at(event.pos())
        if camera is not None:
            self.camera_menu_requested.emit(camera, event.globalPos())
