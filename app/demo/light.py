"""What lights the scene at an instant, and how brightly it lights a surface.

Lamps and windows that never change are painted into the street (`app.demo.street`); people and cars need them here
too. Brightness 1 shows a white surface as white.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.demo.lens import Array
from app.demo.script import (
    DOOR_X,
    FLASH_AT,
    FRIEND,
    WALL_Y,
    dashcam_car,
    door_open,
    photo_flash,
    police_car,
    strobes,
)
from app.demo.street import LAMPS
from app.demo.truth import Point

Colour = tuple[float, float, float]
"""Blue, green, red."""

_SOFT_SQUARE = 0.6
_STREAK, _SHARPNESS = 0.16, 700
ROOF_LIGHT_M = 0.46


@dataclass(frozen=True, slots=True)
class Light:
    """A light of some size.

    Attributes:
        power: brightness at one metre.
        aim: unit direction of its beam, or None for all around.
        spread: cosine at which the beam ends, with `aim`.
        halo: radius of its glow in the air, metres.
        mirrors: how strongly the wet road mirrors it.
    """

    position: Point
    colour: Colour
    power: float
    aim: Point | None = None
    spread: float = 0.0
    halo: float = 0.0
    mirrors: float = 1.0


def changing_lights(t: float, exposure_s: float) -> list[Light]:
    """Return the lights that move or change, as they are on average over an exposure that begins at `t`."""
    lights = _police_lights(t, exposure_s)
    x, y, heading = dashcam_car(t)
    lights += _headlights(x, y, heading, 9.0)
    opened = door_open(t)
    if opened > 0:
        lights.append(Light((DOOR_X, WALL_Y - 0.25, 1.5), (0.46, 0.74, 1.0), 1.5 * opened, halo=0.0, mirrors=0.5))
    flash = photo_flash(t, exposure_s)
    if flash > 0:
        fx, fy = FRIEND.at(FLASH_AT)
        lights.append(Light((fx + 0.3, fy - 0.3, 1.55), (1.0, 0.97, 0.93), 15.0 * flash, halo=0.9))
    return lights


def standing_lights() -> list[Light]:
    """Return the lights that never change: the street lamps."""
    return [Light(place, (0.50, 0.78, 1.0), 16.0, halo=0.75, mirrors=0.7) for place in LAMPS]


def roof_lights(t: float) -> tuple[Point, Point]:
    """Return where the police car's left and right blue light are."""
    x, y, heading = police_car(t)
    side = np.array([-np.sin(heading), np.cos(heading)]) * ROOF_LIGHT_M
    return (float(x + side[0]), float(y + side[1]), 1.62), (float(x - side[0]), float(y - side[1]), 1.62)


def shine(lights: Sequence[Light], points: Array, normals: Array) -> Array:
    """Return the light that surfaces get.

    Args:
        lights: which shine.
        points: float32[n, 3], where.
        normals: float32[n, 3], unit vectors away from the surface.

    Returns:
        float32[n, 3]: blue, green, red.
    """
    total = np.zeros_like(points)
    for light in lights:
        towards = np.asarray(light.position, dtype=np.float32) - points
        square = np.einsum("ij,ij->i", towards, towards)
        distance = np.sqrt(square)
        facing = np.einsum("ij,ij->i", towards, normals) / distance
        share = np.maximum(facing * 0.86 + 0.14, 0) * (light.power / (square + _SOFT_SQUARE))
        if light.aim is not None:
            along = -(towards @ np.asarray(light.aim, dtype=np.float32)) / distance
            share *= np.clip((along - light.spread) / (1 - light.spread) * 1.4, 0, 1)
        total += share[:, np.newaxis] * np.asarray(light.colour, dtype=np.float32)
    return total


def mirrored(lights: Sequence[Light], points: Array, directions: Array) -> Array:
    """Return the streaks that lights throw on wet ground: their mirror images, drawn out towards the eye.

    A light's mirror image is where the mirrored direction of view meets it; heights count less than widths, so that
    the image is drawn out as on a rough wet road.

    Args:
        lights: which shine.
        points: float32[n, 3], on the ground.
        directions: float32[n, 3], of view, downwards.

    Returns:
        float32[n, 3]: blue, green, red, before the ground's wetness.
    """
    lamps = [light for light in lights if light.mirrors * light.power > 0]
    if not lamps:
        return np.zeros_like(points)
    flat = np.array([1, 1, _STREAK], dtype=np.float32)
    back = directions * (flat * (1, 1, -1)).astype(np.float32)
    back /= np.sqrt(np.einsum("ij,ij->i", back, back))[:, np.newaxis]
    places = np.array([light.position for light in lamps], dtype=np.float32) * flat
    spots = points * flat
    along = back @ places.T - np.einsum("ij,ij->i", back, spots)[:, np.newaxis]
    square = (places * places).sum(axis=1) - 2 * (spots @ places.T) + np.einsum("ij,ij->i", spots, spots)[:, np.newaxis]
    distance = np.sqrt(np.maximum(square, 0.01))
    strength = np.array([light.mirrors * light.power**0.5 * 1.3 for light in lamps], dtype=np.float32)
    share = np.exp(_SHARPNESS * (along / distance - 1)) * (strength / (1 + 0.05 * distance))
    for number, light in enumerate(lamps):
        if light.aim is not None:
            share[:, number] *= np.clip(directions @ -np.asarray(light.aim, dtype=np.float32), 0, 1)
    return np.asarray(share @ np.array([light.colour for light in lamps], dtype=np.float32), dtype=np.float32)


def _police_lights(t: float, exposure_s: float) -> list[Light]:
    x, y, heading = police_car(t)
    lights = _headlights(x, y, heading, 8.0)
    for place, bright in zip(roof_lights(t), strobes(t, exposure_s), strict=True):
        if bright > 0:
            lights.append(Light(place, (1.0, 0.30, 0.10), 34.0 * bright, halo=1.5))
    return lights


def _headlights(x: float, y: float, heading: float, power: float) -> list[Light]:
    """Return a car's dipped headlights as one wide beam."""
    ahead = (float(np.cos(heading)), float(np.sin(heading)))
    aim = (ahead[0] * 0.995, ahead[1] * 0.995, -0.1)
    return [Light((x + 2.2 * ahead[0], y + 2.2 * ahead[1], 0.68), (0.80, 0.94, 1.0), power, aim, 0.80)]
