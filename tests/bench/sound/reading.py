"""Puts what was heard beside what was seen: for every burst, the instant that the screen showed while it was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.screen.reading import Captures, frame_bounds
from tests.bench.sound.bursts import Burst, HeardBurst
from tests.support.clips import Clip

_AROUND_NS = 200_000_000
_FEWEST = 12
_LOOSE_FRAMES = 2
"""Captures that lie further apart (90 %, after the speed is taken off) straddle a leap, or a stop."""


@dataclass(frozen=True)
class Step:
    """How a burst that was heard lies to the picture.

    Attributes:
        at_ns: when it was heard, monotonic clock.
        ahead_ms: how long before the picture of that instant it was heard, of screen time; negative where later.
    """

    at_ns: int
    ahead_ms: float


def steps(
    captures: Captures,
    clips: Sequence[Clip],
    plans: Sequence[Burst],
    heard: Sequence[tuple[int, HeardBurst]],
    rate: float,
) -> list[Step]:
    """Compare all bursts that were heard, with their moments on the monotonic clock, while the screen was captured."""
    found: list[Step] = []
    for at_ns, one in heard:
        same = [plan for plan in plans if plan.hertz == one.hertz]
        if not same:
            continue
        seen = _seen(captures, clips[same[0].camera], same[0].camera, at_ns, rate)
        if seen is not None:
            ahead_ns = min((plan.at_ns - seen for plan in same), key=abs)
            found.append(Step(at_ns, ahead_ns / rate / 1e6))
    return found


def passed(captures: Captures, clips: Sequence[Clip], plans: Sequence[Burst], after_ns: int) -> int:
    """Return how many bursts the picture went by from a moment on."""
    count = 0
    for camera, clip in enumerate(clips):
        middles = _middles(clip)
        frames = captures.frames[(captures.times >= after_ns) & (captures.frames[:, camera] >= 0), camera]
        if len(frames):
            first, last = middles[frames[0]], middles[frames[-1]]
            count += sum(plan.camera == camera and first <= plan.at_ns < last for plan in plans)
    return count


def _seen(captures: Captures, clip: Clip, camera: int, at_ns: int, rate: float) -> float | None:
    """Return the clip's instant that was shown at a moment, from captures around it, or None where it is not clear.

    Captures come at random moments, so the middle of the frame shown is the instant of a steady play on the mean.
    """
    near = (np.abs(captures.times - at_ns) < _AROUND_NS) & (captures.frames[:, camera] >= 0)
    times = captures.times[near]
    if len(times) < _FEWEST or times[0] > at_ns - _AROUND_NS / 3 or times[-1] < at_ns + _AROUND_NS / 3:
        return None
    middles = _middles(clip)
    instants = middles[captures.frames[near, camera]] - rate * (times - at_ns)
    low, high = np.percentile(instants, [5, 95])
    if high - low > (1 + _LOOSE_FRAMES * rate) * (middles[1] - middles[0]):
        return None
    return float(np.mean(instants))


def _middles(clip: Clip) -> NDArray[np.float64]:
    bounds = frame_bounds(clip)
    return np.asarray((bounds[:-1] + bounds[1:]) / 2, dtype=np.float64)
