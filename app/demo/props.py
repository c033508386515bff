"""Things of the street that stand in front of the painted houses: lamp posts, the door's leaf, bins, signs."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from app.demo.mesh import Colour, Mesh, Shape
from app.demo.script import DOOR_HEIGHT, DOOR_WIDTH, DOOR_X, WALL_Y, door_open
from app.demo.street import LAMPS

_STEEL: Colour = (0.10, 0.10, 0.10)
_DOOR: Colour = (0.20, 0.28, 0.10)


def draw_props(t: float) -> list[Mesh]:
    """Return the street's furniture at second `t` of the story."""
    return [*_standing(), _door_leaf(t)]


@cache
def _standing() -> tuple[Mesh, ...]:
    """Return what never moves."""
    return (*(_lamp_post(*place) for place in LAMPS), _bin(-6.1, 6.75), _bin(12.2, -6.7), *_bollards())


def _lamp_post(x: float, y: float, z: float) -> Mesh:
    side = 1 if y > 0 else -1
    foot, head = y + side * 0.25, y - side * 0.35
    cuts = np.linspace(0, z, 7)
    shapes = [Shape(((x, foot, float(a)), (x, foot, float(b))), (0.075, 0.065), _STEEL)
              for a, b in pairwise(cuts)]  # fmt: skip
    shapes.append(Shape(((x, foot, z), (x, head, z + 0.12)), (0.05, 0.05), _STEEL))
    shapes.append(Shape(((x, y - side * 0.1, z + 0.06), (x, head, z + 0.06)), (0.07, 0.07), (0.3, 0.3, 0.3),
                        shines=(0.62, 0.90, 1.0), layer=1))  # fmt: skip
    return Mesh.of((x, foot, 1.2), shapes)


def _door_leaf(t: float) -> Mesh:
    """Return the door of the story, hinged on its left and opening inwards into the light, outwards as it is seen."""
    angle = door_open(t) * 1.75
    hinge = (DOOR_X - DOOR_WIDTH / 2, WALL_Y - 0.02)
    ahead = (float(np.cos(angle)), -float(np.sin(angle)))
    normal = (ahead[1], -ahead[0], 0.0)
    if angle == 0:
        normal = (0.0, -1.0, 0.0)

    def spot(along: float, up: float, out: float = 0.0) -> tuple[float, float, float]:
        return hinge[0] + ahead[0] * along + normal[0] * out, hinge[1] + ahead[1] * along + normal[1] * out, up

    shapes = []
    for side, facing in ((1, normal), (-1, (-normal[0], -normal[1], 0.0))):
        leaf = [spot(0, 0.03), spot(DOOR_WIDTH, 0.03), spot(DOOR_WIDTH, DOOR_HEIGHT), spot(0, DOOR_HEIGHT)]
        shapes.append(Shape(leaf, (), _DOOR, normal=facing))
        for along, up in ((0.12, 0.22), (0.53, 0.22), (0.12, 1.12), (0.53, 1.12)):
            panel = [spot(along, up, 0.005 * side), spot(along + 0.3, up, 0.005 * side),
                     spot(along + 0.3, up + 0.72, 0.005 * side), spot(along, up + 0.72, 0.005 * side)]  # fmt: skip
            shapes.append(Shape(panel, (), (0.13, 0.18, 0.07), normal=facing, layer=1))
        knob = (spot(0.86, 1.02, 0.02 * side), spot(0.86, 1.04, 0.03 * side))
        shapes.append(Shape(knob, (0.03, 0.03), (0.25, 0.45, 0.55), layer=2))
    return Mesh.of((*spot(DOOR_WIDTH / 2, 1.0, 0.05)[:2], 1.0), shapes)


def _bin(x: float, y: float) -> Mesh:
    return Mesh.of((x, y, 0.5), [Shape(((x, y, 0.28), (x, y, 0.78)), (0.26, 0.29), (0.13, 0.17, 0.12)),
                               Shape(((x - 0.12, y, 0.95), (x + 0.12, y, 0.95)), (0.14, 0.14), (0.05, 0.05, 0.05),
                                     layer=1)])  # fmt: skip


def _bollards() -> list[Mesh]:
    places = [(x, 4.8) for x in (6.8, 8.4)] + [(x, -4.85) for x in (-2.2, -0.6, 1.0)]
    return [
        Mesh.of((x, y, 0.5), [Shape(((x, y, 0.05), (x, y, 0.9)), (0.07, 0.06), (0.06, 0.06, 0.06)),
                            Shape(((x, y, 0.74), (x, y, 0.80)), (0.07, 0.07), (0.6, 0.6, 0.6), layer=1)])
        for x, y in places
    ]  # fmt: skip
