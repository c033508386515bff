"""The widget that shows all tiles: one paint, straight from the rings' memory, at the screen's own rate.

It pumps the engine: at the screen's rate while something moves or is on its way, and four times a second at rest. All
tiles of one refresh are drawn in one paint by a canvas (`player.ui.canvas`), so that they show one common instant. What
is drawn is `scene`; how each tile looks at its picture is `staging`; what the mouse does to that is `tile_mouse`; when
labels are seen is `label_rest`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from player.engine import Engine, TileRequest
from player.ui.canvas.held import HeldCanvas
from player.ui.drawn_by import DrawnBy
from player.ui.inset import FindInsets
from player.ui.label_rest import LabelRest
from player.ui.layout import LayoutKind, lay_out
from player.ui.overlay import CameraLabel, Overlay, TileScene
from player.ui.picture_aids import AS_RECORDED, PictureAids
from player.ui.scene import Painted, Scene
from player.ui.tile_mouse import TileMouse, ToolCursor
from player.ui.tile_painter import SurfaceColours
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import WHOLE, TileView
from player.ui.tile_words import TimeText

__all__ = ["Painted", "TileSurface"]

_REST_MS = 250
_FASTEST_HZ = 75.0
_SETTLE_RESIZE_MS = 80
_DRAGGING = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class TileSurface(QWidget):
    """All visible cameras of the engine.

    Signals (times travel as `object`, because `int` has 32 bits in Qt):
        camera_clicked(str): a tile was clicked, by its camera's id.
        camera_double_clicked(str): a tile was double-clicked.
        camera_menu_requested(str, QPoint): a context menu was asked for; the point is on the screen.
        refreshed(object): the engine was pumped and the picture, or the playhead, moved; carries the position.
        playing_changed(bool): play began or ended, also by itself at the end.
        view_changed(str): a camera's zoom, part or aids are others.
        canvas_failed(str): the graphics card could not go on and the processor draws now; in words for people.
    """

    camera_clicked = Signal(str)
    camera_double_clicked = Signal(str)
    camera_menu_requested = Signal(str, QPoint)
    refreshed = Signal(object)
    playing_changed = Signal(bool)
    view_changed = Signal(str)
    canvas_failed = Signal(str)

    def __init__(
        self,
        engine: Engine,
        time_text: TimeText,
        colours: SurfaceColours | None = None,
        parent: QWidget | None = None,
        drawn_by: DrawnBy = DrawnBy.PROCESSOR,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._kind = LayoutKind.AUTO
        self._was_playing = False
        self._last_position = engine.position
        self._scene = Scene(
            lambda: engine.position, self.devicePixelRatioF, colours or SurfaceColours(), time_text, self.font()
        )
        self._staging = self._scene.staging
        self._mouse = TileMouse(self._staging, self._scene.find_tile, self._on_view_changed)
        self._asked: list[TileRequest] = []
        self._canvas = HeldCanvas(self._scene, self, drawn_by, self._ask_for_tiles, self.canvas_failed.emit)
        self.labels = LabelRest(self)
        self.labels.changed.connect(self._on_labels_changed)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._resize_timer = QTimer(self)
        self._resize_timer.setSingleShot(True)
        self._resize_timer.setInterval(_SETTLE_RESIZE_MS)
        self._resize_timer.timeout.connect(self._ask_for_tiles)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(160, 90)
        self.setAccessibleName("Cameras")

    def sizeHint(self) -> QSize:
        """Ask for room for a picture of usual size."""
        return QSize(960, 540)

    # What is shown

    def set_cameras(self, cameras: Sequence[CameraLabel]) -> None:
        """Show these cameras, in this order."""
        self._scene.cameras = tuple(cameras)
        self.labels.stir()
        self._lay_out()

    def set_layout(self, kind: LayoutKind) -> None:
        """Lay the tiles out in another way."""
        self._kind = kind
        self._lay_out()

    def set_focus_camera(self, camera_id: str | None) -> None:
        """Give one camera the accent, and steps; where not all fit, show the page that it is on."""
        if camera_id != self._scene.focus:
            self.labels.stir()
        self._scene.focus = camera_id
        self._engine.set_focus(camera_id)
        self._lay_out()

    def set_colours(self, colours: SurfaceColours) -> None:
        """Use other colours."""
        self._scene.set_look(colours=colours)
        self._canvas.refresh(None)

    def set_time_text(self, time_text: TimeText, moment_text: TimeText | None = None) -> None:
        """Write times in another way, for instance of another zone.

        Args:
            time_text: writes the time of the picture on screen.
            moment_text: writes when a camera starts or stopped, which may be on another day; like `time_text` if None.
        """
        self._scene.set_look(time_texts=(time_text, moment_text or time_text))
        self._canvas.refresh(None)

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw these over the pictures, below the labels."""
        self._scene.overlays = tuple(overlays)
        self._canvas.refresh(None)

    def add_overlay(self, overlay: Overlay) -> None:
        """Draw this too, over the overlays that are there."""
        self.set_overlays((*self._scene.overlays, overlay))

    def set_insets(self, find_insets: FindInsets | None) -> None:
        """Show parts of pictures larger within them; None where no picture has any."""
        self._staging.find_insets = find_insets
        self.renew()

    def renew(self) -> None:
        """Draw all tiles anew: what lies over their pictures is other than it was."""
        self._canvas.refresh(None)
        self._ask_when_settled()

    def set_drawn_by(self, drawn_by: DrawnBy) -> None:
        """Let the graphics card or the processor draw from now on."""
        self._canvas.draw_by(drawn_by)

    @property
    def is_drawn_by_graphics_card(self) -> bool:
        """Whether pictures are given to a graphics card, or to what stands in for one."""
        return self._canvas.is_accelerated

    @property
    def layout_kind(self) -> LayoutKind:
        """How the tiles are laid out."""
        return self._kind

    @property
    def focus_camera(self) -> str | None:
        """The camera with the accent, or None."""
        return self._scene.focus

    @property
    def visible_cameras(self) -> tuple[str, ...]:
        """The cameras that have a tile now."""
        return tuple(place.camera_id for place in self._scene.places)

    def tile_rect(self, camera_id: str) -> QRect | None:
        """Return a camera's tile in logical pixels, or None where it has none."""
        place = self._scene.place_of(camera_id)
        return None if place is None else QRect(place.x, place.y, place.width, place.height)

    def picture_rect(self, camera_id: str) -> QRect | None:
        """Return where a camera's picture was last seen, in logical pixels, or None where none was."""
        return next((one.rect for one in self._scene.painted() if one.camera_id == camera_id), None)

    def transform(self, camera_id: str) -> TileTransform | None:
        """Return the way between a camera's video and this surface, or None where no picture of it is shown."""
        scene = self.tile_scene(camera_id)
        return None if scene is None else scene.transform

    def tile_scene(self, camera_id: str) -> TileScene | None:
        """Return what a camera's tile shows now, as overlays see it, or None where it has none."""
        scenes = (drawing.scene for drawing in self._scene.drawings())
        return next((scene for scene in scenes if scene.label.camera_id == camera_id), None)

    def painted(self) -> tuple[Painted, ...]:
        """Return what the last paint of every visible tile showed."""
        return self._scene.painted()

    @property
    def is_moving(self) -> bool:
        """Whether it plays, or the picture of the playhead's place is still on its way."""
        return self._engine.is_playing or self._engine.position != self._engine.target

    def camera_at(self, point: QPoint) -> str | None:
        """Return the camera whose tile lies under a point, or None."""
        return self._scene.camera_at(point.x(), point.y())

    # How it is looked at

    def view(self, camera_id: str) -> TileView:
        """Return which part of a camera's picture is shown, and how large."""
        return self._staging.view(camera_id)

    def aids(self, camera_id: str) -> PictureAids:
        """Return how a camera's picture is shown otherwise than recorded."""
        return self._staging.aids(camera_id)

    def set_aids(self, camera_id: str, aids: PictureAids) -> None:
        """Show a camera's picture otherwise than recorded, in this view alone."""
        if aids != self._staging.aids(camera_id):
            self._staging.set_aids(camera_id, aids)
            self._on_view_changed(camera_id)

    def show_as_recorded(self, camera_id: str) -> None:
        """Show a camera's picture whole, and with no aids."""
        self._staging.set_view(camera_id, WHOLE)
        self._staging.set_aids(camera_id, AS_RECORDED)
        self._on_view_changed(camera_id)

    def toggle_own_size(self, camera_id: str) -> None:
        """Show one pixel of the original as one of the screen, around the cursor if it is there; or all of it again."""
        at = self._cursor_place()
        self._mouse.toggle_own_size(camera_id, QPointF(at) if self.camera_at(at) == camera_id else None)

    def zoom(self, camera_id: str, factor: float) -> None:
        """Zoom into the middle of a camera's tile, or out of it."""
        rect = self.tile_rect(camera_id)
        if rect is not None:
            self._mouse.zoom(camera_id, QPointF(rect.center()), factor)

    def toggle_magnifier(self) -> None:
        """Show a magnifier that follows the cursor, or none."""
        at = self._cursor_place()
        self._mouse.set_magnifier(self.camera_at(at), at, is_on=not self._mouse.has_magnifier)

    @property
    def has_magnifier(self) -> bool:
        """Whether a magnifier follows the cursor."""
        return self._mouse.has_magnifier

    def set_tool_cursor(self, tool_cursor: ToolCursor | None) -> None:
        """Let a tool that works on the pictures choose the cursor; None once no tool does."""
        self._mouse.tool_cursor = tool_cursor

    def _cursor_place(self) -> QPoint:
        return self.mapFromGlobal(self.cursor().pos())

    def _on_view_changed(self, camera_id: str) -> None:
        rect = self.tile_rect(camera_id)
        if rect is not None:
            self._canvas.refresh(QRegion(rect))
        self.labels.stir()
        self._ask_when_settled()
        self.view_changed.emit(camera_id)

    def _on_labels_changed(self, shown: float) -> None:
        self._canvas.refresh(self._scene.show_labels(shown))

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
            self._ask_when_settled()
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
            if self._scene.tiles.get(tile.camera_id) != tile:
                self._scene.tiles[tile.camera_id] = tile
                rect = self.tile_rect(tile.camera_id)
                if rect is not None:
                    region = region.united(rect)
        if not region.isEmpty():
            self._canvas.refresh(region)
            if self._staging.is_close_up:
                self._ask_when_settled()

    def _lay_out(self) -> None:
        self._place_tiles()
        self._ask_for_tiles()
        self._canvas.refresh(None)

    def _place_tiles(self) -> None:
        ids = [camera.camera_id for camera in self._scene.cameras]
        self._scene.set_places(lay_out(self._kind, ids, self._scene.focus, self.width(), self.height()))

    def _requests(self) -> list[TileRequest]:
        self._staging.ratio = self.devicePixelRatioF()
        self._staging.is_playing = self._engine.is_playing
        return [self._staging.request(place, self._scene.tiles.get(place.camera_id)) for place in self._scene.places]

    def _ask_for_tiles(self) -> None:
        """Ask the engine for pictures of the tiles' sizes in device pixels; while it is hidden, for none."""
        if not self.isVisible():
            return
        self._asked = self._requests()
        self._engine.set_tiles(self._asked)
        self._engine.pump()
        self._take_pictures()
        self.wake()

    def _ask_when_settled(self) -> None:
        """Ask for other pictures if others are needed, once the hand has come to rest."""
        if self._requests() != self._asked:
            self._resize_timer.start()

    # Qt's own

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Lay out at once, and ask for pictures of the new size when the size has settled."""
        self._canvas.fill()
        self._place_tiles()
        self._resize_timer.start()

    def showEvent(self, _event: QShowEvent) -> None:
        """Begin to pump."""
        self.labels.stir()
        self._ask_for_tiles()
        self._timer.start(0)

    def hideEvent(self, _event: QHideEvent) -> None:
        """Stop to pump: nobody looks."""
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of font."""
        if event.type() == QEvent.Type.FontChange:
            self._scene.set_look(font=self.font())
            self._canvas.refresh(None)
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Ask for pictures of the right size when the window comes to a screen of another scale; take in pinches."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._resize_timer.start()
        elif isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                return self._zoom(event.position(), 1 + event.value())
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                at = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
                return self._zoom(at, pinch.scaleFactor())
        return super().event(event)

    def _zoom(self, at: QPointF, factor: float) -> bool:
        camera = self.camera_at(at.toPoint())
        return camera is not None and self._mouse.zoom(camera, at, factor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        camera = self.camera_at(event.position().toPoint())
        if camera is None or not self._mouse.wheel(camera, event.position(), event.angleDelta().y()):
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which camera was clicked; a drag may begin, with the middle button too."""
        self.labels.stir()
        camera = self.camera_at(event.position().toPoint())
        if camera is not None and event.button() in _DRAGGING:
            self._mouse.press(camera, event.position())
        if camera is not None and event.button() == Qt.MouseButton.LeftButton:
            self.camera_clicked.emit(camera)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a picture that is zoomed into; let the magnifier follow; show the labels."""
        self.labels.stir()
        camera = self.camera_at(event.position().toPoint())
        self._mouse.move(camera, event.position(), is_held=any(event.buttons() & one for one in _DRAGGING))
        self.setCursor(self._mouse.cursor(camera))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A drag ends."""
        self._mouse.release()
        self.setCursor(self._mouse.cursor(self.camera_at(event.position().toPoint())))

    def leaveEvent(self, _event: QEvent) -> None:
        """The magnifier has nothing to magnify."""
        self._mouse.leave()

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
