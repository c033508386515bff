"""Where the tiles lie: plain geometry, in logical pixels. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt

_GAP = 1
_STRIP_SHARE = 4
"""In focus plus strip, the strip takes a quarter of the height, or of the width where the surface is wide."""


class LayoutKind(StrEnum):
    """How the cameras are laid out."""

    AUTO = "auto"
    """All of them, as large as fits."""

    ONE = "one"
    TWO_BY_TWO = "2x2"
    THREE_BY_THREE = "3x3"
    FOCUS_STRIP = "focus and strip"


@dataclass(frozen=True, slots=True)
class TilePlace:
    """Where one camera's tile lies in the surface, in logical pixels."""

    camera_id: str
    x: int
    y: int
    width: int
    height: int

    def contains(self, x: int, y: int) -> bool:
        """Tell whether a point lies in the tile."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def lay_out(
    kind: LayoutKind, camera_ids: Sequence[str], focus: str | None, width: int, height: int
) -> tuple[TilePlace, ...]:
    """Return the place of every tile that is visible, in the order of the cameras.

    Args:
        kind: how to lay out.
        camera_ids: all cameras, in the order of their tiles.
        focus: the camera that must be visible, and that is large where one is.
        width: of the surface, in logical pixels.
        height: of the surface.
    """
    if not camera_ids or width <= 0 or height <= 0:
        return ()
    chosen = focus if focus is not None and focus in camera_ids else camera_ids[0]
    if kind is LayoutKind.ONE or len(camera_ids) == 1:
        return (TilePlace(chosen, 0, 0, width, height),)
    if kind is LayoutKind.FOCUS_STRIP:
        return _focus_strip(camera_ids, chosen, width, height)
    if kind is LayoutKind.TWO_BY_TWO:
        return _grid(_page(camera_ids, chosen, 4), 2, 2, width, height)
    if kind is LayoutKind.THREE_BY_THREE:
        return _grid(_page(camera_ids, chosen, 9), 3, 3, width, height)
    columns = _best_columns(len(camera_ids), width, height)
    return _grid(camera_ids, columns, ceil(len(camera_ids) / columns), width, height)


def _page(camera_ids: Sequence[str], focus: str, size: int) -> Sequence[str]:
    """Return the page of cameras on which the focus lies."""
    first = camera_ids.index(focus) // size * size
    return camera_ids[first : first + size]


def _best_columns(count: int, width: int, height: int) -> int:
    """Return how many columns make 16:9 pictures largest; of layouts alike, the one with fewer rows.

    So two cameras lie side by side on a 16:9 display, where one above the other would be as large.
    """

    def rank(columns: int) -> tuple[int, int, int]:
        rows = ceil(count / columns)
        wide, high = width // columns, height // rows
        return min(wide, high * 16 // 9), -rows, -columns

    return max(range(1, min(count, ceil(sqrt(count)) * 3) + 1), key=rank)


def _grid(camera_ids: Sequence[str], columns: int, rows: int, width: int, height: int) -> tuple[TilePlace, ...]:
    xs, ys = _cuts(width, columns), _cuts(height, rows)
    return tuple(
        _place(camera_id, xs[number % columns], ys[number // columns]) for number, camera_id in enumerate(camera_ids)
    )


def _place(camera_id: str, x: tuple[int, int], y: tuple[int, int]) -> TilePlace:
    return TilePlace(camera_id, x[0], y[0], x[1], y[1])


def _cuts(length: int, parts: int) -> list[tuple[int, int]]:
    """Cut a length into parts with gaps between; return each part's start and length, at least one pixel."""
    room = length - _GAP * (parts - 1)
    edges = [room * part // parts for part in range(parts + 1)]
    return [(edges[part] + _GAP * part, max(1, edges[part + 1] - edges[part])) for part in range(parts)]


def _focus_strip(camera_ids: Sequence[str], focus: str, width: int, height: int) -> tuple[TilePlace, ...]:
    others = [camera_id for camera_id in camera_ids if camera_id != focus]
    places: dict[str, TilePlace] = {}
    if width * 9 > height * 16:
        strip = max(1, width // _STRIP_SHARE)
        places[focus] = TilePlace(focus, 0, 0, width - strip - _GAP, height)
        columns = 1 if len(others) <= 5 else 2
        xs, ys = _cuts(strip, columns), _cuts(height, max(3, ceil(len(others) / columns)))
        for number, camera_id in enumerate(others):
            x, wide = xs[number % columns]
            places[camera_id] = _place(camera_id, (width - strip + x, wide), ys[number // columns])
    else:
        strip = max(1, height // _STRIP_SHARE)
        places[focus] = TilePlace(focus, 0, 0, width, height - strip - _GAP)
        rows = 1 if len(others) <= 8 else 2
        xs, ys = _cuts(width, max(4, ceil(len(others) / rows))), _cuts(strip, rows)
        per_row = len(xs)
        for number, camera_id in enumerate(others):
            y, tall = ys[number // per_row]
            places[camera_id] = _place(camera_id, xs[number % per_row], (height - strip + y, tall))
    return tuple(places[camera_id] for camera_id in camera_ids)
