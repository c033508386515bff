"""The story of the demo incident, second by second: who stands where, what flashes, what sounds.

Times here are seconds of the story (incident time from `Plan.origin_ns`), places are metres: x along Harrow Lane,
y across it to the left, z up. Everything is a pure function of time, so that every camera and every microphone sees
and hears the same scene at the same instant, in whatever order frames are made.

To change the story: 1. move somebody by editing a `Person`'s stations; 2. give an act a time in its `acts`;
3. add a sound to `NOISES` or words to `SPEECH`; 4. raise `plan.GENERATOR`, so that cached demos are made anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.demo.plan import Plan
from app.demo.truth import Point, TrueEvent
from evidence.times import NS_PER_S, IncidentTime

_TABLE_FROM, _TABLE_TO, _TABLE_HZ = -10.0, 140.0, 50
_SMOOTH = 25

DOOR_X, DOOR_WIDTH, DOOR_HEIGHT = 4.6, 0.95, 2.05
WALL_Y, KERB_Y = 7.2, 4.5
FLASH_S = 0.09


@dataclass(frozen=True)
class Person:
    """Somebody in the street.

    Attributes:
        stations: (seconds, x, y, x looked at, y looked at), by time.
        acts: (from, to, what the body does: `talk`, `point`, `phone`, `clap`, `fall`, `kneel`, `photo`, `calm`).
        outfit: name of an outfit in `app.demo.figures`.
        height: in metres.
    """

    key: str
    stations: tuple[tuple[float, float, float, float, float], ...]
    acts: tuple[tuple[float, float, str], ...]
    outfit: str
    height: float = 1.78

    @cached_property
    def _table(self) -> dict[str, list[float]]:
        """Place, look and distance walked, 50 times a second, with corners rounded."""
        grid = np.arange(_TABLE_FROM, _TABLE_TO, 1 / _TABLE_HZ)
        keys = np.array(self.stations)
        kernel = np.ones(_SMOOTH) / _SMOOTH
        names = ("x", "y", "look_x", "look_y")
        table: dict[str, NDArray[np.float64]] = {}
        for column, name in enumerate(names, start=1):
            rough = np.pad(np.interp(grid, keys[:, 0], keys[:, column]), _SMOOTH // 2, mode="edge")
            table[name] = np.convolve(rough, kernel, mode="valid")
        steps = np.hypot(np.diff(table["x"], prepend=table["x"][0]), np.diff(table["y"], prepend=table["y"][0]))
        table["walked"] = np.cumsum(steps)
        table["speed"] = np.convolve(np.pad(steps * _TABLE_HZ, 7, mode="edge"), np.ones(15) / 15, mode="valid")
        return {name: [float(value) for value in column] for name, column in table.items()}

    def at(self, t: float) -> tuple[float, float]:
        """Return where the person stands."""
        return self._read("x", t), self._read("y", t)

    def heading(self, t: float) -> float:
        """Return where the person faces, radians from +x towards +y."""
        x, y = self.at(t)
        return math.atan2(self._read("look_y", t) - y, self._read("look_x", t) - x)

    def gait(self, t: float) -> tuple[float, float]:
        """Return metres walked so far and the speed in m/s."""
        return self._read("walked", t), self._read("speed", t)

    def act(self, t: float, name: str, ramp: float = 0.35) -> float:
        """Return how far an act is under way: 0 to 1, with soft beginning and end."""
        found = 0.0
        for begin, end, what in self.acts:
            if what == name and begin - ramp < t < end + ramp:
                found = max(found, min(1.0, (t - begin + ramp) / ramp, (end + ramp - t) / ramp))
        return found

    def _read(self, name: str, t: float) -> float:
        column = self._table[name]
        whole, part = divmod((t - _TABLE_FROM) * _TABLE_HZ, 1.0)
        place = int(whole)
        if not 0 <= place < len(column) - 1:
            return column[0] if place < 0 else column[-1]
        return column[place] + (column[place + 1] - column[place]) * part


OKAFOR = Person(
    "okafor",
    (
        (0, 8.6, -3.0, 2, 3), (4.5, 4.2, 1.0, 0, 4), (7.5, 1.9, 3.2, -0.2, 4.3), (17, 1.8, 3.3, -0.2, 4.3),
        (18.6, 1.8, 3.2, 3.6, 6.4), (21, 1.8, 3.2, 0.0, 4.4), (29.8, 1.5, 3.3, -0.6, 4.0), (31.4, 0.4, 2.9, -3.0, 2.6),
        (33.0, -1.5, 2.9, -3.2, 2.3), (44, -1.5, 2.9, -3.2, 2.3), (48, -1.4, 3.0, 1.0, 5.2), (60, -1.4, 3.0, -3.2, 2.4),
    ),
    ((8, 12, "talk"), (19, 23, "calm"), (24.5, 26.5, "point"), (33.5, 46, "kneel"), (50, 57, "talk")),
    "officer", 1.84,
)  # fmt: skip

LINDQVIST = Person(
    "lindqvist",
    (
        (0, 9.8, -2.2, 2, 4), (5, 4.4, 3.0, 1, 5.2), (8, 2.9, 4.9, 1, 5.6), (27, 2.8, 4.9, 1.0, 5.6),
        (30.6, 2.6, 4.8, 0.2, 4.8), (32.4, 1.4, 4.4, -2.6, 2.4), (34, 0.9, 4.3, 1.2, 5.9), (36, 0.9, 4.3, 1.6, 6.0),
        (60, 0.9, 4.3, 1.4, 6.0),
    ),
    ((9, 13, "talk"), (20, 24, "talk"), (33, 40, "calm"), (46, 52, "talk")),
    "officer_f", 1.69,
)  # fmt: skip

MARSH = Person(
    "marsh",
    (
        (0, 60, -1.2, 0, 0), (9.2, 8.4, 0.3, 2, 4), (12.6, 8.4, 0.4, 2, 4), (14.0, 7.6, 1.1, 1, 4),
        (18.0, 4.2, 1.9, 0.4, 4.4), (19.5, 3.4, 2.1, 0.2, 4.4), (29.5, 3.2, 2.0, -0.2, 4.2),
        (31.6, 2.4, 1.6, -2.4, 2.6),
        (33.5, -0.9, 0.9, -3.1, 2.3), (47, -1.2, 0.8, -3.1, 2.3), (52, -1.6, -0.4, -6, -4.8),
        (60, -2.0, -0.8, -5, -4.6),
    ),
    ((20, 23, "point"), (34, 38, "talk"), (53, 59, "talk")),
    "sergeant", 1.80,
)  # fmt: skip

MAN_FALLING = Person(
    "hoodie",
    (
        (0, -0.3, 4.3, 1.2, 5.4), (8, -0.3, 4.4, 1.6, 3.8), (16, -0.2, 4.4, 1.8, 3.6), (24, -0.1, 4.4, 1.1, 5.5),
        (29.3, -0.3, 4.3, 1.2, 5.2), (30.0, -0.8, 4.0, -3.0, 2.2), (31.3, -2.5, 2.6, -4.6, 1.2),
        (31.9, -2.9, 2.3, -5, 0.9),
        (60, -2.9, 2.3, -5, 0.9),
    ),
    ((1, 7, "talk"), (10, 15, "talk"), (22.5, 29, "talk"), (31.2, 200, "fall")),
    "hoodie", 1.80,
)  # fmt: skip

MAN_CLAPPING = Person(
    "shirt",
    (
        (0, 1.1, 5.7, -0.2, 4.4), (9, 1.0, 5.9, 2.6, 5.0), (21, 1.0, 5.8, 2.6, 5.0), (25, 0.9, 5.5, -0.1, 4.4),
        (31, 0.9, 5.7, -1.8, 3.4), (34, 1.3, 6.0, 0.9, 4.4), (60, 1.4, 6.1, 0.8, 4.4),
    ),
    ((0, 6, "talk"), (11, 17, "talk"), (23, 27, "talk"), (27.6, 30.2, "clap"), (40, 46, "talk")),
    "shirt", 1.75,
)  # fmt: skip

PATEL = Person(
    "patel",
    ((0, -7.4, -5.3, 0, 4), (19, -7.2, -5.2, 0, 4), (24, -6.3, -4.9, 0, 4), (32, -5.6, -4.8, -2.4, 2.6),
     (60, -5.3, -4.9, -2.3, 2.6)),
    ((17, 54, "phone"),),
    "coat", 1.66,
)  # fmt: skip

WOMAN = Person(
    "woman",
    ((0, 4.5, 8.6, 4.5, 5), (17.6, 4.5, 8.6, 4.5, 5), (20.5, 4.5, 6.5, 0.5, 4.6), (33.4, 4.4, 6.4, 0.2, 4.4),
     (35.0, 4.5, 8.4, 4.5, 12), (60, 4.5, 8.6, 4.5, 12)),
    ((21.5, 27, "talk"),),
    "dress", 1.68,
)  # fmt: skip

FRIEND = Person(
    "friend",
    ((0, -4.4, 5.9, 0, 4.6), (6, -4.2, 5.8, 0, 4.6), (29, -4.3, 5.8, 0, 4.6), (32.2, -5.2, 5.6, -2.8, 2.4),
     (60, -5.4, 5.6, -2.6, 2.6)),
    ((7.0, 8.2, "clap"), (32.6, 36, "photo")),
    "parka", 1.82,
)  # fmt: skip

PEOPLE = (OKAFOR, LINDQVIST, MARSH, MAN_FALLING, MAN_CLAPPING, PATEL, WOMAN, FRIEND)

PERSON = {person.key: person for person in PEOPLE}

FALL_BEGIN, FALL_END = 31.2, 31.75
DOOR_OPENS, DOOR_OPEN, DOOR_SWINGS, DOOR_SHUT = 18.0, 19.1, 35.25, 35.6
FLASH_AT = 33.4
SIREN_END = 9.4


@dataclass(frozen=True, slots=True)
class Noise:
    """A short sound.

    Attributes:
        kind: `clap`, `slam` or `thud`.
        at: seconds of the story.
        position: where.
        gain: how loud at one metre.
    """

    key: str
    kind: str
    at: float
    position: Point
    gain: float


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody says something.

    Attributes:
        who: key of the person.
        at: seconds of the story.
        syllables: how many.
        gain: how loud at one metre; shouting is about 1.
        pitch_hz: of the voice in the middle.
    """

    who: str
    at: float
    syllables: int
    gain: float
    pitch_hz: float


