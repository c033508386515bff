"""Cars: parked along the kerb, the police car with its blue lights, the driver's car."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from app.demo.light import ROOF_LIGHT_M, Light
from app.demo.mesh import Colour, Mesh, Shape
from app.demo.script import dashcam_car, police_car, strobes
from app.demo.truth import Point

_GLASS: Colour = (0.055, 0.05, 0.045)
_TYRE: Colour = (0.035, 0.035, 0.035)
_RIM: Colour = (0.32, 0.32, 0.32)
_TRIM: Colour = (0.04, 0.04, 0.04)
_BLUE: Colour = (0.52, 0.16, 0.03)
_YELLOW: Colour = (0.08, 0.86, 0.92)
_WHITE: Colour = (0.62, 0.62, 0.62)
_GREY: Colour = (0.20, 0.14, 0.11)
_HALF, _ROOF_HALF = 0.87, 0.60

_SHELL = (
    (2.10, 0.28), (2.16, 0.52), (2.06, 0.74), (1.72, 0.84), (0.98, 0.96), (0.30, 1.40), (-0.10, 1.45), (-0.95, 1.42),
    (-1.72, 0.98), (-2.10, 0.94), (-2.16, 0.56), (-2.12, 0.28),
)  # fmt: skip
"""The outline of a car from the side, from the front bumper over the roof to the rear one: x, z in metres."""


@dataclass(frozen=True, slots=True)
class _Face:
    corners: tuple[Point, ...]
    colour: Colour
    normal: Point
    layer: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """A car at the kerb."""

    x: float
    y: float
    heading: float
    colour: Colour


PARKED = (
    Parked(-21.5, -3.45, np.pi, (0.20, 0.20, 0.21)),
    Parked(-15.6, -3.5, np.pi, (0.10, 0.09, 0.36)),
    Parked(-10.3, -3.45, np.pi, (0.50, 0.51, 0.52)),
    Parked(4.4, -3.5, np.pi, (0.07, 0.07, 0.08)),
    Parked(18.8, -3.5, np.pi, (0.34, 0.20, 0.09)),
    Parked(24.4, -3.45, np.pi, (0.48, 0.50, 0.50)),
    Parked(9.6, 3.5, 0.0, (0.16, 0.17, 0.30)),
    Parked(15.2, 3.45, 0.0, (0.42, 0.43, 0.43)),
    Parked(21.0, 3.5, 0.0, (0.09, 0.10, 0.09)),
    Parked(-25.4, 3.5, 0.0, (0.28, 0.16, 0.08)),
    Parked(-19.0, 3.45, 0.0, (0.13, 0.13, 0.14)),
)


def draw_vehicles(t: float, exposure_s: float, *, without_dashcam: bool) -> list[Mesh]:
    """Return every car at second `t`; the dashcam's own car is left out of its own picture."""
    bar = Mesh.of((0.0, 0.0, 0.75), _light_bar(t, exposure_s))
    things = [*_parked(), _car("police", _WHITE).moved(*police_car(t)), bar.moved(*police_car(t))]
    return things if without_dashcam else [*things, _car("driving", _GREY).moved(*dashcam_car(t))]


def car_footprints(t: float, *, without_dashcam: bool) -> list[tuple[float, float, float]]:
    """Return place and heading of every car, for its shadow."""
    spots = [(parked.x, parked.y, parked.heading) for parked in PARKED]
    spots.append(police_car(t))
    return spots if without_dashcam else [*spots, dashcam_car(t)]


def car_glows(t: float, *, without_dashcam: bool) -> list[Light]:
    """Return the lamps of cars that are seen to glow, with the way they face."""
    glows = []
    for (x, y, heading), is_shown in ((police_car(t), True), (dashcam_car(t), not without_dashcam)):
        if not is_shown:
            continue
        ahead, aside = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
        for side in (0.62, -0.62):
            front = np.array([x, y]) + ahead * 2.17 + aside * side
            rear = np.array([x, y]) - ahead * 2.19 + aside * side
            glows.append(Light((float(front[0]), float(front[1]), 0.66), (0.86, 0.96, 1.0), 9.0,
                               (float(ahead[0]), float(ahead[1]), 0.0), 0.0, halo=0.55))  # fmt: skip
            glows.append(Light((float(rear[0]), float(rear[1]), 0.78), (0.06, 0.06, 1.0), 3.0,
                               (float(-ahead[0]), float(-ahead[1]), 0.0), 0.0, halo=0.28))  # fmt: skip
    return glows


