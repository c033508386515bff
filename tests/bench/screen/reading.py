"""Reads from captures which frames were on the screen, and says how far the cameras were together.

A camera that shows frame n claims an instant in `[start of n, start of n + 1)` of its clip; all clips begin together.
Where the claims of all cameras in a capture have an instant in common, they may all be right. A capture in which a
code cannot be read has none: a picture was torn, black or missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.demo.frame_code import read
from evidence.times import NS_PER_S
from tests.bench.screen.grid import CODE, TILE
from tests.support.clips import Clip

_WINDOW_NS = 2 * NS_PER_S
_FEWEST_IN_A_WINDOW = 60
_UNSEEN_NS = 30_000_000
"""Less than the shortest frame of the clips lasts at normal speed."""


@dataclass(frozen=True)
class Captures:
    """What the grabber saw.

    Attributes:
        times: monotonic clock, ns.
        took: how long each capture took, ns.
        frames: int[captures, cameras], the frame shown, or -1 where none could be read.
    """

    times: NDArray[np.int64]
    took: NDArray[np.int64]
    frames: NDArray[np.int64]


@dataclass(frozen=True)
class Togetherness:
    """How far the cameras were together.

    Attributes:
        captures: how many there were.
        common: share of captures with a common instant, 0 to 1.
        skew_ms: how far apart the cameras were, on the mean: in windows of 2 s, the distance between the camera that
            was furthest on and the one furthest behind.
        worst_ms: the least distance between cameras that explains the worst capture.
        dropped: share of frames that were never on the screen between the first and the last that were, 0 to 1; where
            captures lie so far apart that a frame may have come and gone between them, it does not count.
        speed: seconds of the clips by seconds of the clock.
        unreadable: captures with a code that could not be read.
        late_ms: 99th percentile of the distance between captures.
    """

    captures: int
    common: float
    skew_ms: float
    worst_ms: float
    dropped: float
    speed: float
    unreadable: int
    late_ms: float


def load(path: Path) -> Captures:
    """Read the frame codes of a roll."""
    roll = np.load(path)
    codes: NDArray[np.uint8] = roll["codes"]
    frames = np.full(codes.shape[:2], -1, dtype=np.int64)
    tile = np.zeros((TILE[1], TILE[0]), dtype=np.uint8)
    known: dict[tuple[int, bytes], int] = {}
    for capture in range(codes.shape[0]):
        for camera in range(codes.shape[1]):
            block = codes[capture, camera]
            key = (camera, block.tobytes())
            if key not in known:
                tile[CODE[1] : CODE[1] + CODE[3], CODE[0] : CODE[0] + CODE[2]] = block
                code = read(tile)
                known[key] = code.number if code is not None and code.camera == camera else -1
            frames[capture, camera] = known[key]
    return Captures(roll["times"], roll["took"], frames)


def judge(captures: Captures, clips: Sequence[Clip], *, rate: float, settled_after_s: float) -> Togetherness:
    """Compare the claims of all cameras in every capture; skew and speed from so long after the first on."""
    starts, ends = claims(captures, clips)
    is_read = (captures.frames >= 0).all(axis=1)
    apart = starts.max(axis=1) - ends.min(axis=1)
    is_common = is_read & (apart < 0)
    middles = (starts + ends) / 2
    is_settled = is_read & (captures.times >= captures.times[0] + int(settled_after_s * NS_PER_S))
    return Togetherness(
        captures=len(captures.times),
        common=float(is_common.mean()),
        skew_ms=_skew_ms(captures.times[is_settled], middles[is_settled], rate),
        worst_ms=float(max(0, apart[is_read].max(initial=0)) / 1e6),
        dropped=_dropped(captures),
        speed=_speed(captures.times[is_settled], middles[is_settled]),
        unreadable=int((~is_read).sum()),
        late_ms=float(np.percentile(np.diff(captures.times), 99) / 1e6),
    )


def claims(captures: Captures, clips: Sequence[Clip]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for every capture and camera, from when to when the frame shown lasts, ns of the clips."""
    starts = np.zeros(captures.frames.shape, dtype=np.int64)
    ends = np.zeros(captures.frames.shape, dtype=np.int64)
    for camera, clip in enumerate(clips):
        bounds = frame_bounds(clip)
        shown = np.clip(captures.frames[:, camera], 0, len(bounds) - 2)
        starts[:, camera], ends[:, camera] = bounds[shown], bounds[shown + 1]
    return starts, ends


def frame_bounds(clip: Clip) -> NDArray[np.int64]:
    """Return the start of every frame and the end of the last, ns from the clip's beginning."""
    index = clip.index
    ticks = np.append(index.pts, index.end_pts) - index.pts[0]
    return np.asarray(ticks * int(NS_PER_S * index.time_base.numerator) // index.time_base.denominator, dtype=np.int64)


def _skew_ms(times: NDArray[np.int64], middles: NDArray[np.float64], rate: float) -> float:
    """Captures lie at random phases, so the mean distance of a frame's middle to the clock is the camera's own lag."""
    if not len(times):
        return float("nan")
    lags = middles - rate * times[:, None]
    windows = (times - times[0]) // _WINDOW_NS
    spreads = [
        np.ptp(lags[windows == window].mean(axis=0))
        for window in np.unique(windows)
        if (windows == window).sum() >= _FEWEST_IN_A_WINDOW
    ]
    return float(np.mean(spreads) / 1e6) if spreads else float("nan")


def _dropped(captures: Captures) -> float:
    missed = total = 0
    is_close = np.diff(captures.times) < _UNSEEN_NS
    for camera in range(captures.frames.shape[1]):
        frames = captures.frames[:, camera]
        passed = np.abs(np.diff(frames)) - 1
        is_counted = is_close & (frames[1:] >= 0) & (frames[:-1] >= 0)
        missed += int(passed[is_counted & (passed > 0)].sum())
        total += len(np.unique(frames[frames >= 0]))
    return missed / (missed + total) if total else 1.0


def _speed(times: NDArray[np.int64], middles: NDArray[np.float64]) -> float:
    if len(times) < 2:
        return 0.0
    seconds = (times - times[0]) / 1e9
    return float(np.polyfit(seconds, middles.mean(axis=1) / 1e9, 1)[0])