NOISES = (
    Noise("clap-1", "clap", 7.5, (-4.0, 5.65, 1.3), 0.9),
    Noise("clap-2", "clap", 28.0, (0.6, 5.3, 1.3), 1.0),
    Noise("clap-3", "clap", 28.9, (0.6, 5.3, 1.3), 1.0),
    Noise("clap-4", "clap", 29.8, (0.6, 5.3, 1.3), 1.0),
    Noise("thud", "thud", FALL_END, (-3.6, 1.8, 0.1), 0.8),
    Noise("slam", "slam", DOOR_SHUT, (DOOR_X, WALL_Y, 1.1), 1.6),
)

_MALE, _DEEP, _HIGH, _WOMAN = 132.0, 104.0, 165.0, 214.0

SPEECH = (
    Words("shirt", 0.8, 9, 0.5, _HIGH), Words("hoodie", 3.0, 8, 0.6, _MALE), Words("shirt", 5.2, 5, 0.6, _HIGH),
    Words("okafor", 7.9, 8, 0.4, _DEEP), Words("lindqvist", 9.4, 10, 0.35, _WOMAN),
    Words("hoodie", 10.4, 9, 0.5, _MALE),
    Words("shirt", 12.2, 11, 0.4, _HIGH), Words("okafor", 13.8, 9, 0.35, _DEEP), Words("marsh", 16.2, 6, 0.45, _MALE),
    Words("lindqvist", 17.2, 7, 0.3, _WOMAN), Words("okafor", 19.3, 8, 0.35, _DEEP),
    Words("marsh", 20.6, 7, 0.45, _MALE), Words("woman", 21.8, 9, 0.6, _WOMAN),
    Words("lindqvist", 23.0, 5, 0.3, _WOMAN),
    Words("hoodie", 23.8, 7, 0.8, _MALE), Words("okafor", 25.0, 5, 0.6, _DEEP), Words("shirt", 25.8, 6, 0.8, _HIGH),
    Words("hoodie", 27.0, 7, 0.9, _MALE), Words("woman", 28.3, 5, 0.7, _WOMAN), Words("marsh", 29.4, 3, 0.9, _MALE),
    Words("okafor", 30.0, 4, 1.0, _DEEP), Words("lindqvist", 31.0, 4, 0.7, _WOMAN),
    Words("hoodie", 32.2, 3, 0.7, _MALE),
    Words("okafor", 33.2, 6, 0.4, _DEEP), Words("marsh", 34.2, 8, 0.45, _MALE),
    Words("lindqvist", 36.2, 8, 0.45, _WOMAN),
    Words("friend", 35.9, 4, 0.6, _HIGH), Words("okafor", 38.0, 9, 0.3, _DEEP), Words("hoodie", 40.4, 5, 0.4, _MALE),
    Words("shirt", 41.2, 9, 0.5, _HIGH), Words("lindqvist", 43.6, 6, 0.4, _WOMAN), Words("marsh", 45.0, 10, 0.4, _MALE),
    Words("lindqvist", 47.2, 9, 0.35, _WOMAN), Words("okafor", 50.4, 9, 0.35, _DEEP),
    Words("hoodie", 52.6, 4, 0.3, _MALE),
    Words("marsh", 54.0, 10, 0.5, _MALE), Words("patel", 56.4, 7, 0.4, _HIGH), Words("okafor", 58.0, 6, 0.35, _DEEP),
)  # fmt: skip


