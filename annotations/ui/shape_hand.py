"""The mouse and the keys that draw on tiles, while drawing is on. It listens to the surface and takes what is its own.

With a tool, the left button draws. Without one it takes the chosen shape by its grips, or a shape to choose and move
it; beside shapes the surface has it, to choose a camera or to drag the picture. The wheel zooms and the middle button
drags the picture always. Shapes are drawn while the picture stands still and is exactly the frame of the instant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from annotations.shapes.between import geometry_at
from annotations.shapes.frames import has_frames, new_shape
from annotations.shapes.geometry import UNIT, Geometry, Kind, moved
from annotations.shapes.grips import dragged
from annotations.shapes.shape import Drawn
from annotations.ui.chosen_overlay import ChosenOverlay
from annotations.ui.shape_editor import ShapeEditor, fitted
from annotations.ui.shape_hit import grip_at, shape_at
from annotations.ui.shape_overlay import ShapeOverlay, planes
from annotations.ui.shape_plane import Plane
from annotations.ui.shape_stroke import Stroke
from evidence.frame_index import FrameIndex
from player.pictures import TileState
from player.tracks import FrameSpot
from player.ui.overlay import TileScene
from player.ui.surface import TileSurface

FindIndex = Callable[[str], FrameIndex | None]
FindFrames = Callable[[FrameSpot, FrameIndex], tuple[int, int]]
"""Gives the first and the last frame that show a new shape which is drawn at a frame."""

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FAR = 10
_CLOSE = 8.0
_NEW_TEXT = "Text"
_DARKNESS = 65


@dataclass(frozen=True, slots=True)
class _Taken:
    """The chosen shape in the hand: by which grip, or None as a whole; from where, and how it was."""

    camera_id: str
    pts: int
    grip: int | None
    start: QPointF
    geometry: Geometry
    power: int


class ShapeHand(QObject):
    """Listens to a surface. Lives on the UI thread.

    Args:
        surface: whose tiles are drawn on.
        editor: is told what was drawn.
        shapes: says which shapes a tile shows.
        chosen: says where the chosen one is.
        find_index: gives a recording's frame table.
        find_frames: gives the range of a new shape.

    Attributes:
        refusal: why nothing can be drawn, in words for people, or "".
    """

    def __init__(
        self,
        surface: TileSurface,
        editor: ShapeEditor,
        shapes: ShapeOverlay,
        chosen: ChosenOverlay,
        *,
        find_index: FindIndex,
        find_frames: FindFrames,
    ) -> None:
        super().__init__(surface)
        self.refusal = ""
        self._surface = surface
        self._editor = editor
        self._shapes = shapes
        self._chosen = chosen
        self._find_index = find_index
        self._find_frames = find_frames
        self._stroke: Stroke | None = None
        self._camera = ""
        self._taken: _Taken | None = None
        self._cursor: Qt.CursorShape | None = None
        surface.installEventFilter(self)
        surface.set_tool_cursor(lambda: self._cursor)
        editor.state_changed.connect(self._on_state_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is the hand's own; give the rest to the surface."""
        if watched is not self._surface or not self._editor.is_on:
            return False
        if isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        if isinstance(event, QKeyEvent):
            return self._on_key(event)
        if event.type() == QEvent.Type.ContextMenu and self._stroke is not None:
            self.finish()
            return True
        return False

    def finish(self) -> None:
        """End the polygon that is being drawn."""
        if self._stroke is not None:
            self._end_stroke()

    def spot_of(self, recording_id: str) -> FrameSpot | None:
        """Return the frame of a recording that is on screen, or None where none is."""
        scene = self._scene_of(recording_id)
        return None if scene is None or scene.tile.picture is None else scene.tile.picture.spot

    def leave(self) -> None:
        """One step back: from what is being drawn, from the tool, from the chosen shape, from drawing."""
        if self._stroke is not None:
            self._drop_stroke()
        elif self._editor.tool is not None:
            self._editor.take(None)
        elif self._editor.chosen is not None:
            self._editor.choose("")
        else:
            self._editor.turn(is_on=False)

    # The mouse

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind, at = event.type(), event.position()
        if kind == QEvent.Type.MouseMove:
            return self._move(at, is_held=bool(event.buttons() & Qt.MouseButton.LeftButton))
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(at)
        if kind == QEvent.Type.MouseButtonRelease:
            return self._release()
        if kind == QEvent.Type.MouseButtonDblClick:
            return self._double_click(at)
        return False

    def _press(self, at: QPointF) -> bool:
        camera = self._surface.camera_at(at.toPoint())
        if camera is None:
            return False
        if self._editor.tool is None and not self._is_over_shape(camera, at):
            self._editor.choose("")
            return False
        self._surface.setFocus(Qt.FocusReason.MouseFocusReason)
        self._surface.camera_clicked.emit(camera)
        scene = self._surface.tile_scene(camera)
        reason = self._why_not(scene)
        if scene is None or reason:
            self._editor.told.emit(reason)
            return True
        if self._editor.tool is None:
            self._take(scene, at)
        else:
            self._draw(scene, at, self._editor.tool)
        return True

    def _move(self, at: QPointF, *, is_held: bool) -> bool:
        if self._taken is not None and is_held:
            self._drag(self._taken, at)
            return True
        stroke, plane = self._stroke, self._plane(self._camera)
        if stroke is not None and plane is not None:
            stroke.move(plane.source(at), is_held=is_held)
            self._show_stroke()
            return is_held
        self._cursor = self._cursor_at(at)
        return False

    def _release(self) -> bool:
        if self._taken is not None:
            self._taken = None
            self._editor.keep()
            return True
        if self._stroke is not None and self._stroke.kind is not Kind.POLYGON:
            self._end_stroke()
        return self._stroke is not None or self._editor.tool is not None

    def _double_click(self, at: QPointF) -> bool:
        if self._stroke is not None and self._stroke.kind is Kind.POLYGON:
            self._end_stroke()
            return True
        camera = self._surface.camera_at(at.toPoint())
        return self._editor.tool is not None or (camera is not None and self._is_over_shape(camera, at))

    # Drawing

    def _draw(self, scene: TileScene, at: QPointF, kind: Kind) -> None:
        plane = planes(scene)[0]
        point = plane.source(at)
        if self._stroke is not None and self._camera == scene.label.camera_id:
            first = plane.point(self._stroke.points[0])
            if len(self._stroke.points) >= 3 and (first - at).manhattanLength() <= _CLOSE:
                self._end_stroke()
                return
            self._stroke.press(point)
        else:
            if not plane.seen.contains(at):
                return
            transform = plane.transform
            size = (transform.width * UNIT, transform.height * UNIT)
            self._stroke = Stroke(kind, size, self._editor.look.power)
            self._camera = scene.label.camera_id
            self._stroke.press(point)
        self._show_stroke()

    def _show_stroke(self) -> None:
        stroke = self._stroke
        geometry = None if stroke is None else stroke.geometry(is_open=True)
        self._editor.preview(None if geometry is None else self._made(geometry))

    def _end_stroke(self) -> None:
        stroke, self._stroke = self._stroke, None
        geometry = None if stroke is None else stroke.geometry()
        drawn = None if geometry is None or stroke is None else self._made(geometry, stroke.kind)
        if drawn is None:
            self._editor.preview(None)
        else:
            self._editor.draw(drawn)

    def _drop_stroke(self) -> None:
        self._stroke = None
        self._editor.preview(None)

    def _made(self, geometry: Geometry, kind: Kind | None = None) -> Drawn | None:
        kind = kind or (self._stroke.kind if self._stroke is not None else None)
        spot = self._spot(self._camera)
        if kind is None or spot is None:
            return None
        index = self._find_index(spot.place.recording.id)
        if index is None:
            return None
        frames = self._find_frames(spot, index)
        look = fitted(self._editor.look, kind)
        if kind is Kind.SPOTLIGHT and look.opacity == 100:
            look = replace(look, opacity=_DARKNESS)
        drawn = new_shape(spot.place.recording, index, frames, spot.frame, kind=kind, geometry=geometry, look=look)
        return replace(drawn, text=_NEW_TEXT) if kind is Kind.TEXT else drawn

    # Choosing and moving

    def _take(self, scene: TileScene, at: QPointF) -> None:
        plane, placed = planes(scene)[0], self._shapes.on_tile(scene.tile)
        found, grip = self._chosen.find(scene), None
        if found is not None:
            grip = grip_at(*found, at)
        if grip is None or found is None:
            hit = shape_at(placed, plane, self._shapes.painter, at)
            if hit is None:
                return
            self._editor.choose(hit.shape.id)
        shape, picture = self._editor.chosen, scene.tile.picture
        if shape is not None and picture is not None:
            pts = picture.spot.pts
            geometry = geometry_at(shape.drawn.keyframes, pts)
            self._taken = _Taken(scene.label.camera_id, pts, grip, at, geometry, shape.drawn.look.power)

    def _drag(self, taken: _Taken, at: QPointF) -> None:
        plane, shape = self._plane(taken.camera_id), self._editor.chosen
        is_far = (at - taken.start).manhattanLength() >= QApplication.startDragDistance() // 2
        if plane is None or shape is None or self._spot_pts(taken.camera_id) != taken.pts or not is_far:
            return
        kind = shape.drawn.kind
        if taken.grip is not None:
            geometry, power = dragged(kind, taken.geometry, taken.power, taken.grip, plane.source(at))
            self._editor.place(taken.pts, geometry, power, is_final=False)
            return
        start, now = plane.source(taken.start), plane.source(at)
        size = (shape.drawn.frame_size[0] * UNIT, shape.drawn.frame_size[1] * UNIT)
        where = moved(taken.geometry, (now[0] - start[0], now[1] - start[1]), size)
        self._editor.place(taken.pts, where, is_final=False)

    # Keys

    def _on_key(self, event: QKeyEvent) -> bool:
        if not self._is_own_key(event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Escape:
                self.leave()
            elif key in _STEPS:
                times = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
                self._nudge(_STEPS[key], times)
            else:
                self.finish()
        return True

    def _is_own_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            return False
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return self._stroke is not None
        return key == Qt.Key.Key_Escape or (key in _STEPS and self._editor.chosen is not None)

    def _nudge(self, step: tuple[int, int], times: int) -> None:
        shape = self._editor.chosen
        if shape is None:
            return
        scene = self._scene_of(shape.drawn.recording_id)
        reason = self._why_not(scene)
        if scene is None or scene.tile.picture is None or reason:
            self._editor.told.emit(reason or "The picture of this shape is not on screen.")
            return
        rotation = scene.transform.rotation if scene.transform is not None else 0
        across, down = _turned(step, rotation)
        self._editor.nudge(scene.tile.picture.spot.pts, (across * times, down * times))

    # What is on screen

    def _why_not(self, scene: TileScene | None) -> str:
        """Return why nothing can be drawn on a tile now, in words for people, or ""."""
        if self.refusal:
            return self.refusal
        if scene is None or scene.transform is None or scene.tile.picture is None:
            return "There is no picture to draw on."
        if not scene.tile.is_exact or not has_frames(self._find_index(scene.tile.picture.spot.place.recording.id)):
            return "Shapes lie on exact frames, and the frames of this picture are not known: VLC plays it."
        if scene.tile.state is not TileState.SHOWN or self._surface.is_moving:
            return "Shapes are drawn on a picture that stands still. Stop playback and wait for the picture."
        return ""

    def _scene_of(self, recording_id: str) -> TileScene | None:
        for camera in self._surface.visible_cameras:
            spot = self._spot(camera)
            if spot is not None and spot.place.recording.id == recording_id:
                return self._surface.tile_scene(camera)
        return None

    def _plane(self, camera_id: str) -> Plane | None:
        scene = self._surface.tile_scene(camera_id) if camera_id else None
        found = [] if scene is None else planes(scene)
        return found[0] if found else None

    def _spot(self, camera_id: str) -> FrameSpot | None:
        scene = self._surface.tile_scene(camera_id)
        return None if scene is None or scene.tile.picture is None else scene.tile.picture.spot

    def _spot_pts(self, camera_id: str) -> int | None:
        spot = self._spot(camera_id)
        return None if spot is None else spot.pts

    def _is_over_shape(self, camera_id: str, at: QPointF) -> bool:
        scene = self._surface.tile_scene(camera_id)
        if scene is None or scene.transform is None:
            return False
        found = self._chosen.find(scene)
        if found is not None and grip_at(*found, at) is not None:
            return True
        plane, placed = planes(scene)[0], self._shapes.on_tile(scene.tile)
        return plane.seen.contains(at) and shape_at(placed, plane, self._shapes.painter, at) is not None

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape | None:
        camera = self._surface.camera_at(at.toPoint())
        if self._editor.tool is not None:
            return Qt.CursorShape.CrossCursor
        if camera is None or not self._is_over_shape(camera, at):
            return None
        return Qt.CursorShape.SizeAllCursor

    def _on_state_changed(self) -> None:
        if self._stroke is not None and (not self._editor.is_on or self._editor.tool is not self._stroke.kind):
            self._stroke = None
        if not self._editor.is_on:
            self._taken = None
        self._cursor = Qt.CursorShape.CrossCursor if self._editor.is_on and self._editor.tool is not None else None
        self._surface.setCursor(self._cursor or Qt.CursorShape.ArrowCursor)


def _turned(step: tuple[int, int], rotation: int) -> tuple[int, int]:
    """Return a step on the screen as a step in the picture before it was turned."""
    across, down = step
    return {0: (across, down), 90: (down, -across), 180: (-across, -down), 270: (-down, across)}[rotation]
