"""Four light clips for every player: 480x270, 30, 29.97, a variable rate and 15 frames a second, numbered."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

from tests.support.clips import Clip, ClipPlan, make_clip

_SIZE = (480, 270)
_PER_SECOND = 30_000


def make_light_clips(folder: Path, seconds: int) -> list[Clip]:
    """Encode the clips, which all begin at 0 and last about as long."""
    ticks = seconds * _PER_SECOND
    plans = [
        ClipPlan(number=0, frames=ticks // 1_000, gop=60),
        ClipPlan(number=1, frames=ticks // 1_001, step=1_001, gop=60),
        ClipPlan(number=2, pts=_uneven(ticks), gop=60),
        ClipPlan(number=3, frames=ticks // 2_000, step=2_000, gop=30),
    ]
    return [make_clip(folder, _light(plan)) for plan in plans]


def _light(plan: ClipPlan) -> ClipPlan:
    return ClipPlan(
        number=plan.number,
        frames=plan.frames,
        size=_SIZE,
        time_base=Fraction(1, _PER_SECOND),
        step=plan.step,
        pts=plan.pts,
        gop=plan.gop,
        noise=12,
    )


def _uneven(ticks: int) -> tuple[int, ...]:
    """Return stamps between 33 and 67 ms apart."""
    chance = random.Random(3)
    stamps = [0]
    while stamps[-1] < ticks - 2_000:
        stamps.append(stamps[-1] + chance.randint(1_000, 2_000))
    return tuple(stamps)
