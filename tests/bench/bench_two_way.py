"""Two-way sound, with exact truth: the clocks and the way between wearers, beside what one way of sound says.

The streets are those of `sync` (made where they are not there): `SIGHTLINE_SYNC_STREETS` many, from
`SIGHTLINE_SYNC_FIRST` on; `SIGHTLINE_SYNC_FOLDER` says where they are kept. Every pair that is matched is observed as a
case would observe it, and what is stated is held against the truth: the lag in the middle, each reading at the ends,
and the drift between them, each with its 95 % interval. Both wearers speak where each says at least `_UTTERANCES`
things while both record, whether or not that is loud enough to be heard at the other camera.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from evidence.jobs import never_cancelled
from evidence.observations import SyncMethod
from sync.finder import Finder
from sync.sound.copies import SameSound
from sync.sound.decode import read_sound
from sync.sound.job import SoundPair
from sync.sound.match import MatchVerdict, match_sounds
from sync.sound.near_voice import split_voice
from sync.sound.observe import observe_match
from sync.sound.prepared import Prepared, prepare
from sync.sound.two_way import FARTHEST_M, Between, Known, OneEnd, Voiced, look_both_ways
from sync.sound.two_way_fit import BothWays
from tests.bench.bench_sync import STREETS
from tests.bench.measurement import Measurement, below, is_quick, reaches, stays_below
from tests.bench.streets.made import MadeRecorder, MadeStreet, street_on_disk

_UTTERANCES = 3
_SHORTEST_S = 30.0
_NINETY_FIVE = 1.96
_MOUTH_M = 0.25
"""Where along the street a wearer's mouth is from the camera, as the streets have it."""


