"""Holds a shape to the frames of its recording: where it starts and ends, and its keyframes, are stamps of frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from annotations.shapes.geometry import Geometry, Kind
from annotations.shapes.shape import Drawn, Keyframe, Look
from annotations.shapes.trouble import ShapeError
from evidence.frame_index import FrameIndex, Timing
from evidence.records import Recording
from evidence.times import IncidentRange, IncidentTime


def has_frames(index: FrameIndex | None) -> bool:
    """Tell whether a recording's frames can be named, so that shapes can lie on them."""
    return index is not None and len(index) > 0 and index.timing is not Timing.MOMENTS


def on_frames(drawn: Drawn, index: FrameIndex) -> Drawn:
    """Return a shape snapped to the frames of its recording: each stamp to the frame that covers it.

    Of two keyframes that come to lie on one frame the later is kept.

    Raises:
        ShapeError: its time base is another, or nothing of its range lies in the recording.
    """
    if drawn.time_base != index.time_base:
        raise ShapeError(
            f"The shape counts time in units of {drawn.time_base} s and its recording in units of {index.time_base} s.",
            meaning="It was drawn on another recording, or on another version of this one.",
            remedy="Draw it anew on this recording.",
        )
    if not len(index) or drawn.end_pts <= int(index.pts[0]) or drawn.start_pts >= index.end_pts:
        raise ShapeError(
            "The shape lies outside of its recording.", meaning="No frame shows it.", remedy="Draw it anew."
        )
    first, last = snapped(index, drawn.start_pts), snapped(index, drawn.end_pts - 1)
    places = {int(index.pts[snapped(index, one.pts)]): one.geometry for one in drawn.keyframes}
    return replace(
        drawn,
        start_pts=int(index.pts[first]),
        end_pts=index.end_of(last),
        keyframes=tuple(Keyframe(pts, places[pts]) for pts in sorted(places)),
    )


def is_on_frames(drawn: Drawn, index: FrameIndex) -> bool:
    """Tell whether every stamp of a shape is that of a frame, and its end the end of one."""
    try:
        return on_frames(drawn, index) == drawn
    except ShapeError:
        return False


def snapped(index: FrameIndex, pts: int) -> int:
    """Return the number of the frame that covers a stamp, or of the nearest one at either end."""
    if pts < int(index.pts[0]):
        return 0
    found = index.find_frame_at_pts(pts)
    return len(index) - 1 if found is None else found


def frames_of_new(
    starts: NDArray[np.int64],
    frame: int,
    *,
    range_in: IncidentTime | None,
    range_out: IncidentTime | None,
    here: IncidentRange,
) -> tuple[int, int]:
    """Return the first and the last frame of a new shape; the one at which it is drawn is among them.

    Args:
        starts: when the recording's frames start, ns on the common clock, increasing.
        frame: the frame at which it is drawn.
        range_in: start of the range that is set, or None.
        range_out: its end, exclusive, or None.
        here: what is taken where no range is set around the frame; it begins with the frame.
    """
    span = here
    if range_in is not None and range_out is not None and range_in <= here.start < range_out:
        span = IncidentRange(range_in, range_out)
    first = int(np.searchsorted(starts, span.start, side="right")) - 1
    last = int(np.searchsorted(starts, span.end, side="left")) - 1
    return min(max(first, 0), frame), max(min(last, len(starts) - 1), frame)


def new_shape(
    recording: Recording,
    index: FrameIndex,
    frames: tuple[int, int],
    at: int,
    *,
    kind: Kind,
    geometry: Geometry,
    look: Look,
) -> Drawn:
    """Return a shape on these frames, both included; its one keyframe is on the frame at which it was drawn.

    Args:
        recording: on whose picture; it has one.
        index: its frame table.
        frames: the numbers of the first and of the last frame that show it.
        at: the number of the frame at which it was drawn.
        kind: what it is.
        geometry: where it is.
        look: how it looks.
    """
    stream = recording.video
    assert stream is not None, "a shape lies on a picture"
    first, last = frames
    return Drawn(
        recording_id=recording.id,
        frame_size=(stream.width, stream.height),
        kind=kind,
        time_base=index.time_base,
        start_pts=int(index.pts[first]),
        end_pts=index.end_of(last),
        keyframes=(Keyframe(int(index.pts[at]), geometry),),
        look=look,
    )
