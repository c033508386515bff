"""Two-way sound, with exact truth: the clocks and the way between wearers, beside what one way of sound says.

The streets are those of `sync` (`bench-output/streets`, made where they are not there): `SIGHTLINE_SYNC_STREETS` many,
from `SIGHTLINE_SYNC_FIRST` on. Every pair that is matched is observed as a case would observe it, and its stated 95 %
interval is held against the truth. Both wearers speak where each says at least `_UTTERANCES` things while both record,
whether or not that is loud enough to be heard at the other camera.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled
from evidence.observations import SyncMethod
from sync.finder import Finder
from sync.sound.decode import read_sound
from sync.sound.job import SoundPair
from sync.sound.match import MatchVerdict, Prepared, match_sounds, prepare
from sync.sound.near_voice import split_voice
from sync.sound.observe import observe_match
from sync.sound.two_way import FARTHEST_M, OneEnd, Voiced, look_both_ways
from sync.sound.two_way_fit import BothWays
from tests.bench.measurement import Measurement, below, is_quick, reaches, stays_below
from tests.bench.streets.made import MadeRecorder, MadeStreet, street_on_disk

_FOLDER = Path("bench-output/streets")
_UTTERANCES = 3
_SHORTEST_S = 30.0
_MOUTH_M = 0.25
"""Where along the street a wearer's mouth is from the camera, as the streets have it."""


@dataclass(frozen=True)
class _Answer:
    """What was said of a pair, and the truth.

    Attributes:
        both_speak: whether both wearers speak while both record.
        apart_m: how far the cameras are apart in truth.
        error_s: by how much the stated lag misses the clocks'.
        half_s: half the stated 95 % interval.
        one_way_s: by how much the sound that was matched misses them.
    """

    both_speak: bool
    apart_m: float
    known: BothWays | OneEnd | None
    error_s: float
    half_s: float
    one_way_s: float

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies in the stated interval."""
        return abs(self.error_s) <= self.half_s


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_SYNC_STREETS", "1" if is_quick() else "6"))
    first = int(os.environ.get("SIGHTLINE_SYNC_FIRST", "3"))
    answers = [one for seed in range(first, first + count) for one in _street(street_on_disk(_FOLDER, seed))]
    near = [one for one in answers if one.apart_m <= FARTHEST_M]
    asked = [one for one in near if one.both_speak]
    both = [one for one in answers if isinstance(one.known, BothWays)]
    if asked:
        yield below(
            f"clock error where both wearers speak up to 50 m apart, median of {len(asked)} pairs",
            float(np.median([abs(one.error_s) for one in asked])) * 1e3,
            unit="ms",
            bound=10,
        )
        share = 100 * sum(isinstance(one.known, BothWays) for one in asked) / len(asked)
        yield reaches("  of these answered both ways", share, unit="%", bound=60, beside={})
    if both:
        errors = np.array([abs(one.error_s) for one in both]) * 1e3
        one_way = np.array([abs(one.one_way_s) for one in both]) * 1e3
        for words, percent in (("median", 50), ("95 %", 95), ("worst", 100)):
            ours, theirs = (float(np.percentile(each, percent)) for each in (errors, one_way))
            name = f"clock error of {len(both)} two-way answers, {words}"
            yield stays_below(name, ours, unit="ms", bound=10, beside={"one way": theirs})
        ways = [abs(one.known.distance_m - one.apart_m) for one in both if isinstance(one.known, BothWays)]
        yield below("error of the way between wearers, median", float(np.median(ways)), unit="m", bound=1)
        yield below("error of the way between wearers, worst", float(max(ways)), unit="m", bound=5)
    for words, group in (
        ("two-way answers", both),
        ("one direction alone, up to 50 m", [one for one in near if isinstance(one.known, OneEnd)]),
        ("one way, up to 50 m", [one for one in near if one.known is None]),
    ):
        if group:
            share = 100 * sum(one.is_inside for one in group) / len(group)
            yield reaches(f"truth within the 95 % interval: {len(group)} {words}", share, unit="%", bound=93, beside={})


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
    observed = observe_match(pair, Finder("bench", 0, lambda: "id"))[0]
    assert observed.other is not None
    assert pair.match.line is not None
    assert (observed.method is SyncMethod.TWO_WAY_SOUND) is isinstance(pair.match.both_ways, BothWays)
    at_s = observed.one.media_ns / 1e9
    sigma_s = float(np.hypot(observed.sigma_ns, observed.common_sigma_ns)) / 1e9
    return _Answer(
        both_speak=all(_says(street, each, one, two) >= _UTTERANCES for each in (one, two)),
        apart_m=float(np.hypot(one.place[0] - two.place[0], one.place[1] - two.place[1])),
        known=pair.match.both_ways,
        error_s=observed.other.media_ns / 1e9 - at_s - _lag_s(one, two, at_s),
        half_s=1.96 * sigma_s,
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
