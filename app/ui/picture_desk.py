"""What keys and panels do to how pictures are looked at: size, magnifier, aids. View only; nothing of it is kept."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from app.ui.aids_panel import AidsPanel
from app.ui.review_page import ReviewPage

_MARGIN = 12
_LABEL = 30


class PictureDesk:
    """Between the commands, the panel of aids and the surface. Lives on the UI thread."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self.panel = AidsPanel(page)
        self.panel.aids_wanted.connect(page.surface.set_aids)
        self.panel.ended.connect(page.take_keyboard)
        page.surface.view_changed.connect(self._on_view_changed)
        page.focus_changed.connect(self._mirror)

    def toggle_own_size(self) -> None:
        """Show the focused camera at one pixel for one, or whole again."""
        if self._page.focus_camera is not None:
            self._page.surface.toggle_own_size(self._page.focus_camera)

    def zoom(self, factor: float) -> None:
        """Zoom into the middle of the focused camera's picture, or out."""
        if self._page.focus_camera is not None:
            self._page.surface.zoom(self._page.focus_camera, factor)

    def toggle_magnifier(self) -> None:
        """Show a magnifier that follows the cursor, or none."""
        self._page.surface.toggle_magnifier()

    def show_as_recorded(self) -> None:
        """Show the focused camera whole and without aids."""
        if self._page.focus_camera is not None:
            self._page.surface.show_as_recorded(self._page.focus_camera)

    def toggle_panel(self) -> None:
        """Show the panel of aids, or put it away."""
        if self.panel.isVisible():
            self.panel.end()
            return
        self._mirror()
        surface = self._page.surface
        corner = surface.mapTo(self._page, QPoint(surface.width() - _MARGIN, _LABEL))
        self.panel.open_at(corner.x(), corner.y())

    def _on_view_changed(self, camera_id: str) -> None:
        if camera_id == self._page.focus_camera:
            self._mirror()

    def _mirror(self) -> None:
        camera, snapshot = self._page.focus_camera, self._page.snapshot
        known = None if snapshot is None or camera is None else snapshot.camera_by_id.get(camera)
        if known is None:
            self.panel.hide()
        else:
            self.panel.show_aids(known.id, known.name, self._page.surface.aids(known.id))
