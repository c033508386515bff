"""Geometry of tiles: the way between video and widget, and what zoom and drag keep."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from player.ui.picture_aids import AS_RECORDED, PictureAids
from player.ui.tile_transform import TileTransform
from player.ui.tile_view import (
    Area,
    Size,
    TileView,
    box_for,
    fitted,
    kept_inside,
    moved,
    own_size_zoom,
    place,
    wanted_size,
    zoomed,
)

sizes = st.builds(Size, st.integers(16, 4096), st.integers(16, 4096))
tiles = st.builds(Area, st.integers(0, 900), st.integers(0, 900), st.integers(40, 2000), st.integers(40, 2000))
shares = st.floats(0, 1)
areas = st.builds(Area, st.integers(-5000, 900), st.integers(-5000, 900), st.integers(1, 9000), st.integers(1, 9000))
transforms = st.builds(
    TileTransform,
    st.integers(1, 8192),
    st.integers(1, 8192),
    st.sampled_from([0, 90, 180, 270]),
    areas,
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)


@given(transforms, shares, shares)
def test_there_and_back_is_the_same_point_of_the_video(way: TileTransform, across: float, down: float) -> None:
    x, y = across * way.width, down * way.height
    back = way.to_source(*way.to_widget(x, y))
    assert np.allclose(back, (x, y), atol=1e-6 * max(way.width, way.height))


@given(transforms, st.floats(-500, 2500), st.floats(-500, 2500))
def test_back_and_there_is_the_same_point_of_the_widget(way: TileTransform, x: float, y: float) -> None:
    assert np.allclose(way.to_widget(*way.to_source(x, y)), (x, y), atol=1e-6 * 10_000)


@given(transforms)
def test_the_corners_of_the_video_are_the_corners_of_what_is_shown(way: TileTransform) -> None:
    shown, ratio = way.shown, way.ratio
    corners = [way.to_widget(x, y) for x in (0, way.width) for y in (0, way.height)]
    assert np.isclose(min(x for x, _ in corners) * ratio, shown.left)
    assert np.isclose(max(y for _, y in corners) * ratio, shown.top + shown.height)
    first = {0: (0, 0), 90: (1, 0), 180: (1, 1), 270: (0, 1)}[way.rotation]
    expected = (shown.left + first[0] * shown.width, shown.top + first[1] * shown.height)
    assert np.allclose(np.array(way.to_widget(0, 0)) * ratio, expected)


@given(sizes, tiles, st.floats(1.1, 16), shares, shares)
def test_zooming_keeps_the_point_under_the_cursor_where_the_picture_may_move(
    original: Size, tile: Area, zoom: float, across: float, down: float
) -> None:
    whole = place(fitted(original, tile.size), tile, TileView())
    at = (tile.left + across * tile.width, tile.top + down * tile.height)
    view = zoomed(TileView(), zoom, at, whole, tile)
    shown = place(wanted_size(original, tile.size, original, view.zoom), tile, view)
    for axis in (0, 1):
        length, room = (shown.width, tile.width) if axis == 0 else (shown.height, tile.height)
        before, after = (whole.left, shown.left) if axis == 0 else (whole.top, shown.top)
        old_length = whole.width if axis == 0 else whole.height
        if length <= room:
            continue
        share = (at[axis] - before) / old_length
        start = tile.left if axis == 0 else tile.top
        if after < start and after + length > start + room:
            assert abs(after + share * length - at[axis]) <= 2 + zoom, "the point went elsewhere"


@given(sizes, tiles, st.floats(0.2, 30), st.floats(-3, 3), st.floats(-3, 3))
def test_no_more_black_beside_a_picture_than_there_must_be(
    original: Size, tile: Area, zoom: float, x: float, y: float
) -> None:
    size = wanted_size(original, tile.size, original, zoom)
    view = kept_inside(TileView(zoom, x, y), size, tile)
    shown = place(size, tile, moved(view, (10_000, -10_000), place(size, tile, view), tile))
    for start, length, room_start, room in (
        (shown.left, shown.width, tile.left, tile.width),
        (shown.top, shown.height, tile.top, tile.height),
    ):
        if length >= room:
            assert start <= room_start
            assert start + length >= room_start + room
        else:
            assert abs((start - room_start) - (room - length) / 2) <= 1


@given(sizes, tiles, st.floats(0.05, 30))
def test_the_decoder_never_makes_more_than_the_tile_or_the_original_needs(
    original: Size, tile: Area, zoom: float
) -> None:
    box = box_for(tile.size, original, zoom)
    assert box.width * box.height <= max(
        tile.width * tile.height * max(1.0, zoom * zoom), original.width * original.height
    )
    made = fitted(original, box)
    if zoom > 1:
        whole = fitted(original, tile.size)
        assert made.width <= max(whole.width, original.width) + 2 + zoom


@given(sizes, tiles)
def test_a_hundred_percent_is_exactly_the_originals_size(original: Size, tile: Area) -> None:
    zoom = own_size_zoom(original, tile.size, original)
    if zoom != 1.0:
        assert wanted_size(original, tile.size, original, zoom) == original


def test_no_aids_change_no_level_and_say_nothing() -> None:
    assert np.array_equal(AS_RECORDED.levels(), np.arange(256))
    assert AS_RECORDED.words == ""
    assert PictureAids(gamma=150).words == "adjusted"
    assert PictureAids(contrast=10, is_deinterlaced=True).words == "adjusted, deinterlaced"
    assert PictureAids(is_deinterlaced=True).words == "deinterlaced"


@given(st.integers(-100, 100), st.integers(-100, 100), st.integers(20, 400))
def test_aids_keep_the_order_of_levels(brightness: int, contrast: int, gamma: int) -> None:
    levels = PictureAids(brightness, contrast, gamma).levels().astype(int)
    assert (np.diff(levels) >= 0).all()
