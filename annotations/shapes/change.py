"""How a shape becomes another: moved at a frame, followed by keyframes, given another range. Pure.

Frames are given by their stamps, which are those of the recording's frame table.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from annotations.shapes.between import geometry_at
from annotations.shapes.geometry import Geometry, kept_near
from annotations.shapes.shape import MOST_KEYFRAMES, Drawn, Keyframe
from annotations.shapes.trouble import ShapeError


def placed(drawn: Drawn, pts: int, geometry: Geometry, *, follows: bool) -> Drawn:
    """Return a shape that lies elsewhere at a frame.

    Args:
        drawn: the shape before.
        pts: the frame at which it was moved.
        geometry: where it is there now.
        follows: the frame becomes a keyframe. Else the shape keeps its way: every keyframe is moved alike, or, where
            points came or went, only the one that the frame is on or after.
    """
    if follows:
        return with_keyframe(drawn, pts, geometry)
    before = geometry_at(drawn.keyframes, pts)
    if any(len(one.geometry) != len(geometry) for one in drawn.keyframes):
        return with_keyframe(drawn, _holder(drawn, pts), geometry)
    by = [(x - was_x, y - was_y) for (x, y), (was_x, was_y) in zip(geometry, before, strict=True)]
    keyframes = tuple(
        Keyframe(
            one.pts,
            tuple(kept_near((x + dx, y + dy)) for (x, y), (dx, dy) in zip(one.geometry, by, strict=True)),
        )
        for one in drawn.keyframes
    )
    return replace(drawn, keyframes=keyframes)


def with_keyframe(drawn: Drawn, pts: int, geometry: Geometry | None = None) -> Drawn:
    """Return a shape with a keyframe at a frame; where it is there already unless `geometry` says otherwise.

    Raises:
        ShapeError: it has as many keyframes as a shape may have.
    """
    where = geometry if geometry is not None else geometry_at(drawn.keyframes, pts)
    others = tuple(one for one in drawn.keyframes if one.pts != pts)
    if len(others) >= MOST_KEYFRAMES:
        raise ShapeError(
            f"A shape has at most {MOST_KEYFRAMES} keyframes.",
            meaning="Nothing was changed.",
            remedy="End this shape here and go on with a copy of it.",
        )
    place = bisect_left(others, pts, key=lambda one: one.pts)
    return replace(drawn, keyframes=(*others[:place], Keyframe(pts, where), *others[place:]))


def without_keyframe(drawn: Drawn, pts: int) -> Drawn:
    """Return a shape without the keyframe at a frame; the last one stays."""
    left = tuple(one for one in drawn.keyframes if one.pts != pts)
    return replace(drawn, keyframes=left) if left else drawn


def starting_at(drawn: Drawn, pts: int) -> Drawn:
    """Return a shape that the frame with this stamp is the first to show.

    Raises:
        ShapeError: it ends before that.
    """
    if pts >= drawn.end_pts:
        raise ShapeError(
            "A shape starts before it ends.",
            meaning="Nothing was changed.",
            remedy="Set its end later first, or go to an earlier frame.",
        )
    return replace(drawn, start_pts=pts)


def ending_at(drawn: Drawn, end_pts: int) -> Drawn:
    """Return a shape that is not shown from this stamp on: the end of the last frame that shows it.

    Raises:
        ShapeError: it starts at or after that.
    """
    if end_pts <= drawn.start_pts:
        raise ShapeError(
            "A shape ends after it starts.",
            meaning="Nothing was changed.",
            remedy="Set its start earlier first, or go to a later frame.",
        )
    return replace(drawn, end_pts=end_pts)


def keyframe_before(drawn: Drawn, pts: int) -> int | None:
    """Return the stamp of the last keyframe before a stamp, or None."""
    return next((one.pts for one in reversed(drawn.keyframes) if one.pts < pts), None)


def keyframe_after(drawn: Drawn, pts: int) -> int | None:
    """Return the stamp of the first keyframe after a stamp, or None."""
    return next((one.pts for one in drawn.keyframes if one.pts > pts), None)


def has_keyframe(drawn: Drawn, pts: int) -> bool:
    """Tell whether a shape has a keyframe at exactly this stamp."""
    return any(one.pts == pts for one in drawn.keyframes)


def _holder(drawn: Drawn, pts: int) -> int:
    return max((one.pts for one in drawn.keyframes if one.pts <= pts), default=drawn.keyframes[0].pts)
