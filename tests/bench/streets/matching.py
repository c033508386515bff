"""Matches every two recorders of generated streets as the search of a case does, beside their truth."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled
from sync.detour import Bond, foretell
from sync.pair_search import ComparedPair
from sync.sound.among import look_among
from sync.sound.decode import Sound, read_sound
from sync.sound.expected import match_expected
from sync.sound.job import bond_of, gather
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.prepared import Prepared, prepare
from tests.bench.streets.made import MadeRecorder, MadeStreet, long_street_on_disk, street_on_disk
from tests.bench.streets.street import SPEED_OF_SOUND

BELIEVED = (MatchVerdict.FOUND, MatchVerdict.SUPPORTED)
SHORTEST_S = 30.0
_ALL_ALONG_S = 700


@dataclass(frozen=True)
class Pair:
    """Two recorders that overlap, and what they may say.

    Attributes:
        has_alarm: whether an alarm or looped music sounds all along.
    """

    first: MadeRecorder
    second: MadeRecorder
    street: MadeStreet
    has_alarm: bool

    @property
    def overlap_s(self) -> float:
        """How long both recorded; below 0 where they did not at once."""
        return min(self.first.end_s, self.second.end_s) - max(self.first.start_s, self.second.start_s)

    def clock_error_s(self, at_s: float, lag_s: float) -> float:
        """Return by how much a lag at a time of the first recorder misses the clocks' own."""
        true_s = self.first.start_s + at_s / (1 + self.first.rate_ppm * 1e-6)
        return lag_s - (self.second.device_s(true_s) - self.first.device_s(true_s))

    def drift_error(self, drift: float) -> float:
        """Return by how much a drift misses that of the clocks, as a ratio."""
        return drift - ((1 + self.second.rate_ppm * 1e-6) / (1 + self.first.rate_ppm * 1e-6) - 1)

    def sound_error_s(self, at_s: float, lag_s: float) -> float:
        """Return by how much it misses the nearest sound that both heard."""
        error = self.clock_error_s(at_s, lag_s)
        begin, end = max(self.first.start_s, self.second.start_s), min(self.first.end_s, self.second.end_s)
        shifts = [
            (_metres(place, self.second) - _metres(place, self.first)) / SPEED_OF_SOUND
            for place, since, until in self.street.sources
            if until > begin and since < end
        ]
        return min((abs(error - shift) for shift in shifts), default=float("inf"))


@dataclass(frozen=True)
class Street:
    """What was found of one street.

    Attributes:
        seed: by which it was made.
        pairs: every two of its recorders, and what their sounds say.
    """

    seed: int
    pairs: tuple[tuple[Pair, SoundMatch], ...]

    @property
    def joined(self) -> int:
        """How many pairs that overlap half a minute are on one clock, by a match of their own or by way of others."""
        clock = {one.path: one.path for pair, _ in self.pairs for one in (pair.first, pair.second)}
        for pair, match in self.pairs:
            if match.verdict is MatchVerdict.FOUND:
                kept, gone = clock[pair.first.path], clock[pair.second.path]
                clock = {one: kept if other == gone else other for one, other in clock.items()}
        long = [pair for pair, _ in self.pairs if pair.overlap_s >= SHORTEST_S]
        return sum(clock[pair.first.path] == clock[pair.second.path] for pair in long)


def match_streets(folder: Path, seeds: Iterable[int], workers: int, *, are_long: bool = False) -> Iterator[Street]:
    """Yield the streets of some seeds as they are matched, in that order, made where they are not there."""
    tasks = [(os.fspath(folder), seed, are_long) for seed in seeds]
    if workers <= 1:
        yield from map(_match_street, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(_match_street, tasks)


def _match_street(task: tuple[str, int, bool]) -> Street:
    folder, seed, is_long = task
    make = long_street_on_disk if is_long else street_on_disk
    return Street(seed, tuple(matched(make(Path(folder), seed))))


def matched(street: MadeStreet) -> list[tuple[Pair, SoundMatch]]:
    """Return every two recorders of a street, and what their sounds say."""
    has_alarm = any(until - since > _ALL_ALONG_S for _, since, until in street.sources)
    heard = [prepare(sound_of(each)) for each in street.recorders]
    return [
        (Pair(street.recorders[one], street.recorders[other], street, has_alarm), match)
        for (one, other), match in match_all(heard).items()
    ]


def match_all(heard: list[Prepared]) -> dict[tuple[int, int], SoundMatch]:
    """Match every two, then the weak ones where the others put them, as the search of a case does."""
    found = {(one, other): match_sounds(heard[one], heard[other]) for one, other in combinations(range(len(heard)), 2)}
    results = [ComparedPair(str(one), str(other), match, 0) for (one, other), match in found.items()]

    def ask(bonds: Sequence[Bond]) -> list[object]:
        return [look_among(heard[int(one.first)], heard[int(one.second)], one) for one in bonds]

    results = gather(results, (), ask)
    found = {(int(one.first), int(one.second)): one.match for one in results}
    bonds = [bond for result in results if (bond := bond_of(result)) is not None]
    weak = [(one.first, one.second) for one in results if one.match.verdict is not MatchVerdict.FOUND]
    for expectation in foretell(bonds, weak):
        pair = (int(expectation.bond.first), int(expectation.bond.second))
        match = match_expected(heard[pair[0]], heard[pair[1]], expectation.bond)
        if match.verdict is MatchVerdict.SUPPORTED:
            found[pair] = match
    return found


def _metres(place: tuple[float, float], recorder: MadeRecorder) -> float:
    return float(np.hypot(place[0] - recorder.place[0], place[1] - recorder.place[1]))


def sound_of(recorder: MadeRecorder) -> Sound:
    """Return what a recorder heard."""
    return read_sound(os.fsencode(recorder.path), recorder.path.name, 0, never_cancelled)
