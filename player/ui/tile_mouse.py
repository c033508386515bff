"""What wheel, pinch and drag do to a tile's view. It asks the staging and the surface; it draws nothing.

A click stays a click: a drag begins only after the mouse has moved by the system's own distance, and only in a tile
that has something to drag.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from player.pictures import TilePicture
from player.ui.layout import TilePlace
from player.ui.staging import Lens, Staging
from player.ui.tile_view import WHOLE, Area, TileView, largest_zoom, moved, original_size, zoomed

_STEP = 1.25
_NOTCH = 120
FindTile = Callable[[str], tuple[TilePlace, TilePicture] | None]
"""Gives a visible camera's tile and what it shows."""

ToolCursor = Callable[[], Qt.CursorShape | None]
"""Gives the cursor of a tool where it lies over something of its own, or None."""


class TileMouse:
    """Zoom, pan and magnifier by hand.

    Args:
        staging: whose views are changed.
        find_tile: gives a visible tile.
        changed: called with a camera whose view is another now.
    """

    def __init__(self, staging: Staging, find_tile: FindTile, changed: Callable[[str], None]) -> None:
        self._staging = staging
        self._find = find_tile
        self._changed = changed
        self._pressed: tuple[str, QPointF] | None = None
        self._is_dragging = False
        self.has_magnifier = False
        self.tool_cursor: ToolCursor | None = None

    def wheel(self, camera_id: str, at: QPointF, delta: int) -> bool:
        """Zoom around the pointer by a wheel's turn in eighths of a degree; return whether that did anything."""
        return self.zoom(camera_id, at, _STEP ** (delta / _NOTCH))

    def zoom(self, camera_id: str, at: QPointF, factor: float) -> bool:
        """Zoom by a factor around a point of the surface, in logical pixels."""
        found = self._shown(camera_id)
        if found is None:
            return False
        tile, window, shown = found
        own = self._staging.own_size_zoom(*tile)
        video = tile[1].picture.spot.place.recording.video if tile[1].picture is not None else None
        if own is None or video is None:
            return False
        view = self._staging.view(camera_id)
        original = original_size(video)
        most = largest_zoom(original, window.size, original)
        wanted = min(max(view.zoom * factor, min(1.0, own)), most)
        ratio = self._staging.ratio
        new = zoomed(view, wanted, (at.x() * ratio, at.y() * ratio), shown, window)
        self._set(camera_id, new)
        return True

    def toggle_own_size(self, camera_id: str, at: QPointF | None) -> None:
        """Show each pixel of the original as one of the screen, around a point; or the whole picture again."""
        found = self._find(camera_id)
        if found is None:
            return
        if not self._staging.view(camera_id).is_whole:
            self._set(camera_id, WHOLE)
            return
        own, shown = self._staging.own_size_zoom(*found), self._shown(camera_id)
        if own is None or shown is None:
            return
        _tile, window, area = shown
        ratio = self._staging.ratio
        middle = (window.left + window.width / 2, window.top + window.height / 2)
        point = middle if at is None else (at.x() * ratio, at.y() * ratio)
        self._set(camera_id, zoomed(WHOLE, own, point, area, window))

    def press(self, camera_id: str, at: QPointF) -> None:
        """The button went down: a drag may begin."""
        self._pressed = (camera_id, at)
        self._is_dragging = False

    def move(self, camera_id: str | None, at: QPointF, *, is_held: bool) -> bool:
        """The mouse moved; return whether it drags a picture."""
        if self.has_magnifier:
            self._move_lens(camera_id, at.toPoint())
        if not is_held or self._pressed is None:
            return False
        held, start = self._pressed
        found = self._shown(held)
        if found is None or self._staging.view(held).is_whole:
            return False
        if not self._is_dragging:
            if (at - start).manhattanLength() < QApplication.startDragDistance():
                return False
            self._is_dragging = True
        _tile, window, shown = found
        ratio = self._staging.ratio
        by = ((at.x() - start.x()) * ratio, (at.y() - start.y()) * ratio)
        self._pressed = (held, at)
        self._set(held, moved(self._staging.view(held), by, shown, window))
        return True

    def release(self) -> bool:
        """The button came up; return whether that ends a drag."""
        was_dragging, self._is_dragging, self._pressed = self._is_dragging, False, None
        return was_dragging

    def set_magnifier(self, camera_id: str | None, at: QPoint, *, is_on: bool) -> None:
        """Show a magnifier that follows the cursor, or none."""
        self.has_magnifier = is_on
        self._move_lens(camera_id if is_on else None, at)

    def leave(self) -> None:
        """The cursor is not over the tiles any more."""
        self._move_lens(None, QPoint())

    def cursor(self, camera_id: str | None) -> Qt.CursorShape:
        """Return the cursor that says what a drag would do."""
        tool = self.tool_cursor() if self.tool_cursor is not None and camera_id is not None else None
        if tool is not None:
            return tool
        if camera_id is None or self._staging.view(camera_id).is_whole:
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.ClosedHandCursor if self._is_dragging else Qt.CursorShape.OpenHandCursor

    def _move_lens(self, camera_id: str | None, at: QPoint) -> None:
        before = self._staging.lens
        self._staging.lens = None if camera_id is None else Lens(camera_id, at)
        for camera in {lens.camera_id for lens in (before, self._staging.lens) if lens is not None}:
            self._changed(camera)

    def _shown(self, camera_id: str) -> tuple[tuple[TilePlace, TilePicture], Area, Area] | None:
        """Return a tile, its room, and where its picture lies; None where it shows none."""
        found = self._find(camera_id)
        if found is None or found[1].picture is None:
            return None
        picture = found[1].picture
        stream = picture.spot.place.recording.video
        if stream is None:
            return None
        return found, self._staging.window(found[0]), self._staging.placed(found[0], picture, stream).shown

    def _set(self, camera_id: str, view: TileView) -> None:
        self._staging.set_view(camera_id, view)
        self._changed(camera_id)
