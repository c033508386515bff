"""Chooses the canvas: the graphics card's where it is real, else the processor's."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from player.ui.canvas.adapter import find_adapter
from player.ui.canvas.cpu import CpuCanvas
from player.ui.canvas.drawing import Canvas, OnFailure, SceneSource
from player.ui.drawn_by import DrawnBy


def make_canvas(drawn_by: DrawnBy, source: SceneSource, parent: QWidget, on_failure: OnFailure) -> Canvas:
    """Return a canvas in `parent`.

    Args:
        drawn_by: what the user chose. Where the graphics card was asked for and there is none, the processor draws.
        source: what is drawn.
        parent: the widget that the canvas fills.
        on_failure: told when the canvas can draw no more; not called before this has returned.
    """
    if uses_graphics_card(drawn_by):
        from player.ui.canvas.rhi import RhiCanvas

        return RhiCanvas(source, parent, on_failure)
    return CpuCanvas(source, parent)


def uses_graphics_card(drawn_by: DrawnBy) -> bool:
    """Tell whether pictures are drawn by a graphics card, or what stands in for one where that was asked for."""
    if drawn_by is DrawnBy.PROCESSOR:
        return False
    adapter = find_adapter(is_asked_for=drawn_by is DrawnBy.GRAPHICS_CARD)
    return adapter is not None and (drawn_by is DrawnBy.GRAPHICS_CARD or adapter.is_hardware)
