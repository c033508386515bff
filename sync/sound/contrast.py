"""Whether the best line near a lag is sharper than any at lags where the two recordings can have nothing in common.

`log10_chance` bounds what chance makes whatever the windows hold, and so asks for many that agree. Where it is known
by other means where two recordings meet, the same windows laid some seconds beside it tell what chance makes of just
these two sounds, an alarm that runs on among them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sync.sound.decode import RATE, Samples
from sync.sound.line import COARSE, FINE, VERY_LONG_S, Drifts, sharpness
from sync.sound.windows import correlate_windows

_STEP_S = 1.5
_NEAREST, _FARTHEST = 2, 12
_FEWEST = 8
_MOST_WINDOWS = 150
_DEVIATIONS, _OVER_BEST = 5.0, 1.25
MOST_PERIODS = 6
"""Of how many periods of a recording lags are looked at; the likeliest come first."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How sharp the best line is beside those at other lags.

    Attributes:
        deviations: by how many standard deviations of these it is sharper than their mean.
        over_best: how many times as sharp as the sharpest of them.
        over_away: how many times as sharp as the sharpest a period away, where something repeats.
    """

    deviations: float
    over_best: float
    over_away: float = float("inf")

    @property
    def is_plain(self) -> bool:
        """Whether chance can be ruled out.

        Of 614 laid where nothing was shared, the highest stood out by 4.5 deviations, and was 1.22 times as sharp.
        """
        return self.deviations >= _DEVIATIONS and self.over_best >= _OVER_BEST and self.is_alone

    @property
    def is_alone(self) -> bool:
        """Whether it is no line of what repeats, which would be as sharp a period away."""
        return self.over_away >= _OVER_BEST


def contrast(
    first: Samples,
    second: Samples,
    lag_s: float,
    drifts: Drifts,
    reach_s: float,
    *,
    periods_s: Collection[float] = (),
) -> Contrast | None:
    """Compare lines near a lag with those some seconds beside it; None where too little of them overlaps.

    Args:
        first: at 8 kHz.
        second: at 8 kHz.
        lag_s: where they meet, s: time in the second less time in the first.
        drifts: which drifts lines may have.
        reach_s: how far from the lag a line may be, s.
        periods_s: lags at which one of them resembles itself.
    """
    pool = COARSE if min(len(first), len(second)) > VERY_LONG_S * RATE else FINE

    def sharp(lag: float) -> float | None:
        return sharpness(correlate_windows(first, second, lag, _MOST_WINDOWS).within(reach_s), drifts, pool)

    here = sharp(lag_s)
    if here is None:
        return None
    offsets = [sign * step * _STEP_S for step in range(_NEAREST, _FARTHEST + 1) for sign in (1, -1)]
    beside = [one for offset in offsets if (one := sharp(lag_s + offset)) is not None]
    if len(beside) < _FEWEST:
        return None
    away = [one for period in periods_s for sign in (1, -1) if (one := sharp(lag_s + sign * period)) is not None]
    return Contrast(
        (here - float(np.mean(beside))) / (float(np.std(beside)) + 1e-9),
        here / max(beside),
        here / max(away) if away else float("inf"),
    )
