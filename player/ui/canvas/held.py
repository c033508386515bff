"""The canvas that a surface has now; it can be another from one refresh to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from player.ui.canvas.choice import make_canvas, uses_graphics_card
from player.ui.canvas.drawing import Canvas
from player.ui.drawn_by import DrawnBy
from player.ui.scene import Scene


class HeldCanvas:
    """Lives on the UI thread.

    Args:
        scene: what is drawn.
        parent: the widget that the canvas fills.
        drawn_by: what the user chose.
        on_changed: called when the canvas is another: it may want other pictures.
        on_failed: called in words for people when the graphics card can draw no more; the processor goes on.
    """

    def __init__(
        self,
        scene: Scene,
        parent: QWidget,
        drawn_by: DrawnBy,
        on_changed: Callable[[], None],
        on_failed: Callable[[str], None],
    ) -> None:
        self._scene = scene
        self._parent = parent
        self._drawn_by = drawn_by
        self._on_changed = on_changed
        self._on_failed = on_failed
        self.now = self._make()

    @property
    def is_accelerated(self) -> bool:
        """Whether pictures are given to a graphics card, or to what stands in for one."""
        return self.now.is_accelerated

    def refresh(self, region: QRegion | None) -> None:
        """Draw this part anew soon, in logical pixels; None for all."""
        self.now.refresh(region)

    def fill(self) -> None:
        """Be as large as the surface."""
        self.now.widget.setGeometry(self._parent.rect())

    def draw_by(self, drawn_by: DrawnBy) -> None:
        """Let the graphics card or the processor draw from now on."""
        self._drawn_by = drawn_by
        if uses_graphics_card(drawn_by) != self.now.is_accelerated:
            self._change()

    def _make(self) -> Canvas:
        canvas = make_canvas(self._drawn_by, self._scene, self._parent, self._on_failure)
        self._scene.staging.layout = canvas.layout_wanted
        canvas.widget.setGeometry(self._parent.rect())
        return canvas

    def _change(self) -> None:
        old = self.now.widget
        self.now = self._make()
        self._scene.forget_painted()
        self.now.widget.setVisible(True)
        old.hide()
        old.deleteLater()
        self._on_changed()

    def _on_failure(self, reason: str) -> None:
        """Go on with the processor; the canvas may be in the midst of painting, so do it when that is over."""
        if self._drawn_by is not DrawnBy.PROCESSOR:
            self._drawn_by = DrawnBy.PROCESSOR
            QTimer.singleShot(0, self._parent, self._change)
            self._on_failed(reason)