def police_car(t: float) -> tuple[float, float, float]:
    """Return the police car's place and heading: it arrives from the far end, brakes, and stays aslant."""
    left = max(0.0, 9.0 - t)
    x = 8.6 + 1.15 * left * left / (1 + 0.075 * left)
    y = -1.3 + 0.6 * float(np.clip((t - 6.5) / 2.5, 0, 1))
    return x, y, np.pi - 0.22 * float(np.clip((t - 6.5) / 2.5, 0, 1))


def dashcam_car(t: float) -> tuple[float, float, float]:
    """Return the driver's place and heading: comes slowly from behind and stops for the incident."""
    left = max(0.0, 15.0 - t)
    return -14.5 - 0.42 * left * left / (1 + 0.04 * left), 1.35, 0.0


def door_open(t: float) -> float:
    """Return how far the door is open, 0 to 1."""
    opening = float(np.clip((t - DOOR_OPENS) / (DOOR_OPEN - DOOR_OPENS), 0, 1))
    closing = float(np.clip((t - DOOR_SWINGS) / (DOOR_SHUT - DOOR_SWINGS), 0, 1))
    return (3 * opening**2 - 2 * opening**3) * (1 - closing**2)


def strobes(t: float, exposure_s: float) -> tuple[float, float]:
    """Return how bright the left and right blue light are on average over an exposure, 0 to 1.

    Each gives two flashes of 60 ms, 60 ms apart, every half second; the right one a quarter second later.
    """
    moments = t + np.linspace(0, exposure_s, 5)
    bright = [float(np.mean(((moments - shift) % 0.5 % 0.12 < 0.06) & ((moments - shift) % 0.5 < 0.24)))
              for shift in (0.0, 0.25)]  # fmt: skip
    return bright[0], bright[1]


