"""What was drawn on the court's screen lies on the same spot of the recording's own picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from courtroom.ui.court_picture import ShownFrame
from courtroom.ui.drawn_on_frames import drawn_on
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import WHOLE, Area

SIZE = (1280, 720)


def shown(window: Area, rotation: int = 0, zoom: int = 1) -> ShownFrame:
    """A frame of 320 by 180 as coded; zoomed, its middle fills the tile."""
    wide, high = window.width * zoom, window.height * zoom
    left, top = window.left - (wide - window.width) // 2, window.top - (high - window.height) // 2
    place = TileTransform(320, 180, rotation, Area(left, top, wide, high))
    return ShownFrame("camera-1", "one", "one.mp4", 7, 7_000, WHOLE, window, place)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("zoom", [1, 3])
def test_points_come_back_to_where_they_were_drawn(rotation: int, zoom: int) -> None:
    frame = shown(Area(640, 0, 640, 720), rotation, zoom)
    stroke = ((0.6, 0.1), (0.75, 0.5), (0.9, 0.8))
    drawn = drawn_on(frame, (stroke,), SIZE)
    assert drawn is not None
    assert drawn.picture_size == (320, 180)
    (line,) = drawn.lines
    assert frame.transform is not None
    for (x, y), (share_x, share_y) in zip(line, stroke, strict=True):
        seen_x, seen_y = frame.transform.to_widget(x / 256, y / 256)
        assert seen_x == pytest.approx(share_x * SIZE[0], abs=0.1)
        assert seen_y == pytest.approx(share_y * SIZE[1], abs=0.1)


def test_a_line_across_two_tiles_lies_on_each_as_far_as_it_is_in_it() -> None:
    left, right = shown(Area(0, 0, 640, 720)), shown(Area(640, 0, 640, 720))
    stroke = ((0.25, 0.5), (0.4, 0.5), (0.6, 0.5), (0.75, 0.5))
    one, other = (drawn_on(frame, (stroke,), SIZE) for frame in (left, right))
    assert one is not None
    assert other is not None
    assert one.lines == (((160 * 256, 90 * 256), (256 * 256, 90 * 256)),)
    assert other.lines == (((64 * 256, 90 * 256), (160 * 256, 90 * 256)),)
    assert drawn_on(left, (((0.6, 0.5), (0.7, 0.5)),), SIZE) is None
    assert drawn_on(replace(left, transform=None), (stroke,), SIZE) is None, "the camera was not recording"
