"""Sound matching on generated streets with exact truth, with other programs beside it, and the solver's speed.

`SIGHTLINE_SYNC_STREETS` says how many streets and traps of each kind (4 where it does not say: some minutes);
`SIGHTLINE_SYNC_PEERS` names a Python that has the peers (`tests/bench/streets/peers.py`); what is missing is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from evidence.jobs import never_cancelled
from sync.solver import solve
from sync.sound.decode import RATE, Sound, read_sound
from sync.sound.match import MatchVerdict, SoundMatch, match_sounds, prepare
from tests.bench.measurement import Measurement, below, is_quick
from tests.bench.streets.made import TRAPS, MadeRecorder, MadeStreet, street_on_disk, trap_on_disk
from tests.support.clock_scenes import random_scene

_FOLDER = Path("bench-output/streets")
_PEERS = ("audio-offset-finder", "audalign")
_SHORTEST_S = 30.0
_RIGHT_S = 0.040
_PEER_SECONDS = 1800


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

    def clock_error_s(self, at_s: float, lag_s: float) -> float:
        """Return by how much a lag at a time of the first recorder misses the clocks' own."""
        true_s = self.first.start_s + at_s / (1 + self.first.rate_ppm * 1e-6)
        return lag_s - (self.second.device_s(true_s) - self.first.device_s(true_s))

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
    pairs, matches, strangers = _streets(count)
    yield from _ours(pairs, matches, strangers)
    yield from _traps(count)
    yield from _peers(pairs)
    yield from _solver()


def _streets(count: int) -> tuple[list[_Pair], list[SoundMatch], int]:
    pairs: list[_Pair] = []
    matches: list[SoundMatch] = []
    joined_strangers = 0
    for seed in range(count):
        street = street_on_disk(_FOLDER, seed)
        heard = [prepare(_sound(one)) for one in street.recorders]
        has_alarm = any(until - since > 700 for _, since, until in street.sources)
        for one, other in combinations(range(len(heard)), 2):
            pair = _Pair(street.recorders[one], street.recorders[other], street, has_alarm)
            overlap = min(pair.first.end_s, pair.second.end_s) - max(pair.first.start_s, pair.second.start_s)
            match = match_sounds(heard[one], heard[other])
            if overlap >= _SHORTEST_S:
                pairs.append(pair)
                matches.append(match)
            elif overlap <= 0:
                joined_strangers += match.verdict is MatchVerdict.FOUND
    return pairs, matches, joined_strangers


def _ours(pairs: list[_Pair], matches: list[SoundMatch], strangers: int) -> Iterator[Measurement]:
    sound, drift, false = [], [], strangers
    right_of = {True: 0, False: 0}
    for pair, match in zip(pairs, matches, strict=True):
        if match.verdict is MatchVerdict.FOUND and match.line is not None:
            error = pair.sound_error_s(match.line.at_s, match.line.lag_s)
            if error > _RIGHT_S:
                false += 1
                continue
            right_of[pair.has_alarm] += 1
            sound.append(error * 1e3)
            drift.append(abs(match.line.drift * 1e6 - pair.second.rate_ppm + pair.first.rate_ppm))
    yield _share("pairs lined up within 40 ms", sum(right_of.values()), len(pairs), 0.90)
    for has_alarm, words in ((False, "no alarm or music all along"), (True, "alarm or music all along")):
        number = sum(pair.has_alarm is has_alarm for pair in pairs)
        if number:
            yield _share(f"  of these with {words}", right_of[has_alarm], number, 0.90)
    yield below("false joins in streets", false, unit="pairs", bound=0)
    if sound:
        yield below("error of the sound, median", float(np.median(sound)), unit="ms", bound=1.5)
        yield below("error of the sound, 95 %", float(np.percentile(sound, 95)), unit="ms", bound=10)
        yield below("error of drift, median", float(np.median(drift)), unit="ppm", bound=3)
        yield below("error of drift, 95 %", float(np.percentile(drift, 95)), unit="ppm", bound=3)


def _traps(count: int) -> Iterator[Measurement]:
    for kind in TRAPS:
        joined = 0
        for seed in range(count):
            one, other = (prepare(_sound(each)) for each in trap_on_disk(_FOLDER, kind, seed).recorders)
            joined += match_sounds(one, other).verdict is MatchVerdict.FOUND
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


def _sound(recorder: MadeRecorder) -> Sound:
    return read_sound(os.fsencode(recorder.path), recorder.path.name, 0, never_cancelled)


def _as_wav(recorder: MadeRecorder) -> Path:
    """Return the sound as 8 kHz WAV, so that no peer has to know the codec."""
    path = recorder.path.with_name(f"{recorder.path.stem}-peer.wav")
    if not path.exists():
        pcm = np.round(np.clip(_sound(recorder).samples, -1, 1) * 32767).astype("<i2")
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(pcm.tobytes())
    return path
