"""Tiles never overlap, never leave the surface, and every layout shows who should be seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.ui.layout import LayoutKind, lay_out


@given(
    kind=st.sampled_from(LayoutKind),
    count=st.integers(1, 40),
    focus=st.integers(0, 45),
    width=st.integers(40, 4_000),
    height=st.integers(40, 2_500),
)
def test_tiles_lie_apart_and_inside(kind: LayoutKind, count: int, focus: int, width: int, height: int) -> None:
    ids = [str(number) for number in range(count)]
    places = lay_out(kind, ids, str(focus), width, height)
    for place in places:
        assert place.width >= 1
        assert place.height >= 1
        assert place.x >= 0
        assert place.y >= 0
    if count <= 20 and min(width, height) >= 200:
        for place in places:
            assert place.x + place.width <= width
            assert place.y + place.height <= height
        for number, one in enumerate(places):
            for other in places[number + 1 :]:
                apart_x = one.x + one.width < other.x or other.x + other.width < one.x
                apart_y = one.y + one.height < other.y or other.y + other.height < one.y
                assert apart_x or apart_y
    shown = [place.camera_id for place in places]
    assert shown == sorted(shown, key=ids.index)
    if str(focus) in ids:
        assert str(focus) in shown
    most = {LayoutKind.ONE: 1, LayoutKind.TWO_BY_TWO: 4, LayoutKind.THREE_BY_THREE: 9}.get(kind, count)
    assert len(shown) <= most


def test_one_camera_fills_the_surface_and_none_gives_nothing() -> None:
    assert lay_out(LayoutKind.THREE_BY_THREE, ["a"], None, 800, 600)[0].width == 800
    assert lay_out(LayoutKind.AUTO, [], None, 800, 600) == ()


def test_the_focus_is_the_largest_beside_a_strip() -> None:
    places = lay_out(LayoutKind.FOCUS_STRIP, ["a", "b", "c", "d"], "c", 1600, 900)
    largest = max(places, key=lambda place: place.width * place.height)
    assert largest.camera_id == "c"
    assert largest.height > 600


def test_two_wide_pictures_lie_side_by_side_where_that_is_as_large() -> None:
    def rows(count: int, width: int, height: int) -> list[int]:
        ids = [str(number) for number in range(count)]
        lefts_by_top: dict[int, int] = {}
        for place in lay_out(LayoutKind.AUTO, ids, None, width, height):
            lefts_by_top[place.y] = lefts_by_top.get(place.y, 0) + 1
        return list(lefts_by_top.values())

    for width, height in ((1920, 1080), (1366, 768), (1280, 720), (3840, 2160)):
        assert rows(2, width, height) == [2]
        assert rows(4, width, height) == [2, 2]
        assert rows(6, width, height) == [3, 3]
    assert rows(2, 1000, 1000) == [1, 1], "one above the other where that makes them larger"
