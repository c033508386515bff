"""Where each camera is and where it looks: on a chest that walks, in a hand, under a windscreen, on a wall."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.demo.script import LINDQVIST, MARSH, OKAFOR, PATEL, Person, dashcam_car
from app.demo.truth import Point

_WEARERS = {"bwv-412": OKAFOR, "bwv-88": LINDQVIST, "bwv-31": MARSH}
_CCTV_AT, _CCTV_LOOKS_AT = (-11.2, 4.5, 5.0), (1.0, 2.4, 0.5)
_WOBBLE = ((0.31, 1.0), (0.73, 0.55), (1.41, 0.3), (2.3, 0.16))


@dataclass(frozen=True, slots=True)
class CameraPose:
    """A camera in the scene.

    Attributes:
        position: of its lens.
        yaw: radians from +x towards +y.
        pitch: radians upwards.
        roll: radians clockwise as the camera sees it.
    """

    position: Point
    yaw: float
    pitch: float
    roll: float


class Rig:
    """How one camera is carried. Pure: the same second gives the same pose.

    Args:
        key: of the camera, as in `app.demo.plan`.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._phase = float(sum(key.encode()) % 97)

    @property
    def carrier(self) -> Person | None:
        """Who carries the camera, and is not in its picture."""
        return PATEL if self._key == "phone" else _WEARERS.get(self._key)

    def position(self, t: float) -> Point:
        """Return where the lens, and the microphone beside it, is at second `t` of the story."""
        return self.pose(t).position

    def pose(self, t: float) -> CameraPose:
        """Return place and direction at second `t` of the story."""
        if self._key in _WEARERS:
            return self._on_chest(_WEARERS[self._key], t)
        if self._key == "phone":
            return self._in_hand(t)
        if self._key == "dashcam":
            return self._in_car(t)
        return self._on_wall()

    def _on_chest(self, wearer: Person, t: float) -> CameraPose:
        x, y = wearer.at(t)
        walked, speed = wearer.gait(t)
        stride = 2 * math.pi * walked / 1.5
        pace = min(speed, 2.5)
        heading = wearer.heading(t)
        kneel = wearer.act(t, "kneel", 0.8)
        sway = 0.018 * pace * math.sin(stride)
        place = (
            float(x + 0.16 * math.cos(heading) - sway * math.sin(heading)),
            float(y + 0.16 * math.sin(heading) + sway * math.cos(heading)),
            float(
                wearer.height * 0.74 - 0.52 * kneel + 0.016 * pace * math.cos(2 * stride) + 0.004 * self._wobble(t, 3)
            ),
        )
        return CameraPose(
            place,
            float(heading + 0.02 * pace * math.sin(stride + 0.4) + 0.035 * self._wobble(t, 0)),
            float(-0.05 - 0.22 * kneel + 0.014 * pace * math.sin(2 * stride) + 0.022 * self._wobble(t, 1)),
            float(0.022 * pace * math.sin(stride + 1.1) + 0.018 * self._wobble(t, 2)),
        )

    def _in_hand(self, t: float) -> CameraPose:
        x, y = PATEL.at(t)
        heading = PATEL.heading(t)
        place = (
            float(x + 0.42 * math.cos(heading) + 0.006 * self._wobble(t, 4)),
            float(y + 0.42 * math.sin(heading) + 0.006 * self._wobble(t, 5)),
            float(1.5 + 0.008 * self._wobble(t, 3)),
        )
        return CameraPose(
            place,
            float(heading + 0.03 * self._wobble(t * 1.2, 0)),
            float(-0.045 + 0.018 * self._wobble(t * 1.3, 1)),
            float(0.025 * self._wobble(t, 2)),
        )

    def _in_car(self, t: float) -> CameraPose:
        x, y, heading = dashcam_car(t)
        before, _, _ = dashcam_car(t - 0.1)
        shake = min(1.0, (x - before) * 4)
        rumble = shake * float(math.sin(t * 61.0) + math.sin(t * 43.0))
        return CameraPose((x + 0.35, y - 0.1, 1.28 + 0.003 * rumble), heading - 0.03, -0.035 + 0.0015 * rumble, 0.0)

    def _on_wall(self) -> CameraPose:
        dx, dy, dz = (there - here for here, there in zip(_CCTV_AT, _CCTV_LOOKS_AT, strict=True))
        return CameraPose(_CCTV_AT, float(math.atan2(dy, dx)), float(math.atan2(dz, math.hypot(dx, dy))), 0.0)

    def _wobble(self, t: float, channel: int) -> float:
        """Return a smooth wandering value, about -1 to 1."""
        shift = self._phase + 17.3 * channel
        return sum(gain * float(math.sin(2 * math.pi * rate * (t + shift))) for rate, gain in _WOBBLE) / 1.5
