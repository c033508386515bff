"""Shapes as data: between keyframes, held to frames, as JSON and back, and what hostile JSON comes to."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.journal import edit, history_of, revert
from annotations.shapes.between import geometry_at
from annotations.shapes.change import (
    ending_at,
    keyframe_after,
    keyframe_before,
    placed,
    starting_at,
    with_keyframe,
    without_keyframe,
)
from annotations.shapes.frames import is_on_frames, on_frames
from annotations.shapes.geometry import FARTHEST, FEWEST_MOST_POINTS, FILLABLE, UNIT, Geometry, Kind, bounds_of, moved
from annotations.shapes.grips import INSET_CORNER, dragged, grips_of
from annotations.shapes.on_frame import ShapesByFrame
from annotations.shapes.record import changed_shape_edit, delete_shapes, find_unreadable, load_shapes, new_shape_edit
from annotations.shapes.shape import GREATEST_POWER, LEAST_POWER, Drawn, Keyframe, Look, Shape
from annotations.shapes.state import clean_lines, shape_from, state_of
from annotations.shapes.svg import svg_of
from annotations.shapes.trouble import ShapeError
from evidence.case import Case
from evidence.frame_index import FrameIndex, Timing

_COORDINATES = st.integers(-FARTHEST, FARTHEST)
_POINTS = st.tuples(_COORDINATES, _COORDINATES)
_BASE = Fraction(1, 90_000)


def _geometries(kind: Kind) -> st.SearchStrategy[Geometry]:
    fewest, most = FEWEST_MOST_POINTS[kind]
    return st.lists(_POINTS, min_size=fewest, max_size=min(most, fewest + 4)).map(tuple)


@st.composite
def _drawn(draw: st.DrawFn, kinds: st.SearchStrategy[Kind] | None = None) -> Drawn:
    kind = draw(kinds or st.sampled_from(Kind))
    stamps = draw(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=5, unique=True).map(sorted))
    start = draw(st.integers(-(2**40), 2**40))
    return Drawn(
        recording_id=draw(st.uuids().map(str)),
        frame_size=(draw(st.integers(1, 8192)), draw(st.integers(1, 8192))),
        kind=kind,
        time_base=draw(st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**9))),
        start_pts=start,
        end_pts=start + draw(st.integers(1, 2**40)),
        keyframes=tuple(Keyframe(pts, draw(_geometries(kind))) for pts in stamps),
        look=Look(
            colour=f"#{draw(st.integers(0, 0xFFFFFF)):06x}",
            opacity=draw(st.integers(0, 100)),
            line_width=draw(st.integers(1, 9000)),
            is_filled=draw(st.booleans()) and kind in FILLABLE,
            power=draw(st.integers(LEAST_POWER, GREATEST_POWER)),
        ),
        text=clean_lines(draw(st.text(max_size=60))),
        mark_id=draw(st.sampled_from(["", "1b671a64-40d5-491e-99b0-da01ff1f3341"])),
    )


@given(_drawn())
def test_a_shape_survives_json_and_back(drawn: Drawn) -> None:
    shape = Shape("a-1", drawn, by="DC Harper", created_ns=5)
    assert shape_from(json.loads(json.dumps(state_of(shape))), shape_id="a-1") == shape


@given(_drawn(), st.integers(-(2**41), 2**41))
def test_between_keyframes_every_coordinate_lies_between_and_within_half_a_unit_of_the_line(d: Drawn, pts: int) -> None:
    where = geometry_at(d.keyframes, pts)
    before = max((k for k in d.keyframes if k.pts <= pts), key=lambda k: k.pts, default=None)
    after = min((k for k in d.keyframes if k.pts > pts), key=lambda k: k.pts, default=None)
    if before is None or after is None:
        assert where == (before or after).geometry  # type: ignore[union-attr]
    elif len(before.geometry) != len(after.geometry):
        assert where == before.geometry
    else:
        share = Fraction(pts - before.pts, after.pts - before.pts)
        for point, start, end in zip(where, before.geometry, after.geometry, strict=True):
            for axis in (0, 1):
                exact = start[axis] + (end[axis] - start[axis]) * share
                assert abs(point[axis] - exact) <= Fraction(1, 2)
                assert min(start[axis], end[axis]) <= point[axis] <= max(start[axis], end[axis])


def test_it_moves_evenly_and_rounds_halves_up() -> None:
    keyframes = (Keyframe(0, ((0, 0),)), Keyframe(4, ((2, -2),)))
    assert [geometry_at(keyframes, pts)[0] for pts in range(-1, 6)] == [
        (0, 0), (0, 0), (1, 0), (1, -1), (2, -1), (2, -2), (2, -2),
    ]  # fmt: skip


def test_a_polygon_that_gains_a_corner_keeps_its_form_until_then() -> None:
    three, four = ((0, 0), (9, 0), (9, 9)), ((0, 0), (9, 0), (9, 9), (0, 9))
    keyframes = (Keyframe(0, three), Keyframe(10, four))
    assert geometry_at(keyframes, 9) == three
    assert geometry_at(keyframes, 10) == four


def _index(pts: list[int], end: int) -> FrameIndex:
    count = len(pts)
    return FrameIndex(
        _BASE, Timing.STAMPED, np.array(pts), end, np.arange(count), np.ones(count, dtype=np.bool_), np.array(pts),
        np.full(count, -1),
    )  # fmt: skip


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30, unique=True).map(sorted), st.data())
def test_snapped_to_frames_a_shape_lies_on_stamps_of_frames_and_covers_what_it_covered(
    stamps: list[int], data: st.DataObject
) -> None:
    index = _index(stamps, stamps[-1] + 7)
    start = data.draw(st.integers(-50, stamps[-1] + 6))
    end = data.draw(st.integers(max(start, stamps[0]) + 1, stamps[-1] + 50))
    at = data.draw(st.integers(-50, 10_050))
    drawn = Drawn("r", (10, 10), Kind.LINE, _BASE, start, end, (Keyframe(at, ((0, 0), (1, 1))),))
    snapped = on_frames(drawn, index)
    assert is_on_frames(snapped, index)
    assert snapped.start_pts in stamps
    assert snapped.end_pts in {*stamps, index.end_pts}
    assert snapped.keyframes[0].pts in stamps
    for number, pts in enumerate(stamps):
        overlaps = max(start, pts) < min(end, index.end_of(number))
        assert snapped.covers(pts) == overlaps


def test_a_shape_of_another_time_base_is_not_taken_for_one_of_this_recording() -> None:
    drawn = Drawn("r", (10, 10), Kind.LINE, Fraction(1, 1000), 0, 9, (Keyframe(0, ((0, 0), (1, 1))),))
    with pytest.raises(ShapeError, match="units of"):
        on_frames(drawn, _index([0, 3], 6))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=25), st.integers(-5, 130))
def test_a_frame_shows_exactly_the_shapes_whose_range_covers_it(ranges: list[tuple[int, int]], pts: int) -> None:
    shapes = [
        Shape(f"s{n}", Drawn("r", (9, 9), Kind.TEXT, _BASE, start, start + length, (Keyframe(start, ((n, n),)),)))
        for n, (start, length) in enumerate(ranges)
    ]
    found = ShapesByFrame(shapes).at("r", pts)
    assert {one.shape.id for one in found} == {one.id for one in shapes if one.drawn.covers(pts)}
    assert ShapesByFrame(shapes).at("other", pts) == ()


# Following a subject


def _box(*keyframes: tuple[int, Geometry]) -> Drawn:
    return Drawn("r", (100, 100), Kind.BOX, _BASE, 0, 100, tuple(Keyframe(*one) for one in keyframes))


def test_following_a_move_at_another_frame_makes_it_a_keyframe() -> None:
    one = _box((0, ((0, 0), (10, 10))))
    two = placed(one, 10, ((20, 0), (30, 10)), follows=True)
    assert [keyframe.pts for keyframe in two.keyframes] == [0, 10]
    assert geometry_at(two.keyframes, 5) == ((10, 0), (20, 10))
    assert geometry_at(two.keyframes, 99) == ((20, 0), (30, 10))
    assert (keyframe_before(two, 10), keyframe_after(two, 0), keyframe_after(two, 10)) == (0, 10, None)
    assert without_keyframe(two, 10) == one
    assert without_keyframe(one, 0) == one


def test_not_following_a_move_moves_the_whole_way() -> None:
    one = _box((0, ((0, 0), (10, 10))), (10, ((20, 0), (30, 10))))
    two = placed(one, 5, ((10, 7), (20, 17)), follows=False)
    assert [keyframe.geometry for keyframe in two.keyframes] == [((0, 7), (10, 17)), ((20, 7), (30, 17))]


def test_a_keyframe_that_is_put_where_the_shape_is_changes_nothing_of_its_way_there() -> None:
    one = _box((0, ((0, 0), (100, 100))), (10, ((200, 0), (300, 100))))
    two = with_keyframe(one, 4)
    assert all(geometry_at(one.keyframes, pts) == geometry_at(two.keyframes, pts) for pts in (0, 4, 10, 50))


def test_a_range_is_never_empty() -> None:
    one = _box((0, ((0, 0), (10, 10))))
    assert (starting_at(one, 40).start_pts, ending_at(one, 40).end_pts) == (40, 40)
    with pytest.raises(ShapeError):
        starting_at(one, 100)
    with pytest.raises(ShapeError):
        ending_at(one, 0)


@given(_drawn(), st.integers(0, 5), _POINTS)
def test_a_dragged_grip_comes_to_where_it_is_dragged_and_the_shape_stays_one(d: Drawn, which: int, to: Any) -> None:
    geometry = d.keyframes[0].geometry
    grips = grips_of(d.kind, geometry, d.look.power)
    if not grips:
        return
    grip = min(which, len(grips) - 1)
    new, power = dragged(d.kind, geometry, d.look.power, grip, to)
    assert len(new) == len(geometry)
    assert LEAST_POWER <= power <= GREATEST_POWER
    if d.kind is not Kind.FREEHAND and not (d.kind is Kind.MAGNIFIER and grip == INSET_CORNER):
        assert grips_of(d.kind, new, power)[grip] == to


@given(_drawn(), st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)))
def test_a_moved_shape_keeps_its_form_and_some_of_it_stays_in_the_picture(d: Drawn, by: tuple[int, int]) -> None:
    size = (4000 * UNIT, 4000 * UNIT)
    geometry = tuple((x % size[0], y % size[1]) for x, y in d.keyframes[0].geometry)
    new = moved(geometry, by, size)
    offsets = {(x - was_x, y - was_y) for (x, y), (was_x, was_y) in zip(new, geometry, strict=True)}
    assert len(offsets) == 1
    left, top, right, bottom = bounds_of(new)
    assert right >= 0
    assert bottom >= 0
    assert left <= size[0]
    assert top <= size[1]


# Hostile JSON


def _state() -> dict[str, Any]:
    drawn = _box((0, ((0, 0), (10, 10))))
    return dict(state_of(Shape("a", drawn, by="DC Harper", created_ns=1)))


_WRONG: list[tuple[str, object]] = [
    ("kind", "circle"), ("kind", 4), ("kind", ["box"]), ("recording", "../../etc"), ("recording", ""),
    ("recording", "x" * 37), ("frame_size", [0, 10]), ("frame_size", [10]), ("time_base", [1, 0]),
    ("time_base", [0, 1]), ("time_base", [-1, 5]), ("time_base", "1/5"), ("start_pts", 2**63), ("start_pts", 0.5),
    ("start_pts", True), ("start_pts", float("nan")), ("end_pts", 0), ("end_pts", -1), ("keyframes", []),
    ("keyframes", {}), ("keyframes", [[0, [[0, 0]]]]), ("keyframes", [[0, [[0, 0], [1, 1], [2, 2]]]]),
    ("keyframes", [[0, [[0, 0], [1, 1e9]]]]), ("keyframes", [[0, [[0, 0], [1, float("inf")]]]]),
    ("keyframes", [[0, [[0, 0], [1, FARTHEST + 1]]]]), ("keyframes", [[1, [[0, 0], [1, 1]]]] * 2),
    ("keyframes", [[0, [[0, 0], [1, 1]], 3]]), ("keyframes", [0] * 10_001), ("colour", "red"),
    ("colour", "#FFFFFF"), ("colour", "#ffffff;"), ("opacity", 101), ("opacity", -1), ("line_width", 0),
    ("is_filled", 1), ("text", "a\x00b"), ("text", "x" * 2_001), ("text", "\u202eabc"), ("text", None),
    ("label", "two\nlines"), ("label", "x" * 201), ("mark", "a b"), ("by", 5), ("created_ns", -1), ("power", 0),
    ("text_size", 10**9),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), _WRONG, ids=lambda one: str(one)[:30])
def test_json_that_is_no_shape_is_refused_with_a_reason(name: str, value: object) -> None:
    state = _state() | {name: value}
    with pytest.raises(ShapeError, match="This is no shape"):
        shape_from(state, shape_id="a")


def test_missing_unknown_and_foreign_things_are_refused() -> None:
    for name in _state():
        with pytest.raises(ShapeError, match="missing"):
            shape_from({key: value for key, value in _state().items() if key != name}, shape_id="a")
    strangers: list[object] = [None, [], "x", 5, _state() | {"onload": "alert(1)"}, {1: 2}]
    for untrusted in strangers:
        with pytest.raises(ShapeError):
            shape_from(untrusted, shape_id="a")
    with pytest.raises(ShapeError):
        shape_from(_state(), shape_id="../x")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(sorted(_state())), _JSON)
def test_whatever_stands_in_the_place_of_a_part_it_is_a_shape_or_refused(name: str, value: object) -> None:
    state = copy.deepcopy(_state()) | {name: value}
    try:
        shape = shape_from(state, shape_id="a")
    except ShapeError:
        return
    assert state_of(shape) == state


@given(_drawn())
def test_its_svg_is_well_formed_and_writes_its_text_harmlessly(drawn: Drawn) -> None:
    root = ET.fromstring(svg_of(drawn))
    assert root.attrib["viewBox"] == f"0 0 {drawn.frame_size[0]} {drawn.frame_size[1]}"
    names = {element.tag.rsplit("}", 1)[1] for element in root.iter()}
    assert names <= {"svg", "g", "rect", "ellipse", "polyline", "polygon", "text"}
    if drawn.kind is Kind.TEXT:
        assert (next(root.iter("{http://www.w3.org/2000/svg}text")).text or "") == drawn.text


def test_svg_writes_pixels_exactly() -> None:
    drawn = Drawn("r", (1280, 720), Kind.BOX, _BASE, 0, 9, (Keyframe(0, ((128, -1), (256 * 10, 512))),))
    assert '<rect x="0.5" y="-0.00390625" width="9.5" height="2.00390625"/>' in svg_of(drawn)


# Kept in the case


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """An empty case."""
    folder = tmp_path / "Op Lamppost.sightline"
    Case.create(folder, title="Op Lamppost", reference="", by="DC Grey").close()
    return folder


def test_a_shape_is_kept_changed_deleted_and_each_of_it_can_be_taken_back(case_folder: Path) -> None:
    drawn = _box((0, ((0, 0), (10, 10))))
    with Case.open(case_folder) as case:
        made = edit(case, [new_shape_edit(drawn)], by="DC Harper", label="new box")
        (shape,) = load_shapes(case)
        assert (shape.drawn, shape.by, shape.changed_by) == (drawn, "DC Harper", "DC Harper")
        follows = placed(drawn, 10, ((5, 5), (15, 15)), follows=True)
        changed = edit(case, [changed_shape_edit(shape, follows)], by="PC Lee", label="change of a shape")
        (second,) = load_shapes(case)
        assert (second.drawn, second.by, second.changed_by) == (follows, "DC Harper", "PC Lee")
        deleted = delete_shapes(case, [shape.id], by="PC Lee")
        assert load_shapes(case) == ()
        for step, expected in ((deleted, (follows,)), (changed, (drawn,)), (made, ())):
            revert(case, step, by="PC Lee")
            assert tuple(one.drawn for one in load_shapes(case)) == expected
        assert len(history_of(case, shape.id)) == 6


def test_a_damaged_shape_does_not_keep_the_others_from_being_read(case_folder: Path) -> None:
    drawn = _box((0, ((0, 0), (10, 10))))
    with Case.open(case_folder) as case:
        edit(case, [new_shape_edit(drawn, "good"), new_shape_edit(drawn, "bad")], by="DC Harper", label="shapes")
        with case.change("DC Harper", "damaging a shape") as change:
            change.session.connection().exec_driver_sql("UPDATE shapes SET state = '{\"a\": 1}' WHERE id = 'bad'")
            change.tell("test.damaged")
        assert [one.id for one in load_shapes(case)] == ["good"]
        assert list(find_unreadable(case)) == ["bad"]


def test_of_an_uncertain_frame_only_what_every_frame_it_may_be_shows_alike_is_told() -> None:
    """Frames of 40 ms: one shape stands, one moves from frame 10 to 20, one ends with frame 14."""
    step, at, there = 3_600, ((0, 0), (UNIT, UNIT)), ((UNIT, 0), (2 * UNIT, UNIT))
    still = Drawn("r", (64, 48), Kind.BOX, _BASE, 0, 100 * step, (Keyframe(0, at), Keyframe(50 * step, at)))
    moving = Drawn("r", (64, 48), Kind.BOX, _BASE, 0, 100 * step, (Keyframe(10 * step, at), Keyframe(20 * step, there)))
    ending = Drawn("r", (64, 48), Kind.BOX, _BASE, 0, 15 * step, (Keyframe(0, at),))
    shapes = ShapesByFrame([Shape("still", still), Shape("moving", moving), Shape("ending", ending)])

    def told(first: int, last: int) -> tuple[list[str], int]:
        found, missing = shapes.throughout("r", first * 40_000_000, last * 40_000_000)
        assert all(one in shapes.at("r", number * step) for one in found for number in range(first, last + 1))
        return [one.shape.id for one in found], missing

    assert told(2, 6) == (["ending", "moving", "still"], 0)
    assert told(8, 11) == (["ending", "still"], 1)
    assert told(13, 16) == (["still"], 2)
    assert told(19, 22) == (["still"], 1)
    assert told(20, 30) == (["moving", "still"], 0)
    assert told(98, 101) == ([], 2)
    assert told(101, 104) == ([], 0)
