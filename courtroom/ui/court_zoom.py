"""From what the presenter draws on the mirror to the part of a picture that the court sees. Plain geometry."""

from __future__ import annotations

from courtroom.ui.court_picture import Pane
from courtroom.ui.top_layer import Point
from player.ui.tile_view import LARGEST_ZOOM, WHOLE, Area, TileView, kept_inside, zoomed

_LEAST = 0.01


def view_of_rect(pane: Pane, size: tuple[int, int], start: Point, end: Point) -> TileView | None:
    """Return the view that fills a pane with a rectangle.

    Args:
        pane: what is seen now.
        size: of the court screen, device pixels.
        start: one corner, as shares of the court screen.
        end: the corner across.

    Returns:
        The view, or None where there is no picture or the rectangle is too small to be meant.
    """
    if pane.shown is None:
        return None
    left, right = sorted((start[0] * size[0], end[0] * size[0]))
    top, bottom = sorted((start[1] * size[1], end[1] * size[1]))
    tile, shown = pane.window, pane.shown
    if right - left < _LEAST * size[0] or bottom - top < _LEAST * size[1]:
        return None
    factor = min(tile.width / (right - left), tile.height / (bottom - top))
    zoom = min(pane.view.zoom * factor, LARGEST_ZOOM)
    factor = zoom / pane.view.zoom
    x = ((left + right) / 2 - shown.left) / shown.width
    y = ((top + bottom) / 2 - shown.top) / shown.height
    larger = Area(0, 0, max(1, round(shown.width * factor)), max(1, round(shown.height * factor)))
    return kept_inside(TileView(zoom, x, y), larger.size, tile)


def view_of_wheel(pane: Pane, size: tuple[int, int], at: Point, factor: float) -> TileView | None:
    """Return the view at another zoom that keeps what lies under a point; None where there is no picture."""
    if pane.shown is None:
        return None
    zoom = min(max(pane.view.zoom * factor, 1.0), LARGEST_ZOOM)
    if zoom == 1.0:
        return WHOLE
    return zoomed(pane.view, zoom, (at[0] * size[0], at[1] * size[1]), pane.shown, pane.window)


def pane_at(panes: tuple[Pane, ...], size: tuple[int, int], at: Point) -> Pane | None:
    """Return what lies under a point, or None."""
    x, y = at[0] * size[0], at[1] * size[1]
    for one in panes:
        window = one.window
        if window.left <= x < window.left + window.width and window.top <= y < window.top + window.height:
            return one
    return None


def part_words(view: TileView) -> str:
    """Return what is seen of a picture, for the court log: "" for all of it."""
    return "" if view.is_whole else f"{view.zoom:.2f}x around {view.x:.3f}, {view.y:.3f}"
