"""Sound matching on generated streets with exact truth, with other programs beside it, and the solver's speed.

`SIGHTLINE_SYNC_STREETS` says how many streets (4 where it does not say: some minutes), `SIGHTLINE_SYNC_FIRST` from
which on (0), `SIGHTLINE_SYNC_TRAPS` how many traps of each kind (4); `SIGHTLINE_SYNC_LONG` how many streets of a
quarter of an hour, for drift (2); `SIGHTLINE_SYNC_HOURS` how many cameras of an hour (20); `SIGHTLINE_SYNC_FOLDER`
where all are kept (`bench-output`); `SIGHTLINE_SYNC_WORKERS` how many processes match streets (2);
`SIGHTLINE_SYNC_MINUTES` after how many no further street is begun, which is said; `SIGHTLINE_SYNC_PEERS` names a
Python that has the peers (`tests/bench/streets/peers.py`); what is missing is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
import wave
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled, no_progress
from sync.finder import Finder
from sync.pair_search import ComparedPair, PairRequest, PairSource
from sync.solver import solve
from sync.sound.confidence import Ground, least_right
from sync.sound.decode import RATE
from sync.sound.job import run
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds
from sync.sound.observe import observe_match
from sync.sound.prepared import prepare
from tests.bench.measurement import Measurement, below, is_quick
from tests.bench.processes import PeakMemory
from tests.bench.streets.hours import hours_on_disk
from tests.bench.streets.made import (
    TRAPS,
    MadeRecorder,
    trap_on_disk,
)
from tests.bench.streets.matching import BELIEVED, SHORTEST_S, Pair, Street, match_streets, sound_of
from tests.bench.streets.street import SPEED_OF_SOUND, STREET_M
from tests.support.clock_scenes import random_scene

STREETS = Path(os.environ.get("SIGHTLINE_SYNC_FOLDER", "bench-output")) / "streets"
_WORKERS = int(os.environ.get("SIGHTLINE_SYNC_WORKERS", "2"))
_PEERS = ("audio-offset-finder", "audalign")
_RIGHT_S = 0.040
_PEER_SECONDS = 1800
_HOURS = Path(os.environ.get("SIGHTLINE_SYNC_FOLDER", "bench-output")) / "hours"
_LONG_S, _MOST_DRIFT_PPM = 600.0, 3.0


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    count = _asked("STREETS", 1 if is_quick() else 4)
    streets = []
    first = _asked("FIRST", 0)
    end = time.monotonic() + 60 * _asked("MINUTES", 1440)
    for street in match_streets(STREETS, range(first, first + count), _WORKERS):
        streets.append(street)
        _tell(street)
        if time.monotonic() > end:
            sys.stderr.write(f"stopped after {len(streets)} of {count} streets: the minutes are over\n")
            break
    found = [each for street in streets for each in street.pairs]
    asked = [(pair, match) for pair, match in found if pair.overlap_s >= SHORTEST_S]
    pairs, matches = [pair for pair, _ in asked], [match for _, match in asked]
    strangers = sum(match.verdict in BELIEVED for pair, match in found if pair.overlap_s <= 0)
    yield from _ours(pairs, matches, strangers)
    joined = sum(street.joined for street in streets)
    yield _share("pairs on one clock, by a match of their own or by way of others", joined, len(pairs), 0.90)
    yield from _stated(pairs, matches)
    yield from _confident(found)
    yield from _long(_asked("LONG", 1 if is_quick() else 2))
    yield from _traps(_asked("TRAPS", 1 if is_quick() else 4))
    yield from _peers(pairs)
    yield from _hours()
    yield from _solver()


def _asked(what: str, otherwise: int) -> int:
    return int(os.environ.get(f"SIGHTLINE_SYNC_{what}", str(otherwise)))


def _tell(street: Street) -> None:
    """Say how a street went, for a long run can be watched and its faults found."""
    asked = [(pair, match) for pair, match in street.pairs if pair.overlap_s >= SHORTEST_S]
    right = [
        match.verdict in BELIEVED
        and match.line is not None
        and pair.sound_error_s(match.line.at_s, match.line.lag_s) <= _RIGHT_S
        for pair, match in asked
    ]
    sys.stderr.write(f"  street {street.seed}: {sum(right)} of {len(right)} lined up, {street.joined} on one clock\n")
    for pair, match in street.pairs:
        if match.verdict in BELIEVED and match.line is not None:
            error_s = pair.sound_error_s(match.line.at_s, match.line.lag_s) if pair.overlap_s > 0 else float("inf")
            if error_s > _RIGHT_S:
                names = f"{pair.first.path.name} {pair.second.path.name}"
                sys.stderr.write(
                    f"  WRONG street {street.seed} {names} by {error_s:.3f} s ({match.ground}): {match.why}\n"
                )


def _ours(pairs: list[Pair], matches: list[SoundMatch], strangers: int) -> Iterator[Measurement]:
    sound, drift, false = [], [], strangers
    right_of = {True: 0, False: 0}
    supported = 0
    for pair, match in zip(pairs, matches, strict=True):
        if match.verdict in BELIEVED and match.line is not None:
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


def _stated(pairs: list[Pair], matches: list[SoundMatch]) -> Iterator[Measurement]:
    """Measure how often what is stated with 95 % holds: of each reading as it is observed, and of the line alone."""
    finder = Finder("bench", 0, lambda: str(uuid.uuid4()))
    clock, drift = [], []
    for pair, match in zip(pairs, matches, strict=True):
        if match.line is None or match.verdict not in BELIEVED:
            continue
        drift.append(abs(pair.drift_error(match.line.drift)) <= 1.96 * match.line.drift_sigma)
        for one in observe_match(ComparedPair("a", "b", match, 0), finder):
            assert one.other is not None
            at_s, sigma_ns = one.one.media_ns / 1e9, float(np.hypot(one.sigma_ns, one.common_sigma_ns))
            lag_s = (one.other.media_ns - one.one.media_ns) / 1e9
            clock.append(abs(pair.clock_error_s(at_s, lag_s)) <= 1.96 * sigma_ns / 1e9)
    if clock:
        yield _share("readings of the clocks within what is stated with 95 %", sum(clock), len(clock), 0.93)
        yield _share("drifts within what their line states with 95 %", sum(drift), len(drift), 0.93)


def _confident(found: list[tuple[Pair, SoundMatch]]) -> Iterator[Measurement]:
    """Measure, for each ground of belief, how many of the answers are right, beside what is stated of them."""
    answers: dict[Ground, list[bool]] = {}
    for pair, match in found:
        if match.verdict in BELIEVED and match.line is not None and match.ground is not None:
            is_right = pair.overlap_s > 0 and pair.sound_error_s(match.line.at_s, match.line.lag_s) <= _RIGHT_S
            answers.setdefault(match.ground, []).append(is_right)
    for ground, known in sorted(answers.items()):
        yield _share(f"right answers by {ground}, of those stated", sum(known), len(known), least_right(ground))


def _long(count: int) -> Iterator[Measurement]:
    """Measure drift where recordings overlap for ten minutes."""
    errors: list[float] = []
    asked = 0
    for street in match_streets(STREETS, range(count), _WORKERS, are_long=True):
        for pair, match in street.pairs:
            if pair.overlap_s < _LONG_S:
                continue
            asked += 1
            if match.verdict in BELIEVED and match.line is not None:
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
            joined += match_sounds(one, other).verdict in BELIEVED
        yield below(f"false joins of {count} pairs that share only: {kind}", joined, unit="pairs", bound=0)


def _peers(pairs: list[Pair]) -> Iterator[Measurement]:
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
    cameras = _asked("HOURS", 2 if is_quick() else 20)
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
        if pair.match.verdict not in BELIEVED or line is None:
            continue
        one, other = recorders[pair.first], recorders[pair.second]
        clock_s = Pair(one, other, places[0], has_alarm=False).clock_error_s(line.at_s, line.lag_s)
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
    return Measurement(name, int(hits), number, "pairs", "all", float(share), f">= {least:.2f}", bool(share >= least))


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
