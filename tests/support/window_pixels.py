"""Reads from the X screen what a window shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage

from app.demo.frame_code import FrameCode, Rect, read
from player.ui.surface import TileSurface


def screenshot(surface: TileSurface) -> NDArray[np.uint8]:
    """Return what the X server shows where the pictures are; uint8[height, width, 4]."""
    corner = surface.mapToGlobal(QPoint(0, 0))
    shot = surface.screen().grabWindow(0, corner.x(), corner.y(), surface.width(), surface.height()).toImage()
    shot = shot.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(shot.constBits(), dtype=np.uint8).reshape(shot.height(), shot.bytesPerLine() // 4, 4)
    return pixels[:, : shot.width()].copy()


def box(rect: QRect | None) -> Rect:
    """Return a rectangle that is there as the reader of frame codes takes it."""
    assert rect is not None
    return rect.x(), rect.y(), rect.width(), rect.height()


def codes_on_screen(surface: TileSurface) -> dict[str, FrameCode | None]:
    """Return, for every camera with a picture, the frame code that its pixels show, or None where there is none."""
    pixels = screenshot(surface)
    shown = {camera: surface.picture_rect(camera) for camera in surface.visible_cameras}
    return {camera: read(pixels, box(rect)) for camera, rect in shown.items() if rect is not None}
