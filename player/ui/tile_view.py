"""How a tile looks at its picture: which part, how large. Plain geometry in device pixels. No Qt.

A picture is *made* at one size, by the decoder or by the graphics card, and *shown* at one size. They are the same,
pixel for pixel, unless it is shown larger than the original has pixels: then each pixel on the screen is interpolated
between four of the made ones. Zoom never decides which frame is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from evidence.records import StreamInfo
from player.stills.geometry import square_pixel_size, turned_size

LARGEST_ZOOM = 32.0
_STEPS_OVER_ORIGINAL = 16


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in device pixels of the surface."""

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Its size."""
        return Size(self.width, self.height)

    def crossed(self, other: Area) -> Area | None:
        """Return what both have in common, or None."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Area(left, top, right - left, bottom - top) if right > left and bottom > top else None


@dataclass(frozen=True, slots=True)
class TileView:
    """What a tile shows of its picture.

    Attributes:
        zoom: how many times larger than fitted into the tile.
        x: which part of the picture is in the middle, from the left, as a share of its width as shown.
        y: the same from the top.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def is_whole(self) -> bool:
        """Whether the picture is simply fitted into the tile."""
        return self.zoom == 1.0


WHOLE = TileView()


def original_size(stream: StreamInfo) -> Size:
    """Return how large a stream's picture is in its own pixels, turned, with none of them squeezed."""
    size = turned_size(square_pixel_size((stream.width, stream.height), stream.pixel_aspect), stream.rotation)
    return Size(max(1, size[0]), max(1, size[1]))


def fitted(shape: Size, room: Size) -> Size:
    """Return the size at which a picture of this shape fills a room; a picture made for the room keeps its own."""
    is_inside = shape.width <= room.width and shape.height <= room.height
    if is_inside and (shape.width == room.width or shape.height == room.height):
        return shape
    scale = min(room.width / shape.width, room.height / shape.height)
    return Size(max(1, round(shape.width * scale)), max(1, round(shape.height * scale)))


def wanted_size(shape: Size, room: Size, original: Size, zoom: float) -> Size:
    """Return how large a picture is shown; the original's own size exactly where that is meant."""
    whole = fitted(shape, room)
    size = Size(max(1, round(whole.width * zoom)), max(1, round(whole.height * zoom)))
    return original if zoom != 1.0 and is_near(size, original, zoom) else size


def is_near(one: Size, other: Size, zoom: float) -> bool:
    """Tell whether two sizes differ only by what rounding to whole pixels does at this zoom."""
    most = 1 + zoom
    return abs(one.width - other.width) <= most and abs(one.height - other.height) <= most


def box_for(room: Size, original: Size, zoom: float) -> Size:
    """Return the box for which the decoder makes pictures: as large as shown, but no larger than the original."""
    if zoom == 1.0:
        return room
    whole = fitted(original, room)
    wanted = wanted_size(original, room, original, zoom)
    if wanted == original or (wanted.width > original.width and original.width > whole.width):
        return original
    if wanted.width > original.width:
        return room
    return Size(max(1, int(room.width * zoom)), max(1, int(room.height * zoom)))


def made_size(shape: Size, room: Size, original: Size, shown: Size) -> Size:
    """Return the size at which the graphics card makes a picture of planes, to be shown at `shown`."""
    if shown.width <= original.width:
        return shown
    whole = fitted(shape, room)
    return original if original.width > whole.width else whole


def place(shown: Size, tile: Area, view: TileView) -> Area:
    """Return where a picture of this size lies; in the middle in each direction in which it is smaller."""
    return Area(
        tile.left + _start(shown.width, tile.width, view.x),
        tile.top + _start(shown.height, tile.height, view.y),
        shown.width,
        shown.height,
    )


def zoomed(view: TileView, zoom: float, at: tuple[float, float], picture: Area, tile: Area) -> TileView:
    """Return the view at another zoom that keeps the point of the picture under `at` where it is.

    Args:
        view: the view now.
        zoom: how large it shall be.
        at: a point of the surface, device pixels.
        picture: where the picture lies now.
        tile: the tile.
    """
    if abs(zoom - 1.0) < 0.02:
        return WHOLE
    factor = zoom / view.zoom
    middle = (tile.left + tile.width / 2, tile.top + tile.height / 2)
    share = ((at[0] - picture.left) / picture.width, (at[1] - picture.top) / picture.height)
    x = share[0] + (middle[0] - at[0]) / (picture.width * factor)
    y = share[1] + (middle[1] - at[1]) / (picture.height * factor)
    new = Size(max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return kept_inside(TileView(zoom, x, y), new, tile)


def moved(view: TileView, by: tuple[float, float], picture: Area, tile: Area) -> TileView:
    """Return the view after the picture was dragged by some device pixels."""
    dragged = replace(view, x=view.x - by[0] / picture.width, y=view.y - by[1] / picture.height)
    return kept_inside(dragged, picture.size, tile)


def kept_inside(view: TileView, shown: Size, tile: Area) -> TileView:
    """Return the view with no more black beside the picture than there must be."""
    return replace(view, x=_inside(view.x, tile.width / shown.width), y=_inside(view.y, tile.height / shown.height))


def own_size_zoom(shape: Size, room: Size, original: Size) -> float:
    """Return the zoom at which each of the original's pixels is one of the screen's."""
    whole = fitted(shape, room)
    if original.width >= original.height:
        return original.width / whole.width
    return original.height / whole.height


def largest_zoom(shape: Size, room: Size, original: Size) -> float:
    """Return the greatest zoom that still tells something."""
    return min(LARGEST_ZOOM, max(4.0, _STEPS_OVER_ORIGINAL * own_size_zoom(shape, room, original)))


def _start(length: int, room: int, share: float) -> int:
    if length <= room:
        return (room - length) // 2
    return min(0, max(room - length, round(room / 2 - share * length)))


def _inside(share: float, seen: float) -> float:
    return 0.5 if seen >= 1 else min(max(share, seen / 2), 1 - seen / 2)