@dataclass(frozen=True)
class _Stated:
    """A figure's error and half its 95 % interval."""

    error: float
    half: float

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies in the stated interval."""
        return abs(self.error) <= self.half


@dataclass(frozen=True)
class _Answer:
    """What was said of a pair, against the truth; s, and drift as a ratio.

    Attributes:
        name: street and recorders.
        is_asked: whether both wearers speak while both record, and the cameras are up to 50 m apart.
        apart_m: how far the cameras are apart in truth.
        known: what the voices said.
        offset: lag of the clocks in the middle of the readings.
        readings: the same at each.
        drift: between them, where there are two.
        one_way_s: by how much the sound that was matched misses the clocks.
    """

    name: str
    is_asked: bool
    apart_m: float
    known: Known | None
    offset: _Stated
    readings: tuple[_Stated, ...]
    drift: tuple[_Stated, ...]
    one_way_s: float


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_SYNC_STREETS", "1" if is_quick() else "6"))
    first = int(os.environ.get("SIGHTLINE_SYNC_FIRST", "3"))
    yield from tell([one for seed in range(first, first + count) for one in _street(street_on_disk(STREETS, seed))])


def tell(answers: list[_Answer]) -> Iterator[Measurement]:
    """Yield what the answers amount to."""
    asked = [one for one in answers if one.is_asked]
    if asked:
        name = f"clock error where both wearers speak up to 50 m apart, {len(asked)} pairs"
        yield below(f"{name}, median", _percentile_ms(asked, 50), unit="ms", bound=10)
        yield stays_below(f"{name}, 95 %", _percentile_ms(asked, 95), unit="ms", bound=100, beside={})
        share = 100 * sum(isinstance(one.known, BothWays) for one in asked) / len(asked)
        yield reaches("  of these answered both ways", share, unit="%", bound=50, beside={})
    both = [one for one in answers if isinstance(one.known, BothWays)]
    if both:
        one_way = np.array([abs(one.one_way_s) for one in both]) * 1e3
        for words, percent in (("median", 50), ("95 %", 95), ("worst", 100)):
            name = f"clock error of {len(both)} two-way answers, {words}"
            beside = {"one way": float(np.percentile(one_way, percent))}
            yield stays_below(name, _percentile_ms(both, percent), unit="ms", bound=10, beside=beside)
        ways = [abs(one.known.distance_m - one.apart_m) for one in both if isinstance(one.known, BothWays)]
        yield below("error of the way between wearers, median", float(np.median(ways)), unit="m", bound=1)
        yield below("error of the way between wearers, worst", float(max(ways)), unit="m", bound=5)
    near = [one for one in answers if one.apart_m <= FARTHEST_M]
    for words, group in (
        ("two-way answers", both),
        ("one direction alone, up to 50 m", [one for one in near if isinstance(one.known, OneEnd)]),
        ("one way, up to 50 m", [one for one in near if one.known is None or isinstance(one.known, Between)]),
    ):
        for what, stated in (
            ("lag", [one.offset for one in group]),
            ("lag at the ends", [end for one in group for end in one.readings]),
            ("drift", [drift for one in group for drift in one.drift]),
        ):
            if stated:
                name = f"truth within the 95 % interval: {what}, {len(stated)} of {words}"
                share = 100 * sum(one.is_inside for one in stated) / len(stated)
                yield reaches(name, share, unit="%", bound=93, beside={})


def _percentile_ms(answers: list[_Answer], percent: float) -> float:
    return float(np.percentile([abs(one.offset.error) for one in answers], percent)) * 1e3


def _street(street: MadeStreet) -> Iterator[_Answer]:
    made: dict[int, Prepared] = {}
    voices: dict[int, Voiced] = {}
    sigmas: dict[int, int] = {}
    for number, other in combinations(range(len(street.recorders)), 2):
        one, two = street.recorders[number], street.recorders[other]
        if min(one.end_s, two.end_s) - max(one.start_s, two.start_s) < _SHORTEST_S:
            continue
        for each in (number, other):
            if each not in made:
                path = street.recorders[each].path
                sound = read_sound(os.fsencode(path), path.name, 0, never_cancelled)
                made[each], sigmas[each] = prepare(sound), sound.path_sigma_ns
        match = match_sounds(made[number], made[other])
        if match.verdict is not MatchVerdict.FOUND or match.line is None:
            continue
        for each in (number, other):
            if each not in voices:
                known = made[each]
                voices[each] = Voiced(known.samples, known.start_s, split_voice(known.samples, known.novelty.periods_s))
        match = replace(match, both_ways=look_both_ways(voices[number], voices[other], match.line))
        sigma_ns = round(float(np.hypot(sigmas[number], sigmas[other])))
        yield _answer(street, one, two, SoundPair("one", "two", match, sigma_ns))


def _answer(street: MadeStreet, one: MadeRecorder, two: MadeRecorder, pair: SoundPair) -> _Answer:
    """Hold what is observed of a pair against the truth."""
    observed = observe_match(pair, Finder("bench", 0, lambda: "id"))
    assert pair.match.line is not None
    known = None if isinstance(pair.match.both_ways, SameSound) else pair.match.both_ways
    at_s, errors, own, common = [], [], [], 0.0
    for each in observed:
        assert each.other is not None
        assert (each.method is SyncMethod.TWO_WAY_SOUND) is isinstance(known, BothWays)
        at_s.append(each.one.media_ns / 1e9)
        errors.append(each.other.media_ns / 1e9 - at_s[-1] - _lag_s(one, two, at_s[-1]))
        own.append(each.sigma_ns / 1e9)
        common = each.common_sigma_ns / 1e9
    whole = float(np.hypot(common, np.hypot(own[0], own[-1]) / 2**0.5 / len(own) ** 0.5))
    apart_m = float(np.hypot(one.place[0] - two.place[0], one.place[1] - two.place[1]))
    both_speak = all(_says(street, each, one, two) >= _UTTERANCES for each in (one, two))
    drift: tuple[_Stated, ...] = ()
    if len(at_s) == 2:
        elapsed_s = at_s[1] - at_s[0]
        drift = (
            _Stated((errors[1] - errors[0]) / elapsed_s, _NINETY_FIVE * float(np.hypot(own[0], own[1])) / elapsed_s),
        )
    return _Answer(
        name=f"{one.path.parent.name} {one.path.stem[-1]}-{two.path.stem[-1]}",
        is_asked=both_speak and apart_m <= FARTHEST_M,
        apart_m=apart_m,
        known=known,
        offset=_Stated(float(np.mean(errors)), _NINETY_FIVE * whole),
        readings=tuple(
            _Stated(error, _NINETY_FIVE * float(np.hypot(common, sigma)))
            for error, sigma in zip(errors, own, strict=True)
        ),
        drift=drift,
        one_way_s=pair.match.line.lag_s - _lag_s(one, two, pair.match.line.at_s),
    )


def _lag_s(one: MadeRecorder, two: MadeRecorder, at_s: float) -> float:
    """Return by how much the second's clock is ahead of the first's at a time of the first."""
    return two.device_s(one.start_s + at_s / (1 + one.rate_ppm * 1e-6)) - at_s


def _says(street: MadeStreet, wearer: MadeRecorder, one: MadeRecorder, two: MadeRecorder) -> int:
    """Return how many things a wearer says while both record."""
    if not wearer.is_worn:
        return 0
    begin, end = max(one.start_s, two.start_s), min(one.end_s, two.end_s)
    mouth = (wearer.place[0] + _MOUTH_M, wearer.place[1])
    return sum(
        since > begin and until < end and float(np.hypot(place[0] - mouth[0], place[1] - mouth[1])) < 1e-6
        for place, since, until in street.sources
    )
