"""People as bodies of limbs: how they stand, walk, talk, clap, kneel, take pictures and fall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from app.demo.mesh import Colour, Mesh, Shape
from app.demo.script import NOISES, Person, fall_angle
from app.demo.truth import Point

_PIECES = 12
_BLACK: Colour = (0.045, 0.042, 0.04)
_NAVY: Colour = (0.11, 0.07, 0.055)
_HIVIS: Colour = (0.10, 0.92, 0.80)
_SILVER: Colour = (0.85, 0.85, 0.85)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wears.

    Attributes:
        hat: `none`, `hood`, `helmet`, `cap`, `beanie` or `long hair`.
        is_hivis: whether silver stripes shine on the jacket.
    """

    jacket: Colour
    trousers: Colour
    skin: Colour
    hair: Colour
    hat: str = "none"
    is_hivis: bool = False
    shoes: Colour = _BLACK


OUTFITS = {
    "officer": Outfit(_HIVIS, _BLACK, (0.14, 0.20, 0.32), _BLACK, "helmet", is_hivis=True),
    "officer_f": Outfit(_HIVIS, _BLACK, (0.42, 0.52, 0.70), (0.25, 0.40, 0.52), "cap", is_hivis=True),
    "sergeant": Outfit(_HIVIS, _NAVY, (0.40, 0.50, 0.68), _BLACK, "cap", is_hivis=True),
    "hoodie": Outfit((0.16, 0.13, 0.14), (0.26, 0.17, 0.12), (0.36, 0.47, 0.64), _BLACK, "hood", shoes=(0.7, 0.7, 0.7)),
    "shirt": Outfit((0.62, 0.62, 0.60), (0.32, 0.22, 0.16), (0.34, 0.45, 0.62), (0.06, 0.08, 0.12)),
    "coat": Outfit((0.22, 0.14, 0.30), _BLACK, (0.24, 0.34, 0.50), _BLACK, "long hair"),
    "dress": Outfit((0.20, 0.16, 0.52), (0.22, 0.18, 0.20), (0.42, 0.53, 0.72), (0.08, 0.16, 0.26), "long hair"),
    "parka": Outfit((0.14, 0.26, 0.24), (0.10, 0.10, 0.11), (0.40, 0.50, 0.66), (0.1, 0.12, 0.16), "beanie"),
}
"""Colours are blue, green, red."""


class _Body:
    """A person's own measures at an instant: forward, left and up of the point between the feet.

    Where the person falls, forward sinks and up leans over.
    """

    def __init__(self, person: Person, t: float) -> None:
        self._x, self._y = person.at(t)
        heading = person.heading(t)
        self._cos, self._sin = math.cos(heading), math.sin(heading)
        angle = fall_angle(t) if person.act(t, "fall") > 0 else 0.0
        self._lean_cos, self._lean_sin = math.cos(angle), math.sin(angle)
        self.size = person.height / 1.78

    def place(self, forward: float, left: float, up: float) -> Point:
        """Return a place in the scene, never below the ground."""
        ahead = (forward * self._lean_cos + up * self._lean_sin) * self.size
        high = (up * self._lean_cos - forward * self._lean_sin) * self.size
        aside = left * self.size
        return (
            self._x + ahead * self._cos - aside * self._sin,
            self._y + ahead * self._sin + aside * self._cos,
            max(0.06, high + 0.02),
        )


def draw_person(person: Person, t: float) -> Mesh:
    """Return a person as limbs, lit later, at second `t` of the story."""
    outfit = OUTFITS[person.outfit]
    body = _Body(person, t)
    kneel = person.act(t, "kneel", 0.8)
    breath = 0.006 * math.sin(2 * math.pi * (t / 3.6 + len(person.key) / 7))
    sink = 0.40 * kneel
    lean = 0.10 * kneel + 0.03 * min(2.0, person.gait(t)[1])
    shapes = _legs(person, t, body, outfit, kneel)
    shapes += _torso(body, outfit, sink, lean, float(breath))
    shapes += _arms(person, t, body, sink, lean)
    shapes += _head(body, outfit, sink, lean, t)
    return Mesh.of(body.place(0, 0, 0.9), shapes)


