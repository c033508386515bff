"""What the presenter drew over the court's picture, as points of the frames that lie under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.shapes.geometry import UNIT, Geometry, kept_near
from annotations.shapes.geometry import Point as SourcePoint
from courtroom.ui.court_picture import ShownFrame
from courtroom.ui.top_layer import Point, stroke_width
from player.ui.tile_transform import TileTransform


@dataclass(frozen=True, slots=True)
class DrawnLines:
    """Lines on one frame, in 1/256 of a pixel of the picture as it was coded.

    Attributes:
        picture_size: width and height of that picture, in pixels.
        line_width: as wide as it was on the court screen.
        lines: each as its points, at least two.
    """

    picture_size: tuple[int, int]
    line_width: int
    lines: tuple[Geometry, ...]


def drawn_on(frame: ShownFrame, strokes: Sequence[Sequence[Point]], size: tuple[int, int]) -> DrawnLines | None:
    """Return what was drawn on a frame, as far as it lies in its tile; None where nothing does.

    Args:
        frame: a camera's part of the court's picture.
        strokes: lines as shares of the court screen.
        size: of the court screen, in device pixels.
    """
    place = frame.transform
    if place is None or frame.frame < 0:
        return None
    lines = [line for stroke in strokes for line in _within(frame, place, stroke, size)]
    if not lines:
        return None
    upright = place.width if place.rotation in {90, 270} else place.height
    width = stroke_width(size[1]) * upright / max(1, place.shown.height)
    return DrawnLines((place.width, place.height), max(UNIT, round(width * UNIT)), tuple(lines))


def _within(frame: ShownFrame, place: TileTransform, stroke: Sequence[Point], size: tuple[int, int]) -> list[Geometry]:
    """Return the stretches of a stroke that lie in the frame's tile."""
    window, lines = frame.window, list[list[SourcePoint]]([[]])
    for share_x, share_y in stroke:
        x, y = share_x * size[0], share_y * size[1]
        if not (0 <= x - window.left < window.width and 0 <= y - window.top < window.height):
            lines.append([])
            continue
        across, down = place.to_source(x / place.ratio, y / place.ratio)
        point = kept_near((round(across * UNIT), round(down * UNIT)))
        if not lines[-1] or lines[-1][-1] != point:
            lines[-1].append(point)
    return [tuple(line) for line in lines if len(line) > 1]
