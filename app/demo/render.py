"""Makes the pictures of one camera: the street, what stands in it, the glow of its lights, the device's own look."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo.background import Background
from app.demo.figures import draw_person
from app.demo.finish import Finish
from app.demo.lens import LENSES, Array, Lens, axes_of
from app.demo.light import Light, changing_lights, standing_lights
from app.demo.mesh import Mesh
from app.demo.plan import FilePlan, Plan
from app.demo.props import draw_props
from app.demo.rig import CameraPose, Rig
from app.demo.script import PEOPLE, WALL_Y, fall_angle
from app.demo.sketch import Sketch
from app.demo.street import Street, paint_street
from app.demo.vehicles import car_footprints, car_glows, draw_vehicles
from evidence.times import NS_PER_S

_EXPOSURE_S = {"cctv-3": 0.04}
_USUAL_EXPOSURE_S = 0.018
_SPRITE = 48
_ROUND = np.linspace(0, 2 * np.pi, 12, endpoint=False)


class FrameRenderer:
    """Makes the pictures of one file, any frame in any order.

    Args:
        plan: the incident.
        file: whose pictures.
    """

    def __init__(self, plan: Plan, file: FilePlan) -> None:
        cv2.setNumThreads(1)
        self._plan, self._file = plan, file
        self._rig = Rig(file.camera.key)
        self._lens = Lens(LENSES[file.camera.key], *file.shown_size)
        self._background = Background(_street(plan.request.seed), self._lens)
        self._finish = Finish(file, plan.request.seed, with_codes=plan.request.with_codes)
        self._exposure = _EXPOSURE_S.get(file.camera.key, _USUAL_EXPOSURE_S)
        self._is_dashcam = file.camera.key == "dashcam"

    def planes(self, frame: int) -> NDArray[np.uint8]:
        """Return a frame as it is stored: I420, uint8[height * 3 / 2, width]."""
        t = (self._file.incident_ns[frame] - self._plan.origin_ns) / NS_PER_S
        return self._finish.planes(self.picture(t), frame)

    def picture(self, t: float) -> NDArray[np.uint8]:
        """Return what the lens shows at second `t` of the story: BGR, uint8[height, width, 3], upright."""
        pose = self._rig.pose(t)
        changing, standing = changing_lights(t, self._exposure), standing_lights()
        if self._is_dashcam:
            standing = [light for light in standing if light.position[0] > pose.position[0] - 3]
        picture = self._background.paint(pose, changing, [*changing, *standing], self._shadows(t))
        sketch = Sketch(self._lens, pose, [*changing, *standing])
        sketch.paint(picture, self._things(t, sketch))
        self._add_glow(picture, pose, t, [*standing, *changing, *car_glows(t, without_dashcam=self._is_dashcam)])
        if self._is_dashcam:
            self._draw_bonnet(picture, changing)
        return picture

    def _things(self, t: float, sketch: Sketch) -> list[Mesh]:
        others = [person for person in PEOPLE if person is not self._rig.carrier and person.at(t)[1] < WALL_Y + 0.4]
        is_seen = sketch.find_seen([(*person.at(t), 0.9) for person in others], [1.2] * len(others))
        people = [draw_person(person, t) for person, one in zip(others, is_seen, strict=True) if one]
        return [*people, *draw_props(t), *draw_vehicles(t, self._exposure, without_dashcam=self._is_dashcam)]

    def _shadows(self, t: float) -> list[Array]:
        """Return the outlines of what stands on the ground."""
        spots = []
        for person in PEOPLE:
            x, y = person.at(t)
            if y < WALL_Y:
                heading, fallen = person.heading(t), person.act(t, "fall") * fall_angle(t) / 1.5
                x, y = x + 0.85 * fallen * np.cos(heading), y + 0.85 * fallen * np.sin(heading)
                spots.append(_oval(x, y, heading, 0.34 + 0.6 * fallen, 0.30))
        spots += [
            _oval(x, y, heading, 2.35, 1.05) for x, y, heading in car_footprints(t, without_dashcam=self._is_dashcam)
        ]
        return spots

    def _add_glow(self, picture: NDArray[np.uint8], pose: CameraPose, t: float, lights: Sequence[Light]) -> None:
        """Add the light that air and lens scatter around every lamp."""
        shown = [light for light in lights if light.halo]
        points = np.array([light.position for light in shown], dtype=np.float32)
        offsets = points - np.asarray(pose.position, dtype=np.float32)
        pixels, scales = self._lens.project(offsets @ axes_of(pose).T)
        ratio = 160 / self._lens.width if self._lens.width > self._lens.height else 90 / self._lens.width
        glow = np.zeros((round(self._lens.height * ratio), round(self._lens.width * ratio), 3), dtype=np.float32)
        for light, pixel, scale, offset in zip(shown, pixels, scales, offsets, strict=True):
            if scale > 0 and not self._is_hidden(pose, light, t):
                _stamp(glow, pixel * ratio, float(scale) * ratio, light, offset)
        if glow.any():
            size = (self._lens.width, self._lens.height)
            fine = cv2.resize(np.minimum(glow, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
            cv2.add(picture, fine, dst=picture)

    def _is_hidden(self, pose: CameraPose, light: Light, t: float) -> bool:
        """Tell whether somebody stands before a light."""
        (ex, ey, ez), (lx, ly, lz) = pose.position, light.position
        square = max(1e-6, (lx - ex) ** 2 + (ly - ey) ** 2)
        for person in PEOPLE:
            px, py = person.at(t)
            share = ((px - ex) * (lx - ex) + (py - ey) * (ly - ey)) / square
            if person is self._rig.carrier or not 0.0 < share < 0.98:
                continue
            x, y, z = ex + share * (lx - ex), ey + share * (ly - ey), ez + share * (lz - ez)
            if (x - px) ** 2 + (y - py) ** 2 < 0.045 and z < person.height and not person.act(t, "fall"):
                return True
        return False

    def _draw_bonnet(self, picture: NDArray[np.uint8], lights: Sequence[Light]) -> None:
        """Paint the dashcam's own bonnet along the lower edge, touched by the blue lights."""
        width, height = self._lens.width, self._lens.height
        x = np.linspace(-0.1, 1.1, 24)
        edge = 0.895 + 0.10 * np.abs(x - 0.53) ** 2.2 * 3
        outline = np.concatenate(
            [np.stack([x * width, edge * height], axis=1), [[1.1 * width, 1.1 * height], [-0.1 * width, 1.1 * height]]]
        )
        blue = sum(light.power for light in lights if light.colour[0] > 0.9 and light.colour[2] < 0.3)
        colour = (22 + int(0.35 * blue), 17 + int(0.1 * blue), 15)
        cv2.fillPoly(picture, [(outline * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
        shine = np.stack([x * width, (edge + 0.006) * height], axis=1)
        line = [(shine * 16).astype(np.int32)]
        cv2.polylines(picture, line, False, (46, 44, 44), max(1, height // 240), cv2.LINE_AA, 4)


@cache
def _street(seed: int) -> Street:
    return paint_street(seed)


@cache
def _sprite() -> Array:
    """Return the shape of a glow: a bright heart and a wide skirt; float32[48, 48]."""
    axis = np.linspace(-1, 1, _SPRITE, dtype=np.float32)
    radius = np.hypot(*np.meshgrid(axis, axis))
    glow = 0.75 * np.exp(-((radius / 0.16) ** 2)) + 0.35 * np.exp(-((radius / 0.42) ** 2)) - 0.004
    return np.asarray(np.maximum(glow, 0), dtype=np.float32)


def _stamp(glow: Array, pixel: Array, scale: float, light: Light, offset: Array) -> None:
    """Add one lamp's glow to the coarse picture in place."""
    strength = min(1.0, light.power / 14)
    if light.aim is not None:
        strength *= max(0.0, float(-(offset @ np.asarray(light.aim, dtype=np.float32)) / np.linalg.norm(offset))) ** 1.5
    reach = max(2.0, min(light.halo * scale * 2.2, 70.0))
    if strength < 0.02:
        return
    side = max(3, 2 * round(reach) + 1)
    left, top = round(float(pixel[0]) - side / 2), round(float(pixel[1]) - side / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(glow.shape[1], left + side), min(glow.shape[0], top + side)
    if x0 >= x1 or y0 >= y1:
        return
    stamp = cv2.resize(_sprite(), (side, side), interpolation=cv2.INTER_AREA)[
        y0 - top : y1 - top, x0 - left : x1 - left
    ]
    colour = np.asarray(light.colour, dtype=np.float32) * 235 * strength
    glow[y0:y1, x0:x1] += stamp[..., np.newaxis] * colour


def _oval(x: float, y: float, heading: float, length: float, width: float) -> Array:
    cos, sin = np.cos(heading), np.sin(heading)
    along, aside = length * np.cos(_ROUND), width * np.sin(_ROUND)
    return np.stack(
        [x + along * cos - aside * sin, y + along * sin + aside * cos, np.zeros_like(along)], axis=1
    ).astype(np.float32)
