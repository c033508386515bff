"""The frame index: look-ups agree with a plain search, bytes come back whole or not at all."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.frame_index import FrameIndex, Timing

BASE = Fraction(1, 90000)


def make_index(packet_pts: list[int], keys: list[bool], *, hidden_before: int = -(2**40)) -> FrameIndex:
    """Build an index the slow way from packets in decoding order."""
    shown = sorted((pts, number) for number, pts in enumerate(packet_pts) if pts >= hidden_before)
    return FrameIndex(
        time_base=BASE,
        timing=Timing.STAMPED,
        pts=np.array([pts for pts, _ in shown], dtype=np.int64),
        end_pts=(shown[-1][0] + 3000) if shown else 0,
        order=np.array([number for _, number in shown], dtype=np.int64),
        is_key=np.array(keys, dtype=np.bool_),
        packet_pts=np.array(packet_pts, dtype=np.int64),
        packet_pos=np.arange(len(packet_pts), dtype=np.int64) * 1000,
    )


@st.composite
def indexes(draw: st.DrawFn) -> FrameIndex:
    pts = draw(st.lists(st.integers(-(2**40), 2**40), unique=True, max_size=60))
    keys = draw(st.lists(st.booleans(), min_size=len(pts), max_size=len(pts)))
    return make_index(pts, keys)


@given(indexes(), st.integers(-(2**41), 2**41))
def test_the_frame_at_an_instant_is_the_one_whose_interval_holds_it(index: FrameIndex, pts: int) -> None:
    found = index.find_frame_at_pts(pts)
    slow = [k for k in range(len(index)) if int(index.pts[k]) <= pts < index.end_of(k)]
    assert ([] if found is None else [found]) == slow


@given(indexes())
def test_decoding_can_start_at_the_anchor_and_reach_the_frame(index: FrameIndex) -> None:
    for frame in range(len(index)):
        anchor, packet = int(index.anchors[frame]), int(index.order[frame])
        good = [key for key in np.flatnonzero(index.is_key[: packet + 1]) if index.packet_pts[key] <= index.pts[frame]]
        assert anchor == (good[-1] if good else 0)


@given(indexes())
def test_bytes_come_back_as_the_same_index(index: FrameIndex) -> None:
    again = FrameIndex.from_bytes(index.to_bytes())
    assert again == index
    assert again.time_base == index.time_base
    assert np.array_equal(again.pts, index.pts)
    assert np.array_equal(again.is_key, index.is_key)


@given(indexes(), st.data())
def test_damaged_bytes_are_refused_or_mean_a_whole_index(index: FrameIndex, data: st.DataObject) -> None:
    packed = bytearray(index.to_bytes())
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ValueError):
        FrameIndex.from_bytes(bytes(packed))


def test_a_leading_picture_of_an_open_group_is_decoded_from_the_group_before() -> None:
    # Decoding order: I0 P3 B1 B2 | I6 B4 B5 P9; B4 and B5 lean on P3 and on I6.
    index = make_index([0, 3, 1, 2, 6, 4, 5, 9], [True, False, False, False, True, False, False, False])
    assert index.anchors.tolist() == [0, 0, 0, 0, 0, 0, 4, 4]


def test_a_leading_picture_after_stamps_began_anew_is_decoded_from_the_group_before() -> None:
    # Two recordings joined: I0 P3 B1 B2 | I0 P3 B1 B2 | I6 B4 B5, the second's stamps moved on by 4 for showing.
    raw = [0, 3, 1, 2, 0, 3, 1, 2, 6, 4, 5]
    shown = sorted((pts + 4 * (number > 3), number) for number, pts in enumerate(raw))
    index = FrameIndex(
        time_base=BASE,
        timing=Timing.REPAIRED,
        pts=np.array([pts for pts, _ in shown], dtype=np.int64),
        end_pts=11,
        order=np.array([number for _, number in shown], dtype=np.int64),
        is_key=np.array([number in {0, 4, 8} for number in range(11)]),
        packet_pts=np.array(raw, dtype=np.int64),
        packet_pos=np.arange(11, dtype=np.int64) * 1000,
    )
    assert index.anchors.tolist() == [0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 8]


def test_frames_before_an_edit_list_starts_are_not_counted_but_can_be_an_anchor() -> None:
    index = make_index([0, 1, 2, 3], [True, False, False, False], hidden_before=2)
    assert len(index) == 2
    assert index.anchors.tolist() == [0, 0]


def test_an_index_that_contradicts_itself_is_refused() -> None:
    good = make_index([0, 1], [True, False])
    with pytest.raises(ValueError, match="increasing"):
        FrameIndex(
            BASE, Timing.STAMPED, good.pts[::-1].copy(), 5, good.order, good.is_key, good.packet_pts, good.packet_pos
        )
