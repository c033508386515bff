"""Who is heard, how loud and from where: frozen values, and the laws that turn them into factors.

Mute beats solo: a camera that is muted is never heard. Where any camera is soloed, the others are not. A mix is a way
of listening, not evidence: it is never written into a case.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

QUIETEST_DB = -40
LOUDEST_DB = 20
FAR_LEFT = -100
FAR_RIGHT = 100
MOST_HEARD = 32
"""More cameras than this are not decoded at once."""

Matrix = NDArray[np.float32]
"""float32[2, 2]: (left, right) of the camera as a row, times this, is (left, right) of the mix."""


@dataclass(frozen=True, slots=True)
class CameraLevel:
    """How one camera is heard.

    Attributes:
        gain_db: decibels, -40 to 20; 0 is as recorded.
        placement: -100 wholly left, 0 as recorded, 100 wholly right.
        is_muted: whether it is not heard at all.
    """

    gain_db: int = 0
    placement: int = 0
    is_muted: bool = False


@dataclass(frozen=True)
class SoundMix:
    """Every camera's level, and who is soloed.

    Attributes:
        levels: by camera id; cameras that are not named have the plain level.
        solo: ids of the soloed cameras; where there are any, only these are heard.
        is_silent: whether nothing is heard at all.
    """

    levels: Mapping[str, CameraLevel] = field(default_factory=dict)
    solo: frozenset[str] = frozenset()
    is_silent: bool = False

    def level(self, camera_id: str) -> CameraLevel:
        """Return a camera's level."""
        return self.levels.get(camera_id, CameraLevel())

    def heard(self, cameras: Iterable[str]) -> tuple[str, ...]:
        """Return which of these cameras are heard, in their order, `MOST_HEARD` at most."""
        if self.is_silent:
            return ()
        audible = [one for one in cameras if not self.level(one).is_muted and (not self.solo or one in self.solo)]
        return tuple(audible[:MOST_HEARD])

    def with_level(self, camera_id: str, level: CameraLevel) -> SoundMix:
        """Return the mix with another level of one camera, brought into the range that there is."""
        gain = min(max(level.gain_db, QUIETEST_DB), LOUDEST_DB)
        placement = min(max(level.placement, FAR_LEFT), FAR_RIGHT)
        fitting = replace(level, gain_db=gain, placement=placement)
        return replace(self, levels={**self.levels, camera_id: fitting})

    def hear_alone(self, camera_id: str) -> SoundMix:
        """Return the mix in which this camera alone is heard, though it was muted."""
        level = replace(self.level(camera_id), is_muted=False)
        return replace(self.with_level(camera_id, level), solo=frozenset({camera_id}), is_silent=False)

    def hear_all(self) -> SoundMix:
        """Return the mix in which everything is heard that is not muted."""
        return replace(self, solo=frozenset(), is_silent=False)

    def hear_nothing(self) -> SoundMix:
        """Return the mix in which nothing is heard; who is soloed is kept."""
        return replace(self, is_silent=True)

    def toggle_solo(self, camera_id: str) -> SoundMix:
        """Return the mix with this camera soloed beside others that are, or no more."""
        return replace(self, solo=self.solo ^ {camera_id}, is_silent=False)


def factor_of(gain_db: int) -> float:
    """Return what samples are multiplied by: 10 to the power of dB / 20."""
    return float(10 ** (gain_db / 20))


def matrix_of(level: CameraLevel) -> Matrix:
    """Return how a camera's two channels become those of the mix.

    The middle changes nothing. Towards a side the other channel moves over to it (the angle of an equal-power
    panner), so that nothing of a stereo recording is lost, and all is divided by the square root of 1 + its cosine: so
    the power of what is the same in both channels, as with the one microphone of most cameras, stays constant:
    2 cos²(a/2) left, 2 sin²(a/2) right.
    """
    factor = factor_of(level.gain_db)
    if level.placement == 0:
        return np.eye(2, dtype=np.float32) * np.float32(factor)
    angle = (1 - abs(level.placement) / 100) * math.pi / 2
    own = factor / math.sqrt(1 + math.cos(angle))
    over, stays = own * math.cos(angle), own * math.sin(angle)
    rows = [[own, 0.0], [over, stays]] if level.placement <= 0 else [[stays, over], [0.0, own]]
    return np.array(rows, dtype=np.float32)