@cache
def _parked() -> tuple[Mesh, ...]:
    return tuple(_car("parked", parked.colour).moved(parked.x, parked.y, parked.heading) for parked in PARKED)


@cache
def _car(kind: str, colour: Colour) -> Mesh:
    """Return a car in its own measures: x ahead, y left, z up, from the middle of its footprint."""
    nothing = (0.0, 0.0, 0.0)
    shapes = [
        Shape(
            face.corners,
            (),
            colour if face.part == "body" else face.colour,
            face.normal,
            nothing if kind == "parked" else _SHINES.get(face.part, nothing),
            face.layer,
        )
        for face in _built(kind)
    ]
    return Mesh.of((0.0, 0.0, 0.7), shapes)


_SHINES: dict[str, Colour] = {"head": (0.95, 1.0, 1.0), "tail": (0.02, 0.02, 0.75)}


@cache
def _built(kind: str) -> tuple[_Face, ...]:
    """Return a car's faces."""
    faces = _shell() + _sides() + _lamps() + _wheels()
    if kind == "police":
        faces += _battenburg()
    return tuple(faces)


def _half_at(z: float) -> float:
    """Return half the width at a height: the cabin leans inwards."""
    return _HALF if z <= 0.96 else _HALF - (_HALF - _ROOF_HALF) * (z - 0.96) / 0.49


def _shell() -> list[_Face]:
    """Return the strips that run from bumper over bonnet, windscreen and roof to the other bumper."""
    faces = []
    for (x0, z0), (x1, z1) in pairwise(_SHELL):
        corners = ((x0, _half_at(z0), z0), (x1, _half_at(z1), z1), (x1, -_half_at(z1), z1), (x0, -_half_at(z0), z0))
        length = float(np.hypot(x1 - x0, z1 - z0))
        normal = ((z0 - z1) / length * -1, 0.0, (x0 - x1) / length)
        is_glass = z0 >= 0.95 and z1 >= 0.95 and abs(z1 - z0) > 0.2
        is_low = max(z0, z1) < 0.55
        colour = _GLASS if is_glass else _TRIM
        faces.append(_Face(corners, colour, normal, 0, "" if is_glass or is_low else "body"))
    return faces


def _sides() -> list[_Face]:
    faces = []
    lower = ((2.10, 0.28), (2.16, 0.52), (2.06, 0.74), (1.72, 0.84), (0.98, 0.96), (-1.72, 0.98), (-2.10, 0.94),
             (-2.16, 0.56), (-2.12, 0.28))  # fmt: skip
    cabin = ((0.98, 0.96), (0.30, 1.40), (-0.10, 1.45), (-0.95, 1.42), (-1.72, 0.98))
    front_glass = ((0.80, 0.99), (0.26, 1.35), (-0.18, 1.38), (-0.18, 1.0))
    rear_glass = ((-0.28, 1.0), (-0.28, 1.38), (-0.90, 1.36), (-1.45, 1.0))
    for side in (1, -1):
        normal, tilted = (0.0, float(side), 0.0), (0.0, side * 0.87, 0.49)
        faces.append(_Face(_upright(lower, side, 0.0), _TRIM, normal, 0, "body"))
        faces.append(_Face(_upright(cabin, side, 0.0), _TRIM, tilted, 0, "body"))
        faces += [_Face(_upright(glass, side, 0.008), _GLASS, tilted, 1) for glass in (front_glass, rear_glass)]
        sill = ((1.5, 0.28), (1.5, 0.36), (-1.5, 0.36), (-1.5, 0.28))
        faces.append(_Face(_upright(sill, side, 0.006), _TRIM, normal, 1))
        for seam in (0.62, -0.24, -1.08):
            gap = ((seam, 0.40), (seam, 0.94), (seam - 0.018, 0.94), (seam - 0.018, 0.40))
            faces.append(_Face(_upright(gap, side, 0.006), _TRIM, normal, 1))
        mirror = ((0.80, 0.94), (0.80, 1.08), (0.62, 1.08), (0.62, 0.94))
        faces.append(_Face(_upright(mirror, side, 0.12), _TRIM, normal, 3))
    return faces


