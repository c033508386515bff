"""From what the presenter draws on the mirror to the part of a camera's picture that the court sees. Plain geometry."""

from __future__ import annotations

from courtroom.ui.court_picture import ShownFrame
from courtroom.ui.top_layer import Point
from player.ui.tile_view import LARGEST_ZOOM, WHOLE, Area, TileView, kept_inside, zoomed

_LEAST = 0.01


def view_of_rect(frame: ShownFrame, size: tuple[int, int], start: Point, end: Point) -> TileView | None:
    """Return the view that fills a camera's tile with a rectangle.

    Args:
        frame: what is seen of the camera now.
        size: of the court screen, device pixels.
        start: one corner, as shares of the court screen.
        end: the corner across.

    Returns:
        The view, or None where there is no picture or the rectangle is too small to be meant.
    """
    if frame.transform is None:
        return None
    left, right = sorted((start[0] * size[0], end[0] * size[0]))
    top, bottom = sorted((start[1] * size[1], end[1] * size[1]))
    tile, shown = frame.window, frame.transform.shown
    if right - left < _LEAST * size[0] or bottom - top < _LEAST * size[1]:
        return None
    factor = min(tile.width / (right - left), tile.height / (bottom - top))
    zoom = min(frame.view.zoom * factor, LARGEST_ZOOM)
    factor = zoom / frame.view.zoom
    x = ((left + right) / 2 - shown.left) / shown.width
    y = ((top + bottom) / 2 - shown.top) / shown.height
    larger = Area(0, 0, max(1, round(shown.width * factor)), max(1, round(shown.height * factor)))
    return kept_inside(TileView(zoom, x, y), larger.size, tile)


def view_of_wheel(frame: ShownFrame, size: tuple[int, int], at: Point, factor: float) -> TileView | None:
    """Return the view at another zoom that keeps what lies under a point; None where there is no picture."""
    if frame.transform is None:
        return None
    zoom = min(max(frame.view.zoom * factor, 1.0), LARGEST_ZOOM)
    if zoom == 1.0:
        return WHOLE
    return zoomed(frame.view, zoom, (at[0] * size[0], at[1] * size[1]), frame.transform.shown, frame.window)


def frame_at(frames: tuple[ShownFrame, ...], size: tuple[int, int], at: Point) -> ShownFrame | None:
    """Return the camera whose tile lies under a point, or None."""
    x, y = at[0] * size[0], at[1] * size[1]
    for one in frames:
        window = one.window
        if window.left <= x < window.left + window.width and window.top <= y < window.top + window.height:
            return one
    return None


def part_words(view: TileView) -> str:
    """Return what is seen of a picture, for the court log: "" for all of it."""
    return "" if view.is_whole else f"{view.zoom:.2f}x around {view.x:.3f}, {view.y:.3f}"