def _legs(person: Person, t: float, body: _Body, outfit: Outfit, kneel: float) -> list[Shape]:
    walked, speed = person.gait(t)
    stride = 2 * math.pi * walked / 1.5
    swing = min(0.62, 0.34 * speed)
    shapes = []
    for side in (1, -1):
        angle = swing * float(math.sin(stride + (0 if side > 0 else math.pi)))
        bend = max(0.0, swing * 1.1 * float(math.cos(stride + (0 if side > 0 else math.pi)))) + 0.06
        thigh = angle + bend * 0.45
        hip_up = 0.93 - 0.40 * kneel
        knee = (0.44 * math.sin(thigh), 0.10, hip_up - 0.44 * math.cos(thigh))
        shin = thigh - bend - 0.04
        ankle = (knee[0] + 0.42 * math.sin(shin), 0.105, knee[2] - 0.42 * math.cos(shin))
        if kneel > 0:
            knee_down = (0.36, 0.13, 0.50) if side > 0 else (0.16, 0.12, 0.12)
            ankle_down = (0.34, 0.13, 0.09) if side > 0 else (-0.30, 0.12, 0.09)
            knee, ankle = _mixed(knee, knee_down, kneel), _mixed(ankle, ankle_down, kneel)
        hip, knee_at = body.place(0, side * 0.09, hip_up), body.place(knee[0], side * knee[1], knee[2])
        ankle_at = body.place(ankle[0], side * ankle[1], ankle[2])
        toe = body.place(ankle[0] + 0.17, side * 0.12, max(0.03, ankle[2] - 0.055))
        shapes += [
            Shape((ankle_at, toe), (0.052, 0.042), outfit.shoes),
            Shape((knee_at, ankle_at), (0.068, 0.050), outfit.trousers),
            Shape((hip, knee_at), (0.095, 0.070), outfit.trousers),
        ]
    return shapes


def _torso(body: _Body, outfit: Outfit, sink: float, lean: float, breath: float) -> list[Shape]:
    """Return a jacket as one sack over hips, waist, chest and shoulders, and the neck above it."""
    rows = (
        (0.0, 0.085, 0.95, 0.105),
        (0.4, 0.082, 1.14, 0.105),
        (0.85, 0.115 + breath, 1.33, 0.120),
        (1.0, 0.168, 1.435, 0.070),
    )
    balls = [(body.place(lean * share, side * wide, up - sink), radius)
             for share, wide, up, radius in rows for side in (1, -1)]  # fmt: skip
    neck = (body.place(lean, 0, 1.42 - sink), body.place(lean + 0.015, 0, 1.53 - sink))
    shapes = [
        Shape(neck, (0.058, 0.054), outfit.skin),
        Shape([ball for ball, _ in balls], tuple(radius for _, radius in balls), outfit.jacket),
    ]
    if outfit.is_hivis:
        for up, wide in ((1.10, 0.186), (1.27, 0.212)):
            shapes += _ring(body, (up - sink, 0.026), lean * 0.6, (wide, 0.55), (_SILVER,))
    return shapes


def _ring(
    body: _Body, height: tuple[float, float], forward: float, reach: tuple[float, float], colours: tuple[Colour, ...]
) -> list[Shape]:
    """Return a stripe around a body: flat pieces of a ring, of which the near ones are seen.

    Args:
        body: whose.
        height: of the stripe's middle, and half its width.
        forward: how far the ring's middle lies before the body's.
        reach: half the ring's width, and its depth as a share of that.
        colours: of the pieces, in turn.
    """
    around = [2 * math.pi * step / _PIECES for step in range(_PIECES + 1)]
    wide, deep = reach[0], reach[0] * reach[1]
    up, half = height
    foot = body.place(0, 0, up)
    pieces = []
    for number, (begin, end) in enumerate(pairwise(around)):
        corners = [
            body.place(forward + deep * math.cos(angle), wide * math.sin(angle), up + high)
            for angle, high in ((begin, -half), (end, -half), (end, half), (begin, half))
        ]
        middle = (begin + end) / 2
        tip = body.place(math.cos(middle), math.sin(middle), up)
        normal = (tip[0] - foot[0], tip[1] - foot[1], tip[2] - foot[2])
        pieces.append(Shape(corners, (), colours[number % len(colours)], normal=normal, layer=3))
    return pieces