def _upright(outline: tuple[tuple[float, float], ...], side: int, out: float) -> tuple[Point, ...]:
    return tuple((x, side * (_half_at(z) + out), z) for x, z in outline)


def _lamps() -> list[_Face]:
    faces = []
    for side in (1, -1):
        inner, outer = side * 0.42, side * 0.82
        head = ((2.17, inner, 0.60), (2.14, outer, 0.60), (2.09, outer, 0.73), (2.10, inner, 0.73))
        tail = ((-2.17, side * 0.52, 0.70), (-2.17, outer, 0.70), (-2.14, outer, 0.90), (-2.14, side * 0.52, 0.90))
        faces.append(_Face(head, (0.6, 0.6, 0.6), (0.97, 0.0, 0.24), 2, "head"))
        faces.append(_Face(tail, (0.06, 0.06, 0.42), (-1.0, 0.0, 0.0), 2, "tail"))
    for x, colour in ((2.175, (0.8, 0.8, 0.8)), (-2.175, _YELLOW)):
        plate = tuple((x, y, z) for y, z in ((-0.26, 0.42), (0.26, 0.42), (0.26, 0.53), (-0.26, 0.53)))
        faces.append(_Face(plate, colour, (float(np.sign(x)), 0.0, 0.0), 2))
    grille = tuple((2.168, y, z) for y, z in ((-0.40, 0.56), (0.40, 0.56), (0.36, 0.68), (-0.36, 0.68)))
    return [*faces, _Face(grille, _TRIM, (1.0, 0.0, 0.0), 1)]


def _wheels() -> list[_Face]:
    faces = []
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    for side in (1, -1):
        for x in (1.32, -1.32):
            for radius, out, colour, layer in ((0.385, 0.004, (0.012, 0.012, 0.012), 1), (0.32, 0.012, _TYRE, 2),
                                               (0.205, 0.018, _RIM, 2), (0.07, 0.024, _TRIM, 2)):  # fmt: skip
                rim = tuple((x + radius * float(np.cos(a)), side * (_HALF + out), 0.32 + radius * float(np.sin(a)))
                            for a in angles)  # fmt: skip
                faces.append(_Face(rim, colour, (0.0, float(side), 0.0), layer))
    return faces


def _battenburg() -> list[_Face]:
    """Return the blue and yellow squares of a British police car, sides and rear, and the roof bar's base."""
    faces = []
    for side in (1, -1):
        for column in range(10):
            for row in range(2):
                x, z = 1.72 - column * 0.36, 0.48 + row * 0.20
                colour = _BLUE if (column + row) % 2 else _YELLOW
                square = ((x, z), (x, z + 0.20), (x - 0.36, z + 0.20), (x - 0.36, z))
                faces.append(_Face(_upright(square, side, 0.007), colour, (0.0, float(side), 0.0), 1))
    for column in range(6):
        y = -0.84 + column * 0.28
        stripe = tuple((-2.165, y + dy, z) for dy, z in ((0, 0.58), (0.28, 0.58), (0.28, 0.70), (0, 0.70)))
        faces.append(_Face(stripe, (0.05, 0.05, 0.75) if column % 2 else _YELLOW, (-1.0, 0.0, 0.0), 1))
    bonnet = tuple(
        (x, y, z) for x, y, z in ((1.66, 0.62, 0.862), (1.66, -0.62, 0.862), (1.16, -0.66, 0.942), (1.16, 0.66, 0.942))
    )
    return [*faces, _Face(bonnet, _BLUE, (0.16, 0.0, 0.98), 1)]


def _light_bar(t: float, exposure_s: float) -> list[Shape]:
    """Return the roof bar in the car's own measures: a dark base, and two blue ends that shine."""
    ends = ((0.0, ROOF_LIGHT_M), (0.0, -ROOF_LIGHT_M))
    shapes = [Shape([(x, y, 1.50) for x, y in ends], (0.05, 0.05), _TRIM, layer=4)]
    for (x, y), bright in zip(ends, strobes(t, exposure_s), strict=True):
        glow = (0.25 + 0.9 * bright, 0.06 + 0.75 * bright, 0.02 + 0.55 * bright)
        lamp = ((x, y, 1.57), (x, y * 0.25, 1.57))
        shapes.append(Shape(lamp, (0.062, 0.062), (0.3, 0.1, 0.03), shines=glow, layer=5))
    return shapes
