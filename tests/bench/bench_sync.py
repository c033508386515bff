"""Sound matching on generated streets with exact truth, with other programs beside it, and the solver's speed.

`SIGHTLINE_SYNC_STREETS` says how many streets and traps of each kind (4 where it does not say: some minutes);
`SIGHTLINE_SYNC_LONG` how many streets of a quarter of an hour, for drift (2); `SIGHTLINE_SYNC_FOLDER` where they are
kept (`bench-output`); `SIGHTLINE_SYNC_HOURS` how many cameras of an hour (20); `SIGHTLINE_SYNC_PEERS` names a Python
that has the peers (`tests/bench/streets/peers.py`); what is missing is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled, no_progress
from sync.detour import foretell
from sync.finder import Finder
from sync.pair_search import ComparedPair, PairRequest, PairSource
from sync.solver import solve
from sync.sound.confidence import Ground, least_right
from sync.sound.decode import RATE, Sound, read_sound
from sync.sound.expected import match_expected
from sync.sound.job import bond_of, run
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.observe import observe_match
from sync.sound.prepared import Prepared, prepare
from tests.bench.measurement import Measurement, below, is_quick
from tests.bench.processes import PeakMemory
from tests.bench.streets.hours import hours_on_disk
from tests.bench.streets.made import (
    TRAPS,
    MadeRecorder,
    MadeStreet,
    long_street_on_disk,
    street_on_disk,
    trap_on_disk,
)
from tests.bench.streets.street import SPEED_OF_SOUND, STREET_M
from tests.support.clock_scenes import random_scene

STREETS = Path(os.environ.get("SIGHTLINE_SYNC_FOLDER", "bench-output")) / "streets"
_PEERS = ("audio-offset-finder", "audalign")
_SHORTEST_S = 30.0
_RIGHT_S = 0.040
_PEER_SECONDS = 1800
_HOURS = Path(os.environ.get("SIGHTLINE_SYNC_FOLDER", "bench-output")) / "hours"
_LONG_S, _MOST_DRIFT_PPM = 600.0, 3.0
_BELIEVED = (MatchVerdict.FOUND, MatchVerdict.SUPPORTED)


@dataclass(frozen=True)
class _Pair:
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
            (_metres(place, self.second) - _metres(place, self.first)) / 343.0
            for place, since, until in self.street.sources
            if until > begin and since < end
        ]
        return min((abs(error - shift) for shift in shifts), default=float("inf"))


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = int(os.environ.get("SIGHTLINE_SYNC_STREETS", "1" if is_quick() else "4"))
    found = [each for seed in range(count) for each in _matched(street_on_disk(STREETS, seed))]
    asked = [(pair, match) for pair, match in found if pair.overlap_s >= _SHORTEST_S]
    pairs, matches = [pair for pair, _ in asked], [match for _, match in asked]
    strangers = sum(match.verdict in _BELIEVED for pair, match in found if pair.overlap_s <= 0)
    yield from _ours(pairs, matches, strangers)
    yield from _stated(pairs, matches)
    yield from _confident(found)
    yield from _long(int(os.environ.get("SIGHTLINE_SYNC_LONG", "1" if is_quick() else "2")))
    yield from _traps(count)
    yield from _peers(pairs)
    yield from _hours()
    yield from _solver()


def _matched(street: MadeStreet) -> list[tuple[_Pair, SoundMatch]]:
    """Return every two recorders of a street, and what their sounds say."""
    has_alarm = any(until - since > 700 for _, since, until in street.sources)
    heard = [prepare(sound_of(each)) for each in street.recorders]
    return [
        (_Pair(street.recorders[one], street.recorders[other], street, has_alarm), match)
        for (one, other), match in _match_all(heard).items()
    ]


def _match_all(heard: list[Prepared]) -> dict[tuple[int, int], SoundMatch]:
    """Match every two, then the weak ones where the others put them, as the search of a case does."""
    found = {(one, other): match_sounds(heard[one], heard[other]) for one, other in combinations(range(len(heard)), 2)}
    results = [ComparedPair(str(one), str(other), match, 0) for (one, other), match in found.items()]
    bonds = [bond for result in results if (bond := bond_of(result)) is not None]
    weak = [(one.first, one.second) for one in results if one.match.verdict is not MatchVerdict.FOUND]
    for expectation in foretell(bonds, weak):
        pair = (int(expectation.bond.first), int(expectation.bond.second))
        match = match_expected(heard[pair[0]], heard[pair[1]], expectation.bond)
        if match.verdict is MatchVerdict.SUPPORTED:
            found[pair] = match
    return found


def _ours(pairs: list[_Pair], matches: list[SoundMatch], strangers: int) -> Iterator[Measurement]:
    sound, drift, false = [], [], strangers
    right_of = {True: 0, False: 0}
    supported = 0
    for pair, match in zip(pairs, matches, strict=True):
        if match.verdict in _BELIEVED and match.line is not None:
            error = pair.sound_error_s(match.line.at_s, match.line.lag_s)
            if error > _RIGHT_S:
                false += 1
                continue
            right_of[pair.has_alarm] += 1
            supported += match.verdict is MatchVerdict.SUPPORTED
            sound.append(error * 1e3)
            drift.append(abs(pair.drift_error(match.line.drift)) * 1e6)
    yield _share("pairs lined up within 40 ms", sum(right_of.values()), len(pairs), 0.90)
    for has_alarm, words in ((False, "no alarm or music all along"), (True, "alarm or music all along")):
        number = sum(pair.has_alarm is has_alarm for pair in pairs)
        if number:
            yield _share(f"  of these with {words}", right_of[has_alarm], number, 0.90)
    yield Measurement("  of these only where others put them", supported, len(pairs), "pairs", "all", 0.0, "-", True)
    yield below("false joins in streets", false, unit="pairs", bound=0)
    if sound:
        yield below("error of the sound, median", float(np.median(sound)), unit="ms", bound=1.5)
        yield below("error of the sound, 95 %", float(np.percentile(sound, 95)), unit="ms", bound=10)
        yield below("error of drift, median", float(np.median(drift)), unit="ppm", bound=3)
        yield below("error of drift, 95 %", float(np.percentile(drift, 95)), unit="ppm", bound=3)


def _stated(pairs: list[_Pair], matches: list[SoundMatch]) -> Iterator[Measurement]:
    """Measure how often what is stated with 95 % holds: of each reading as it is observed, and of the line alone."""
    finder = Finder("bench", 0, lambda: str(uuid.uuid4()))
    clock, drift = [], []
    for pair, match in zip(pairs, matches, strict=True):
        if match.line is None or match.verdict not in _BELIEVED:
            continue
        drift.append(abs(pair.drift_error(match.line.drift)) <= 1.96 * match.line.drift_sigma)
        for one in observe_match(ComparedPair("a", "b", match, 0), finder):
            assert one.other is not None
            at_s, sigma_ns = one.one.media_ns / 1e9, float(np.hypot(one.sigma_ns, one.common_sigma_ns))
            lag_s = (one.other.media_ns - one.one.media_ns) / 1e9
            clock.append(abs(pair.clock_error_s(at_s, lag_s)) <= 1.96 * sigma_ns / 1e9)
    if clock:
        yield _share("readings of the clocks within what is stated with 95 %", sum(clock), len(clock), 0.95)
        yield _share("drifts within what their line states with 95 %", sum(drift), len(drift), 0.93)


def _confident(found: list[tuple[_Pair, SoundMatch]]) -> Iterator[Measurement]:
    """Measure, for each ground of belief, how many of the answers are right, beside what is stated of them."""
    answers: dict[Ground, list[bool]] = {}
    for pair, match in found:
        if match.verdict in _BELIEVED and match.line is not None and match.ground is not None:
            is_right = pair.overlap_s > 0 and pair.sound_error_s(match.line.at_s, match.line.lag_s) <= _RIGHT_S
            answers.setdefault(match.ground, []).append(is_right)
    for ground, known in sorted(answers.items()):
        yield _share(f"right answers by {ground}, of those stated", sum(known), len(known), least_right(ground))


def _long(count: int) -> Iterator[Measurement]:
    """Measure drift where recordings overlap for ten minutes."""
    errors: list[float] = []
    asked = 0
    for seed in range(count):
        for pair, match in _matched(long_street_on_disk(STREETS, seed)):
            if pair.overlap_s < _LONG_S:
                continue
            asked += 1
            if match.verdict in _BELIEVED and match.line is not None:
                errors.append(abs(pair.drift_error(match.line.drift)) * 1e6)
    yield _share("pairs overlapping ten minutes that are lined up", len(errors), asked, 0.90)
    if errors:
        bound = _MOST_DRIFT_PPM
        yield below("  error of their drift, median", float(np.median(errors)), unit="ppm", bound=bound)
        yield below("  error of their drift, 95 %", float(np.percentile(errors, 95)), unit="ppm", bound=bound)
        yield below("  error of their drift, at most", max(errors), unit="ppm", bound=bound)


def _traps(count: int) -> Iterator[Measurement]:
    for kind in TRAPS:
        joined = 0
        for seed in range(count):
            one, other = (prepare(sound_of(each)) for each in trap_on_disk(STREETS, kind, seed).recorders)
            joined += match_sounds(one, other).verdict in _BELIEVED
        yield below(f"false joins of {count} pairs that share only: {kind}", joined, unit="pairs", bound=0)


def _peers(pairs: list[_Pair]) -> Iterator[Measurement]:
    python = os.environ.get("SIGHTLINE_SYNC_PEERS", "")
    if not python:
        sys.stderr.write("missing: audio-offset-finder and audalign (name their Python in SIGHTLINE_SYNC_PEERS)\n")
        return
    most = int(os.environ.get("SIGHTLINE_SYNC_PEER_PAIRS", "12"))
    chosen = pairs[:most]
    files = [str(_as_wav(one)) for pair in chosen for one in (pair.first, pair.second)]
    for peer in _PEERS:
        command = [python, str(Path(__file__).parent / "streets" / "peers.py"), peer, *files]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PEER_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"{peer} did not end within {_PEER_SECONDS} s\n")
            continue
        answers = [line.split() for line in done.stdout.splitlines() if line.count(" ") == 1 and line[-1] in "01"]
        if len(answers) != len(chosen):
            sys.stderr.write(f"{peer} answered {len(answers)} of {len(chosen)} pairs\n{done.stderr[-400:]}\n")
            continue
        right = wrong = 0
        for pair, (lag, accepted) in zip(chosen, answers, strict=True):
            is_right = pair.sound_error_s(0.0, float(lag)) < 0.1
            right += is_right
            wrong += accepted == "1" and not is_right
        yield Measurement(
            f"{peer}: right within 100 ms", right, len(chosen), "pairs", peer, right / len(chosen), "-", True
        )
        yield Measurement(
            f"{peer}: accepted wrongly", wrong, len(chosen), "pairs", peer, wrong / len(chosen), "-", True
        )


def _hours() -> Iterator[Measurement]:
    """Measure the search of twenty cameras of an hour each, as a case runs it."""
    cameras = int(os.environ.get("SIGHTLINE_SYNC_HOURS", "2" if is_quick() else "20"))
    if not cameras:
        return
    places = hours_on_disk(_HOURS, cameras, 600.0 if is_quick() else 3600.0)
    recorders = {f"{at}-{number}": one for at, each in enumerate(places) for number, one in enumerate(each.recorders)}
    sources = [PairSource(name, name, os.fsencode(one.path), name, 0) for name, one in recorders.items()]
    with PeakMemory() as memory:
        begun = time.perf_counter()
        result = run(PairRequest(tuple(sources), workers=2), no_progress, never_cancelled)
        seconds = time.perf_counter() - begun
    joined = right = 0
    for pair in result.pairs:
        line = pair.match.line
        if pair.match.verdict not in _BELIEVED or line is None:
            continue
        one, other = recorders[pair.first], recorders[pair.second]
        clock_s = _Pair(one, other, places[0], has_alarm=False).clock_error_s(line.at_s, line.lag_s)
        is_right = pair.first[0] == pair.second[0] and abs(clock_s) < STREET_M / SPEED_OF_SOUND
        right, joined = right + is_right, joined + (not is_right)
    alike = sum(one[0] == other[0] for one, other in combinations(recorders, 2))
    yield below(f"searching {cameras} cameras of an hour, 2 processes", seconds, unit="s", bound=240)
    yield below("  memory at most", memory.most_bytes / 1e9, unit="GB", bound=2)
    yield _share("  pairs of one place that are lined up", right, alike, 0.90)
    yield below("  false joins", joined, unit="pairs", bound=0)


def _solver() -> Iterator[Measurement]:
    scene = random_scene(1, count=200, extra=600, per_match=5, false=20)
    solution = solve(scene.stretches, scene.ties)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        solve(scene.stretches, scene.ties)
        seconds.append(time.perf_counter() - begun)
    yield below(f"solving 200 cameras from {len(scene.ties)} ties", min(seconds), unit="s", bound=1.0)
    missed = scene.false_groups - set(solution.rejected_groups) - {one for side in solution.conflicts for one in side}
    yield below("false matches that were neither rejected nor shown as a conflict", len(missed), unit="of 20", bound=0)


def _share(name: str, hits: int, number: int, least: float) -> Measurement:
    share = hits / max(1, number)
    return Measurement(name, hits, number, "pairs", "all", share, f">= {least:.2f}", share >= least)


def _metres(place: tuple[float, float], recorder: MadeRecorder) -> float:
    return float(np.hypot(place[0] - recorder.place[0], place[1] - recorder.place[1]))


def sound_of(recorder: MadeRecorder) -> Sound:
    """Return what a recorder heard."""
    return read_sound(os.fsencode(recorder.path), recorder.path.name, 0, never_cancelled)


def _as_wav(recorder: MadeRecorder) -> Path:
    """Return the sound as 8 kHz WAV, so that no peer has to know the codec."""
    path = recorder.path.with_name(f"{recorder.path.stem}-peer.wav")
    if not path.exists():
        pcm = np.round(np.clip(sound_of(recorder).samples, -1, 1) * 32767).astype("<i2")
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(pcm.tobytes())
    return path