def _arms(person: Person, t: float, body: _Body, sink: float, lean: float) -> list[Shape]:
    outfit = OUTFITS[person.outfit]
    walked, speed = person.gait(t)
    shapes = []
    for side in (1, -1):
        swing = min(0.6, 0.3 * speed) * float(math.sin(2 * math.pi * walked / 1.5 + (math.pi if side > 0 else 0)))
        raise_, flex, inward = _arm_pose(person, t, side, swing)
        shoulder = (lean, 0.205, 1.42 - sink)
        elbow = (shoulder[0] + 0.29 * math.sin(raise_), 0.235 - 0.06 * inward, shoulder[2] - 0.29 * math.cos(raise_))
        lower = raise_ + flex
        wrist = (elbow[0] + 0.25 * math.sin(lower) * math.cos(0.9 * inward), elbow[1] - 0.25 * math.sin(0.95 * inward),
                 elbow[2] - 0.25 * math.cos(lower))  # fmt: skip
        hand = (wrist[0] + 0.09 * math.sin(lower), wrist[1] - 0.03 * inward, wrist[2] - 0.09 * math.cos(lower))
        joints = [body.place(part[0], side * part[1], part[2]) for part in (shoulder, elbow, wrist, hand)]
        shapes += [
            Shape((joints[0], joints[1]), (0.068, 0.052), outfit.jacket),
            Shape((joints[1], joints[2]), (0.052, 0.040), outfit.jacket),
            Shape((joints[2], joints[3]), (0.036, 0.034), outfit.skin),
        ]
        if side < 0 and (person.act(t, "phone") > 0.5 or person.act(t, "photo") > 0.5):
            top = body.place(hand[0] + 0.02, side * hand[1], hand[2] + 0.11)
            shapes.append(Shape((joints[3], top), (0.035, 0.035), (0.1, 0.1, 0.1), shines=(0.30, 0.28, 0.26)))
    return shapes


def _arm_pose(person: Person, t: float, side: int, swing: float) -> tuple[float, float, float]:
    """Return how far an arm is raised forwards, how far the elbow is bent (radians), and how far it turns inwards."""
    phase = len(person.key) + (0.8 if side > 0 else 0.0)
    wave = float(math.sin(2 * math.pi * (t * 0.9 + phase / 5)) + 0.5 * math.sin(2 * math.pi * (t * 1.7 + phase / 3)))
    poses = (
        ("talk", (0.45 + 0.28 * wave, 1.0 + 0.35 * wave, 0.25)),
        ("calm", (0.95 + 0.06 * wave, 0.55, 0.05)),
        ("point", (1.45, 0.08, 0.1) if side < 0 else (0.15, 0.5, 0.1)),
        ("phone", (1.05, 0.75, 0.45)),
        ("photo", (1.15, 0.75, 0.4)),
        ("clap", (0.75, 0.75, 0.62 + 0.48 * _clapping(person, t))),
        ("kneel", (0.75, 0.35, 0.1)),
        ("fall", (2.4, 0.3, 0.0)),
    )
    pose = (swing + 0.04, 0.22 + 0.5 * abs(swing), 0.05)
    for name, other in poses:
        share = person.act(t, name)
        if share > 0:
            pose = _mixed(pose, other, share)
    return pose


def _clapping(person: Person, t: float) -> float:
    """Return 1 at the instant of a clap of this person's, falling to 0 within a third of a second on either side."""
    mine = [noise.at for noise in NOISES if noise.kind == "clap" and (person.key == "friend") == (noise.at < 10)]
    nearest = min(abs(t - at) for at in mine)
    return max(0.0, 1 - nearest / 0.3)