def photo_flash(t: float, exposure_s: float) -> float:
    """Return how bright the camera flash is on average over an exposure, 0 to 1."""
    lit = min(t + exposure_s, FLASH_AT + FLASH_S) - max(t, FLASH_AT)
    return max(0.0, lit / exposure_s)


def fall_angle(t: float) -> float:
    """Return how far the falling man has gone over, radians: upright 0, on the ground about a quarter turn."""
    share = float(np.clip((t - FALL_BEGIN) / (FALL_END - FALL_BEGIN), 0, 1))
    return 1.5 * share * share


def true_events(plan: Plan) -> tuple[TrueEvent, ...]:
    """Return what happens within the plan's incident, for the truth file."""
    x, y = FRIEND.at(FLASH_AT)
    car_x, car_y, _ = police_car(0.0)
    rows: list[tuple[str, str, float, float, Point, str]] = [
        ("siren", "siren", 0.0, SIREN_END, (car_x, car_y, 1.5), "Siren of the arriving police car"),
        (
            "strobe",
            "strobe",
            0.0,
            120.0,
            (car_x, car_y, 1.6),
            "Blue lights: 60 ms on, 60 ms off, twice each half second",
        ),
        ("door-opens", "door", DOOR_OPENS, DOOR_OPEN, (DOOR_X, WALL_Y, 1.0), "The door opens and light falls out"),
        ("fall", "fall", FALL_BEGIN, FALL_END, (-2.6, 2.5, 0.9), "The man in the hooded top falls"),
        ("flash", "flash", FLASH_AT, FLASH_AT + FLASH_S, (round(x, 3), round(y, 3), 1.5), "Flash of a camera"),
    ]
    texts = {"clap": "A clap of hands", "slam": "The door slams", "thud": "The man hits the ground"}
    rows += [(one.key, one.kind, one.at, one.at + 0.15, one.position, texts[one.kind]) for one in NOISES]
    rows += [
        (f"speech-{number}", "speech", one.at, one.at + 0.21 * one.syllables, (*PERSON[one.who].at(one.at), 1.55),
         f"{one.who.capitalize()} speaks")
        for number, one in enumerate(SPEECH, start=1)
    ]  # fmt: skip
    events = [
        TrueEvent(key, kind, _instant(plan, begin), _instant(plan, end), _rounded(place), text)
        for key, kind, begin, end, place, text in rows
    ]
    inside = [event for event in events if event.start_ns < plan.end_ns and event.end_ns > plan.start_ns]
    return tuple(sorted(inside, key=lambda event: (event.start_ns, event.key)))


def _instant(plan: Plan, t: float) -> IncidentTime:
    return IncidentTime(plan.origin_ns + round(t * NS_PER_S))


def _rounded(place: Point) -> Point:
    return round(place[0], 3), round(place[1], 3), round(place[2], 3)