def _head(body: _Body, outfit: Outfit, sink: float, lean: float, t: float) -> list[Shape]:
    nod = 0.012 * math.sin(t * 2.3 + body.size * 40)
    base, top = 1.575 - sink, 1.695 - sink
    front = lean + 0.03 + nod
    chin, crown = body.place(front + 0.012, 0, base), body.place(front - 0.005, 0, top)
    shapes = [Shape((chin, crown), (0.072, 0.090), outfit.skin, layer=1)]
    shapes.append(Shape((body.place(front + 0.075, 0, base + 0.075), body.place(front + 0.095, 0, base + 0.045)),
                        (0.014, 0.018), outfit.skin, layer=1))  # fmt: skip
    for side in (1, -1):
        eye = body.place(front + 0.082, side * 0.034, base + 0.085)
        shapes.append(
            Shape(
                (eye, body.place(front + 0.082, side * 0.030, base + 0.085)),
                (0.007, 0.007),
                (0.10, 0.11, 0.14),
                layer=1,
            )
        )
    brow = [body.place(front + 0.080, side * 0.042, base + 0.106) for side in (1, -1)]
    mouth = [body.place(front + 0.074, side * 0.022, base + 0.008) for side in (1, -1)]
    shapes.append(Shape(brow, (0.006, 0.006), outfit.hair, layer=1))
    shapes.append(Shape(mouth, (0.005, 0.005), (0.10, 0.12, 0.26), layer=1))
    return shapes + _hat(body, outfit, front, base, top)


def _hat(body: _Body, outfit: Outfit, front: float, base: float, top: float) -> list[Shape]:
    back = body.place(front - 0.045, 0, base + 0.06)
    crown = body.place(front - 0.016, 0, top + 0.026)
    if outfit.hat == "hood":
        hood = (body.place(front - 0.045, 0, base - 0.03), body.place(front - 0.022, 0, top + 0.022))
        return [Shape(hood, (0.105, 0.103), outfit.jacket, layer=1)]
    if outfit.hat == "helmet":
        dome = (body.place(front - 0.01, 0, top + 0.02), body.place(front - 0.02, 0, top + 0.12))
        rim = (body.place(front + 0.09, 0, top - 0.005), body.place(front - 0.11, 0, top - 0.005))
        badge = (body.place(front + 0.085, 0, top + 0.055), body.place(front + 0.08, 0, top + 0.085))
        return [
            Shape(rim, (0.045, 0.045), _NAVY, layer=2),
            Shape(dome, (0.108, 0.075), _NAVY, layer=2),
            Shape(badge, (0.02, 0.02), _SILVER, layer=2),
        ]
    if outfit.hat == "cap":
        plate = (body.place(front + 0.03, 0, top + 0.060), body.place(front - 0.05, 0, top + 0.055))
        peak = (body.place(front + 0.105, 0.03, top + 0.005), body.place(front + 0.105, -0.03, top + 0.005))
        return [
            Shape((back, crown), (0.078, 0.08), outfit.hair, layer=1),
            Shape((crown, body.place(front, 0, top + 0.03)), (0.092, 0.092), _BLACK, layer=2),
            *_ring(body, (top + 0.008, 0.024), front - 0.008, (0.102, 1.0), (_BLACK, _SILVER)),
            Shape(plate, (0.086, 0.086), _BLACK, layer=4),
            Shape(peak, (0.028, 0.028), _BLACK, layer=4),
        ]
    if outfit.hat == "beanie":
        return [Shape((back, crown), (0.078, 0.08), outfit.hair, layer=1),
                Shape((body.place(front - 0.01, 0, top + 0.005), body.place(front - 0.015, 0, top + 0.05)),
                      (0.098, 0.075), (0.10, 0.12, 0.45), layer=2)]  # fmt: skip
    hair = [Shape((back, crown), (0.084, 0.086), outfit.hair, layer=1)]
    if outfit.hat == "long hair":
        ends = (body.place(front - 0.06, 0, base - 0.10), crown)
        hair.append(Shape(ends, (0.075, 0.088), outfit.hair, layer=1))
    return hair


def _mixed(one: tuple[float, ...], other: tuple[float, ...], share: float) -> tuple[float, float, float]:
    a, b, c = (x * (1 - share) + y * share for x, y in zip(one, other, strict=True))
    return float(a), float(b), float(c)
